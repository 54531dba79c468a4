"""Is the picture of a pattern on a key true?  It is read back, and held against the rule."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from itertools import chain
from random import Random

import pytest
from rich.cells import cell_len
from rich.console import Console

from routing.amqp.versions import NEWEST
from routing.match.screen import Laid
from routing.match.verdict import bound, sent, verdict_on
from routing.rules.predict import Verdict
from routing.rules.reasons import (
    Fits,
    Nowhere,
    NoWordLeft,
    TooFewWords,
    TooManyWords,
    WrongWord,
)

PAIRS = 300
WORDS = ("a", "b", "A", "", "long-words-fold", "字", "*", "#")
EMPTY = "(an-empty-word)"
SPACED = {"(an empty word)": EMPTY, "(empty key)": " " * 11}


def verdict(pattern: str, key: str) -> Verdict:
    """Hold a key against a pattern."""
    return verdict_on("topic", bound(pattern), sent(key), NEWEST)


def drawn(told: Verdict, width: int) -> list[str]:
    """Draw the picture in so many columns."""
    console = Console(width=width, file=StringIO(), color_system=None)
    console.print(Laid(told))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue().splitlines()


@dataclass
class Seen:
    """What a reader sees in one column: a word of the key, one of the pattern, and a mark."""

    sent: str | None
    wanted: str | None
    marked: bool


def read_back(lines: list[str]) -> list[Seen]:
    """Read a picture, row by row, as one sees it: by what stands beneath what."""
    rows: list[list[str]] = []
    for line in filter(None, lines):
        if line.startswith("routing key"):
            rows.append([])
        rows[-1].append(line[12:])
    return list(chain.from_iterable(columns_of(*row) for row in rows))


def columns_of(keys: str, patterns: str) -> Iterator[Seen]:
    """Read the columns of one row; a line that begins under no `#` goes on from the row before."""
    sent, wanted = words_in(keys), words_in(patterns)
    marked = {place + 2 for place, word in wanted.items() if word == "✗"}
    wanted = {place: word for place, word in wanted.items() if word != "✗"}
    places = {*sent, *wanted}
    assert marked <= places
    for place in sorted(places):
        over = [at for at in wanted if at <= place < at + cell_len(wanted[at])]
        word = wanted[over[0]] if over else None
        if word and set(word) <= {"#", "─"}:
            word = "#" if word[0] == "#" and over == [place] else "goes on"
        yield Seen(sent.get(place), word, place in marked)


def words_in(line: str) -> dict[int, str]:
    """Find the words and marks of a line, each by the column that it begins in."""
    line = line.replace(" . ", "   ")
    for spaced, joined in SPACED.items():
        line = line.replace(spaced, joined)
    return {cell_len(line[: each.start()]): each[0] for each in re.finditer(r"\S+", line)}


def random_key(random: Random, *, pattern: bool) -> str:
    """Make a key up; two `#` are the most that RabbitMQ takes in a pattern."""
    weights = [6, 5, 1, 1, 1, 1, 4, 5] if pattern else [9, 8, 2, 1, 1, 1, 1, 1]
    words = random.choices(WORDS, weights, k=random.randrange(7))
    while pattern and words.count("#") > 2:
        words.remove("#")
    return ".".join(words)


def written(words: list[str | None]) -> str:
    """Write words that were read as a key."""
    return ".".join(word.replace(EMPTY, "") for word in words if word)


@pytest.mark.parametrize("width", [80, 34])
def test_is_every_picture_true(width: int) -> None:
    """Read back it has the key and the pattern, and it has a mark just where it must have one."""
    random, kinds = Random(width), set()  # noqa: S311
    for _ in range(PAIRS):
        pattern, key = random_key(random, pattern=True), random_key(random, pattern=False)
        told = verdict(pattern, key)
        lines = drawn(told, width)
        assert all(cell_len(line) <= width for line in lines)
        seen = read_back(lines)
        assert written([each.sent for each in seen]) == key
        assert written([each.wanted for each in seen if each.wanted != "goes on"]) == pattern
        marked = [each for each in seen if each.marked]
        assert told.takes is not bool(marked)
        assert not pattern or all(each.marked is fails(each) for each in seen)
        assert_as_told(told, seen)
        kinds.add(type(told.reason))
    assert kinds == {Fits, WrongWord, NoWordLeft, TooFewWords, TooManyWords, Nowhere}


def fails(each: Seen) -> bool:
    """Tell whether what stands beneath a word does not take it."""
    if each.wanted in ("#", "goes on"):
        return False
    return each.sent is None or each.wanted is None or each.wanted not in ("*", each.sent)


def assert_as_told(told: Verdict, seen: list[Seen]) -> None:
    """Require that the picture shows what the reason says."""
    marked = [each for each in seen if each.marked]
    keys = [each for each in seen if each.sent is not None]
    match told.reason:
        case Fits(taken=taken):
            assert taken_in(seen) == [(wild, [*words]) for wild, words in taken]
        case WrongWord(place=place, from_end=from_end, wanted=wanted):
            at = keys[-place if from_end else place - 1]
            assert (at.marked, at.wanted) == (True, wanted or EMPTY)
        case NoWordLeft(wanted=wanted):
            assert marked[0] == Seen(None, wanted or EMPTY, marked=True)
        case TooManyWords(left=left):
            assert [each.wanted for each in keys[-len(left) :]] == [None] * len(left)
            assert len(marked) == len(left) or not told.binding.binding_key
        case TooFewWords(words=words, needed=needed):
            assert len([each for each in marked if each.sent is None]) >= needed - words
        case Nowhere(segment=segment):
            assert {each.wanted for each in marked} <= {each or EMPTY for each in segment}


def taken_in(seen: list[Seen]) -> list[tuple[str, list[str]]]:
    """List each wildcard of a picture with the words that stand over it."""
    taken: list[tuple[str, list[str]]] = []
    for each in seen:
        word = [] if each.sent is None else [each.sent.replace(EMPTY, "")]
        if each.wanted == "goes on":
            taken[-1][1].extend(word)
        elif each.wanted in ("*", "#"):
            taken.append((each.wanted, word))
    return taken


@pytest.mark.parametrize(
    ("pattern", "key", "picture"),
    [
        (
            "order.#.paid",
            "order.eu.de.paid",
            ["routing key   order . eu . de . paid", "binding key   order . #────── . paid"],
        ),
        ("order.#", "order", ["routing key   order", "binding key   order . #"]),
        (
            "a.b.#.x.c",
            "a.b.c",
            ["routing key   a         . b . c", "binding key   a ✗ b . # ✗ x . c"],
        ),
        (
            "#.eu.#",
            "a.EU.b",
            ["routing key   a . EU . b", "binding key   # ✗ eu . #"],
        ),
        ("a.#", "", ["routing key   (empty key)", "binding key ✗ a . #"]),
        (
            "a.#.b.*.c.#",
            "a.x.B.y.c",
            ["routing key   a . x . B . y . c", "binding key   a . # ✗ b . * . c . #"],
        ),
        ("a.*", "a.b.c", ["routing key   a . b . c", "binding key   a . * ✗"]),
        ("#", "a..b", ["routing key   a . (an empty word) . b", "binding key   #" + "─" * 22]),
        ("", "a", ["routing key   a", "binding key ✗ (empty key)"]),
    ],
)
def test_what_does_a_picture_look_like(pattern: str, key: str, picture: list[str]) -> None:
    """A `#` goes on over its words, or stands beneath none; what fails has a mark."""
    assert [line.rstrip() for line in drawn(verdict(pattern, key), 80)] == picture


def test_is_a_picture_straight_where_a_word_is_escaped() -> None:
    """Where the terminal lacks a letter, its number stands, and all columns are in their place."""
    output = TextIOWrapper(BytesIO(), encoding="ascii", errors="backslashreplace")
    Console(width=80, file=output, color_system=None).print(Laid(verdict("*.b", "ü.c")))
    output.seek(0)
    lines = [line.rstrip() for line in output]
    expected = [r"routing key   \xfc . c", "binding key   *    - b"]
    assert lines == expected


def test_is_a_long_word_cut_so_that_it_differs() -> None:
    """Two words of 200 letters that differ in the middle do so in the picture, too."""
    one, other = "a" * 100 + "x" + "a" * 100, "a" * 100 + "y" + "a" * 100
    first, second = drawn(verdict(one, other), 60)
    assert "y" in first.removeprefix("routing key")
    assert "x" in second
    assert max(map(cell_len, (first, second))) <= 60
