"""What comes of messages on a broker: each copy and each return counted, up to a certain end.

Nothing here waits by guessing.  The broker serves one channel in order, and a queue keeps the
order in which that channel fills it.  So a last message to each queue, and one to a queue that
is not there, mark the end: once they have arrived, or come back, so has all that went before.
(Counting by a passive queue.declare would not do: a queue answers that ahead of deliveries that
wait in its mailbox, rabbit_amqqueue_process.erl, prioritise_call; seen on 4.3.6.)
"""

from collections.abc import Callable, Mapping, Sequence
from time import monotonic

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic

from routing.amqp.errors import NoBroker
from routing.amqp.names import RESERVED
from routing.amqp.topology import DEFAULT_EXCHANGE, Message
from routing.amqp.values import Value, text_of, typed, with_pairs
from routing.broker.connection import limit_of
from routing.play.account import END, Account
from routing.play.declare import renamed

Enter = Callable[[str, str | None], None]
"""Counts one copy, by the message_id, in a queue; or with None a return."""


def collect(channel: BlockingChannel, account: Account) -> None:
    """Have each copy that reaches a queue, and each message that comes back, counted."""
    count_returns(channel, account.enter)
    count_copies(channel, account.queues, account.enter)


def count_returns(channel: BlockingChannel, enter: Enter) -> None:
    """Have each message counted that comes back on a channel."""

    def on_return(_: object, __: Basic.Return, properties: BasicProperties, ___: bytes) -> None:
        enter(properties.message_id, None)

    channel.add_on_return_callback(on_return)


def count_copies(channel: BlockingChannel, queues: Mapping[str, str], enter: Enter) -> None:
    """Have each copy counted that reaches one of some queues.

    queues: their names on the broker by their own ones.
    """
    for queue, name in queues.items():
        consume(channel, queue, name, enter)


def consume(channel: BlockingChannel, queue: str, name: str, enter: Enter) -> None:
    """Have each copy in one queue counted as it arrives."""

    def on_message(_: object, __: Basic.Deliver, properties: BasicProperties, ___: bytes) -> None:
        enter(properties.message_id, queue)

    channel.basic_consume(name, on_message_callback=on_message, auto_ack=True)


def publish_all(
    channel: BlockingChannel,
    messages: Sequence[Message],
    account: Account,
    prefix: str,
    owner: str = "",
) -> None:
    """Publish messages, and what marks the end.

    owner: goes before every message_id, where several topologies are played at once.
    """
    for number, message in enumerate(messages):
        publish(channel, message, prefix, message_id=f"{owner}{number}")
    mark_ends(channel, account, prefix, message_id=f"{owner}{END}")


def publish(channel: BlockingChannel, message: Message, prefix: str, message_id: str) -> None:
    """Publish one message; its message_id tells later which one a copy is of."""
    to_default = message.exchange == DEFAULT_EXCHANGE
    headers = message.headers
    if headers is not None:
        headers = with_keys_renamed(headers, prefix) if to_default else headers
    channel.basic_publish(
        exchange=renamed(message.exchange, prefix),
        # The default exchange takes keys for the names of queues, and these carry the prefix.
        routing_key=named(message.routing_key, prefix) if to_default else message.routing_key,
        body=message.body.encode(),
        properties=BasicProperties(headers=headers, message_id=message_id),
        mandatory=message.mandatory,
    )


def with_keys_renamed(headers: Mapping[str, Value], prefix: str) -> Mapping[str, Value]:
    """Put the prefix before the further keys in CC and BCC."""
    return with_pairs([(name, renamed_in(name, each, prefix)) for name, each in headers.items()])


def renamed_in(name: str, value: Value, prefix: str) -> Value:
    """Put the prefix before the keys in a header, where it is CC or BCC."""
    if name not in ("CC", "BCC") or typed(value).type != "array":
        return value
    keys = map(typed, typed(value).value)
    return [named(text_of(key), prefix) if key.type == "longstr" else key for key in keys]


def named(key: str, prefix: str) -> str:
    """Name a queue in a key: the broker's own names have no prefix."""
    return key if key.startswith(RESERVED) else prefix + key


def mark_ends(
    channel: BlockingChannel, account: Account, prefix: str, message_id: str = END
) -> None:
    """Publish what arrives, and comes back, after everything else."""
    nobody = prefix  # with nothing behind it, a name that no queue has
    for name in [*account.queues.values(), nobody]:
        properties = BasicProperties(message_id=message_id)
        channel.basic_publish(DEFAULT_EXCHANGE, name, b"", properties, mandatory=True)


def await_ends(channel: BlockingChannel, account: Account) -> None:
    """Wait until every end has arrived, as long as anything arrives at all."""
    seconds = limit_of(channel.connection)
    arrived, limit = account.arrived, monotonic() + seconds
    while not account.ended:
        late = monotonic() > limit  # where this process was stopped meanwhile, all lies there yet
        channel.connection.process_data_events(time_limit=max(0, limit - monotonic()))
        if account.arrived > arrived:
            arrived, limit = account.arrived, monotonic() + seconds
        elif late:
            raise unfinished(seconds)


def unfinished(seconds: float) -> NoBroker:
    """Tell of a broker that answers, but has not handed over the last messages for so long."""
    return NoBroker(
        f"The broker has handed over nothing for {seconds:g} s while the last messages were "
        "waited for: see what keeps it busy, and run this again."
    )
