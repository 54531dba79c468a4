"""Do several binding keys stand word below word of the key, and is that picture true?"""

import re
from collections.abc import Sequence
from io import BytesIO, TextIOWrapper
from itertools import islice
from random import Random

import pytest
from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from routing.amqp.notation import write_key
from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.values import Value
from routing.rules.predict import Verdict, route
from routing.view.words import InWords

WORDS = ("a", "b", "A", "", "long", "字", "*", "#")
EMPTY = "(an empty word)"


def verdicts(patterns: Sequence[str], key: str, **arguments: Value) -> Sequence[Verdict]:
    """Hold a key against patterns, each of a binding of its own."""
    bindings = [Binding("x", f"q{n}", each, arguments) for n, each in enumerate(patterns)]
    queues = [binding.queue for binding in bindings]
    topology = Topology(exchanges=[Exchange("x", "topic")], queues=queues, bindings=bindings)
    return route(topology, Message("x", key), version="4.0").verdicts


def lines_of(told: Sequence[Verdict]) -> list[Sequence[Text]]:
    """Make a line of each: a mark, the binding key, the queue, and the reason."""
    return [
        (
            Text("✓" if each.takes else "✗"),
            Text(write_key(each.binding.binding_key)),
            Text(each.binding.destination),
            Text(each.reason.text),
        )
        for each in told
    ]


def drawn(told: Sequence[Verdict], width: int = 80) -> list[str]:
    """Draw lines in so many columns."""
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(InWords(lines_of(told), told, at=1))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_what_do_several_patterns_look_like() -> None:
    """The key above, a `#` over its words, a mark before a word that fails, and then the reason."""
    told = verdicts(["order.eu.#", "order.*.us", "#.late.#", "#", ""], "order.eu.paid.late")
    assert drawn(told) == [
        "     order . eu . paid . late",
        "✓    order . eu . #──────────      q0  # is paid.late",
        "✗    order . *  ✗ us   ✗           q1  word 3: paid is not us",
        "✓    #──────────────── . late . #  q2  # is order.eu.paid, # is nothing",
        "✓    #───────────────────────      q3  # is order.eu.paid.late",
        "✗  ✗ (empty key)                   q4  4 words too many: order.eu.paid.late",
    ]


def words_in(line: str) -> dict[int, str]:
    """Find words and marks by the column that each begins in."""
    line = line.replace(" . ", "   ").replace(EMPTY, "(an-empty-word)")
    return {cell_len(line[: each.start()]): each[0] for each in re.finditer(r"\S+", line)}


def is_line(line: str, key: dict[int, str], told: Verdict) -> bool:
    """Tell whether a line has the pattern, and a mark just where it does not fit the key above."""
    found = words_in(line)
    marks = {place + 2 for place, word in found.items() if word == "✗"}
    words = {place: word for place, word in found.items() if word != "✗"}
    over = {n for at, word in words.items() if word[0] == "#" for n in range(at, at + len(word))}
    for place in {*words, *key} - over:
        same = words.get(place) in ("*", key.get(place)) and place in key
        if same is (place in marks):
            return False
    pattern = ".".join(word.rstrip("─") for word in words.values())
    return pattern.replace("(an-empty-word)", "") == told.binding.binding_key


def test_is_every_line_of_every_picture_true() -> None:
    """Read back it has its pattern, and marks where it fails, however many stand below the key."""
    random = Random(4)  # noqa: S311
    for _ in range(300):
        key = ".".join(random.choices(WORDS, k=random.randrange(1, 6))) or "a"
        patterns = [
            ".".join(random.choices(WORDS, k=random.randrange(1, 5)))
            for _ in range(random.randrange(1, 6))
        ]
        told = verdicts(list(filter(None, patterns)) or ["#"], key)
        first, *rest = [line[3:] for line in drawn(told, 300)]
        above = words_in(first)
        assert ".".join(above.values()).replace("(an-empty-word)", "") == key
        for line, each in zip(rest, told, strict=True):
            picture = line.partition(f"  {each.binding.destination}  ")[0]
            assert is_line(picture, above, each), (first, line)
            assert line.endswith(each.reason.text)


@pytest.mark.parametrize(
    ("patterns", "key", "width"),
    [
        (["order.#", "#.paid"], "order." + "eu." * 20 + "paid", 80),
        (["w" * 90, "w" * 91], "w" * 90, 80),
        (["order.*.paid", "#.eu.#"], "order.eu.paid.late.again", 44),
    ],
)
def test_is_it_told_as_before_where_there_is_no_room(
    patterns: list[str], key: str, width: int
) -> None:
    """Then each binding key stands whole, and without a line for the key."""
    lines = drawn(verdicts(patterns, key), width)
    joined = re.sub(r"\s", "", "".join(lines))
    assert not any(" . " in line for line in lines)
    assert all(joined.count(sign) >= "".join(patterns).count(sign) for sign in "*#w")
    assert max(map(cell_len, lines)) <= width


def test_is_a_cell_that_says_more_than_the_key_left_alone() -> None:
    """A binding's arguments, its exchange, or another key of the message (CC) are not lost."""
    plain, other = verdicts(["a.#", "b.#"], "a.b")
    (further,) = verdicts(["c.#"], "c")
    lines = lines_of([plain, other, further])
    lines[1] = (lines[1][0], Text("b.#  round=1"), *lines[1][2:])
    console = Console(width=80, color_system=None)
    with console.capture() as capture:
        console.print(InWords(lines, [plain, other, further], at=1))
    shown = [line.split() for line in islice(capture.get().splitlines(), 4)]
    assert shown == [
        ["a", ".", "b"],
        ["✓", "a", ".", "#", "q0", "#", "is", "b"],
        ["✗", "b.#", "round=1", "q1", "word", "1:", "a", "is", "not", "b"],
        ["✓", "c.#", "q0", "#", "is", "nothing"],
    ]


def test_do_words_that_look_alike_differ() -> None:
    """A Cyrillic letter is written by its number, in the key and wherever it is wanted."""
    lines = drawn(verdicts(["о", "o", "*"], "о"))  # noqa: RUF001
    assert [line.partition("  q")[0].split()[-1] for line in lines] == [
        r"\u043e",
        r"\u043e",
        "o",
        "*",
    ]


def test_is_it_straight_in_ascii() -> None:
    """Other signs for the line and the mark, and what the terminal lacks by its number."""
    output = TextIOWrapper(BytesIO(), encoding="ascii", errors="backslashreplace")
    told = verdicts(["#.b", "*.c"], "ü.b")
    Console(width=80, file=output, color_system=None).print(
        InWords([line[1:] for line in lines_of(told)], told, at=0)
    )
    output.seek(0)
    assert [line.rstrip().partition("  q")[0] for line in output] == [
        r"  \xfc . b",
        "  #    . b",
        "  *    - c",
    ]
