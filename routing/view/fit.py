"""How patterns lie on a key: which of their words are held against which word of the key.

What has its place at the key's beginning or end is put there, whether it fits or not, and what
stands between two `#` as early as it fits; where it does not, on the words that are most like it,
or on none where none is.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from routing.rules.apart import differ_in_case
from routing.rules.reasons import Reason, WrongWord
from routing.rules.why_topic import places, segments

Words = Sequence[str]


@dataclass(frozen=True)
class Column:
    """A word of the key over a word of the pattern; None where there is none.

    goes_on: whether it is the `#` of the column before, which takes this word as well.
    """

    sent: str | None
    wanted: str | None
    goes_on: bool = False

    @property
    def fails(self) -> bool:
        """Whether one of the two is missing, or they are not the same."""
        if self.sent is None or self.wanted is None:
            return self.wanted != "#"
        return self.wanted not in ("#", "*", self.sent)


def columns(pattern: Words, words: Words, reason: Reason) -> list[Column]:
    """Lay a pattern on a key, so that what the reason tells of is where it tells it.

    In a key that is too short, what has its place at the end gives way to what has its place at the
    beginning, but not where the reason is told from the end.
    """
    first, *others = segments(pattern)
    if not others:
        return [Column(*pair) for pair in zip_longest(words, first)]
    last = others[-1]
    from_end = isinstance(reason, WrongWord) and reason.from_end
    ends = max(len(words) - len(last), 0 if from_end else min(len(first), len(words)))
    begins = min(len(first), ends)
    return [
        *(Column(*pair) for pair in zip_longest(words[:begins], first)),
        *between(others[:-1], words, begins, ends),
        *at_end(last, words[ends:]),
    ]


def between(parts: Sequence[Words], words: Words, begins: int, ends: int) -> Iterator[Column]:
    """Lay what stands from the first `#` to the last one on the words from one place to another."""
    for part in parts:
        at = next(places(part, words, begins, ends), nearest(part, words, begins, ends))
        yield from hash_over(words[begins : begins if at is None else at])
        yield from (Column(None if at is None else words[at + n], w) for n, w in enumerate(part))
        begins = begins if at is None else at + len(part)
    yield from hash_over(words[begins:ends])


def nearest(part: Words, words: Words, begins: int, ends: int) -> int | None:
    """Find the place that has most words of a part that fits nowhere; None where none has any."""

    def met(at: int) -> int:
        pairs = [*zip(part, words[at:], strict=False)]
        return sum(2 * (w == sent) + differ_in_case(w, sent) for w, sent in pairs)

    best = max(range(begins, ends - len(part) + 1), key=met, default=None)
    return None if best is None or not met(best) else best


def hash_over(taken: Words) -> list[Column]:
    """Lay a `#` over the words that it takes, or beside them all."""
    return [Column(word, "#", goes_on=place > 0) for place, word in enumerate(taken or [None])]


def at_end(last: Words, words: Words) -> list[Column]:
    """Lay the last part on the words that are left for it, the end on the end."""
    return [Column(*pair) for pair in zip_longest(words[::-1], last[::-1])][::-1]


def beneath(laid: Sequence[Sequence[Column]]) -> list[list[Column | None]]:
    """Bring several patterns that lie on one key into columns, one for each pattern and word.

    Where one of them has a word beside the key's words, the others have None.
    """
    split = [by_gap(each) for each in laid]
    found: list[list[Column | None]] = []
    for gaps in zip(*split, strict=True):
        found += map(list, zip_longest(*(gap for gap, _ in gaps)))
        found += [[column for _, column in gaps]] * any(column for _, column in gaps)
    return found


def by_gap(laid: Iterable[Column]) -> list[tuple[list[Column], Column | None]]:
    """Give each word of the key after what stands before it; and last, what stands after all."""
    gaps: list[tuple[list[Column], Column | None]] = []
    before: list[Column] = []
    for column in laid:
        if column.sent is None:
            before.append(column)
        else:
            gaps.append((before, column))
            before = []
    return [*gaps, (before, None)]
