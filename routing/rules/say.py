"""Sentences that hold what may be long or many: keys of 255 bytes, headers by the hundred."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeVar

from routing.amqp.notation import width
from routing.rules.apart import differ_in_case, tell_apart

LINE: Final = 64
"""The columns that a reason has in a line, indented on a screen of 80."""

LINES: Final = 2
"""The most lines that a reason takes."""

ALL: Final = LINES * LINE // 3
"""As many items as there is room for: a letter, a comma and a space each."""

LEAST: Final = 16

MEASURES: Final = (
    *((letters, ALL) for letters in (60, 40, 24)),
    *((24, items) for items in range(8, 0, -1)),
    (LEAST, 1),
    (LEAST, 0),
)
"""How long each word, and how many of a list, may be: the first measure is taken that fits."""

Said = Callable[[int, int], str]
"""A sentence, as long as each of its words, in columns, and each of its lists may be."""

Item = TypeVar("Item")


def fitted(said: Said) -> str:
    """Say a sentence so that it takes two lines at most."""
    *longer, shortest = MEASURES
    for measure in longer:
        sentence = said(*measure)
        if lines_of(sentence) <= LINES:
            return sentence
    return said(*shortest)


def lines_of(sentence: str, line: int = LINE) -> int:
    """Count the lines that a sentence takes, broken between words."""
    return 1 if width(sentence) <= line else sum(1 for _ in broken(sentence, line))


def broken(sentence: str, line: int) -> Iterator[int]:
    """Give the columns that each line of a sentence takes."""
    taken = 0
    for word in map(width, sentence.split(" ")):
        if taken and taken + 1 + word > line:
            yield taken
            taken = word
        else:
            taken += bool(taken) + word
    yield taken


def listed(
    items: Sequence[Item], write: Callable[[Item], str], most: int, separator: str = ", "
) -> str:
    """Write so many items of a list, and how many more there are."""
    written = [write(item) for item in items[:most]]
    if len(items) <= most:
        return separator.join(written)
    more = f"and {len(items) - most} more"
    if separator == ", ":
        return f"{separator.join(written)} {more}"
    return separator.join([*written, more])


def differ(sent: str, wanted: str, write: Callable[[str], str], most: int) -> str:
    """Say that two words are not the same, and where only capitals differ, that."""
    case = " (capitals count)" if differ_in_case(sent, wanted) else ""
    one, other = tell_apart(write(sent), write(wanted), most)
    return f"{one} is not {other}{case}"
