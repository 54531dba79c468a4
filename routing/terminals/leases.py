"""Queues that the broker deletes when nobody uses them any longer."""

from collections.abc import Mapping
from typing import Final

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.values import Value
from routing.broker import Broker

LEASE: Final = 120.0
"""Seconds for which what nobody uses any longer stays, so that `send` may come first."""

NOT_FOUND: Final = 404
LOCKED: Final = 405


def declare_queue(
    channel: BlockingChannel, name: str, lease: float, arguments: Mapping[str, Value] | None = None
) -> int:
    """Declare a queue that goes when its lease ends, and count its consumers."""
    expiring = {**(arguments or {}), "x-expires": int(lease * 1000)}
    declared = channel.queue_declare(name, durable=True, arguments=expiring)
    return int(declared.method.consumer_count)


def consumers_of(broker: Broker, name: str) -> int | None:
    """Count the consumers of a queue, without declaring it; None where there is no such queue.

    An exclusive one does not tell others, and is taken to have its owner for a consumer.
    """
    try:
        with broker.connection.channel() as channel:
            return int(channel.queue_declare(name, passive=True).method.consumer_count)
    except ChannelClosedByBroker as error:
        if error.reply_code not in (NOT_FOUND, LOCKED):
            raise
        return 1 if error.reply_code == LOCKED else None
