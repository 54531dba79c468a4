"""Routing cases as JSON Lines: a topology, one message, and what a broker did with it.

tests/vectors/README.md tells the form.  What is written here can be read again.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology, Value
from routing.amqp.values import LETTERS, Typed, encode, typed
from routing.amqp.versions import Version, parse_version

REQUIRED: Final = object()


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message: the queues that get a copy, sorted, or the refusal.

    refusal: ("declare", "bind" or "publish", reply code), or None.
    """

    queues: tuple[str, ...] = ()
    refusal: tuple[str, int] | None = None


@dataclass(frozen=True)
class Case:
    """One line: what is declared, what is published, and what came of it, by version."""

    id: str
    topology: Topology
    message: Message
    outcomes: Mapping[Version, Outcome]

    def outcome(self, version: Version) -> Outcome:
        """Give what was seen on this version, or on the newest one before it."""
        before = [seen for seen in self.outcomes if seen <= version]
        return self.outcomes[max(before, default=min(self.outcomes))]


def read_cases(lines: Iterable[str], file: str) -> Iterator[Case]:
    """Read the cases of a file, passing over empty lines.

    Raises BadUse with the number of the line and its fault.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield read_case(json.loads(line))
            except (BadUse, json.JSONDecodeError) as fault:
                said = str(fault).rstrip(".")
                raise BadUse(f"{file}, line {number}: {said}; correct the line.") from fault


def read_case(case: object) -> Case:
    """Read one case.

    Raises BadUse where something is missing, or is not what it should be.
    """
    outcomes = take(case, "outcome", dict)
    if not outcomes:
        raise BadUse("outcome names no version")
    return Case(
        id=take(case, "id", str),
        topology=Topology(
            exchanges=[read_exchange(each) for each in take(case, "exchanges", list)],
            queues=[of_kind("a queue", queue, str) for queue in take(case, "queues", list)],
            bindings=[read_binding(each) for each in take(case, "bindings", list)],
        ),
        message=read_message(take(case, "publish", dict)),
        outcomes={parse_version(text): read_outcome(each) for text, each in outcomes.items()},
    )


def read_exchange(exchange: object) -> Exchange:
    """Read one exchange."""
    return Exchange(
        name=take(exchange, "name", str),
        type=take(exchange, "type", str),
        arguments=read_table(take(exchange, "arguments", dict, {})),
        internal=take(exchange, "internal", bool, default=False),
    )


def read_binding(binding: object) -> Binding | ExchangeBinding:
    """Read one binding, to a queue or to an exchange."""
    kinds: dict[str, type[Binding] | type[ExchangeBinding]] = {
        "queue": Binding,
        "exchange": ExchangeBinding,
    }
    kind = take(binding, "destination_type", str)
    if kind not in kinds:
        raise BadUse(f"destination_type is {kind!r}, not queue or exchange")
    return kinds[kind](
        take(binding, "source", str),
        take(binding, "destination", str),
        take(binding, "routing_key", str),
        read_table(take(binding, "arguments", dict, {})),
    )


def read_message(publish: object) -> Message:
    """Read what is published."""
    table = take(publish, "headers", dict, None)
    return Message(
        exchange=take(publish, "exchange", str),
        routing_key=take(publish, "routing_key", str),
        headers=None if table is None else read_table(table),
        mandatory=take(publish, "mandatory", bool, default=False),
    )


def read_outcome(outcome: object) -> Outcome:
    """Read what one version did."""
    error = take(outcome, "error", dict, None)
    queues = [of_kind("a queue", queue, str) for queue in take(outcome, "queues", list)]
    refusal = (take(error, "at", str), take(error, "code", int)) if error else None
    return Outcome(tuple(sorted(queues)), refusal)


def read_table(table: Mapping[str, object]) -> dict[str, Value]:
    """Read headers or arguments."""
    return {name: read_value(value) for name, value in table.items()}


def read_value(value: object) -> Value:
    """Read a field value: plain JSON, or {"!type": ..., "value": ...} where that is not enough."""
    if isinstance(value, dict) and "!type" in value:
        return read_typed(take(value, "!type", str), value.get("value"))
    if isinstance(value, dict):
        return read_table(value)
    if isinstance(value, list):
        return [read_value(each) for each in value]
    if isinstance(value, float):
        raise BadUse(f'{value} could be a float32 or a float64: write {{"!type": ...}}')
    return value  # type: ignore[return-value]  # all that JSON has left


def read_typed(kind: str, content: Any) -> Typed:
    """Read a value whose type is named."""
    if kind not in LETTERS:
        raise BadUse(f"there is no field type {kind!r}, only {', '.join(LETTERS)}")
    readers: dict[str, Callable[[Any], Any]] = {
        "bytes": bytes.fromhex,
        "decimal": tuple,
        "array": lambda each: [read_value(item) for item in each],
        "table": lambda each: [(name, read_value(item)) for name, item in each],
    }
    try:
        value = Typed(kind, readers.get(kind, lambda each: each)(content))
        encode(value)
    except BadUse:
        raise
    except Exception as error:
        raise BadUse(f"{content!r} is no {kind}") from error
    return value


def take(table: object, name: str, kind: type[Any], default: Any = REQUIRED) -> Any:
    """Take what must be there, and be of this kind, out of a JSON object."""
    entries = of_kind("what holds " + name, table, dict)
    if name not in entries:
        if default is REQUIRED:
            raise BadUse(f"{name} is missing")
        return default
    return of_kind(name, entries[name], kind)


def of_kind(noun: str, value: Any, kind: type[Any]) -> Any:
    """Require that a JSON value is of a kind."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        named = {
            dict: "an object",
            list: "a list",
            str: "text",
            bool: "true or false",
            int: "a number",
        }
        raise BadUse(f"{noun} must be {named[kind]}, not {json.dumps(value)[:60]}")
    return value


