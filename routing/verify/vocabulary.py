"""What is drawn from: names, words and values, so few that they often match, and odd ones."""

import struct
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from routing.amqp.names import kept
from routing.amqp.values import PACKED, Typed, Value, encode

NAMES: Final = (*("x", "y", "z", "w", "v") * 6, "X", "é", "a.b", "#", "amq", "amqx", "x\ny", "\rz")
"""Exchanges; a broker takes line breaks out of names."""

TYPES: Final = ("direct", "fanout", *("topic", "headers") * 2)
"""Of exchanges; those more often that look at more."""

LONG_NAME: Final = "n" * 200
"""With a prefix before it, not far from the most."""

QUEUES: Final = ("q", "a", "a.b", "b", "é.*", "#", ".", "amq", "c\r\nd", "Q", "x-match", "q" * 200)
"""Queues; some are called as keys are, which the default exchange looks for."""

KEPT_QUEUES: Final = (*QUEUES, *map(kept, QUEUES))

WORDS: Final = (*("a", "b") * 5, "*", "#", "", "A", "a*", "##", "é", "日本")
PATTERN_WORDS: Final = (*("a", "b", "*", "#") * 4, "", "A", "a*", "##", "é", "日本")

LONG_KEYS: Final = ("x" * 255, "a." * 20 + "b" * 215, "é" * 127 + "x", "." * 20 + "x" * 235)
"""Of 255 bytes, the most that AMQP carries, but of few words: a topic exchange tries every way
through its trie, and a published `*` or `#` goes two ways where a binding has one.  A key of a
hundred of them keeps a channel busy for ever (seen on 3.10.8, 4.0.5 and 4.3.6)."""

LONG_PATTERNS: Final = (*LONG_KEYS, "#." + "a." * 20 + "b" * 200, "*." * 8 + "#", "#.é" + "é" * 125)

MOST_STARS: Final = 5
"""A published key has no more of these as words."""

FURTHER_KEYS: Final[Sequence[Value]] = (
    *("a", "b", "a.b", "", "#", "é.*", "y" * 300) * 2,
    *(1, b"a", None, ["a"], Typed("longstr", "b")),
)
"""For CC and BCC, where a key is a long string, and what is none is skipped."""

HEADERS: Final = (
    *("a",) * 6,
    *("b", "b", "x-a", "X-a", "", "é", "x-", "CC", "BCC", "n" * 255),
    *("x-match", "x-match-2", "x-matching", "x-match.x", "X-Match", "x_match", "x"),
)
"""Names of headers, and of criteria, some of them near x-match."""

NUMBERS: Final = (
    *(1, 0) * 8,
    *(1, 0, -1, 127, -128, 255, 2**15, 2**16 - 1, 2**31 - 1, 2**31, -(2**31)),
    *(2**32 - 1, 2**53 + 1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1),
)
"""For each trial another one, around which its values lie; often one that is like a boolean."""

ODD_VALUES: Final[Sequence[Value]] = (
    None,
    True,
    False,
    Typed("bool", 2),
    Typed("bool", 255),
    "true",
    "",
    b"",
    "é",
    "e\u0301",
    b"\xff",
    "s" * 300,
    -0.0,
    Typed("float32", -0.0),
    0.1,
    Typed("float32", 0.1),
    1.5,
    Typed("float32", 1.5),
    5e-324,
    1.7976931348623157e308,
    Typed("float32", 3.4028234663852886e38),
    Decimal("1.5"),
    Decimal("1.50"),
    Decimal("-0.01"),
    Decimal("0.0000000000000000000000000000000000000000000001"),
    Typed("decimal", (2, 150)),
    Typed("decimal", (255, -(2**31))),
    datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC),
    datetime(2026, 7, 1, 12, tzinfo=UTC),
    Typed("array", []),
    Typed("table", []),
)

HUGE: Final = "h" * 100_000
"""With it, a table is not far below the largest frame."""


def alike(number: int) -> list[Value]:
    """List the values that could be taken for a number, in all types that can hold it."""
    written: list[Value] = [number, float(number), str(number), str(number).encode()]
    typed = [Typed(kind, number) for kind in PACKED if kind != "bool"]
    moved = [Typed("decimal", (0, number)), Typed("decimal", (1, number * 10))]
    late = [Typed("timestamp", number * 1000), Typed("int64", number * 1000)]
    truth: list[Value] = [bool(number)] * 8 if number in {0, 1} else []
    return [each for each in (*written, *truth, *typed, *moved, *late) if can_travel(each)]


def can_travel(value: Value) -> bool:
    """Tell whether a value fits its type."""
    try:
        encode(value)
    except (struct.error, OverflowError):
        return False
    return True


ALIKE: Final = {number: alike(number) for number in NUMBERS}
