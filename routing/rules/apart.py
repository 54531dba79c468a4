"""Two texts that are not the same, written so that nobody takes one for the other."""

from itertools import takewhile
from re import compile as pattern
from typing import Final

from routing.amqp.notation import CUT, beginning, shorten, width

BEFORE: Final = 2
"""Where long texts begin to differ, so many letters before that place are shown with it."""

LOOKALIKES: Final = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеіјорсухѕΑΒΕΖΗΙΚΜΝΟΡΤΥΧνο",  # noqa: RUF001  # Cyrillic and Greek
    "ABESIJKMHOPCTYXaeijopcyxsABEZHIKMNOPTYXvo",
)

UNSEEN: Final = pattern(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters that Unicode counts as printable, and that leave no ink."""


def tell_apart(one: str, other: str, most: int) -> tuple[str, str]:
    """Write two texts, in so many columns each, so that they differ to the eye, too."""
    if ink(one) == ink(other):
        one, other = escaped(one), escaped(other)
    short = shorten(one, most), shorten(other, most)
    if short[0] != short[1]:
        return short
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
    return part_from(one, same, most), part_from(other, same, most)


def part_from(text: str, same: int, most: int) -> str:
    """Write the part of a long text that begins shortly before a place."""
    rest = text[same - BEFORE :]  # what is cut begins with so many letters at least
    room = most - len(CUT)
    whole = width(rest) <= room
    return CUT + (rest if whole else beginning(rest, room - len(CUT)) + CUT)


def ink(text: str) -> str:
    """Give what is to be seen of a text: the same for two that look alike."""
    if text.isascii():
        return text
    from unicodedata import normalize  # seldom needed

    return UNSEEN.sub("", normalize("NFKC", text)).translate(LOOKALIKES)


def escaped(text: str) -> str:
    """Write whatever is not ASCII by its number."""
    return text.encode("ascii", "backslashreplace").decode()


def differ_in_case(one: str, other: str) -> bool:
    """Tell whether two texts differ in capitals, and in nothing else."""
    return one != other and one.lower() == other.lower() and one.upper() == other.upper()
