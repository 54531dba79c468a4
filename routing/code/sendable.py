"""What of a scenario pika sends by itself, without what this project teaches it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Binding, Exchange, Message, Scenario
from routing.amqp.values import Repeated, Typed, Value, encode, typed
from routing.play.fields import sent_by_pika


class Unsendable(Exception):
    """What cannot be sent; the text says why."""


def sendable_part(scenario: Scenario) -> tuple[Scenario, list[str]]:
    """Leave out what pika cannot send, and what needs it; say of each why it is left out."""
    notes: list[str] = []
    exchanges = kept("exchange", scenario.exchanges, exchange_sent, notes)
    there = {DEFAULT_EXCHANGE, *(exchange.name for exchange in exchanges)}

    def binding_sent(binding: AnyBinding) -> AnyBinding:
        require_none(exchanges_of(binding) - there)
        return replace(binding, arguments=sendable(binding.arguments))

    def message_sent(message: Message) -> Message:
        require_none({message.exchange} - there)
        return replace(message, headers=message.headers and sendable(message.headers))

    notes += [
        f"LEFT OUT: in {write_key(queue)} a consumer rejects what it gets; here it is read."
        for queue in scenario.rejecting
    ]
    bindings = kept("binding", scenario.bindings, binding_sent, notes)
    messages = kept("message", scenario.messages, message_sent, notes)
    arguments = dict(kept("queue", [*scenario.queue_arguments.items()], arguments_sent, notes))
    sent = replace(scenario, exchanges=exchanges, bindings=bindings, messages=messages)
    return replace(sent, queue_arguments=arguments), notes


def kept(
    noun: str, things: Sequence[Any], send: Callable[[Any], Any], notes: list[str]
) -> list[Any]:
    """Give what can be sent of some things, and note the others."""
    sent = []
    for number, thing in enumerate(things, 1):
        try:
            sent.append(send(thing))
        except Unsendable as why:
            notes.append(f"LEFT OUT, {noun} {number}: {why}.")
    return sent


def exchange_sent(exchange: Exchange) -> Exchange:
    """Give an exchange with its arguments as pika is to get them."""
    return replace(exchange, arguments=sendable(exchange.arguments))


def arguments_sent(of_queue: tuple[str, Mapping[str, Value]]) -> tuple[str, dict[str, Any]]:
    """Give the arguments of a queue as pika is to get them."""
    return of_queue[0], sendable(of_queue[1])


def exchanges_of(binding: AnyBinding) -> set[str]:
    """Name the exchanges that a binding joins."""
    to_queue = isinstance(binding, Binding)
    return {binding.source} if to_queue else {binding.source, binding.destination}


def require_none(missing: Collection[str]) -> None:
    """Raise Unsendable where an exchange that is needed is left out."""
    for name in sorted(missing):
        raise Unsendable(f"it needs the exchange {write_key(name)}")


def sendable(table: Mapping[str, Value]) -> dict[str, Any]:
    """Give headers or arguments as pika is to get them.

    Raises Unsendable where one of them cannot be sent.
    """
    if isinstance(table, Repeated):
        raise Unsendable("pika cannot send two headers of one name by itself")
    return {name: as_pika_sends(name, value) for name, value in table.items()}


def as_pika_sends(name: str, value: Value) -> Any:
    """Give a value in the type of Python that pika sends as just this type of AMQP.

    Raises Unsendable where there is none.
    """
    field = typed(value)
    if field.type == "table" and len(dict(field.value)) == len(field.value):
        return {key: as_pika_sends(name, each) for key, each in field.value}
    if field.type == "array":
        return [as_pika_sends(name, each) for each in field.value]
    given = value.value if isinstance(value, Typed) else value
    if sent_by_pika(given) != encode(value):
        raise Unsendable(
            f"pika cannot send {name}={write_value(value)}, of type {field.type}, by itself"
        )
    return given
