"""A topology that stays on the broker: declared step by step, for messages one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.topology import (
    Message,
    Observation,
    Topology,
    declarations,
)
from routing.broker import Broker
from routing.broker.connection import translated
from routing.play.account import Account
from routing.play.collect import await_ends, collect, mark_ends, publish
from routing.play.declare import make, new_prefix
from routing.play.play import withdrawn
from routing.play.resting import Rest
from routing.rules.life import Life


@contextmanager
def staged(broker: Broker, topology: Topology) -> Iterator["Stage"]:
    """Yield a stage with nothing on it yet, and take away at the end whatever came there."""
    account = Account(queue_arguments=topology.queue_arguments)
    with translated(broker.address), withdrawn(broker, account) as channel:
        yield Stage(channel, topology, account)


@dataclass
class Stage:
    """A channel, and how much of a topology has been declared on it.

    prefix: goes before every name on the broker, so that classes do not meet there.
    """

    channel: BlockingChannel
    topology: Topology
    account: Account
    prefix: str = field(default_factory=new_prefix)
    declared: int = 0
    published: int = 0
    rest: Rest | None = None
    listens: bool = False

    def declare(self, until: int) -> None:
        """Make the first so many declarations, as far as they are not made yet."""
        for declaration in declarations(self.topology)[self.declared : until]:
            make(self.channel, declaration, self.prefix, self.account)
            self.declared += 1

    def publish(self, message: Message, life: Life | None = None) -> Observation:
        """Publish one message, and tell what the broker did with it.

        life: what is predicted, where messages die in queues; these count from the first one on.
        """
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
        self.channel.connection.process_data_events(time_limit=0)
