"""JSON that others wrote: its objects taken apart, and what is wrong with them told in a sentence.

What is quoted of it is short, and in ASCII letters alone, so that it can do nothing to a terminal.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, TypeVar

from routing.amqp.errors import BadUse
from routing.amqp.topology import MOST_BYTES

Thing = TypeVar("Thing")

REQUIRED: Final = object()

MOST_SHOWN: Final = 60
"""So many characters of a value are quoted."""

NAMED: Final = {
    dict: "an object",
    list: "a list",
    str: "text",
    bool: "true or false",
    int: "a number",
}


def take(table: object, name: str, kind: type[Any], default: Any = REQUIRED) -> Any:
    """Take what must be there, and be of this kind, out of a JSON object."""
    entries = table if isinstance(table, dict) else of_kind(f"what holds {name}", table, dict)
    if name not in entries:
        if default is REQUIRED:
            raise BadUse(f"{name} is missing")
        return default
    return of_kind(name, entries[name], kind)


def take_short(table: object, name: str) -> str:
    """Take a text that AMQP can carry as a name or a key."""
    return short(name, take(table, name, str))


def short(noun: str, value: Any) -> str:
    """Require text that AMQP can carry as a name or a key."""
    text: str = of_kind(noun, value, str)
    length = len(text) if text.isascii() else len(text.encode())
    if length > MOST_BYTES:
        raise BadUse(f"{noun} has {length} bytes, but {MOST_BYTES} are the most")
    return text


def of_kind(noun: str, value: Any, kind: type[Any]) -> Any:
    """Require that a JSON value is of a kind."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise BadUse(f"{noun} must be {NAMED[kind]}, not {brief(value)}")
    return value


def require_known(noun: str, table: object, known: Sequence[str]) -> None:
    """Require that a JSON object has no entry but these; suggest what may have been meant."""
    for name in of_kind(noun, table, dict):
        if name not in known:
            from difflib import get_close_matches  # seldom needed, and slow to import

            close = get_close_matches(name[:MOST_SHOWN], known, n=1)
            advice = f"did you mean {close[0]}?" if close else f"known: {', '.join(known)}"
            raise BadUse(f"{noun} has no entry {brief(name)} ({advice})")


def each_of(noun: str, values: Iterable[Any], read: Callable[[Any], Thing]) -> Iterator[Thing]:
    """Read one after another; what is wrong with one is told with its number."""
    for number, value in enumerate(values, 1):
        yield within(f"{noun} {number}", read, value)


def within(place: str, read: Callable[[Any], Thing], value: Any) -> Thing:
    """Read a part; what is wrong with it is told with its place."""
    try:
        return read(value)
    except BadUse as fault:
        raise BadUse(f"{place}: {fault}") from fault


def brief(value: Any) -> str:
    """Write a value, or how it begins, as JSON."""
    written = json.dumps(value, default=repr)
    return written if len(written) <= MOST_SHOWN else f"{written[:MOST_SHOWN]}..."
