"""What a whole class sends, as the broker itself tells: who, to which exchange, into which queues.

RabbitMQ's firehose copies every message of a vhost, with its route, to an exchange of its own; a
node with a room has it from the start.  So it makes no difference which programs the class uses.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any, Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker
from pika.spec import Basic

import routing.play.fields  # noqa: F401 - pika then reads every field type
from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.names import kept
from routing.amqp.notation import write_key
from routing.amqp.topology import DEFAULT_EXCHANGE, MOST_BYTES
from routing.broker import Broker
from routing.broker.advice import advice
from routing.broker.find import connected, node_of_up
from routing.broker.folder import FOLDER
from routing.broker.kept import status
from routing.broker.node.room import CLASS
from routing.play.account import END
from routing.terminals.leases import NOT_FOUND
from routing.terminals.shared import RETURNS
from routing.terminals.stopping import Stop

REPLY_TO: Final = "amq.rabbitmq.reply-to."
"""What is called so is no queue, and there as long as somebody waits for the reply."""

FIREHOSE: Final = "amq.rabbitmq.trace"

GLANCE: Final = 0.25
"""Seconds for which messages that follow one another are shown together."""

CLOSE_BEHIND: Final = 0.05
"""Seconds within which another one has to come."""

DEEP: Final = 100_000
"""Calls within calls: some for each of the 18,000 tables in one another that a frame can hold."""

AT_ONCE: Final = 500
"""So many in a glance are shown; what waits behind them is passed over, as nobody can read it."""

MOST_WAITING: Final = 10_000
"""So many wait on the broker meanwhile, so that a flood fills no memory."""

DEMO: Final = re.compile(r"routing-[0-9a-f]{8}\.")
"""What stands before the names of a demo, a walk and the like."""

OF_SCENARIO: Final = re.compile(r"(?!amq\.)[\w-]{1,24}\.[^.]+\.(?=.)", re.ASCII)
"""What stands before an exchange of receive, send and watch: the class, and the scenario."""

OF_QUEUE: Final = re.compile(r"(?!amq\.)[\w-]{1,24}\.(?=.)", re.ASCII)
"""What stands before a queue of theirs."""

OF_SEND: Final = re.compile("[0-9a-f]{16}")
"""The message_id that send gives."""

SHADOW: Final = re.compile(r"watch\.[0-9a-f]{8}\.")
"""What stands before the queues through which watch sees."""


@dataclass(frozen=True)
class Published:
    """A message that somebody published, and the queues that got a copy.

    who: the class before its names, or else the machine that it came from.
    prefix: what one of our programs put before all names.
    ends: whether it only marks the end of a demo.
    """

    at: datetime
    who: str
    exchange: str
    routing_key: str
    headers: Mapping[str, Any]
    queues: Sequence[str]
    prefix: str
    ends: bool

    def own(self, name: str) -> str:
        """Give a name without what one of our programs put before it."""
        return name.removeprefix(self.prefix)


Told = Mapping[str, Any]
"""What the firehose tells, in the headers of a message of its own."""

Show = Callable[[Sequence[Published], Set[str], int], None]
"""Shows messages, which of their queues are not there, and how many were passed over after them."""


@contextmanager
def room_opened(folder: Path = FOLDER) -> Iterator[Broker]:
    """Yield the broker, over a connection of the teacher to the vhost of the class.

    Raises NoBroker where no node runs here, BadUse where it has no room.
    """
    node = status(folder)
    opens = f"{advice('up LISTEN=ADDRESS', 'up --listen ADDRESS')} opens one"
    if not node:
        raise NoBroker(f"There is no room for a class here: {opens}.")
    if not node.room:
        raise BadUse(
            f"RabbitMQ runs at {node.address}, with no room for a class: "
            f"after {advice('down', 'down')}, {opens}."
        )
    with connected(node.url + CLASS, node_of_up()) as broker:
        yield broker


def follow(broker: Broker, stop: Stop, show: Show) -> None:
    """Show what is published in a vhost until it is time to end."""
    channel = broker.connection.channel()
    channel.basic_qos(prefetch_count=AT_ONCE)
    seen: list[Published] = []
    handed_out: list[str] = []
    sent = tapped(channel, "publish.", lambda _, told: seen.append(published(told)))
    tapped(channel, "deliver.", lambda queue, _: handed_out.append(queue))
    show([], set(), 0)
    while stop.signal is None:
        with deeply():
            gather(broker, seen, handed_out)
        behind = len(seen) >= AT_ONCE
        if seen or handed_out:
            channel.basic_ack(0, multiple=True)
        passed = channel.queue_purge(sent).method.message_count if behind else 0
        missing = absent(broker, seen, set(handed_out))
        show(
            [each for each in seen if not each.ends and not each.exchange.endswith(RETURNS)],
            missing,
            passed,
        )
        seen.clear()
        handed_out.clear()


def tapped(channel: BlockingChannel, kind: str, on_word: Callable[[str, Told], object]) -> str:
    """Have what the firehose tells of one kind handled, and name the queue where it waits.

    kind: what its keys begin with, before the name of an exchange, or a queue.
    """
    arguments = {"x-max-length": MOST_WAITING}
    queue = str(channel.queue_declare("", exclusive=True, arguments=arguments).method.queue)
    channel.queue_bind(queue, FIREHOSE, f"{kind}#")

    def on_message(_: Any, method: Basic.Deliver, properties: BasicProperties, __: bytes) -> None:
        on_word(str(method.routing_key).removeprefix(kind), properties.headers or {})

    channel.basic_consume(queue, on_message)
    return queue


@contextmanager
def deeply() -> Iterator[None]:
    """Let pika read tables that are nested as deep as a frame can hold, to whom it may please."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(DEEP)
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def gather(broker: Broker, seen: Sequence[object], handed_out: Sequence[object]) -> None:
    """Wait for what the firehose tells, and for what follows close behind."""
    broker.connection.process_data_events(time_limit=1)
    before, limit = 0, monotonic() + GLANCE
    while before < len(seen) + len(handed_out) and monotonic() < limit:
        before = len(seen) + len(handed_out)
        broker.connection.process_data_events(time_limit=CLOSE_BEHIND)


