"""JSON read with the place of each member of its lists, so that an editor can jump there."""

import json
import re
from dataclasses import dataclass, field
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any, Final


def a_double(digits: str) -> dict[str, Any]:
    """Write a number with a point as RabbitMQ reads it."""
    return {"!type": "float64", "value": float(digits)}


DECODER: Final = json.JSONDecoder(parse_float=a_double)
SPACE: Final = re.compile(r"[ \t\r\n]*")


@dataclass
class Placed:
    """An object, and of each list in it where its members begin, counted in characters from 0."""

    value: dict[str, Any] = field(default_factory=dict)
    starts: dict[str, list[int]] = field(default_factory=dict)


def read_placed(text: str) -> Placed | None:
    """Read a JSON object; None where the text holds another kind of value.

    Raises json.JSONDecodeError where it is no JSON, RecursionError where it is too deep.
    """
    at = after_space(text, 0)
    if not text.startswith("{", at):
        DECODER.decode(text)
        return None
    placed, at = Placed(), after_space(text, at + 1)
    while not text.startswith("}", at):
        at = read_entry(text, at, placed)
        if not text.startswith("}", at):
            at = after(text, at, ",")
            require(text, at, '"')
    if after_space(text, at + 1) != len(text):
        raise json.JSONDecodeError("Extra data", text, at + 1)
    return placed


def read_entry(text: str, at: int, placed: Placed) -> int:
    """Read a name and its value, and give the place behind both."""
    require(text, at, '"')
    name, at = scanstring(text, at + 1)
    at = after(text, after_space(text, at), ":")
    if text.startswith("[", at):
        placed.value[name], placed.starts[name], at = read_list(text, at)
    else:
        placed.value[name], at = DECODER.raw_decode(text, at)
    return after_space(text, at)


def read_list(text: str, at: int) -> tuple[list[Any], list[int], int]:
    """Read a list: its members, where each of them begins, and the place behind it."""
    values: list[Any] = []
    starts: list[int] = []
    at = after_space(text, at + 1)
    while not (text.startswith("]", at) and not values):
        starts.append(at)
        value, at = DECODER.raw_decode(text, at)
        values.append(value)
        at = after_space(text, at)
        if text.startswith("]", at):
            break
        at = after(text, at, ",")
    return values, starts, at + 1


def after(text: str, at: int, sign: str) -> int:
    """Give the place behind a sign that must be here, and what space there is."""
    require(text, at, sign)
    return after_space(text, at + 1)


def require(text: str, at: int, sign: str) -> None:
    """Require a sign here."""
    if not text.startswith(sign, at):
        raise json.JSONDecodeError(f"Expecting {sign}", text, at)


def after_space(text: str, at: int) -> int:
    """Give the place behind the space that there is."""
    found = SPACE.match(text, at)
    return found.end() if found else at
