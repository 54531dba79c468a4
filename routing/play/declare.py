"""What is declared on a broker, under names that no other run has; and taken away again."""

import os
from collections.abc import Mapping
from functools import partial
from typing import Any

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

import routing.play.fields  # noqa: F401 - pika then sends and reads every field type
from routing.amqp.names import is_reserved, kept
from routing.amqp.renamed import alternate_renamed
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Declaration,
    Exchange,
    ExchangeBinding,
)
from routing.amqp.values import Value
from routing.play.account import Account
from routing.rules.queue_arguments import EXCHANGE, KEY, text_in


def new_prefix() -> str:
    """Make a prefix for names that no other run has."""
    return f"routing-{os.urandom(4).hex()}."


def make(channel: BlockingChannel, declaration: Declaration, prefix: str, account: Account) -> None:
    """Make one declaration on the broker."""
    if isinstance(declaration, str):
        arguments = account.queue_arguments.get(declaration, {})
        name = declare_queue(channel, declaration, prefix, arguments)
        account.queues[kept(declaration)] = name
        account.unread += [name] * bool(arguments)
    elif isinstance(declaration, Exchange):
        auto_delete = account.auto_delete
        declare_exchange(channel, declaration, prefix, account.made, auto_delete=auto_delete)
    else:
        bind(channel, declaration, prefix)
        if isinstance(declaration, ExchangeBinding) and is_lasting(declaration):
            account.lasting.append(declaration)


def is_lasting(binding: ExchangeBinding) -> bool:
    """Tell whether a binding is between two exchanges that are always there."""
    return is_reserved(binding.source) and is_reserved(binding.destination)


def declare_queue(
    channel: BlockingChannel, queue: str, prefix: str, arguments: Mapping[str, Value]
) -> str:
    """Declare one queue, and tell its name, which the broker makes up where there is none.

    Line breaks are taken out here already: pika waits for an answer with the very name.
    """
    name = renamed(kept(queue), prefix)
    given = dead_letters_renamed(arguments, prefix)
    answer = channel.queue_declare(queue=name, exclusive=True, auto_delete=True, arguments=given)
    return name or str(answer.method.queue)


def dead_letters_renamed(arguments: Mapping[str, Value], prefix: str) -> dict[str, Value]:
    """Put the prefix before where dead letters go, and before a key that then names a queue."""
    exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
    changed: dict[str, Value] = {} if exchange is None else {EXCHANGE: renamed(exchange, prefix)}
    if exchange == DEFAULT_EXCHANGE and key is not None:
        changed[KEY] = renamed(key, prefix)
    return {**arguments, **changed}


def declare_exchange(
    channel: BlockingChannel,
    exchange: Exchange,
    prefix: str,
    made: list[str],
    *,
    auto_delete: bool = True,
) -> None:
    """Declare one exchange; where the broker refuses, one of that name is somebody else's."""
    name = renamed(exchange.name, prefix)
    always_there = is_reserved(name) or not kept(name)
    made += [] if always_there else [name]
    try:
        channel.exchange_declare(
            exchange=name,
            exchange_type=exchange.type,
            durable=always_there,
            auto_delete=auto_delete and not always_there,
            internal=exchange.internal,
            arguments=alternate_renamed(exchange.arguments, partial(renamed, prefix=prefix)),
        )
    except (ChannelClosedByBroker, ConnectionClosedByBroker):
        if not always_there:
            made.remove(name)
        raise


def bind(channel: BlockingChannel, binding: AnyBinding, prefix: str) -> None:
    """Make one binding, to a queue or to an exchange."""
    to_exchange = isinstance(binding, ExchangeBinding)
    method = channel.exchange_bind if to_exchange else channel.queue_bind
    method(**fields_of(binding, prefix))


def unbind(channel: BlockingChannel, binding: AnyBinding, prefix: str) -> None:
    """Take one binding away again."""
    to_exchange = isinstance(binding, ExchangeBinding)
    method = channel.exchange_unbind if to_exchange else channel.queue_unbind
    method(**fields_of(binding, prefix))


def fields_of(binding: AnyBinding, prefix: str) -> dict[str, Any]:
    """Give a binding as pika takes it."""
    source, destination = renamed(binding.source, prefix), renamed(binding.destination, prefix)
    named = {"routing_key": binding.binding_key, "arguments": dict(binding.arguments)}
    if isinstance(binding, ExchangeBinding):
        return {"destination": destination, "source": source} | named
    return {"queue": destination, "exchange": source} | named


def renamed(name: str, prefix: str) -> str:
    """Put the prefix before a name, but for the broker's own names and the empty one."""
    return prefix + name if kept(name) and not is_reserved(name) else name


def withdraw(channel: BlockingChannel, account: Account) -> None:
    """Delete exchanges: auto-delete spares those that never had a binding.

    What is lasting comes last: where a run waited for no answer, its user may not do that either.
    """
    for name in account.made:
        channel.exchange_delete(exchange=name)
    for name in account.unread:
        channel.queue_delete(name)
    for binding in account.lasting:
        unbind(channel, binding, prefix="")