def absent(broker: Broker, seen: Sequence[Published], handed_out: Set[str]) -> set[str]:
    """Ask which queues that the default exchange was to reach are not there, and were not just now.

    It takes any key for the name of a queue, and the firehose tells of it before that is looked up.
    """
    names = {
        name
        for each in seen
        if each.exchange == DEFAULT_EXCHANGE and not each.ends
        for name in each.queues
    }
    return {name for name in names - handed_out if not there(broker, name)}


def there(broker: Broker, name: str) -> bool:
    """Ask whether there is a queue of this name; somebody's exclusive one is, too."""
    if kept(name) != name or len(name.encode()) > MOST_BYTES:
        return False
    if name.startswith(REPLY_TO):
        return True
    channel = broker.connection.channel()
    try:
        channel.queue_declare(name, passive=True)
    except ChannelClosedByBroker as error:
        return bool(error.reply_code != NOT_FOUND)
    channel.close()
    return True


def published(told: Told) -> Published:
    """Read what the firehose tells of a message."""
    exchange, keys = text(told["exchange_name"]), [text(key) for key in told["routing_keys"]]
    given = told["properties"]
    message_id = text(given.get("message_id", ""))
    prefix = prefix_of(exchange, keys[0], message_id)
    demo = bool(DEMO.match(prefix))
    named = "" if demo else prefix.partition(".")[0]
    machine = text(told["connection"]).partition(" -> ")[0].rpartition(":")[0]
    if exchange == DEFAULT_EXCHANGE:
        keys = [key.removeprefix(prefix) for key in keys]
    queues = sorted(map(text, told["routed_queues"]))
    return Published(
        at=datetime.now().astimezone(),
        who=machine if named in ("", CLASS) else named,
        exchange=exchange,
        routing_key=", ".join(map(write_key, keys)),
        headers=given.get("headers", {}),
        queues=[each for each in queues if each and not SHADOW.match(each.removeprefix(prefix))],
        prefix=prefix,
        ends=demo and exchange == DEFAULT_EXCHANGE and message_id.endswith(END),
    )


def prefix_of(exchange: str, key: str, message_id: str) -> str:
    """Give what one of our programs put before the names; nothing where it was another's."""
    if demo := DEMO.match(exchange or key):
        return demo[0]
    if exchange != DEFAULT_EXCHANGE:
        shared = OF_SCENARIO.match(exchange)
    else:
        # A key may have dots in it as it is; only send gives each message such an identity.
        shared = OF_QUEUE.match(key) if OF_SEND.fullmatch(message_id) else None
    return shared[0] if shared else ""


def text(value: Any) -> str:
    """Give a name as text, whatever bytes are in it."""
    return value.decode(errors="backslashreplace") if isinstance(value, bytes) else str(value)
