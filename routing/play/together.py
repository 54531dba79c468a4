"""Many topologies at once on one connection, without waiting for the answer to each declaration.

Each has a channel of its own, which a refusal closes; they have their queues in common, which the
connection deletes when it ends.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, takewhile
from typing import Any, Final, cast

from pika import BlockingConnection, URLParameters, spec
from pika.adapters.blocking_connection import BlockingChannel
from pika.channel import Channel
from pika.exceptions import ChannelClosedByBroker, ConnectionClosedByBroker, StreamLostError

from routing.amqp.errors import NoBroker
from routing.amqp.names import kept
from routing.amqp.renamed import exchanges_renamed, message_renamed
from routing.amqp.topology import (
    Message,
    Observation,
    Topology,
)
from routing.amqp.values import is_finite
from routing.broker import Broker
from routing.broker.address import timeout_of, without_timeout
from routing.broker.broken import CONNECTION_FORCED, refusal, translated
from routing.broker.connection import (
    ANSWERING,
    CLOSING,
    UNDOING,
    channels_of,
    parameters_of,
    undo,
)
from routing.broker.find import once_more
from routing.broker.rights import not_permitted
from routing.broker.unreached import unreached
from routing.broker.wire import TICK, Wire
from routing.play.account import Account
from routing.play.collect import count_copies, count_returns, publish_all
from routing.play.declare import (
    make,
    new_prefix,
    renamed,
    withdraw,
)
from routing.play.play import detour, play_refusable
from routing.rules.predict import Route
from routing.rules.refusal import Operation

OPERATIONS: Final[Mapping[int, Operation]] = {
    spec.Queue.Declare.INDEX: "declare",
    spec.Exchange.Declare.INDEX: "declare",
    spec.Queue.Bind.INDEX: "bind",
    spec.Exchange.Bind.INDEX: "bind",
    spec.Basic.Publish.INDEX: "publish",
}
"""What a broker refused, by class and method (AMQP 0-9-1, 1.5.2.5)."""

DIFFERS: Final = 406
"""The reply code of what is there already, and not like this."""

WORKING: Final = 4.0
"""Time-outs in which a broker that works, and only broke off, is let take many things away."""

MOST_TOGETHER: Final = 80
"""Topologies that are played at once."""


@dataclass(frozen=True)
class Trial:
    """A topology, and messages to publish to it one after another."""

    topology: Topology
    messages: Sequence[Message]


class Broken(Exception):
    """The broker has closed the connection, or it was lost."""


@dataclass
class Place:
    """One topology, and what comes of its messages.

    channel: None until it is open.
    refusal: what was refused, which has closed the channel.
    """

    topology: Topology
    messages: Sequence[Message]
    prefix: str
    account: Account
    number: int
    channel: Channel | None = None
    refusal: tuple[str, int] | None = None

    @property
    def blocking(self) -> BlockingChannel:
        """The channel, as what declares takes it: it has the same methods, which do not wait."""
        return cast("BlockingChannel", self.channel)

    @property
    def owner(self) -> str:
        """What goes before the message_id of each of its messages."""
        return f"{self.number} "

    @property
    def ended(self) -> bool:
        """Whether nothing more can come."""
        return self.refusal is not None or self.account.ended

    def begin(self) -> None:
        """Declare all of it, and publish."""
        for queue in self.topology.queues:
            if kept(queue) not in self.account.queues:
                self.declare_queue(queue)
        for exchange in self.topology.exchanges:
            make(self.blocking, exchange, self.prefix, self.account)
        for binding in self.topology.every_binding:
            make(self.blocking, binding, self.prefix, self.account)
        if self.topology.unbound:
            detour(self.blocking, self.topology, self.messages, self.prefix, self.owner)
            # pika would send a message before the answer to an unbind, and before a bind behind it.
            cast("Channel", self.channel).basic_qos(callback=lambda _: self.publish())
        else:
            self.publish()

    def declare_queue(self, queue: str) -> None:
        """Declare a queue that others do not have."""
        name = renamed(queue, self.prefix)
        self.blocking.queue_declare(queue=name, exclusive=True, auto_delete=True)

    def publish(self) -> None:
        """Publish the messages, and what marks the end."""
        publish_all(self.blocking, self.messages, self.account, self.prefix, self.owner)

    def observed(self) -> list[Observation]:
        """Tell what the broker did with each message."""
        if self.refusal:
            return [Observation({}, 0, self.refusal)] * len(self.messages)
        return [self.account.observed(number) for number in range(len(self.messages))]


@dataclass
class Round:
    """All that is played on one connection.

    broker: where it is played.
    limit: seconds within which something must move.
    host: the channel that has the queues.
    withdrawing: the channels on which all is being taken away.
    error: what the round ended with, if not well.
    """

    connection: Wire
    places: Sequence[Place]
    queues: Mapping[str, str]
    broker: Broker
    limit: float
    host: Channel | None = None
    withdrawing: set[Channel] = field(default_factory=set)
    ending: bool = False
    error: BaseException | None = None

    def run(self) -> None:
        """Play it.

        Raises Broken where the connection ends over something before all has been played, NoBroker
        where it does not come about, or the broker does not work.
        """
        self.connection.add_on_open_callback(self.on_open)
        self.connection.add_on_open_error_callback(self.on_unreached)
        self.connection.add_on_close_callback(self.on_lost)
        try:
            self.connection.ioloop.start()
        finally:
            self.connection.ioloop.close()
        if self.error:
            raise self.error

    def on_open(self, connection: Any) -> None:
        """Open the channels, that of the queues at last."""
        self.watch()
        for place in self.places:
            connection.channel(on_open_callback=partial(self.on_channel, place))
        connection.channel(on_open_callback=self.on_host)

    def on_channel(self, place: Place, channel: Channel) -> None:
        """Have told what comes back on a channel, and what closes it."""
        place.channel = channel
        count_returns(place.blocking, self.enter)
        channel.add_callback(partial(self.on_refused, place), [spec.Channel.Close])

    def on_host(self, channel: Channel) -> None:
        """Declare the queues, and consume from them; once they are there, begin."""
        self.host = channel
        channel.add_callback(
            lambda _: self.fail(Broken("the queues' channel")), [spec.Channel.Close]
        )
        for name in self.queues.values():
            channel.queue_declare(name, exclusive=True, auto_delete=True)
        count_copies(cast("BlockingChannel", channel), self.queues, self.enter)
        channel.basic_qos(callback=lambda _: self.begin())

    def begin(self) -> None:
        """Let every topology be declared and played, once the queues can be consumed from."""
        for place in self.places:
            place.begin()

    def enter(self, message_id: str, queue: str | None) -> None:
        """Count one copy, or one return, for the topology whose message it is."""
        number, _, message_id = message_id.partition(" ")
        self.places[int(number)].account.enter(message_id, queue)
        self.end_if_over()

    def on_refused(self, place: Place, frame: Any) -> None:
        """Note what the broker has closed a channel for."""
        method = frame.method
        if self.ending or not_permitted(method.reply_code, method.reply_text, ""):
            self.fail(Broken(method.reply_text))  # which right is missing, a trial alone tells
            return
        step = self.connection.step
        error = refusal(method.reply_code, method.reply_text, self.broker.address, step)
        if isinstance(error, NoBroker):
            self.fail(error)
            return
        refused = method.class_id << 16 | method.method_id
        if refused == spec.Exchange.Declare.INDEX and method.reply_code == DIFFERS:
            place.account.made = made_before(place.account.made, method.reply_text)
        operation = OPERATIONS.get(refused, "publish")
        place.refusal = (operation, method.reply_code)
        self.end_if_over()

    def end_if_over(self) -> None:
        """Take everything away again, once nothing more can come."""
        if self.ending or not all(place.ended for place in self.places):
            return
        self.ending = True
        for place in self.places:
            withdraw(cast("BlockingChannel", self.open_channel(place)), place.account)
        self.withdrawing = {self.open_channel(place) for place in self.places}
        for channel in self.withdrawing:
            channel.basic_qos(callback=partial(self.on_withdrawn, channel))

    def on_withdrawn(self, channel: Channel, _: object) -> None:
        """Say goodbye, once all has been taken away on every channel."""
        self.withdrawing.discard(channel)
        if not self.withdrawing:
            self.connection.close()

    @property
    def left_nothing(self) -> bool:
        """Whether all has been taken away, or nothing was made."""
        return self.host is None or (self.ending and not self.withdrawing)

    def open_channel(self, place: Place) -> Channel:
        """Give a topology's channel, or that of the queues where the broker has closed it."""
        return cast("Channel", self.host if place.refusal else place.channel)

    def on_unreached(self, _: object, reason: BaseException | None) -> None:
        """End because no connection has come about."""
        parameters = cast("URLParameters", self.connection.params)
        self.error = unreached(reason or Broken(), self.broker.url, parameters)
        self.connection.ioloop.stop()

    def on_lost(self, _: object, reason: BaseException | None) -> None:
        """End, well or not; what the broker broke off over is found by playing each alone."""
        over_something = isinstance(reason, ConnectionClosedByBroker | StreamLostError)
        if getattr(reason, "reply_code", 0) == CONNECTION_FORCED:
            over_something = False
        well = self.ending and (over_something or not self.withdrawing)
        if reason and not well and not self.error:
            reason.add_note(self.connection.note_of(reason))
            self.error = Broken(str(reason)) if over_something else reason
        self.connection.ioloop.stop()

    def watch(self) -> None:
        """End where nothing has moved for long, and look again soon."""
        if self.connection.waited() > self.limit and self.connection.give_up(self.limit):
            return
        self.connection.ioloop.call_later(TICK, self.watch)

    def fail(self, error: Exception) -> None:
        """End because of an error, and say goodbye if the broker lets us."""
        self.error = error
        if self.connection.is_open:
            self.connection.close()
        self.connection.ioloop.call_later(CLOSING, self.connection.ioloop.stop)


