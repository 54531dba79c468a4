"""A topology that several programs share on one broker, under names that they agree on.

Whoever comes first declares it, and everybody again: that changes nothing.  Its queues are
durable, as RabbitMQ 4.3 wants of a queue that is not exclusive, and they expire: a queue that for
the time of a lease has no consumer and is not declared again is deleted by the broker, and with
its last binding an exchange is.  Everybody who stays renews the leases; who leaves as the last
one, which the consumers of one more queue tell, deletes all at once.
"""

import re
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any, Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker, UnroutableError
from pika.spec import Basic

from routing.amqp.errors import BadUse
from routing.amqp.topology import DEFAULT_EXCHANGE, Binding, Message, Topology
from routing.amqp.values import Value
from routing.broker import Broker
from routing.broker.connection import translated
from routing.play.collect import publish
from routing.play.declare import bind, dead_letters_renamed, declare_exchange
from routing.play.resting import bare
from routing.rules.staying import staying
from routing.terminals.stopping import Stop

LEASE: Final = 120.0
"""Seconds for which what nobody uses any longer stays, so that `send` may come first."""

RENEWAL: Final = 30.0
"""Seconds after which everybody who stays declares all of it again."""

MOST_OF_A_SCENARIO: Final = 28
"""So many bytes of a scenario's name leave room for the class and the name of a queue: a source is
called as its file, which may be long."""


@dataclass(frozen=True)
class Names:
    """What stands before the names of a shared topology, and the queue of those who are present."""

    prefix: str
    presence: str


def names_for(class_name: str, scenario_name: str, *, alone: bool = False) -> Names:
    """Agree on names for a scenario, or for one queue alone, in one class.

    Raises BadUse where the name of the class cannot stand before others.
    """
    if not re.fullmatch(r"[\w-]{1,24}", class_name, re.ASCII):
        raise BadUse(
            f"The class {class_name!r} must be 1 to 24 letters, digits, _ or -: rename it."
        )
    if not alone:
        scenario_name = scenario_name.encode()[:MOST_OF_A_SCENARIO].decode(errors="ignore")
    return Names(
        f"{class_name}." if alone else f"{class_name}.{scenario_name}.",
        f"{class_name}.{scenario_name} (present)",
    )


@dataclass(frozen=True)
class Arrival:
    """One copy of a message, as a consumer gets it; the names are without their prefix."""

    at: datetime
    queue: str
    exchange: str
    routing_key: str
    headers: dict[str, Value]
    body: str
    redelivered: bool
    message_id: str


OnArrival = Callable[[Arrival], None]


@dataclass
class Shared:
    """A shared topology on a broker, as one of those who use it sees it.

    consumers: how many took from each queue when it was last declared.
    consuming: what is consumed from, and what is done with a copy from there.
    last: whether nobody else was there when this one left.
    """

    broker: Broker
    channel: BlockingChannel
    topology: Topology
    names: Names
    consumers: dict[str, int] = field(default_factory=dict)
    consuming: dict[str, Callable[..., None]] = field(default_factory=dict)
    last: bool = False

    def declare(self) -> None:
        """Declare all of it, which renews what is there already."""
        for queue in self.topology.queues:
            given = self.topology.queue_arguments.get(queue, {})
            arguments = dead_letters_renamed(given, self.names.prefix)
            self.consumers[queue] = declare_queue(self.channel, self.renamed(queue), arguments)
        for exchange in self.topology.exchanges:
            declare_exchange(self.channel, exchange, self.names.prefix, [])
        for binding in self.topology.bindings:
            bind(self.channel, binding, self.names.prefix)

    def consume(self, name: str, callback: Callable[..., None]) -> None:
        """Have each copy in a queue handled; where the queue is deleted, it comes back."""
        self.consuming[name] = callback
        self.channel.basic_consume(queue=name, on_message_callback=callback, consumer_tag=name)

    def arrive(self) -> None:
        """Be counted among those who are present, and declare all of it."""
        declare_queue(self.channel, self.names.presence)
        self.consume(self.names.presence, lambda *_: None)
        self.declare()

    def renew(self) -> None:
        """Declare all of it again, and consume again from queues that were deleted meanwhile."""
        declare_queue(self.channel, self.names.presence)
        self.declare()
        for name in self.consuming.keys() - set(self.channel.consumer_tags):
            self.consume(name, self.consuming[name])

    def others(self) -> int:
        """Count those who are present, without this one."""
        mine = self.names.presence in self.channel.consumer_tags
        return declare_queue(self.channel, self.names.presence) - mine

    def leave(self) -> None:
        """Be counted no longer, and as the last one take all of it away."""
        for tag in self.channel.consumer_tags:
            self.channel.basic_cancel(tag)
        self.last = not self.others()
        if self.last:
            self.withdraw()

    def withdraw(self) -> None:
        """Delete all of it, unless somebody has come meanwhile, whom the broker then protects."""
        with suppress(ChannelClosedByBroker):
            for name in (self.names.presence, *map(self.renamed, self.topology.queues)):
                self.channel.queue_delete(name, if_unused=True)
            for name in staying(self.topology):
                self.channel.exchange_delete(self.renamed(name))  # in a circle, it is used for ever
            for exchange in self.topology.exchanges:
                self.channel.exchange_delete(self.renamed(exchange.name), if_unused=True)

    def leave_messages(self) -> None:
        """Leave what was sent to those who come later, and nothing that would not expire."""
        if self.others():
            return
        for name in staying(self.topology):
            self.channel.exchange_delete(self.renamed(name))

    def renamed(self, name: str) -> str:
        """Give a name as it is on the broker."""
        return self.names.prefix + name


