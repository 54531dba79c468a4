"""A scenario played on a real broker: declared, published, collected, and taken away again.

Nothing here waits by guessing.  A channel is served in order, so the answer to a synchronous
call means that all that was published before it has been routed; the counts that the queues
then give say how many copies to wait for.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic

from routing.broker import Broker
from routing.broker.connection import connect, translated
from routing.errors import NoBroker
from routing.model import DEFAULT_EXCHANGE, Message, Observation, Scenario

ARRIVAL_LIMIT: Final = 30.0
"""Seconds that the copies which the broker counted may take to arrive."""


def play(broker: Broker, scenario: Scenario) -> list[Observation]:
    """Play a scenario and tell, message by message, what the broker did.

    Raises Refused where the broker does not accept a declaration, NoBroker where it goes away.
    """
    prefix = f"{scenario.name}-{secrets.token_hex(4)}."
    with translated(broker.address), declared(broker, scenario, prefix) as channel:
        returned = publish(channel, scenario.messages, prefix)
        copies = collect(channel, scenario.queues, prefix)
    return [
        Observation(copies[number], returned[number]) for number in range(len(scenario.messages))
    ]


@contextmanager
def declared(broker: Broker, scenario: Scenario, prefix: str) -> Iterator[BlockingChannel]:
    """Yield a channel on which the scenario is declared, and take all of it away at the end."""
    try:
        channel = broker.connection.channel()
        declare(channel, scenario, prefix)
        yield channel
        withdraw(channel, scenario, prefix)
    except BaseException:
        # What cut this short, Ctrl-C say, may have left the connection in the middle of a frame.
        abandon(broker, scenario, prefix)
        raise


def declare(channel: BlockingChannel, scenario: Scenario, prefix: str) -> None:
    """Declare queues, exchanges and bindings, under names that no other run uses.

    Queues are exclusive and exchanges auto-delete, so that a run that is killed leaves nothing.
    """
    for queue in scenario.queues:
        channel.queue_declare(queue=prefix + queue, exclusive=True)
    for exchange in scenario.exchanges:
        channel.exchange_declare(
            exchange=prefix + exchange.name, exchange_type=exchange.type, auto_delete=True
        )
    for binding in scenario.bindings:
        channel.queue_bind(
            queue=prefix + binding.queue,
            exchange=prefix + binding.exchange,
            routing_key=binding.binding_key,
            arguments=dict(binding.arguments),
        )


def withdraw(channel: BlockingChannel, scenario: Scenario, prefix: str) -> None:
    """Delete what was declared: auto-delete spares an exchange that never had a binding."""
    for exchange in scenario.exchanges:
        channel.exchange_delete(exchange=prefix + exchange.name)
    for queue in scenario.queues:
        channel.queue_delete(queue=prefix + queue)
    channel.close()


def abandon(broker: Broker, scenario: Scenario, prefix: str) -> None:
    """Leave nothing behind, by a connection of its own, after a run that was cut short."""
    with suppress(Exception):
        broker.connection.close()  # deletes its exclusive queues before it answers
    with suppress(Exception):
        connection = connect(broker.url)
        channel = connection.channel()
        for exchange in scenario.exchanges:
            channel.exchange_delete(exchange=prefix + exchange.name)
        connection.close()


def publish(channel: BlockingChannel, messages: Sequence[Message], prefix: str) -> Counter[int]:
    """Publish every message as mandatory, and count by number which of them are returned."""
    returned: Counter[int] = Counter()

    def on_return(_: object, __: Basic.Return, properties: BasicProperties, ___: bytes) -> None:
        returned[int(properties.message_id)] += 1

    channel.add_on_return_callback(on_return)
    for number, message in enumerate(messages):
        publish_one(channel, number, message, prefix)
    return returned


def publish_one(channel: BlockingChannel, number: int, message: Message, prefix: str) -> None:
    """Publish one message; its number travels as message_id, so that each copy can be told."""
    to_default = message.exchange == DEFAULT_EXCHANGE
    channel.basic_publish(
        exchange="" if to_default else prefix + message.exchange,
        # The default exchange takes the key for a queue's name, and these carry the prefix.
        routing_key=prefix + message.routing_key if to_default else message.routing_key,
        body=message.body.encode(),
        properties=BasicProperties(
            headers=None if message.headers is None else dict(message.headers),
            message_id=str(number),
        ),
        mandatory=True,
    )


def collect(
    channel: BlockingChannel, queues: Sequence[str], prefix: str
) -> defaultdict[int, Counter[str]]:
    """Take every copy out of every queue, and count them by message and queue.

    The passive declarations answer after all that was published has been routed and returned;
    what they count is then all there is to wait for.
    """
    copies: defaultdict[int, Counter[str]] = defaultdict(Counter)
    expected = [
        channel.queue_declare(queue=prefix + queue, passive=True).method.message_count
        for queue in queues
    ]
    for queue, count in zip(queues, expected, strict=True):
        if count:
            consume(channel, queue, prefix, copies)
    channel.connection.process_data_events(time_limit=0)  # hands over what was returned
    await_copies(channel, copies, sum(expected))
    return copies


def consume(
    channel: BlockingChannel, queue: str, prefix: str, copies: defaultdict[int, Counter[str]]
) -> None:
    """Have each copy that a queue holds counted as it arrives."""

    def on_message(_: object, __: Basic.Deliver, properties: BasicProperties, ___: bytes) -> None:
        copies[int(properties.message_id)][queue] += 1

    channel.basic_consume(queue=prefix + queue, on_message_callback=on_message, auto_ack=True)


def await_copies(
    channel: BlockingChannel, copies: defaultdict[int, Counter[str]], expected: int
) -> None:
    """Wait until all copies that the queues hold have arrived, for a limited time."""
    limit = monotonic() + ARRIVAL_LIMIT
    while (arrived := sum(sum(counts.values()) for counts in copies.values())) < expected:
        left = limit - monotonic()
        if left <= 0:
            raise NoBroker(
                f"The queues hold {expected} copies, but only {arrived} of them arrived within "
                f"{ARRIVAL_LIMIT:.0f} seconds: the broker is too busy, try again."
            )
        channel.connection.process_data_events(time_limit=left)
