"""Field values as JSON: plain JSON, or {"!type": ..., "value": ...} where that is not enough.

tests/vectors/README.md tells the form.
"""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.json_parts import brief, of_kind, require_known, short, take
from routing.amqp.values import LETTERS, Typed, Value, as_bytes, encode, text_of, typed

MOST_NESTED: Final = 100
"""A value has no more lists and tables in each other: those who write and compare it call
themselves for each, and Python lets them do so some hundred times."""

FLOATS: Final = ("float32", "float64")
NO_NUMBERS: Final = ("nan", "inf", "-inf")
"""What JSON has no numbers for is written as text."""

CONTENTS: Final[Mapping[str, type[Any] | tuple[type[Any], ...]]] = {
    "float32": (int, float),
    "float64": (int, float),
    "decimal": list,
    "bytes": str,
    "bool": int,
    "longstr": str,
    "void": type(None),
    "array": list,
    "table": list,
}
"""What JSON has for a value whose type is named; for all others an integer."""


def read_table(table: Mapping[str, object], depth: int = 0) -> dict[str, Value]:
    """Read headers or arguments."""
    return dict(read_pair(depth, name, value) for name, value in table.items())


def read_pair(depth: int, name: object, value: object) -> tuple[str, Value]:
    """Read one entry of a table."""
    return short("the name of a value", name), read_value(value, depth)


def read_value(value: object, depth: int = 0) -> Value:
    """Read a field value: plain JSON, or {"!type": ..., "value": ...} where that is not enough.

    depth: in how many lists and tables it lies.
    """
    if depth > MOST_NESTED:
        raise BadUse(f"a value lies in more than {MOST_NESTED} lists and tables")
    if isinstance(value, dict) and "!type" in value:
        require_known("a value with a type", value, ("!type", "value"))
        return read_typed(take(value, "!type", str), value.get("value"), depth)
    if isinstance(value, dict):
        return read_table(value, depth + 1)
    if isinstance(value, list):
        return [read_value(each, depth + 1) for each in value]
    if isinstance(value, float):
        raise BadUse(f'{value} could be a float32 or a float64: write {{"!type": ...}}')
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise BadUse(f"{brief(value)} is no int64")
    return value  # type: ignore[return-value]  # all that JSON has left


def read_typed(kind: str, content: Any, depth: int = 0) -> Typed:
    """Read a value whose type is named."""
    if kind not in LETTERS:
        raise BadUse(f"there is no field type {brief(kind)}, only {', '.join(LETTERS)}")
    if kind in FLOATS and content in NO_NUMBERS:
        return Typed(kind, float(content))
    expected = CONTENTS.get(kind, int)
    if not isinstance(content, expected) or (isinstance(content, bool) and kind != "bool"):
        raise BadUse(f"{brief(content)} is no {kind}")
    readers: dict[str, Callable[[Any], Any]] = {
        "bytes": bytes.fromhex,
        "decimal": lambda parts: tuple(of_kind("a part of a decimal", each, int) for each in parts),
        "array": lambda items: [read_value(item, depth + 1) for item in items],
        "table": lambda pairs: [
            read_pair(depth + 1, *of_kind("an entry", pair, list)) for pair in pairs
        ],
    }
    try:
        value = Typed(kind, readers.get(kind, lambda each: each)(content))
        encode(value)
    except BadUse:
        raise
    except Exception as error:
        raise BadUse(f"{brief(content)} is no {kind}") from error
    return value


def table_as_json(table: Mapping[str, Value]) -> dict[str, Any]:
    """Write headers or arguments."""
    return {name: value_as_json(value) for name, value in table.items()}


def value_as_json(value: Value) -> Any:
    """Write a value so that it is read as the same type."""
    field = typed(value)
    names = [name for name, _ in field.value] if field.type == "table" else []
    if field.type == "table" and len(set(names)) == len(names) and "!type" not in names:
        return table_as_json(dict(field.value))
    if field.type == "array":
        return [value_as_json(each) for each in field.value]
    if field == typed(field.value) and field.type in ("int32", "int64", "longstr", "bool", "void"):
        return field.value
    if field.type == "table":
        return {"!type": "table", "value": [[k, value_as_json(each)] for k, each in field.value]}
    if field.type == "longstr":
        return text_of(field)
    content: Any = as_bytes(field.value).hex() if field.type == "bytes" else field.value
    if field.type in FLOATS and not isfinite(content):
        content = str(content)
    return {"!type": field.type, "value": content}
