"""What a broker does not let its user do: a right is missing, or a limit is reached.

Neither says anything of the routing: it is as predicted for whoever has the right, or is within
the limit.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

from routing.amqp.names import PERHAPS, PREDECLARED, RESERVED, kept
from routing.amqp.notation import write_key
from routing.amqp.values import text_of, typed

NOT_ALLOWED: Final = 530
"""The reply code of most limits; nothing that is played here is refused with it otherwise."""

REFUSED: Final = re.compile(
    r"ACCESS_REFUSED - (?:(?P<right>configure(?: or read)?(?: or write)?|write|read) )?"
    r"(?P<what>access to (?:topic '(?P<key>.*)' in )?(?P<kind>exchange|queue) '(?P<name>.*?)"
    r"(?:' in vhost '.*' refused for user '(?P<user>.*)'|(?:' .*)?\.\.\.))",
    re.DOTALL,
)
"""The words for a missing right (rabbit_access_control.erl); from 255 bytes on they are cut."""

TOO_MANY: Final = re.compile("PRECONDITION_FAILED - cannot declare (queue|exchange) ")
"""How the words for a limit begin that a declaration has reached (rabbit_queue_type.erl)."""

DOES: Final = {"configure": "configure", "write": "write to", "read": "read from"}

DECLARES: Final = {"Queue.Declare": "queue", "Exchange.Declare": "exchange"}

ONWARD: Final = ("x-dead-letter-exchange", "alternate-exchange")
"""Who declares something with one of these must be permitted to read from it, too."""

EITHER: Final = " or "

MADE_UP: Final = {"routing-": "^routing-", "amq.gen-": r"^amq\.gen-"}
"""How names begin that are others each time, and the pattern that takes all of them."""


@dataclass(frozen=True)
class Missing:
    """A right that a user does not have.

    right: configure, write or read; or several of them, where it is not told which.
    kind: exchange or queue.
    key: the routing key, where the user may do that, but not with every key.
    user: None where the broker's words were cut.
    """

    right: str
    kind: str
    name: str
    key: str | None
    user: str | None

    @property
    def is_nobodys(self) -> bool:
        """Whether it is about declaring a name that is refused to everybody, with the same code."""
        there = self.name in (*PREDECLARED, *PERHAPS, "amq.default")
        reserved = self.name.startswith(RESERVED) and not self.name.startswith("amq.gen-")
        return self.right == "configure" and reserved and not there


def missing_in(words: str) -> Missing | None:
    """Read which right is missing, in a broker's words that name it; None where none is."""
    found = REFUSED.fullmatch(words)
    if not found or not found["right"]:
        return None
    missing = Missing(*found.group("right", "kind", "name", "key", "user"))
    return None if missing.is_nobodys else missing


def with_right(words: str, method: str, last: Any) -> str:
    """Name the right in a broker's words, as RabbitMQ does by itself from 4.0 on.

    method: what was refused, such as Queue.Declare.
    last: the method that was sent last, which is that one where an answer was waited for.
    """
    found = REFUSED.fullmatch(words)
    if not found or found["right"]:
        return words
    about = last if getattr(last, "NAME", "") == method else None
    right = right_for(method, about, found)
    return f"ACCESS_REFUSED - {right} {found['what']}"


def right_for(method: str, about: Any, found: re.Match[str]) -> str:
    """Tell which right a method needs of what is named (rabbit_channel.erl, check_*_permitted)."""
    kind = found["kind"]
    if declares := DECLARES.get(method):
        if kind != declares or not is_named(getattr(about, declares, ""), found):
            return "write"
        given = getattr(about, "arguments", None) or {}
        onward = [typed(given[each]) for each in ONWARD if each in given]
        to_itself = any(
            each.type == "longstr" and text_of(each) == found["name"] for each in onward
        )
        return EITHER.join(["configure", *["read"] * bool(onward), *["write"] * to_itself])
    if method in ("Exchange.Bind", "Exchange.Unbind"):
        return "write" if is_named(getattr(about, "destination", ""), found) else "read"
    if method in ("Queue.Bind", "Queue.Unbind"):
        return "write" if kind == "queue" else "read"
    if method in ("Queue.Delete", "Exchange.Delete"):
        return "configure"
    return "read" if kind == "queue" else "write"


def is_named(own: str, found: re.Match[str]) -> bool:
    """Tell whether words are about this name; without one, about that which the broker made up."""
    name, cut = found["name"], found["user"] is None
    return not own or (kept(own).startswith(name) if cut else kept(own) == name)


def not_permitted(code: int, words: str, address: str) -> str | None:
    """Tell in one sentence what a user is not permitted, and what to do; None where it is not that.

    code, words: what the broker closed a channel or a connection with.
    """
    if missing := missing_in(words):
        return say_missing(missing, address)
    if code == NOT_ALLOWED or TOO_MANY.match(words):
        said = " ".join(words.partition(" - ")[2].split())
        return (
            f"The broker at {address} has a limit ({said}): close or delete what "
            "nobody needs, or ask whoever runs the broker to raise it."
        )
    return None


def say_missing(missing: Missing, address: str) -> str:
    """Say which right a user lacks, and a pattern that would do."""
    does = EITHER.join(DOES[each] for each in missing.right.split(EITHER))
    key = "" if missing.key is None else f" with the key {write_key(missing.key)}"
    who = f"The user {missing.user}" if missing.user else "The user"
    what = f"{missing.kind} {write_key(missing.name)}"
    if missing.key is None:
        pattern = pattern_for(missing.name)
        do = f"add {pattern} to its {missing.right} pattern (rabbitmqctl set_permissions)"
    else:
        do = f"let the {missing.right} pattern of its topic permissions take that key"
    return f"{who} may not {does} {what} at {address}{key}: {do}, or ask whoever runs the broker."


def pattern_for(name: str) -> str:
    """Give a pattern that takes a name, and others of the same run or class."""
    for begin, pattern in MADE_UP.items():
        if name.startswith(begin):
            return pattern
    before, dot, _ = name.partition(".")
    if dot and before and not name.startswith(RESERVED):
        return f"^{escaped(before)}" + r"\."
    return f"^{escaped(name)}$"


def escaped(text: str) -> str:
    """Write a text as a pattern that takes it as it is."""
    return re.sub(r"[\\.^$*+?()\[\]{}|]", r"\\\g<0>", text)
