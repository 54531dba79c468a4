"""The arguments of a binding, each held against the header of its name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from routing.amqp.notation import shorten, write_key, write_value
from routing.amqp.values import Value
from routing.rules.apart import tell_apart
from routing.rules.matching import asks_for_presence, criteria, meets, skipped
from routing.rules.predict import Verdict
from routing.rules.reasons import Criterion, Milliseconds, NoHeader, OtherType
from routing.rules.why_headers import lack

LETTERS = 24
"""The most columns of a name, and of a value."""

ABSENT = "(not sent)"


@dataclass(frozen=True)
class Compared:
    """One argument, written: what is asked, what was sent, whether it is met, and a word on that.

    met: None where it plays no part.
    """

    asked: str
    sent: str
    met: bool | None
    note: str = ""

    @property
    def is_same(self) -> bool:
        """Whether what was sent reads as what is asked for, and meets it."""
        return bool(self.met) and self.asked.endswith(f"={self.sent}")


def compared(verdict: Verdict) -> Iterator[Compared]:
    """Hold each argument but x-match against the headers, as the version of the verdict does."""
    message, binding = verdict.message, verdict.binding
    headers = message.headers or {}
    for name, wanted in criteria(binding).items():
        met = meets(name, wanted, message, verdict.version)
        note = "" if met else noted(lack(name, wanted, message, verdict.version))
        sent, asked = written(headers, name, wanted)
        yield Compared(asked, sent, met, note)
    for name in skipped(binding):
        sent, asked = written(headers, name, binding.arguments[name])
        yield Compared(asked, sent, None, "skipped: the name begins with x-")


def written(headers: Mapping[str, Value], name: str, wanted: Value) -> tuple[str, str]:
    """Write what was sent, and what is asked for; where they differ, differing to the eye."""
    named = shorten(write_key(name), LETTERS)
    value = write_value(wanted)
    sent = write_value(headers[name]) if name in headers else ABSENT
    if value == sent:
        sent = value = shorten(value, LETTERS)
    else:
        sent, value = tell_apart(sent, value, LETTERS)
    return sent, f"{named} is there" if asks_for_presence(wanted) else f"{named}={value}"


def noted(lacking: Criterion) -> str:
    """Say what is not to be seen from the two values."""
    match lacking:
        case OtherType():
            return f"{lacking.sent_is} is not {lacking.wanted_is}"
        case Milliseconds():
            return f"it counts {lacking.milliseconds} ms"
        case NoHeader(name="BCC"):
            return "RabbitMQ removes it"
    return ""
