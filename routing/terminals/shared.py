"""A topology that several programs share on one broker, under names that they agree on.

Whoever comes first declares it, and everybody again: that changes nothing.  Its queues are
durable, as RabbitMQ 4.3 wants of a queue that is not exclusive, and they expire: a queue that for
the time of a lease has no consumer and is not declared again is deleted by the broker, and with
its last binding an exchange is.  Everybody who stays renews the leases; who leaves as the last
one, which the consumers of one more queue tell, deletes all at once.  Who comes with another
topology, under the same names, is told by that queue, too.
"""

import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import monotonic
from typing import Any, Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import (
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    NackError,
    UnroutableError,
)
from pika.spec import Basic

from routing.amqp.errors import BadUse
from routing.amqp.topology import DEFAULT_EXCHANGE, Binding, Message, Topology
from routing.amqp.values import Value
from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import close, undo
from routing.play.collect import publish
from routing.play.declare import bind, dead_letters_renamed, declare_exchange
from routing.play.resting import bare, deaths_in
from routing.rules.dead_letters import goes_round
from routing.rules.staying import staying
from routing.rules.validity import require_few_queues
from routing.terminals import leases
from routing.terminals.leases import consumers_of, declare_queue
from routing.terminals.presence import declare_presence, fingerprint, require_same
from routing.terminals.stopping import Stop

RENEWAL: Final = 30.0
"""Seconds after which everybody who stays declares all of it again."""

MOST_OF_A_SCENARIO: Final = 28
"""So many bytes of a scenario's name leave room for the class and the name of a queue: a source is
called as its file, which may be long."""


@dataclass(frozen=True)
class Names:
    """What stands before the names of a shared topology, and two more names that go with it.

    presence: the queue of those who are present.
    returns: the exchange by which a sender tells those who watch what came back to it; none for a
        queue alone, which nobody watches.
    """

    prefix: str
    presence: str
    returns: str


CLASS: Final = "class"
"""The class of those who name none."""

RETURNS: Final = " (returned)"
"""What ends the name of the exchange by which a sender tells what came back to it."""


def names_for(class_name: str | None, scenario_name: str, *, alone: bool = False) -> Names:
    """Agree on names for a scenario, or for one queue alone, which without a class has its own.

    Raises BadUse where the name of the class cannot stand before others.
    """
    if class_name is None and alone:
        return Names("", "", "")
    class_name = CLASS if class_name is None else class_name
    if not re.fullmatch(r"[\w-]{1,24}", class_name, re.ASCII):
        raise BadUse(
            f"The class {class_name!r} must be 1 to 24 letters, digits, _ or -: rename it."
        )
    if alone:
        return Names(f"{class_name}.", f"{class_name}.{scenario_name} (alone, present)", "")
    scenario_name = scenario_name.encode()[:MOST_OF_A_SCENARIO].decode(errors="ignore")
    name = f"{class_name}.{scenario_name}"
    return Names(f"{name}.", f"{name} (present)", name + RETURNS)


@dataclass(frozen=True)
class Arrival:
    """One copy of a message, as a consumer gets it; the names are without their prefix.

    returned: whether it is a copy of what came back to its sender, and was in no queue.
    """

    at: datetime
    queue: str
    exchange: str
    routing_key: str
    headers: dict[str, Value]
    body: str
    redelivered: bool
    message_id: str
    returned: bool = False


OnArrival = Callable[[Arrival], None]