def play_together(
    broker: Broker, trials: Sequence[Trial], prefix: str | None = None
) -> list[list[Observation]]:
    """Play several topologies that have the same queues, and tell what the broker did with each.

    prefix: goes before every name on the broker; by default one that no other run has.
    Raises Broken where the broker closes the connection over one of them, NoBroker where it is
    silent.
    """
    prefix = prefix or new_prefix()
    queues = {queue: renamed(queue, prefix) for queue in in_common(trials)}
    places = [
        Place(*apart(each, number), prefix, account_of(each.topology, queues), number)
        for number, each in enumerate(trials)
    ]
    timeout = timeout_of(broker.url)
    connection = Wire(parameters_of(without_timeout(broker.url), timeout))
    played = Round(connection, places, queues, broker, timeout * ANSWERING)
    try:
        with translated(broker.address):
            played.run()
    finally:
        if not played.left_nothing:
            share = WORKING if isinstance(played.error, Broken) else UNDOING
            undo(broker.nodes, lambda connection: withdraw_all(connection, places), share)
    return [place.observed() for place in places]


def in_common(trials: Sequence[Trial]) -> list[str]:
    """List the queues that all of these have, as a broker keeps their names."""
    each_has = [set(map(kept, each.topology.queues)) for each in trials]
    return sorted(set.intersection(*each_has)) if each_has else []


