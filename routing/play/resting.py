"""Messages that die in their queues, one after another, until what is left of each rests somewhere.

A last message would die as well, so that none can mark the end here: what is predicted is waited
for, and what is not has time to come while every queue is asked whether it is there.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from time import monotonic
from typing import Any, Final

from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.spec import Basic

from routing.amqp.json_value import table_as_json
from routing.amqp.topology import Message, Observation, Resting, Topology
from routing.broker.connection import limit_of
from routing.play.account import Account
from routing.play.collect import count_returns, publish
from routing.rules.life import PATIENCE, Life, has_room, keeps, rejections

SHORT: Final = 0.25
"""Seconds that are waited for copies that were predicted, once others have not come."""

ROUNDS: Final = 3
"""So often each queue is asked afterwards whether it is there: what was not predicted has time to
come.  A queue answers ahead of what waits in its mailbox, so that this is no proof for one message;
for a rule that is wrong, of many, it is."""

PULSE: Final = 0.05
"""Seconds after which a queue that keeps some is looked into again."""

Note = Callable[[Any, BasicProperties], None]
"""Notes one copy that came to rest."""

NoteIn = Callable[[str, Any, BasicProperties], None]
"""The same, with the queue where it did."""


@dataclass
class Rest:
    """A channel on which a topology is declared in which messages die.

    noted: the copies that came to rest since the last message was published.
    lying: what was last seen in the queues that keep some.
    patience: seconds that are waited for copies that were predicted.
    """

    channel: BlockingChannel
    topology: Topology
    account: Account
    prefix: str
    noted: list[tuple[int, Resting]] = field(default_factory=list)
    lying: dict[str, list[tuple[int, Resting]]] = field(default_factory=dict)
    patience: float = 0.0

    def listen(self) -> None:
        """Consume from the queues in which copies come to rest, or are rejected."""
        self.patience = limit_of(self.channel.connection)
        count_returns(self.channel, self.account.enter)
        listen(self.channel, self.topology, self.account.queues, self.note)

    def note(self, queue: str, method: Any, properties: BasicProperties) -> None:
        """Note one copy."""
        self.noted.append(placed(queue, method, properties, self.prefix))

    def publish(self, message: Message, predicted: Life) -> Observation:
        """Publish one message, and tell what came of it."""
        self.noted.clear()
        publish(self.channel, message, self.prefix, message_id=str(predicted.place))
        self.channel.basic_qos()  # changes nothing; a message that came back is told by now
        self.settle(0 if predicted.undecided else len(predicted.resting))
        own = Counter(each.queue for place, each in self.noted if place == predicted.place)
        returned = self.account.returned[predicted.place]
        return Observation(dict(own), returned, resting=tuple(self.noted))

    def settle(self, count: int) -> None:
        """Wait until so many copies have come to rest, and a little for others."""
        limit = monotonic() + self.patience
        self.look()
        while len(self.noted) < count and monotonic() < limit:
            self.channel.connection.process_data_events(time_limit=PULSE)
            self.channel.basic_qos()  # a broker that is silent has not kept anything
            self.look()
        if len(self.noted) < count:
            self.patience = SHORT
        ask_each(self.channel, list(self.account.queues.values()))
        self.look()

    def look(self) -> None:
        """Note what has come to lie in queues that keep some, and leave it there."""
        for queue, name in self.account.queues.items():
            if queue not in self.topology.rejecting and has_room(self.topology, queue):
                found = [placed(queue, *each, self.prefix) for each in seen_in(self.channel, name)]
                before = self.lying.get(queue, [])
                self.noted += [each for each in found if each not in before]
                self.lying[queue] = found


def seen_in(channel: BlockingChannel, name: str) -> list[tuple[Any, BasicProperties]]:
    """Look at all that lies in a queue; each message goes back to its place."""
    found: list[tuple[Any, BasicProperties]] = []
    while True:
        method, properties, _ = channel.basic_get(name)
        if method is None or properties is None:
            break
        found.append((method, properties))
    for method, _ in found:
        channel.basic_nack(method.delivery_tag, requeue=True)
    return found


def ask_each(channel: BlockingChannel, names: list[str]) -> None:
    """Ask each queue whether it is there, again and again."""
    for name in names * ROUNDS:
        channel.queue_declare(name, passive=True)
    channel.connection.process_data_events(time_limit=0)


def listen(
    channel: BlockingChannel, topology: Topology, names: Mapping[str, str], note: NoteIn
) -> None:
    """Consume from the queues in which copies come to rest, or are rejected.

    names: of all queues on the broker, by their own ones.
    """
    for queue, name in names.items():
        rejects = queue in topology.rejecting
        if rejects or not keeps(topology, queue):
            consume(channel, name, partial(note, queue), rejects=rejects)


def consume(channel: BlockingChannel, name: str, note: Note, *, rejects: bool) -> None:
    """Have each copy in a queue noted; or rejected, as long as its consumer has patience."""

    def on_message(
        _: object, method: Basic.Deliver, properties: BasicProperties, __: bytes
    ) -> None:
        if rejects and rejections(deaths_in(properties.headers), name) < PATIENCE:
            channel.basic_reject(method.delivery_tag, requeue=False)
        else:
            note(method, properties)
            channel.basic_ack(method.delivery_tag)

    channel.basic_consume(name, on_message_callback=on_message)


def deaths_in(headers: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """List the entries of x-death."""
    entries = (headers or {}).get("x-death")
    return [each for each in entries if isinstance(each, dict)] if isinstance(entries, list) else []


def placed(
    queue: str, method: Any, properties: BasicProperties, prefix: str
) -> tuple[int, Resting]:
    """Describe a copy under the names of its topology, with the place of its message."""
    for death in deaths_in(properties.headers):
        death.pop("time", None)
    headers = bare(table_as_json(properties.headers or {}), prefix)
    exchange, key = bare(str(method.exchange), prefix), bare(str(method.routing_key), prefix)
    return int(properties.message_id or 0), Resting(queue, exchange, key, headers)


def bare(value: Any, prefix: str) -> Any:
    """Take the prefix of a run away from each text in a value."""
    if isinstance(value, dict):
        return {name: bare(each, prefix) for name, each in value.items()}
    if isinstance(value, list):
        return [bare(each, prefix) for each in value]
    return value.removeprefix(prefix) if isinstance(value, str) else value
