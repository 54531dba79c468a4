"""One finding."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.amqp.topology import Message
from routing.analysis.bound import Doubt, NotDecided
from routing.analysis.lint.codes import CODES, Code
from routing.files.source import Spot

UNDECIDED: Final = ("not-decided", "needs-plugin")
"""The codes of what is not known, rather than wrong."""


@dataclass(frozen=True)
class Finding:
    """What is found, and where.

    code: a name of CODES.
    about: such as "queue audit"; spot: where that stands, if it is known.
    witness: a message that shows it.
    """

    code: str
    about: str
    sentence: str
    spot: Spot | None = None
    witness: Message | None = None

    @property
    def kind(self) -> Code:
        """What findings of this code have in common."""
        return CODES[self.code]


def decided(about: str, whether: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """Give what a look finds, or that it is not decided; a doubtful exchange is told of elsewhere.

    whether: what is asked, such as "whether anything reaches it".
    """
    try:
        yield from look()
    except Doubt:
        return
    except NotDecided as why:
        yield Finding("not-decided", about, f"{whether}: {why}")


def once(found: Sequence[Finding]) -> Finding:
    """Tell once what is said of several."""
    first, *others = found
    more = f"; the same of {len(others)} more" if others else ""
    return replace(first, sentence=f"{first.sentence}{more}")
