"""Messages that die in their queues, on a broker, until what is left of them rests somewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.topology import Message, Resting, Topology
from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import limit_of
from routing.broker.find import once_more
from routing.play.account import Account
from routing.play.play import declare, withdrawn
from routing.play.resting import PULSE, ask_each, listen, placed


@dataclass(frozen=True)
class Dying:
    """A message, and queues in some of which it dies.

    topology: under names that nobody else uses on the broker.
    expiration: of the message, in milliseconds.
    """

    topology: Topology
    message: Message
    expiration: str | None = None


def play_dying(broker: Broker, dying: Sequence[tuple[Dying, int]]) -> list[list[Resting]]:
    """Publish each message, and give the copies that come to rest.

    dying: each with the number of copies that are waited for.
    Raises NoBroker where the broker goes away.
    """
    arrived: list[list[Resting]] = [[] for _ in dying]
    account = Account()
    with (
        once_more(broker) as fresh,  # with it the queues go
        translated(broker.address),
        withdrawn(fresh, account) as channel,
    ):
        for (each, _), copies in zip(dying, arrived, strict=True):
            declare(channel, each.topology, "", account)
            names = {queue: queue for queue in each.topology.queues}
            listen(channel, each.topology, names, partial(note_copy, copies))
        for each, _ in dying:
            publish(channel, each)
        await_copies(channel, arrived, [count for _, count in dying])
        ask_each(channel, [q for each, _ in dying for q in each.topology.queues])
    return arrived


def note_copy(copies: list[Resting], queue: str, method: Any, properties: BasicProperties) -> None:
    """Note one copy."""
    copies.append(placed(queue, method, properties, prefix="")[1])


def publish(channel: BlockingChannel, dying: Dying) -> None:
    """Publish the message."""
    message = dying.message
    headers = None if message.headers is None else dict(message.headers)
    properties = BasicProperties(headers=headers, expiration=dying.expiration)
    channel.basic_publish(message.exchange, message.routing_key, b"", properties)


def await_copies(
    channel: BlockingChannel, arrived: Sequence[list[Resting]], counts: Sequence[int]
) -> None:
    """Wait until as many copies have come as were predicted, as long as any come."""
    seen, limit, seconds = -1, 0.0, limit_of(channel.connection)
    while any(len(copies) < count for copies, count in zip(arrived, counts, strict=True)):
        if sum(map(len, arrived)) > seen:
            seen, limit = sum(map(len, arrived)), monotonic() + seconds
        elif monotonic() > limit:
            return  # what did not come is a difference
        channel.connection.process_data_events(time_limit=PULSE)
        channel.basic_qos()  # a broker that is silent has not kept anything
