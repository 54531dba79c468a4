"""A topology as TOML, as routing/files/toml.py reads it, with messages and what is expected."""

import json
import re
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any, Final

from routing.amqp.json_form import binding_as_json, exchange_as_json, message_as_json
from routing.amqp.json_value import table_as_json
from routing.convert.definitions import Note, printable
from routing.files.source import Expected, Source
from routing.rules.policies import Doubtful

BARE: Final = re.compile(r"[A-Za-z0-9_-]+")
"""A name that stands without quotes."""

ASSUMED: Final = {"destination_type": "queue", "routing_key": "", "arguments": {}}
"""What is not written of a binding or a message, as it is meant without."""


def toml(source: Source, _: str, note: Note) -> str:
    """Write a topology."""
    if source.topology.unbound:
        note("TOML holds no bindings that are taken away again.")
    if source.topology.rejecting:
        note("TOML holds no consumers that reject.")
    if any(each.message.body for each in source.messages):
        note("TOML holds no bodies of messages.")
    blocks = [f"queues = {written([*source.topology.queues])}\n"]
    blocks += [block("[[exchanges]]", exchange_as_json(e)) for e in source.topology.exchanges]
    blocks += [block("[[bindings]]", binding_as_json(b)) for b in source.topology.bindings]
    blocks += [block(f"[arguments.{key(name)}]", table) for name, table in arguments(source, note)]
    blocks += [block("[[messages]]", expected_as_json(each)) for each in source.messages]
    return "\n".join(blocks)


def arguments(source: Source, note: Note) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give the arguments of queues, with what policies set there: TOML has no policies."""
    for queue in dict.fromkeys(source.topology.queues):
        try:
            given = source.arguments_in_force(queue)
        except Doubtful as doubt:
            given = source.arguments.get(queue, {})
            note(f"TOML holds no policies: {doubt.why}.")
        if given:
            yield queue, table_as_json(given)


def expected_as_json(expected: Expected) -> dict[str, Any]:
    """Write a message, and the queues that must get it."""
    outcome = expected.outcome
    return message_as_json(expected.message) | ({"queues": list(outcome.queues)} if outcome else {})


def block(heading: str, table: Mapping[str, Any]) -> str:
    """Write a table under its heading."""
    given = {name: value for name, value in table.items() if ASSUMED.get(name) != value}
    return "".join(f"{line}\n" for line in [heading, *map(entry, given, given.values())])


def entry(name: str, value: Any) -> str:
    """Write one entry of a table."""
    return f"{key(name)} = {written(value)}"


def key(name: str) -> str:
    """Write the name of an entry."""
    return name if BARE.fullmatch(name) else quoted(name)


def written(value: Any, *, exact: bool = False) -> str:
    """Write what JSON has as TOML, which has no null, and a double for each number with a point.

    exact: within a value whose type is named, where a number with a point is none by itself.
    """
    if isinstance(value, dict):
        kind = value.get("!type")
        if kind == "float64" and not exact and isinstance(value["value"], float):
            return written(value["value"])
        shown = {"!type": "void"} if kind == "void" else value
        exact = exact or kind is not None
        inner = ", ".join(f"{key(k)} = {written(v, exact=exact)}" for k, v in shown.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(each, exact=exact) for each in value)}]"
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, float):
        return repr(value) if isfinite(value) else repr(str(value))
    return '{ "!type" = "void" }' if value is None else json.dumps(value)


def quoted(text: str) -> str:
    """Write text in quotes, with whatever would do something to a terminal escaped."""
    written = json.dumps(text, ensure_ascii=False)
    return printable(written, lambda sign: f"\\U{ord(sign):08X}")
