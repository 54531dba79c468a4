"""Values of AMQP field tables: their types on the wire, and what a broker makes of them.

Python's own types stand for one AMQP type each; Typed stands for any of them.  The letters are
RabbitMQ's (rabbit_binary_parser.erl), which differ here and there from AMQP 0-9-1, 4.2.1.
"""

import struct
from calendar import timegm
from collections.abc import ItemsView, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from routing.amqp.versions import Version, exact_numbers, signed_zeros

LETTERS: Final[Mapping[str, bytes]] = {
    "int8": b"b",
    "uint8": b"B",
    "int16": b"s",
    "uint16": b"u",
    "int32": b"I",
    "uint32": b"i",
    "int64": b"l",
    "int64L": b"L",
    "float32": b"f",
    "float64": b"d",
    "timestamp": b"T",
    "decimal": b"D",
    "bytes": b"x",
    "bool": b"t",
    "longstr": b"S",
    "void": b"V",
    "array": b"A",
    "table": b"F",
}

PACKED: Final[Mapping[str, str]] = {
    "int8": ">b",
    "uint8": ">B",
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "int64L": ">q",
    "float32": ">f",
    "float64": ">d",
    "timestamp": ">Q",
    "bool": ">B",
}
"""The types of a fixed size, and how the struct module packs them."""


MOST_DIGITS: Final = 10
"""The unscaled number of a decimal has 32 bits."""


@dataclass(frozen=True)
class Typed:
    """A value of one AMQP type, where Python's types leave the choice open.

    type: a name of LETTERS.
    value: an int, float, str, bytes, bool or None as the type wants it; for a decimal (scale,
    unscaled), for an array a list of values, for a table a list of (name, value) pairs.  A bool
    may be any octet; a void has no content, whatever stands here.
    """

    type: str
    value: Any


Value = (
    None
    | bool
    | int
    | float
    | str
    | bytes
    | Decimal
    | datetime
    | Typed
    | Sequence["Value"]
    | Mapping[str, "Value"]
)
"""A value as it stands in headers and arguments."""


@dataclass(frozen=True)
class Repeated(Mapping[str, Value]):
    """A table in which a name comes more than once; as a mapping it has the last of each name."""

    pairs: Sequence[tuple[str, Value]]

    def __getitem__(self, name: str) -> Value:
        """Give the last value of a name."""
        return dict(self.pairs)[name]

    def __iter__(self) -> Iterator[str]:
        """List each name once."""
        return iter(dict(self.pairs))

    def __len__(self) -> int:
        """Count the names."""
        return len(dict(self.pairs))

    def items(self) -> ItemsView[str, Value]:
        """List all pairs, in their order; pika sends what this lists."""
        return AllPairs(self)


class AllPairs(ItemsView[str, Value]):
    """Every pair of a table, also where a name comes again."""

    _mapping: Repeated

    def __iter__(self) -> Iterator[tuple[str, Value]]:
        """List them in their order."""
        return iter(self._mapping.pairs)


def with_pairs(pairs: Sequence[tuple[str, Value]]) -> Mapping[str, Value]:
    """Make a table of pairs."""
    table = dict(pairs)
    return table if len(table) == len(pairs) else Repeated(pairs)


def typed(value: Value) -> Typed:
    """Give a value its AMQP type: an int is an int32 where it fits, a float is a float64."""
    match value:
        case Typed():
            return value
        case None:
            return Typed("void", None)
        case bool():
            return Typed("bool", value)
        case int():
            return Typed("int32" if -(2**31) <= value < 2**31 else "int64", value)
        case float():
            return Typed("float64", value)
        case str():
            return Typed("longstr", value)
        case bytes():
            return Typed("bytes", value)
        case Decimal():
            return Typed("decimal", scaled(value))
        case datetime():
            return Typed("timestamp", timegm(value.utctimetuple()))
        case Mapping():
            return Typed("table", list(value.items()))
    return Typed("array", list(value))


def text_of(field: Typed) -> str:
    """Give a long string as text; bytes that are no UTF-8 are like no text."""
    return as_bytes(field.value).decode(errors="surrogateescape")


def scaled(value: Decimal) -> tuple[int, int]:
    """Take a decimal apart: digits after the point, and the number without the point.

    Every digit counts, but for zeros at the end.  Raises ValueError where it is no number.
    """
    sign, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int) or exponent > MOST_DIGITS:
        raise ValueError(f"{value} cannot be written as a number of 32 bits")
    number, scale = int(Decimal((sign, digits, 0))) * 10 ** max(0, exponent), max(0, -exponent)
    while scale and number % 10 == 0:
        number, scale = number // 10, scale - 1
    return scale, number


def is_finite(value: Value) -> bool:
    """Tell whether there is no infinity and no NaN in a value, which Erlang does not have."""
    field = typed(value)
    if field.type in ("float32", "float64"):
        return isfinite(field.value)
    if field.type == "table":
        return all(is_finite(each) for _, each in field.value)
    return field.type != "array" or all(map(is_finite, field.value))


def encode(value: Value) -> bytes:
    """Write a value as it travels: the letter of its type, and then its content.

    Raises struct.error, TypeError or ValueError where the content does not fit the type.
    """
    field = typed(value)
    return LETTERS[field.type] + encode_content(field)


def encode_content(field: Typed) -> bytes:
    """Write the content of a value, without the letter of its type."""
    match field.type:
        case "void":
            return b""
        case "longstr" | "bytes":
            return with_length(as_bytes(field.value))
        case "decimal":
            return struct.pack(">Bi", *field.value)
        case "array":
            return with_length(b"".join(map(encode, field.value)))
        case "table":
            return with_length(b"".join(encode_pair(*pair) for pair in field.value))
    return struct.pack(PACKED[field.type], field.value)


def encode_pair(name: str, value: Value) -> bytes:
    """Write one entry of a table."""
    return struct.pack(">B", len(name.encode())) + name.encode() + encode(value)


def with_length(content: bytes) -> bytes:
    """Put the length of a content before it."""
    return struct.pack(">I", len(content)) + content


def as_bytes(text: str | bytes) -> bytes:
    """Give the bytes that travel: text is sent as UTF-8."""
    return text.encode() if isinstance(text, str) else text


Term = int | float | str | bytes | tuple["Term", ...]
"""What a broker compares: a number, an atom (as str), a binary, a tuple or a list (as tuple)."""


def term(value: Value, version: Version) -> Term:
    """Give what a broker of this version makes of a value, so that two can be compared by ==."""
    field = typed(value)
    match field.type:
        case "void":
            return "undefined"
        case "bool":
            return "true" if field.value else "false"
        case "longstr" | "bytes":
            return as_bytes(field.value)
        case "float32" | "float64":
            number: float = struct.unpack(PACKED[field.type], encode_content(field))[0]
            if not exact_numbers(version):
                return number
            return ("float", struct.pack(">d", number) if signed_zeros(version) else number)
        case "decimal":
            return tuple(field.value)
        case "array":
            return tuple(nested(each, version) for each in field.value)
        case "table":
            return tuple((as_bytes(k), *nested(each, version)) for k, each in field.value)
    return int(field.value)


def nested(value: Value, version: Version) -> tuple[Term, Term]:
    """Give a value inside an array or table, where its type is compared too."""
    letter = LETTERS[typed(value).type].replace(b"L", b"l")  # one and the same type to RabbitMQ
    return letter.decode(), term(value, version)
