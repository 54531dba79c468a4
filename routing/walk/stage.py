"""A topology that stays on the broker: declared step by step, for messages one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.names import is_reserved
from routing.amqp.topology import (
    Exchange,
    Message,
    Observation,
    Topology,
    declarations,
)
from routing.broker import Broker
from routing.broker.broken import translated
from routing.broker.connection import keep_alive
from routing.play.account import Account
from routing.play.collect import await_ends, collect, mark_ends, publish
from routing.play.declare import make, new_prefix, renamed
from routing.play.play import withdrawn
from routing.play.resting import Rest
from routing.rules.life import Life
from routing.rules.validity import require_few_queues

GUARDED: Final = ("direct", "fanout", "headers", "topic")
"""Exchanges of other types may choose one of their bindings, and then one more would count."""

NOTHING_OF_ANY: Final = {"x-match": "any"}
"""Criteria that no headers meet."""


@contextmanager
def staged(broker: Broker, topology: Topology) -> Iterator["Stage"]:
    """Yield a stage with nothing on it yet, and take away at the end whatever came there."""
    require_few_queues(topology)
    account = Account(queue_arguments=topology.queue_arguments)
    with translated(broker.address), withdrawn(broker, account) as channel:
        stage = Stage(channel, topology, account)
        yield stage
        stage.unguard()


@dataclass
class Stage:
    """A channel, and how much of a topology has been declared on it.

    prefix: goes before every name on the broker, so that classes do not meet there.
    guard: the name of an exchange and a queue that nothing ever reaches.  The broker deletes an
    exchange with its last binding, but not one that never had any; so that nothing stays after a
    program that is killed, each is bound to the guard, which goes with the connection.
    """

    channel: BlockingChannel
    topology: Topology
    account: Account
    prefix: str = field(default_factory=new_prefix)
    guard: str = ""
    declared: int = 0
    published: int = 0
    rest: Rest | None = None
    listens: bool = False

    def declare(self, until: int | None = None) -> None:
        """Make the first so many declarations, or all, as far as they are not made yet."""
        made = declarations(self.topology)[self.declared : until]
        for declaration in made:
            make(self.channel, declaration, self.prefix, self.account)
            self.declared += 1
        for declaration in made:
            if isinstance(declaration, Exchange) and is_guarded(declaration):
                self.guard_exchange(declaration)

    def guard_exchange(self, exchange: Exchange) -> None:
        """Bind an exchange to what nothing reaches, so that it goes with this connection."""
        instead = self.in_place_of(exchange)
        self.channel.exchange_bind(
            destination=self.guarding() if instead is None else renamed(instead, self.prefix),
            source=renamed(exchange.name, self.prefix),
            routing_key=self.guarding(),
            arguments=NOTHING_OF_ANY if exchange.type == "headers" else None,
        )

    def in_place_of(self, exchange: Exchange) -> str | None:
        """Name what a fanout is bound to in place of the guard, if it is.

        It takes everything for a binding's sake, which would keep the alternate from getting it;
        so where it has no binding of its own, it has one to its alternate.
        """
        bound = {each.source for each in self.topology.bindings}
        onward = {
            each.name: each.alternate
            for each in self.topology.exchanges
            if each.type == "fanout" and each.name not in bound and is_there(each, self.topology)
        }
        way = [exchange.name]
        while (name := onward.get(way[-1])) is not None:
            if name in way:
                return None  # in a circle nothing arrives anywhere, and it would hold itself
            way.append(name)
        return way[1] if len(way) > 1 else None

    def guarding(self) -> str:
        """Give the name of the guard, which is declared when it is first needed."""
        if not self.guard:
            name = self.prefix + new_prefix()
            self.channel.queue_declare(queue=name, exclusive=True)
            self.channel.exchange_declare(exchange=name, exchange_type="direct", auto_delete=True)
            self.account.made.append(name)
            self.channel.queue_bind(queue=name, exchange=name, routing_key=name)
            self.guard = name
        return self.guard

    def unguard(self) -> None:
        """Delete the guard, and with it what nothing else holds."""
        if self.guard:
            self.channel.queue_delete(queue=self.guard)

    def publish(self, message: Message, life: Life | None = None) -> Observation:
        """Publish one message, and tell what the broker did with it.

        life: what is predicted, where messages die in queues; these count from the first one on.
        """
        self.declare()
        if life:
            return self.resting.publish(message, life)
        if not self.listens:
            collect(self.channel, self.account)
            self.listens = True
        number, self.account.ends = self.published, 0
        self.published += 1
        publish(self.channel, message, self.prefix, message_id=str(number))
        mark_ends(self.channel, self.account, self.prefix)
        self.channel.basic_qos()  # changes nothing; a message that was refused is told by now
        await_ends(self.channel, self.account)
        return self.account.observed(number)

    @property
    def resting(self) -> Rest:
        """Where messages come to rest, once anything is published."""
        if self.rest is None:
            self.rest = Rest(self.channel, self.topology, self.account, self.prefix)
            self.rest.listen()
        return self.rest

    def keep_alive(self) -> None:
        """Send a heartbeat if one is due: a broker closes a connection that is silent."""
        keep_alive(self.channel.connection)


def is_guarded(exchange: Exchange) -> bool:
    """Tell whether an exchange would stay, and does with one more binding what it did before."""
    return exchange.type in GUARDED and not is_reserved(exchange.name)


def is_there(exchange: Exchange, topology: Topology) -> bool:
    """Tell whether an exchange has an alternate that is declared as well."""
    return any(each.name == exchange.alternate for each in topology.exchanges)
