"""What is declared on a broker, under names that no other run has; and taken away again."""

import os
from collections.abc import Mapping, Sequence

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker

import routing.play.fields  # noqa: F401 - pika then sends and reads every field type
from routing.amqp.topology import AnyBinding, Declaration, Exchange, ExchangeBinding
from routing.amqp.values import Value


def new_prefix() -> str:
    """Make a prefix for names that no other run has."""
    return f"routing-{os.urandom(4).hex()}."


def make(channel: BlockingChannel, declaration: Declaration, prefix: str, made: list[str]) -> None:
    """Make one declaration on the broker."""
    if isinstance(declaration, str):
        declare_queue(channel, declaration, prefix)
    elif isinstance(declaration, Exchange):
        declare_exchange(channel, declaration, prefix, made)
    else:
        bind(channel, declaration, prefix)


def declare_queue(channel: BlockingChannel, queue: str, prefix: str) -> None:
    """Declare one queue."""
    channel.queue_declare(queue=prefix + queue, exclusive=True, auto_delete=True)


def declare_exchange(
    channel: BlockingChannel, exchange: Exchange, prefix: str, made: list[str]
) -> None:
    """Declare one exchange; where the broker refuses, one of that name is somebody else's."""
    name = renamed(exchange.name, prefix)
    made.append(name)
    try:
        channel.exchange_declare(
            exchange=name,
            exchange_type=exchange.type,
            auto_delete=True,
            internal=exchange.internal,
            arguments=with_alternate_renamed(exchange.arguments, prefix),
        )
    except (ChannelClosedByBroker, ConnectionClosedByBroker):
        made.remove(name)
        raise


def bind(channel: BlockingChannel, binding: AnyBinding, prefix: str) -> None:
    """Make one binding, to a queue or to an exchange."""
    if isinstance(binding, ExchangeBinding):
        channel.exchange_bind(
            destination=renamed(binding.destination, prefix),
            source=renamed(binding.source, prefix),
            routing_key=binding.binding_key,
            arguments=dict(binding.arguments),
        )
    else:
        channel.queue_bind(
            queue=renamed(binding.queue, prefix),
            exchange=renamed(binding.exchange, prefix),
            routing_key=binding.binding_key,
            arguments=dict(binding.arguments),
        )


def renamed(name: str, prefix: str) -> str:
    """Put the prefix before a name; the default exchange keeps its empty one."""
    return prefix + name if name else name


def with_alternate_renamed(arguments: Mapping[str, Value], prefix: str) -> dict[str, Value]:
    """Put the prefix before the name of the alternate exchange, too."""
    table = dict(arguments)
    alternate = table.get("alternate-exchange")
    if isinstance(alternate, str):
        table["alternate-exchange"] = renamed(alternate, prefix)
    return table


def withdraw(channel: BlockingChannel, made: Sequence[str]) -> None:
    """Delete exchanges: auto-delete spares those that never had a binding."""
    for name in made:
        channel.exchange_delete(exchange=name)
