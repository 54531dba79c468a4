"""Headers as they are typed on a command line: `region=eu,urgent:bool=true`.

`name=value` is text, `name:type=value` anything else: a type of amqp/values.py, or int, bool,
float, json.  Commas separate; JSON may have commas of its own.  In the criteria of a binding, a
bare `name` asks whether the header is there.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.json_value import read_typed, read_value
from routing.amqp.values import PACKED, Value
from routing.rules.validity import require_values

FORM: Final = "write name=value,name:type=value, as in region=eu,urgent:bool=true"

OF_JSON: Final = {"json", "array", "table"}
"""The types whose values end where their JSON ends, and not at the next comma."""


def read_headers(text: str) -> dict[str, Value]:
    """Read headers.

    Raises BadUse where they are not well written.
    """
    return read_entries(text, bare=False)


def read_criteria(text: str) -> dict[str, Value]:
    """Read the arguments of a headers exchange's binding, where a bare name is enough.

    Raises BadUse where they are not well written.
    """
    return read_entries(text, bare=True)


def read_entries(text: str, *, bare: bool) -> dict[str, Value]:
    """Read names and values; bare: whether a name may have none."""
    headers: dict[str, Value] = {}
    for name, kind, value in entries_of(text, bare=bare):
        if name in headers:
            raise BadUse(f"The header {name} is given twice: leave one of them out.")
        headers[name] = read_one(name, kind, value)
    require_values("Headers", "header", headers)
    return headers


def entries_of(text: str, *, bare: bool) -> Iterator[tuple[str, str, Any]]:
    """Take the text apart into names, types and values: text, or what the JSON says."""
    while text:
        first, _, after = text.partition(",")
        if bare and not set("=:") & set(first) and first.strip():
            yield first.strip(), "void", ""
            text = after
            continue
        left, equals, rest = text.partition("=")
        name, _, kind = left.strip().rpartition(":") if ":" in left else (left.strip(), "", "text")
        if not equals or not name or "," in left:
            raise BadUse(f"The header {left.partition(',')[0]!r} cannot be read: {FORM}.")
        read = read_json if kind in OF_JSON else read_text
        value, text = read(name, rest)
        yield name, kind, value


def read_text(_: str, rest: str) -> tuple[str, str]:
    """Read up to the next comma, and give what is behind it."""
    value, _, after = rest.partition(",")
    return value, after


def read_json(name: str, rest: str) -> tuple[Any, str]:
    """Read as far as the JSON goes, and give what is behind the comma after it."""
    try:
        value, end = json.JSONDecoder().raw_decode(rest.lstrip())
    except (ValueError, RecursionError) as error:
        raise BadUse(f"The header {name} has a value that is no JSON: {error}.") from error
    after = rest.lstrip()[end:].lstrip()
    if after and not after.startswith(","):
        raise BadUse(
            f"The header {name} has {after!r} behind its JSON: separate headers by commas."
        )
    return value, after[1:]


def read_one(name: str, kind: str, content: Any) -> Value:
    """Make a value of the type that is named.

    Raises BadUse where there is no such type, or the value is none of it.
    """
    reader = READERS.get(kind)
    if reader is None:
        raise BadUse(f"The header {name} has type {kind!r}, but must have {', '.join(READERS)}.")
    try:
        return reader(content)
    except BadUse as error:
        raise BadUse(f"The header {name}: {error}.") from error
    except (ValueError, InvalidOperation) as error:
        raise BadUse(
            f"The header {name} is {content!r}, which is no {kind}: correct it."
        ) from error


def read_bool(content: str) -> bool:
    """Read true or false, in capitals or not."""
    known = {"true": True, "false": False}
    if content.strip().lower() not in known:
        raise ValueError(content)
    return known[content.strip().lower()]


def read_void(content: str) -> None:
    """Read nothing."""
    if content:
        raise ValueError(content)


def read_number(kind: str) -> Callable[[str], Value]:
    """Give what reads a number of a fixed size."""
    number = float if kind.startswith("float") else int
    return lambda content: read_typed(kind, number(content))


READERS: Final[Mapping[str, Callable[[Any], Value]]] = {
    "text": str,
    "int": int,
    "bool": read_bool,
    "float": float,
    "json": read_value,
    **{kind: read_number(kind) for kind in PACKED if kind != "bool"},
    "decimal": Decimal,
    "void": read_void,
    **{kind: partial(read_typed, kind) for kind in ("bytes", "longstr", "array", "table")},
}
"""Every type, and what reads it; `text` is what stands where no type does."""