@dataclass
class Shared:
    """A shared topology on a broker, as one of those who use it sees it.

    consumers: how many took from each queue when it was last declared.
    consuming: what is consumed from, and what is done with a copy from there.
    last: whether nobody else was there when this one left.
    renewed: when the leases were, by the clock that only goes on.
    replaced: how many messages were deleted with what an older version had left; None for nothing.
    queues, exchanges: the names on the broker of what was declared last.
    """

    broker: Broker
    channel: BlockingChannel
    topology: Topology
    names: Names
    consumers: dict[str, int] = field(default_factory=dict)
    consuming: dict[str, Callable[..., None]] = field(default_factory=dict)
    last: bool = False
    renewed: float = field(default_factory=monotonic)
    replaced: int | None = None
    queues: list[str] = field(default_factory=list)
    exchanges: list[str] = field(default_factory=list)

    def meet(self) -> None:
        """See that those who are present share the same; what others left behind is deleted.

        Raises BadUse where somebody shares something else.
        """
        name = self.names.presence
        if not require_same(self.broker, name, self.topology, here=self.is_present()):
            self.replaced = self.clear()
            declare_presence(self.channel, name, fingerprint(self.topology))
        self.queues, self.exchanges = [name], []

    def is_present(self) -> bool:
        """Tell whether this program is counted among those who are present."""
        return self.names.presence in self.channel.consumer_tags

    def clear(self) -> int:
        """Delete what has the names of all this, unused, and count the messages that were there.

        Bindings go with their queue or exchange: of what else is left, nothing leads anywhere.
        """
        deleted = [
            self.channel.queue_delete(name, if_unused=True).method.message_count
            for name in (self.names.presence, *map(self.renamed, self.topology.queues))
        ]
        for exchange in self.topology.exchanges:
            self.channel.exchange_delete(self.renamed(exchange.name))
        return sum(deleted)

    def declare(self) -> None:
        """Declare all of it, which renews what is there already."""
        self.meet()
        for queue in self.topology.queues:
            given = self.topology.queue_arguments.get(queue, {})
            arguments = dead_letters_renamed(given, self.names.prefix)
            name = self.renamed(queue)
            self.consumers[queue] = declare_queue(self.channel, name, leases.LEASE, arguments)
            self.queues.append(name)
        for exchange in self.topology.exchanges:
            declare_exchange(self.channel, exchange, self.names.prefix, self.exchanges)
        for binding in self.topology.bindings:
            bind(self.channel, binding, self.names.prefix)

    def consume(self, name: str, callback: Callable[..., None]) -> None:
        """Have each copy in a queue handled; where the queue is deleted, it comes back."""
        self.consuming[name] = callback
        self.channel.basic_consume(queue=name, on_message_callback=callback, consumer_tag=name)

    def arrive(self) -> None:
        """Be counted among those who are present, and declare all of it.

        Whoever else came between the first two steps is met in the third one.
        """
        self.meet()
        self.consume(self.names.presence, lambda *_: None)
        self.declare()

    def renew(self) -> None:
        """Declare all of it again, and consume again from queues that were deleted meanwhile."""
        self.declare()
        for name in self.consuming.keys() - set(self.channel.consumer_tags):
            self.consume(name, self.consuming[name])

    def others(self) -> int:
        """Count those who are present, without this one."""
        return (consumers_of(self.broker, self.names.presence) or 0) - self.is_present()

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

    def take_back(self) -> None:
        """Delete what was declared before something was refused, unless others are present.

        Each by itself: what messages wait in, or somebody else uses, stays, with what leads there.
        """
        if consumers_of(self.broker, self.names.presence):
            return
        unused = [*map(self.renamed, staying(self.topology))]
        for name in self.exchanges:
            with suppress(ChannelClosedByBroker):
                channel = self.broker.connection.channel()
                channel.exchange_delete(name, if_unused=name not in unused)
        for name in self.queues:
            with suppress(ChannelClosedByBroker):
                channel = self.broker.connection.channel()
                channel.queue_delete(name, if_unused=True, if_empty=True)

    def renamed(self, name: str) -> str:
        """Give a name as it is on the broker."""
        return self.names.prefix + name


@contextmanager
def taken_back(shared: Shared) -> Iterator[None]:
    """Take back what was declared, over another connection, where the broker refuses something."""
    try:
        yield
    except (ChannelClosedByBroker, ConnectionClosedByBroker):
        close(shared.broker.connection)  # and nobody is counted who is gone
        undo(
            shared.broker.nodes,
            lambda opened: replace(
                shared, broker=replace(shared.broker, connection=opened)
            ).take_back(),
        )
        raise


@contextmanager
def present(broker: Broker, topology: Topology, names: Names) -> Iterator[Shared]:
    """Yield a topology as long as this program takes part in it."""
    require_few_queues(topology)
    with translated(broker.address):
        shared = Shared(broker, broker.connection.channel(), topology, names)
        with taken_back(shared):
            shared.arrive()
            try:
                yield shared
            finally:
                if shared.channel.is_open:
                    shared.leave()


