"""What some RabbitMQ does not take of a source, or what is not decided, in words and with a sign.

Whether a binding is taken is asked of each version that was tried, and of the one that is meant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from routing.amqp.topology import Exchange
from routing.amqp.versions import TRIED, Version
from routing.files.source import Source
from routing.pictures.draw.picture import OPEN, WRONG
from routing.rules.loaded import LeftOut, taken

MOST_NOTES: Final = 12
"""So many are told at most: lint tells all."""

Part = tuple[str, object]
"""An exchange, a queue or a binding, as it can be looked up."""


@dataclass
class Marked:
    """What is left out, and by which versions; and the sentences that say why."""

    versions: Sequence[Version]
    by: dict[Part, list[Version]] = field(default_factory=dict)
    dangling: set[Part] = field(default_factory=set)
    doubts: Mapping[str, str] = field(default_factory=dict)
    whys: dict[str, None] = field(default_factory=dict)

    def mark(self, noun: str, part: object) -> str:
        """Say of a part that it is not taken, and by whom; nothing where all take it."""
        key = part_of(noun, part)
        by = self.by.get(key, [])
        if not by:
            return ""
        how = "left out" if key in self.dangling or noun != "binding" else "refused"
        if len(by) == len(self.versions):
            return f"{WRONG} {how}"
        return f"{WRONG} {how} by {', '.join(map(str, by))}"

    def doubt(self, exchange: str) -> Iterator[str]:
        """Say of an exchange that it is not decided what it does."""
        if exchange in self.doubts:
            self.whys[f"{OPEN} {self.doubts[exchange]}"] = None
            yield f"{OPEN} not decided"

    @property
    def notes(self) -> list[str]:
        """Say why, and how much more there would be to say."""
        told = [*self.whys][:MOST_NOTES]
        more = len(self.whys) - len(told)
        return [*told, *[f"and {more} more of that kind, which lint tells"] * bool(more)]


def marked(source: Source, version: Version) -> Marked:
    """Find out what is left out by each version, and what the one that is meant has doubts of."""
    has = source.loaded(version)
    found = Marked([*dict.fromkeys([*TRIED, version])], doubts=has.ready.doubts)
    for each in found.versions:
        others = has.left_out if each == version else taken(source.topology, each, source.doubts)[1]
        for left in others:
            enter(found, left, each)
    return found


def enter(found: Marked, left: LeftOut, version: Version) -> None:
    """Note one part that a version leaves out, and why."""
    noun = {str: "queue", Exchange: "exchange"}.get(type(left.part), "binding")
    key = part_of(noun, left.part)
    found.by.setdefault(key, []).append(version)
    if left.dangles:
        found.dangling.add(key)
    found.whys[f"{WRONG} {left.why}"] = None


def part_of(noun: str, part: object) -> Part:
    """Give what a part is looked up by: queues are known by their names alone."""
    return noun, part if isinstance(part, str) else id(part)
