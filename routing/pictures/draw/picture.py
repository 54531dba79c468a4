"""What is to be drawn, as data: boxes, and arrows from one to another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Noun = Literal["exchange", "queue", "queues"]
"""What a box stands for; several queues, where they are only counted."""

Place = tuple[Noun, str]
"""A box: what it stands for, and its name."""


def exchange(name: str) -> Place:
    """Give the place of an exchange."""
    return "exchange", name


Kind = Literal["binding", "alternate", "dead letters"]

ALTERNATE: Final = "alternate"
DEAD: Final = "dead letters"

LIT: Final = "●"
"""Stands before what the message comes to, and which way."""

QUIET: Final = "·"
"""Stands before what it leaves aside."""

WRONG: Final = "!"
"""Stands before what some RabbitMQ does not take, or what is not there."""

OPEN: Final = "?"
"""Stands before what is not decided."""


@dataclass(frozen=True)
class Node:
    """A box.

    title: its name, written for a reader; kind: what it is, such as the type of an exchange.
    marks: what is to be known of it, each with its sign.
    lit: whether the message comes to it.
    """

    place: Place
    title: str
    kind: str
    marks: Sequence[str] = ()
    lit: bool = False


@dataclass(frozen=True)
class Label:
    """What stands at an arrow: what one binding asks for, or why else messages go this way.

    mark: what is to be known of it, with its sign.
    reason: why the message goes this way; None where it does not.
    """

    text: str
    mark: str = ""
    reason: str | None = None


@dataclass(frozen=True)
class Arrow:
    """All that leads in one way from one box to another."""

    start: Place
    end: Place
    kind: Kind
    labels: Sequence[Label]

    @property
    def lit(self) -> bool:
        """Whether the message goes this way."""
        return any(label.reason is not None for label in self.labels)


@dataclass(frozen=True)
class Picture:
    """Boxes and arrows, in the order of declaration.

    title: what it shows.  notes: what the marks in it mean.
    message, fate: what is sent, and what becomes of it, where a message is followed.
    """

    title: str
    nodes: Sequence[Node]
    arrows: Sequence[Arrow]
    notes: Sequence[str] = ()
    message: str | None = None
    fate: str | None = None

    @property
    def arrives(self) -> bool:
        """Whether the message comes into a queue."""
        return any(node.lit for node in self.nodes if node.place[0] != "exchange")

    @property
    def words(self) -> Iterator[str]:
        """What stands under it."""
        yield from [f"{LIT if self.arrives else WRONG} {self.fate}"] * (self.fate is not None)
        yield from self.notes
