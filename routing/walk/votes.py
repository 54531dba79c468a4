"""Hands that are counted: what a teacher types, and how many were right before and after a talk.

A hand for a queue says that it gets a copy.  So for a queue that gets one, hands up are right, and
for one that gets none, hands down.  Nobody's name comes into it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from routing.amqp.notation import write_key
from routing.walk.judged import Judged
from routing.walk.question import NOBODY, Asked, Unclear, labels, named_by, shortened
from routing.walk.rules import rule_of

MOST_DIGITS: Final = 5
"""Fewer than 100,000 vote; and what is far too long for a number is not even read as one."""

Hands = Mapping[str | None, int]
"""How many hands for each queue; None stands for no queue."""


@dataclass
class Voters(Asked):
    """How many vote: as it was said, or else the largest count so far."""

    said: int | None = None
    largest: int = 0

    @property
    def number(self) -> int:
        """How many there are, as far as is known."""
        return self.said or self.largest

    @property
    def keys(self) -> str:
        """What to type."""
        return "type a number"

    @property
    def onward(self) -> str:
        """Whether it is left open."""
        return "skip" if self.said is None else "on"

    def known(self) -> list[tuple[str, str]]:
        """List what can be typed."""
        return [("30", "so many vote; without it, the largest count stands for all")]

    def shown(self) -> list[str]:
        """Write how many were said."""
        return [f"{self.said} vote"] if self.said else []

    def begins(self, key: str) -> str | None:
        """Begin with a digit."""
        return key if key.isdecimal() else None

    def enter(self, text: str) -> bool:
        """Take the number, and go on."""
        if not is_count(text.strip()) or int(text) == 0:
            raise Unclear(f"{shortened(text)} is no number of people: type one, 30 say.")
        self.said = int(text)
        return True


@dataclass
class Vote(Asked):
    """One show of hands; hands: None where none was counted."""

    queues: Sequence[str]
    voters: Voters
    hands: Hands | None = None

    @property
    def keys(self) -> str:
        """What to type."""
        return "type hands: A 12 B 3"

    @property
    def onward(self) -> str:
        """Whether it is left out."""
        return "skip" if self.hands is None else "on"

    def known(self) -> list[tuple[str, str]]:
        """List what can be typed."""
        return [
            ("A 12 B 3, A12B3", "12 hands for the first queue, 3 for the second"),
            ("1 12, 2 3", "the same"),
            ("12 3 0", "the hands for each queue in turn; one more number: for none"),
            ("none 4", "4 hands for no queue"),
        ]

    def shown(self) -> list[str]:
        """Write each queue with its labels, and what was counted."""
        named = [
            f"{label} {write_key(q)}"
            for label, q in zip(labels(self.queues), self.queues, strict=True)
        ]
        hands = self.hands or {}
        counted = [f": {hands.get(each, 0)}" * bool(self.hands) for each in [*self.queues, None]]
        return [name + count for name, count in zip([*named, "none"], counted, strict=True)]

    def begins(self, key: str) -> str | None:
        """Begin with a digit or a letter."""
        return key if key.isalnum() or key == "-" else None

    def enter(self, text: str) -> bool:
        """Take the counts, and go on."""
        hands = parse_hands(text, self.queues)
        most = max(hands.values(), default=0)
        if self.voters.said and most > self.voters.said:
            raise Unclear(f"{most} hands, but only {self.voters.said} vote: count again.")
        self.hands, self.voters.largest = hands, max(most, self.voters.largest)
        return True


def parse_hands(text: str, queues: Sequence[str]) -> dict[str | None, int]:
    """Read counts of hands: pairs of a queue and a number, or a number for each queue in turn.

    Raises Unclear.
    """
    parts = [words_of(part, queues) for part in re.split(r"[,;+/]", text) if part.strip()]
    words = [word for part in parts for word in part]
    in_pairs = ":" in text or (len(parts) > 1 and all(len(part) % 2 == 0 for part in parts))
    if words and all(word.isdecimal() for word in words) and not in_pairs:
        return in_turn([counted(word) for word in words], queues)
    if not words or len(words) % 2:
        raise Unclear("Each queue needs a count, as in A 12 B 3; or a count for each in turn.")
    return {queue_of(words[n], queues): counted(words[n + 1]) for n in range(0, len(words), 2)}


def words_of(part: str, queues: Sequence[str]) -> list[str]:
    """Take a text apart: A12B3 is four words, unless it is a queue."""
    words = part.replace(":", " ").split()
    return [
        piece
        for word in words
        for piece in (
            re.findall(r"[A-Za-z]+|\d+", word)
            if word not in queues and re.fullmatch(r"(?:(?:[A-Za-z]|none)\d+)+", word)
            else [word]
        )
    ]


def in_turn(counts: Sequence[int], queues: Sequence[str]) -> dict[str | None, int]:
    """Give each queue its count; one more is for none."""
    if not len(queues) <= len(counts) <= len(queues) + 1:
        raise Unclear(
            f"{len(counts)} counts for {len(queues)} queues: type one for each in turn, "
            "or as in A 12 B 3."
        )
    return dict(zip([*queues, None], counts, strict=False))


def queue_of(word: str, queues: Sequence[str]) -> str | None:
    """Find the queue that a word means; None stands for none."""
    return None if word not in queues and word.lower() in NOBODY else named_by(word, queues)


def is_count(word: str) -> bool:
    """Tell whether a word may be a number of people."""
    return word.isdecimal() and len(word) <= MOST_DIGITS


def counted(word: str) -> int:
    """Read how many hands."""
    if not is_count(word):
        raise Unclear(f"{shortened(word)} is no count of hands: type a number.")
    return int(word)


@dataclass(frozen=True)
class Voted:
    """Two shows of hands about one message, and what each queue got."""

    judged: Sequence[Judged]
    first: Hands
    second: Hands


@dataclass(frozen=True)
class Gain:
    """Of a rule, which share of all decisions was right before the talk, and after it."""

    rule: str
    first: float
    second: float


def gains(voted: Sequence[Voted], voters: int) -> list[Gain]:
    """Tell the gain for each rule, beginning with what was hardest.

    A decision is one voter's about one queue; it counts for the rule that decided there.
    """
    shares: dict[str, list[tuple[float, float]]] = {}
    for rule, first, second in decisions(voted, max(1, voters)):
        shares.setdefault(rule, []).append((first, second))
    found = [
        Gain(rule, *(sum(column) / len(each) for column in zip(*each, strict=True)))
        for rule, each in shares.items()
    ]
    return sorted(found, key=lambda gain: gain.first)


def decisions(voted: Sequence[Voted], voters: int) -> Iterator[tuple[str, float, float]]:
    """Go through queue after queue: the rule, and which share was right in each vote."""
    for each in voted:
        for judged in each.judged:
            yield (
                rule_of(judged),
                right(judged, each.first, voters) / voters,
                right(judged, each.second, voters) / voters,
            )


def right(judged: Judged, hands: Hands, voters: int) -> int:
    """Count who was right about a queue: hands up where a copy came, and down elsewhere."""
    up = hands.get(judged.queue, 0)
    return up if judged.copies else voters - up
