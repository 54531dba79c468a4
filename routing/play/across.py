"""Topologies on a cluster: declared through one node, published through another, and collected.

A queue that is exclusive is for one connection alone, so that these are durable, and expire once
nobody consumes from them.  Nothing counts that came while a node went away: a queue whose node is
down takes no messages, and what is mandatory then comes back as if no binding had led there.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from pika import BlockingConnection
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import AMQPError, ChannelClosedByBroker

from routing.amqp.errors import NoBroker, Refused
from routing.amqp.names import kept
from routing.amqp.topology import Observation, Topology
from routing.amqp.versions import parse_version
from routing.broker import Broker
from routing.broker.address import without_password
from routing.broker.broken import refusal, translated
from routing.broker.connection import undo
from routing.broker.find import connected, silent_among
from routing.broker.known import await_known
from routing.play.account import BEFORE, END, Account
from routing.play.collect import await_ends, count_copies, count_returns, publish, publish_all
from routing.play.declare import bind, declare_queue, make, new_prefix, renamed, unbind, withdraw
from routing.play.together import Trial, as_told, in_common, play_alone

EXPIRES: Final = 60_000
"""Milliseconds after which the broker deletes a queue from which nobody consumes."""

TYPES: Final = ("quorum", "classic", "classic")
"""Of the queues, in turn."""

EXPIRING: Final = parse_version("3.9")
"""The first version whose quorum queues can expire (rabbit_quorum_queue.erl; 3.8.9 refuses it with
406): before, all are classic ones, as nothing else would take a quorum queue away."""

AWAY: Final = (
    "A queue of this run went away half way: see whether its node runs, and whether somebody "
    "deleted it, and run this again."
)


@dataclass
class Across:
    """The nodes that each do a part, and what has come of each trial on them.

    queues: the names on the broker of the queues that all trials have, by their own ones.
    returned_ends: how many messages of this trial came back that mark an end: one must.
    """

    declaring: Broker
    publishing: Broker
    collecting: Broker
    prefix: str
    queues: Mapping[str, str]
    accounts: list[Account] = field(default_factory=list)
    returned_ends: int = 0

    def enter(self, message_id: str, queue: str | None) -> None:
        """Count one copy, or one return, for the trial whose message it is."""
        number, _, message_id = message_id.partition(" ")
        self.accounts[int(number)].enter(message_id, queue)

    def enter_returned(self, message_id: str, queue: str | None) -> None:
        """Count one return: of what marks the end, one comes back, or else a queue is gone."""
        self.returned_ends += message_id.endswith(END)
        self.enter(message_id, queue)

    def require_queues(self) -> None:
        """Require that no queue went away; raises NoBroker where one did."""
        if self.returned_ends > 1:
            raise NoBroker(AWAY)

    def on_gone(self, _: object) -> None:
        """End because the broker has ended a consumer, whose queue is gone."""
        raise NoBroker(AWAY)


def answering(broker: Broker) -> Broker:
    """Leave those nodes out that do not answer now; the run needs the others until its end."""
    silent = silent_among(broker.nodes)
    return replace(broker, nodes=tuple(each for each in broker.nodes if each not in silent))


@contextmanager
def nodes_of(broker: Broker) -> Iterator[list[Broker]]:
    """Yield three nodes of a cluster; where it has fewer, some of them again.

    Raises NoBroker where one does not answer any longer.
    """
    with ExitStack() as stack:
        found: list[Broker] = []
        for url in broker.nodes:
            try:
                found.append(stack.enter_context(connected(url, broker.origin)))
            except NoBroker as error:
                address = without_password(url)
                raise NoBroker(
                    f"The node at {address} went away half way: see whether it runs, and run this "
                    "again."
                ) from error
        yield [found[number % len(found)] for number in range(3)]


def play_across(
    broker: Broker,
    trials: Sequence[Trial],
    beside: Sequence[bool],
    types: Sequence[str] = TYPES,
) -> list[list[Observation]]:
    """Play trials that have the same queues across the nodes of a cluster, as far as they can be.

    beside: whether each can be; the others are played through one node.
    types: of the queues, in turn, where they can expire.
    Raises NoBroker where a node goes away.
    """
    together = [trial for trial, can_be in zip(trials, beside, strict=True) if can_be]
    types = types if broker.followed >= EXPIRING else ["classic"]
    prefix = new_prefix()
    queues = {queue: renamed(queue, prefix) for queue in in_common(together)}
    with nodes_of(broker) as nodes:
        across = Across(nodes[0], nodes[1], nodes[2], prefix, queues)
        with told(nodes), queues_declared(across, types) as collecting:
            return [
                as_told(broker, trial, play(across, collecting, trial))
                if can_be
                else play_alone(broker, trial)
                for trial, can_be in zip(trials, beside, strict=True)
            ]


@contextmanager
def told(nodes: Sequence[Broker]) -> Iterator[None]:
    """Tell in one sentence what goes wrong, and with which node.

    Raises NoBroker where a node is gone, Refused where the broker does not accept an operation.
    """
    try:
        yield
    except AMQPError:
        closed = (each for each in nodes if each.connection.is_closed)
        with translated(next(closed, nodes[0]).address):
            raise


@contextmanager
def queues_declared(across: Across, types: Sequence[str]) -> Iterator[BlockingChannel]:
    """Have the queues declared through one node and consumed from another, and then deleted.

    Yields the channel that consumes.
    """
    try:
        declaring = across.declaring.connection.channel()
        for number, name in enumerate(across.queues.values()):
            arguments = {"x-queue-type": types[number % len(types)], "x-expires": EXPIRES}
            declaring.queue_declare(name, durable=True, arguments=arguments)
        collecting = across.collecting.connection.channel()
        await_known(collecting, across.prefix)
        collecting.add_on_cancel_callback(across.on_gone)
        count_copies(collecting, across.queues, across.enter)
        yield collecting
        for name in across.queues.values():
            declaring.queue_delete(name)
    except BaseException:
        take_away(across)
        raise


def take_away(across: Across) -> None:
    """Delete what is left, all at once: a quorum queue without one of its nodes takes 5 s for it.

    What the time does not suffice for expires.
    """
    nodes = (across.declaring, across.publishing, across.collecting)
    undone = partial(undo, [each.url for each in nodes])
    works = [partial(delete_queue, name) for name in across.queues.values()]
    works += [partial(withdraw_from, account) for account in across.accounts[-1:]]
    with ThreadPoolExecutor(len(works) or 1) as threads:
        list(threads.map(undone, works))


def delete_queue(name: str, connection: BlockingConnection) -> None:
    """Delete one queue."""
    connection.channel().queue_delete(name)


def withdraw_from(account: Account, connection: BlockingConnection) -> None:
    """Delete what a trial has declared."""
    withdraw(connection.channel(), account)


def play(across: Across, collecting: BlockingChannel, trial: Trial) -> list[Observation]:
    """Play one trial, and tell what the broker did with each message.

    Raises NoBroker where a queue went away meanwhile.
    """
    account = Account(queues=dict(across.queues), auto_delete=not trial.topology.unbound)
    across.accounts.append(account)
    across.returned_ends = 0
    nodes = (across.declaring, across.publishing)
    declaring, publishing = (each.connection.channel() for each in nodes)
    refused = None
    try:
        declare(declaring, trial.topology, across, account)
        publish_known(declaring, publishing, trial, across)
        await_ends(collecting, account)
    except ChannelClosedByBroker as error:
        cause = refusal(error.reply_code, error.reply_text, across.declaring.address)
        if not isinstance(cause, Refused):
            raise
        refused = account.operation, error.reply_code
    for channel in (declaring, publishing):
        if channel.is_open:
            channel.close()
    # What declares has lived until here; where the queues are, they have, too.
    withdraw(across.declaring.connection.channel(), account)
    across.require_queues()
    if refused:
        return [Observation({}, 0, refused)] * len(trial.messages)
    return [account.observed(number) for number in range(len(trial.messages))]


def declare(channel: BlockingChannel, topology: Topology, across: Across, account: Account) -> None:
    """Declare what is not common to all trials."""
    for queue in topology.queues:
        if kept(queue) not in across.queues:
            declare_queue(channel, queue, across.prefix, {})
    for exchange in topology.exchanges:
        make(channel, exchange, across.prefix, account)
    account.operation = "bind"
    for binding in topology.every_binding:
        make(channel, binding, across.prefix, account)
    account.operation = "publish"


def publish_known(
    declaring: BlockingChannel, publishing: BlockingChannel, trial: Trial, across: Across
) -> None:
    """Publish the messages once the node knows what was declared through the other one."""
    prefix, owner = across.prefix, f"{len(across.accounts) - 1} "
    count_returns(publishing, across.enter_returned)
    await_known(publishing, prefix)
    if trial.topology.unbound:
        for message in trial.messages:
            publish(publishing, message, prefix, message_id=f"{owner}{BEFORE}")
        publishing.basic_qos()  # changes nothing; they have been routed by now
        for binding in trial.topology.unbound:
            unbind(declaring, binding, prefix)
        for binding in trial.topology.bindings:
            bind(declaring, binding, prefix)
        await_known(publishing, prefix)
    publish_all(publishing, trial.messages, across.accounts[-1], prefix, owner)
    publishing.basic_qos()  # changes nothing; what comes back has come by now
    publishing.connection.process_data_events(time_limit=0)
