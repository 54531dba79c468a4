"""A scenario played on a real broker: declared, published, collected, and taken away again.

Nothing here waits by guessing.  The broker serves one channel in order, and a queue keeps the
order in which that channel fills it.  So a last message to each queue, and one to a queue that
is not there, mark the end: once they have arrived, or come back, so has all that went before.
(Counting by a passive queue.declare would not do: a queue answers that ahead of deliveries that
wait in its mailbox, rabbit_amqqueue_process.erl, prioritise_call; seen on 4.3.6.)
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker
from pika.spec import Basic

from routing.broker import Broker
from routing.broker.connection import close, closing, connect, translated
from routing.errors import NoBroker
from routing.model import DEFAULT_EXCHANGE, Exchange, Message, Observation, Scenario

SILENCE_LIMIT: Final = 30.0
"""Seconds without any arrival after which the broker is given up."""

END: Final = "end"
"""The message_id of the messages that mark the end."""


@dataclass
class Account:
    """What has arrived so far, by the number of the message."""

    copies: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    returned: Counter[int] = field(default_factory=Counter)
    ends: int = 0
    arrived: int = 0

    def enter(self, properties: BasicProperties, queue: str | None) -> None:
        """Count one copy in a queue, or with None a return; or that one of these has ended."""
        self.arrived += 1
        if properties.message_id == END:
            self.ends += 1
        elif queue is None:
            self.returned[int(properties.message_id)] += 1
        else:
            self.copies[int(properties.message_id)][queue] += 1


def play(broker: Broker, scenario: Scenario, prefix: str | None = None) -> list[Observation]:
    """Play a scenario and tell, message by message, what the broker did.

    prefix: goes before every name on the broker; by default one that no other run has.
    Raises Refused where the broker does not accept a declaration, NoBroker where it goes away.
    """
    prefix = prefix or f"{scenario.name}-{secrets.token_hex(4)}."
    account = Account()
    with translated(broker.address), declared(broker, scenario, prefix) as channel:
        collect(channel, scenario.queues, prefix, account)
        for number, message in enumerate(scenario.messages):
            publish(channel, message, prefix, message_id=str(number))
        mark_ends(channel, scenario.queues, prefix)
        await_ends(channel, account, len(scenario.queues) + 1)
    return [
        Observation(account.copies[number], account.returned[number])
        for number in range(len(scenario.messages))
    ]


@contextmanager
def declared(broker: Broker, scenario: Scenario, prefix: str) -> Iterator[BlockingChannel]:
    """Yield a channel on which the scenario is declared, and take all of it away at the end."""
    made: list[str] = []
    try:
        channel = broker.connection.channel()
        declare(channel, scenario, prefix, made)
        yield channel
        withdraw(channel, made)
        channel.close()  # ends the consumers, and with its last consumer an auto-delete queue
    except BaseException:
        # What cut this short, Ctrl-C say, may have left the connection in the middle of a frame.
        close(broker.connection)  # and the exclusive queues with it
        with suppress(Exception), closing(connect(broker.url)) as connection:
            withdraw(connection.channel(), made)
        raise


def declare(channel: BlockingChannel, scenario: Scenario, prefix: str, made: list[str]) -> None:
    """Declare queues, exchanges and bindings, under names that no other run uses.

    Queues are exclusive and all is auto-delete, so that a run that is killed leaves nothing.
    made: gets the names of the exchanges, each as soon as it may be there.
    """
    for queue in scenario.queues:
        channel.queue_declare(queue=prefix + queue, exclusive=True, auto_delete=True)
    for exchange in scenario.exchanges:
        declare_exchange(channel, exchange, prefix, made)
    for binding in scenario.bindings:
        channel.queue_bind(
            queue=prefix + binding.queue,
            exchange=prefix + binding.exchange,
            routing_key=binding.binding_key,
            arguments=dict(binding.arguments),
        )


def declare_exchange(
    channel: BlockingChannel, exchange: Exchange, prefix: str, made: list[str]
) -> None:
    """Declare one exchange; where the broker refuses, one of that name is somebody else's."""
    name = prefix + exchange.name
    made.append(name)
    try:
        channel.exchange_declare(exchange=name, exchange_type=exchange.type, auto_delete=True)
    except (ChannelClosedByBroker, ConnectionClosedByBroker):
        made.remove(name)
        raise


def withdraw(channel: BlockingChannel, made: Sequence[str]) -> None:
    """Delete exchanges: auto-delete spares those that never had a binding."""
    for name in made:
        channel.exchange_delete(exchange=name)


def collect(channel: BlockingChannel, queues: Sequence[str], prefix: str, account: Account) -> None:
    """Have each copy that reaches a queue, and each message that comes back, counted."""

    def on_return(_: object, __: Basic.Return, properties: BasicProperties, ___: bytes) -> None:
        account.enter(properties, queue=None)

    channel.add_on_return_callback(on_return)
    for queue in queues:
        consume(channel, queue, prefix, account)


def consume(channel: BlockingChannel, queue: str, prefix: str, account: Account) -> None:
    """Have each copy in one queue counted as it arrives."""

    def on_message(_: object, __: Basic.Deliver, properties: BasicProperties, ___: bytes) -> None:
        account.enter(properties, queue)

    channel.basic_consume(queue=prefix + queue, on_message_callback=on_message, auto_ack=True)


def publish(channel: BlockingChannel, message: Message, prefix: str, message_id: str) -> None:
    """Publish one message as mandatory; its message_id tells later which one a copy is of."""
    to_default = message.exchange == DEFAULT_EXCHANGE
    channel.basic_publish(
        exchange="" if to_default else prefix + message.exchange,
        # The default exchange takes the key for a queue's name, and these carry the prefix.
        routing_key=prefix + message.routing_key if to_default else message.routing_key,
        body=message.body.encode(),
        properties=BasicProperties(
            headers=None if message.headers is None else dict(message.headers),
            message_id=message_id,
        ),
        mandatory=True,
    )


def mark_ends(channel: BlockingChannel, queues: Sequence[str], prefix: str) -> None:
    """Publish what arrives, and comes back, after everything else."""
    nobody = ""  # with the prefix before it, a name that no queue has
    for queue in [*queues, nobody]:
        publish(channel, Message(DEFAULT_EXCHANGE, queue), prefix, message_id=END)


def await_ends(channel: BlockingChannel, account: Account, expected: int) -> None:
    """Wait until every end has arrived, as long as anything arrives at all."""
    arrived, limit = account.arrived, monotonic() + SILENCE_LIMIT
    while account.ends < expected:
        channel.connection.process_data_events(time_limit=max(0, limit - monotonic()))
        if account.arrived > arrived:
            arrived, limit = account.arrived, monotonic() + SILENCE_LIMIT
        elif monotonic() > limit:
            raise NoBroker(
                f"The broker has been silent for {SILENCE_LIMIT:.0f} seconds while the last "
                "messages were waited for: see what keeps it busy, and try again."
            )