def write_case(case: Case) -> str:
    """Write a case as one line."""
    return json.dumps(
        {
            "id": case.id,
            "exchanges": [write_exchange(each) for each in case.topology.exchanges],
            "queues": list(case.topology.queues),
            "bindings": [write_binding(each) for each in case.topology.bindings],
            "publish": write_message(case.message),
            "outcome": {str(v): write_outcome(each) for v, each in case.outcomes.items()},
        },
        ensure_ascii=False,
    )


def write_exchange(exchange: Exchange) -> dict[str, Any]:
    """Write one exchange."""
    written: dict[str, Any] = {"name": exchange.name, "type": exchange.type}
    if exchange.arguments:
        written["arguments"] = write_table(exchange.arguments)
    return written | ({"internal": True} if exchange.internal else {})


def write_binding(binding: Binding | ExchangeBinding) -> dict[str, Any]:
    """Write one binding."""
    return {
        "source": binding.source,
        "destination": binding.destination,
        "destination_type": "queue" if isinstance(binding, Binding) else "exchange",
        "routing_key": binding.binding_key,
        "arguments": write_table(binding.arguments),
    }


def write_message(message: Message) -> dict[str, Any]:
    """Write what is published."""
    written: dict[str, Any] = {"exchange": message.exchange, "routing_key": message.routing_key}
    if message.headers is not None:
        written["headers"] = write_table(message.headers)
    return written | ({"mandatory": True} if message.mandatory else {})


def write_outcome(outcome: Outcome) -> dict[str, Any]:
    """Write what one version did."""
    written: dict[str, Any] = {"queues": list(outcome.queues)}
    if outcome.refusal:
        written["error"] = dict(zip(("at", "code"), outcome.refusal, strict=True))
    return written


def write_table(table: Mapping[str, Value]) -> dict[str, Any]:
    """Write headers or arguments."""
    return {name: write_value(value) for name, value in table.items()}


def write_value(value: Value) -> Any:
    """Write a value so that it is read as the same type."""
    field = typed(value)
    if field.type == "table" and len(dict(field.value)) == len(field.value):
        return write_table(dict(field.value))
    if field.type == "array":
        return [write_value(each) for each in field.value]
    if field == typed(field.value) and field.type in ("int32", "int64", "longstr", "bool", "void"):
        return field.value
    if field.type == "table":
        return {"!type": "table", "value": [[k, write_value(each)] for k, each in field.value]}
    content = field.value.hex() if field.type == "bytes" else field.value
    return {"!type": field.type, "value": content}
