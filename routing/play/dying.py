"""Messages that die in their queues, on a broker, until what is left of them rests somewhere."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Any, Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic

from routing.amqp.json_value import table_as_json
from routing.amqp.topology import Message, Topology
from routing.amqp.values import Value
from routing.broker import Broker
from routing.broker.connection import translated
from routing.broker.find import connected
from routing.play.account import Account
from routing.play.declare import bind, declare_exchange
from routing.play.play import withdrawn

LIMIT: Final = 10.0
"""Seconds that are waited for copies that were predicted."""

ROUNDS: Final = 3
"""So often each queue is asked afterwards whether it is there: what was not predicted has time to
come.  A queue answers ahead of what waits in its mailbox, so that this is no proof for one message;
for a rule that is wrong, of many, it is."""


@dataclass(frozen=True)
class Dying:
    """A message, and queues in some of which it dies.

    topology: under names that nobody else uses on the broker.
    arguments: of the queues that have some: nothing stays in these.
    rejecting: the queues from which a consumer rejects what it gets.
    expiration: of the message, in milliseconds.
    """

    topology: Topology
    arguments: Mapping[str, Mapping[str, Value]]
    rejecting: AbstractSet[str]
    message: Message
    expiration: str | None = None


@dataclass(frozen=True)
class Resting:
    """A copy as a consumer gets it; headers as JSON, without the times of deaths."""

    queue: str
    exchange: str
    routing_key: str
    headers: Mapping[str, Any]


def play_dying(broker: Broker, dying: Sequence[tuple[Dying, int]]) -> list[list[Resting]]:
    """Publish each message, and give the copies that come to rest.

    dying: each with the number of copies that are waited for.
    Raises NoBroker where the broker goes away.
    """
    arrived: list[list[Resting]] = [[] for _ in dying]
    account = Account()
    with (
        connected(broker.url, broker.origin) as fresh,  # with it the queues go
        translated(broker.address),
        withdrawn(fresh, account) as channel,
    ):
        for (each, _), copies in zip(dying, arrived, strict=True):
            declare(channel, each, account)
            listen(channel, each, copies)
        for each, _ in dying:
            publish(channel, each)
        await_copies(channel, arrived, [count for _, count in dying])
        for queue in [q for each, _ in dying for q in each.topology.queues] * ROUNDS:
            channel.queue_declare(queue, passive=True)
        channel.connection.process_data_events(time_limit=0)
    return arrived


def declare(channel: BlockingChannel, dying: Dying, account: Account) -> None:
    """Declare all of it."""
    for queue in dying.topology.queues:
        arguments = dict(dying.arguments.get(queue, {}))
        channel.queue_declare(queue, exclusive=True, arguments=arguments)
    for exchange in dying.topology.exchanges:
        declare_exchange(channel, exchange, "", account.made)
    for binding in dying.topology.bindings:
        bind(channel, binding, "")


def listen(channel: BlockingChannel, dying: Dying, copies: list[Resting]) -> None:
    """Consume from the queues in which a copy stays, or is rejected."""
    for queue in dying.topology.queues:
        if queue in dying.rejecting:
            channel.basic_consume(queue, on_message_callback=reject)
        elif queue not in dying.arguments:
            note = partial(note_copy, copies, queue)
            channel.basic_consume(queue, on_message_callback=note, auto_ack=True)


def reject(channel: Any, method: Basic.Deliver, _: BasicProperties, __: bytes) -> None:
    """Reject one copy, for good."""
    channel.basic_reject(method.delivery_tag, requeue=False)


def note_copy(
    copies: list[Resting],
    queue: str,
    _: Any,
    method: Basic.Deliver,
    properties: BasicProperties,
    __: bytes,
) -> None:
    """Note one copy."""
    headers = table_as_json(properties.headers or {})
    for death in headers.get("x-death", []):
        death.pop("time", None)
    copies.append(Resting(queue, str(method.exchange), str(method.routing_key), headers))


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
    seen, limit = -1, 0.0
    while any(len(copies) < count for copies, count in zip(arrived, counts, strict=True)):
        if sum(map(len, arrived)) > seen:
            seen, limit = sum(map(len, arrived)), monotonic() + LIMIT
        elif monotonic() > limit:
            return  # what did not come is a difference
        channel.connection.process_data_events(time_limit=max(0, limit - monotonic()))