def await_stop(shared: Shared, stop: Stop) -> None:
    """Have what arrives handled, and the leases renewed, until it is time to end."""
    while stop.signal is None:
        spend(shared, RENEWAL)


def spend(shared: Shared, seconds: float) -> None:
    """Have what arrives handled, for so long at most, and the leases renewed when it is time."""
    left = min(seconds, shared.renewed + RENEWAL - monotonic())
    shared.broker.connection.process_data_events(time_limit=max(0.0, left))
    deleted = shared.consuming.keys() - set(shared.channel.consumer_tags)
    if deleted or monotonic() >= shared.renewed + RENEWAL:
        shared.renew()
        shared.renewed = monotonic()


def receive(shared: Shared, queue: str, on_arrival: OnArrival) -> None:
    """Take the messages of one queue, each acknowledged when it has been handled."""
    shared.consume(shared.renamed(queue), handler(shared.names.prefix, queue, on_arrival))


def watch(shared: Shared, on_arrival: OnArrival) -> None:
    """See the copies that each queue gets, without taking them away from anybody.

    Each queue has a shadow that is bound in the same way, for this program alone.  A shadow gets
    the dead letter, too, that the broker keeps from the queue itself, because it goes round there.
    """

    def on_copy(copy: Arrival) -> None:
        if not goes_round(copy.queue, deaths_in(copy.headers)):
            on_arrival(copy)

    own = f"watch.{secrets.token_hex(4)}."
    watch_returns(shared, shared.renamed(own + "(returned)"), on_arrival)
    for queue in shared.topology.queues:
        shadow = shared.renamed(own + queue)
        shared.channel.queue_declare(shadow, exclusive=True, auto_delete=True)
        for binding in shared.topology.bindings:
            if isinstance(binding, Binding) and binding.queue == queue:
                bind(shared.channel, replace(binding, queue=own + queue), shared.names.prefix)
        shared.consume(shadow, handler(shared.names.prefix, queue, on_copy))


def watch_returns(shared: Shared, name: str, on_arrival: OnArrival) -> None:
    """Hear from those who send what came back to them: the broker tells nobody else.

    name: of a queue that this program alone has.
    """
    shared.channel.exchange_declare(shared.names.returns, "fanout", auto_delete=True)
    shared.exchanges.append(shared.names.returns)
    shared.channel.queue_declare(name, exclusive=True, auto_delete=True)
    shared.channel.queue_bind(name, shared.names.returns)

    def on_note(channel: Any, method: Basic.Deliver, note: BasicProperties, body: bytes) -> None:
        told = arrival("", "", method, note, body)
        on_arrival(replace(told, exchange=note.type or DEFAULT_EXCHANGE, returned=True))
        channel.basic_ack(method.delivery_tag)

    shared.consume(name, on_note)


def tell_returned(broker: Broker, names: Names, message: Message) -> None:
    """Tell those who watch that a message came back; where nobody does, there is no exchange."""
    channel = broker.connection.channel()
    channel.confirm_delivery()
    note = BasicProperties(
        headers=message.headers, message_id=secrets.token_hex(8), type=message.exchange
    )
    try:
        channel.basic_publish(names.returns, message.routing_key, message.body.encode(), note)
    except ChannelClosedByBroker as error:
        if error.reply_code != leases.NOT_FOUND:
            raise


def handler(prefix: str, queue: str, on_arrival: OnArrival) -> Callable[..., None]:
    """Give what handles one copy as pika hands it over."""

    def on_message(
        channel: Any, method: Basic.Deliver, properties: BasicProperties, body: bytes
    ) -> None:
        on_arrival(arrival(prefix, queue, method, properties, body))
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
    """Publish a message, and give the broker's words where it came back, or was not taken."""
    channel.confirm_delivery()
    try:
        publish(channel, message, prefix, message_id=secrets.token_hex(8))
    except NackError:
        return "basic.nack"
    except UnroutableError as error:
        returned = error.messages[0].method
        return f"{returned.reply_code} {returned.reply_text}"
    return None
