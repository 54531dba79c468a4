"""Messages played on a real broker: declared, published, collected, and taken away again.

Nothing here waits by guessing.  The broker serves one channel in order, and a queue keeps the
order in which that channel fills it.  So a last message to each queue, and one to a queue that
is not there, mark the end: once they have arrived, or come back, so has all that went before.
(Counting by a passive queue.declare would not do: a queue answers that ahead of deliveries that
wait in its mailbox, rabbit_amqqueue_process.erl, prioritise_call; seen on 4.3.6.)
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker
from pika.spec import Basic

import routing.play.fields  # noqa: F401 - pika then sends and reads every field type
from routing.amqp.errors import NoBroker, Refused
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Observation,
    Topology,
    Value,
)
from routing.amqp.values import typed
from routing.broker import Broker
from routing.broker.connection import close, closing, connect, translated
from routing.rules.refusal import Stage

SILENCE_LIMIT: Final = 30.0
"""Seconds without any arrival after which the broker is given up."""

END: Final = "end"
"""The message_id of the messages that mark the end."""


@dataclass
class Account:
    """What has come of a run so far, by the number of the message.

    stage: which kind of operation is under way.
    made: the names of exchanges that this run declared.
    """

    copies: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    returned: Counter[int] = field(default_factory=Counter)
    ends: int = 0
    arrived: int = 0
    stage: Stage = "declare"
    made: list[str] = field(default_factory=list)

    def enter(self, properties: BasicProperties, queue: str | None) -> None:
        """Count one copy in a queue, or with None a return; or that one of these has ended."""
        self.arrived += 1
        if properties.message_id == END:
            self.ends += 1
        elif queue is None:
            self.returned[int(properties.message_id)] += 1
        else:
            self.copies[int(properties.message_id)][queue] += 1


def play(
    broker: Broker, topology: Topology, messages: Sequence[Message], prefix: str | None = None
) -> list[Observation]:
    """Play messages through a topology and tell, message by message, what the broker did.

    prefix: goes before every name on the broker; by default one that no other run has.
    Raises Refused where the broker does not accept an operation, NoBroker where it goes away.
    """
    return run(broker, topology, messages, prefix or new_prefix(), Account())


def play_refusable(
    broker: Broker, topology: Topology, messages: Sequence[Message]
) -> list[Observation]:
    """Play as above, but take what the broker refuses for an observation, too.

    Raises NoBroker where the broker goes away.
    """
    account = Account()
    try:
        return run(broker, topology, messages, new_prefix(), account)
    except Refused as refused:
        if len(messages) > 1:
            return [play_refusable(broker, topology, [each])[0] for each in messages]
        return [Observation({}, 0, (account.stage, refused.code))]


def new_prefix() -> str:
    """Make a prefix for names that no other run has."""
    return f"routing-{secrets.token_hex(4)}."


def run(
    broker: Broker, topology: Topology, messages: Sequence[Message], prefix: str, account: Account
) -> list[Observation]:
    """Declare, publish, collect, take all of it away again, and tell what came of each message."""
    with translated(broker.address), declared(broker, topology, prefix, account) as channel:
        collect(channel, topology.queues, prefix, account)
        for number, message in enumerate(messages):
            publish(channel, message, prefix, message_id=str(number))
        mark_ends(channel, topology.queues, prefix)
        channel.basic_qos()  # changes nothing; a message that was refused is told by now
        await_ends(channel, account, len(topology.queues) + 1)
    return [
        Observation(account.copies[number], account.returned[number])
        for number in range(len(messages))
    ]


@contextmanager
def declared(
    broker: Broker, topology: Topology, prefix: str, account: Account
) -> Iterator[BlockingChannel]:
    """Yield a channel on which all is declared, and take it away at the end."""
    with withdrawn(broker, account) as channel:
        declare(channel, topology, prefix, account)
        yield channel


@contextmanager
def withdrawn(broker: Broker, account: Account) -> Iterator[BlockingChannel]:
    """Yield a channel, and take away at the end what has been declared on it."""
    try:
        channel = broker.connection.channel()
        yield channel
        withdraw(channel, account.made)
        channel.close()  # ends the consumers, and with its last consumer an auto-delete queue
    except ChannelClosedByBroker:
        with closing_channel(broker.connection.channel()) as other:
            withdraw(other, account.made)
        raise
    except BaseException:
        # What cut this short, Ctrl-C say, may have left the connection in the middle of a frame.
        close(broker.connection)  # and the exclusive queues with it
        with suppress(Exception), closing(connect(broker.url)) as connection:
            withdraw(connection.channel(), account.made)
        raise


@contextmanager
def closing_channel(channel: BlockingChannel) -> Iterator[BlockingChannel]:
    """Close a channel in the end."""
    yield channel
    channel.close()


def declare(channel: BlockingChannel, topology: Topology, prefix: str, account: Account) -> None:
    """Declare queues, exchanges and bindings, under names that no other run uses.

    Queues are exclusive and all is auto-delete, so that a run that is killed leaves nothing.
    """
    for queue in topology.queues:
        declare_queue(channel, queue, prefix)
    for exchange in topology.exchanges:
        declare_exchange(channel, exchange, prefix, account.made)
    account.stage = "bind"
    for binding in topology.bindings:
        bind(channel, binding, prefix)
    account.stage = "publish"


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


def bind(channel: BlockingChannel, binding: Binding | ExchangeBinding, prefix: str) -> None:
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
    """Publish one message; its message_id tells later which one a copy is of."""
    to_default = message.exchange == DEFAULT_EXCHANGE
    headers = message.headers
    if headers is not None:
        headers = with_keys_renamed(headers, prefix) if to_default else dict(headers)
    channel.basic_publish(
        exchange=renamed(message.exchange, prefix),
        # The default exchange takes keys for the names of queues, and these carry the prefix.
        routing_key=prefix + message.routing_key if to_default else message.routing_key,
        body=message.body.encode(),
        properties=BasicProperties(headers=headers, message_id=message_id),
        mandatory=message.mandatory,
    )


def with_keys_renamed(headers: Mapping[str, Value], prefix: str) -> dict[str, Value]:
    """Put the prefix before the further keys in CC and BCC."""
    table = dict(headers)
    for name in ("CC", "BCC"):
        if name in table and typed(table[name]).type == "array":
            table[name] = [
                prefix + str(key.value) if key.type == "longstr" else key
                for key in map(typed, typed(table[name]).value)
            ]
    return table


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