def declare_queue(
    channel: BlockingChannel, name: str, arguments: Mapping[str, Value] | None = None
) -> int:
    """Declare a queue that goes when its lease ends, and count its consumers."""
    given = {**(arguments or {}), "x-expires": int(LEASE * 1000)}
    declared = channel.queue_declare(name, durable=True, arguments=given)
    return int(declared.method.consumer_count)


@contextmanager
def present(broker: Broker, topology: Topology, names: Names) -> Iterator[Shared]:
    """Yield a topology as long as this program takes part in it."""
    with translated(broker.address):
        shared = Shared(broker, broker.connection.channel(), topology, names)
        shared.arrive()
        try:
            yield shared
        finally:
            if shared.channel.is_open:
                shared.leave()


def await_stop(shared: Shared, stop: Stop) -> None:
    """Have what arrives handled, and the leases renewed, until it is time to end."""
    renewal = monotonic() + RENEWAL
    while stop.signal is None:
        left = max(0.0, renewal - monotonic())
        shared.broker.connection.process_data_events(time_limit=left)
        if monotonic() >= renewal or shared.consuming.keys() - set(shared.channel.consumer_tags):
            shared.renew()
            renewal = monotonic() + RENEWAL


def receive(shared: Shared, queue: str, on_arrival: OnArrival) -> None:
    """Take the messages of one queue, each acknowledged when it has been handled."""
    shared.consume(shared.renamed(queue), handler(shared, queue, on_arrival))


def watch(shared: Shared, on_arrival: OnArrival) -> None:
    """See the copies that each queue gets, without taking them away from anybody.

    Each queue has a shadow that is bound in the same way, for this program alone.
    """
    own = f"watch.{secrets.token_hex(4)}."
    for queue in shared.topology.queues:
        shadow = shared.renamed(own + queue)
        shared.channel.queue_declare(shadow, exclusive=True, auto_delete=True)
        for binding in shared.topology.bindings:
            if isinstance(binding, Binding) and binding.queue == queue:
                bind(shared.channel, replace(binding, queue=own + queue), shared.names.prefix)
        shared.consume(shadow, handler(shared, queue, on_arrival))


def handler(shared: Shared, queue: str, on_arrival: OnArrival) -> Callable[..., None]:
    """Give what handles one copy as pika hands it over."""

    def on_message(
        channel: Any, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        on_arrival(arrival(shared.names.prefix, queue, method, properties, body))
        channel.basic_ack(method.delivery_tag)

    return on_message


def arrival(
    prefix: str, queue: str, method: Basic.Deliver, properties: BasicProperties, body: bytes
) -> Arrival:
    """Describe one copy."""
    exchange, key = str(method.exchange), str(method.routing_key)
    return Arrival(
        at=datetime.now().astimezone(),
        queue=queue,
        exchange=exchange.removeprefix(prefix),
        routing_key=key.removeprefix(prefix) if exchange == DEFAULT_EXCHANGE else key,
        headers=bare(dict(properties.headers or {}), prefix),
        body=body.decode(errors="replace"),
        redelivered=bool(method.redelivered),
        message_id=properties.message_id or secrets.token_hex(8),
    )


def send(channel: BlockingChannel, message: Message, prefix: str) -> str | None:
    """Publish a message, and give the broker's words where it came back."""
    channel.confirm_delivery()
    try:
        publish(channel, message, prefix, message_id=secrets.token_hex(8))
    except UnroutableError as error:
        returned = error.messages[0].method
        return f"{returned.reply_code} {returned.reply_text}"
    return None


def consumers_of(broker: Broker, name: str) -> int | None:
    """Count the consumers of a queue, without declaring it; None where there is no such queue."""
    channel = broker.connection.channel()
    try:
        return int(channel.queue_declare(name, passive=True).method.consumer_count)
    except ChannelClosedByBroker as error:
        if error.reply_code != NOT_FOUND:
            raise
        return None


NOT_FOUND: Final = 404