def play_each(
    broker: Broker, trials: Sequence[Trial], beside: Sequence[bool]
) -> list[list[Observation]]:
    """Play trials that have the same queues together, as far as they can be, the others alone.

    beside: whether each can be.
    Raises NoBroker where the broker goes away.
    """
    together = [trial for trial, can_be in zip(trials, beside, strict=True) if can_be]
    most = max(1, channels_of(broker.connection) - 1)  # one has the queues
    parts = (together[start : start + most] for start in range(0, len(together), most))
    played = chain.from_iterable(played_as_can_be(broker, part) for part in parts)
    return [
        as_told(broker, trial, next(played)) if can_be else play_alone(broker, trial)
        for trial, can_be in zip(trials, beside, strict=True)
    ]


def played_as_can_be(broker: Broker, trials: Sequence[Trial]) -> list[list[Observation]]:
    """Play trials together, or each alone where the broker breaks off over one of them."""
    try:
        return play_together(broker, trials)
    except Broken:
        return [play_alone(broker, each) for each in trials]


def can_be_beside(trial: Trial, predicted: Sequence[Route]) -> bool:
    """Tell whether a trial can be played beside others, on one connection.

    Not if it has a queue whose name the broker makes up, nor an exchange twice, where it is not
    told which of them was refused, nor if the connection is closed over it: a broker reads
    declarations, and stumbles over NaN, on a channel that it has closed, too.
    """
    topology = trial.topology
    exchanges = [kept(each.name) for each in topology.exchanges]
    declared = [each.arguments for each in (*topology.exchanges, *topology.every_binding)]
    readable = all(is_finite(value) for each in declared for value in each.values())
    refusals = [route.refusal for route in predicted if route.refusal]
    stays_open = readable and all(each.closes_channel for each in refusals)
    return stays_open and "" not in topology.queues and len({*exchanges}) == len(exchanges)


def as_told(broker: Broker, trial: Trial, observed: list[Observation]) -> list[Observation]:
    """Play a trial alone if it cannot be told which of its messages was refused."""
    refusal = observed[0].refusal if observed else None
    if refusal and refusal[0] == "publish" and len(trial.messages) > 1:
        return play_alone(broker, trial)
    return observed


def play_alone(broker: Broker, trial: Trial) -> list[Observation]:
    """Play one trial on a connection of its own: the broker's may have been idle for long."""
    with once_more(broker) as fresh:
        return play_refusable(fresh, trial.topology, trial.messages)


def withdraw_all(connection: BlockingConnection, places: Sequence[Place]) -> None:
    """Delete what has been declared; auto-delete spares what never had a binding.

    What the user may not delete closes the channel, and the others are deleted on another one.
    """
    channel = connection.channel()
    for place in places:
        channel = channel if channel.is_open else connection.channel()
        with suppress(ChannelClosedByBroker):
            withdraw(channel, place.account)


def made_before(made: list[str], words: str) -> list[str]:
    """List what was declared before the exchange that the broker refused: that is somebody else's.

    words: its own, which may name the exchange, and are cut where they are long.
    """
    said = words.partition("exchange '")[2].removesuffix("...")
    if not said:
        return made
    quoted = [f"{kept(name)}'" for name in made]
    return made[: len([*takewhile(lambda name: name[: len(said)] != said[: len(name)], quoted)])]


def account_of(topology: Topology, queues: dict[str, str]) -> Account:
    """Begin an account of one topology."""
    return Account(queues=queues, auto_delete=not topology.unbound)


def apart(trial: Trial, number: int) -> tuple[Topology, list[Message]]:
    """Give the exchanges of one topology names that no other one has."""
    own = partial(renamed, prefix=f"{number}.")
    topology = exchanges_renamed(trial.topology, own)
    return topology, [message_renamed(each, own) for each in trial.messages]
