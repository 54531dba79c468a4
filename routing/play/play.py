"""Messages played on a real broker: declared, published, collected, and taken away again."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.errors import Failed, Lost, Refused
from routing.amqp.topology import Message, Observation, Topology
from routing.broker import Broker, reopened
from routing.broker.broken import translated
from routing.broker.connection import close, undo
from routing.broker.find import connected, once_more
from routing.play.account import BEFORE, Account
from routing.play.collect import await_ends, collect, publish, publish_all
from routing.play.declare import bind, make, new_prefix, unbind, withdraw
from routing.play.resting import Rest
from routing.rules.life import lives
from routing.rules.predict import routes
from routing.rules.refusal import DROPPED
from routing.rules.validity import require_few_queues


def play(
    broker: Broker, topology: Topology, messages: Sequence[Message], prefix: str | None = None
) -> list[Observation]:
    """Play messages through a topology and tell, message by message, what the broker did.

    prefix: goes before every name on the broker; by default one that no other run has.
    Raises Refused where the broker does not accept an operation, NoBroker where it goes away,
    BadUse where there are too many queues.
    """
    return run(broker, topology, messages, prefix or new_prefix(), Account())


def play_refusable(
    broker: Broker, topology: Topology, messages: Sequence[Message]
) -> list[Observation]:
    """Play as above, but take what the broker refuses for an observation, too.

    A refusal may have closed the broker's connection before; then another one is opened.
    Raises NoBroker where the broker goes away.
    """
    try:
        with reopened(broker) as opened:
            return refusable(opened, topology, messages)
    except Lost:  # which a connection may be that was idle for long
        pass
    with once_more(broker) as fresh:
        return refusable(fresh, topology, messages, dropped=True)


def refusable(
    broker: Broker, topology: Topology, messages: Sequence[Message], *, dropped: bool = False
) -> list[Observation]:
    """Play on this connection.

    dropped: whether the loss of the connection is taken for a refusal, if the broker still answers.
    Raises Lost where it is not.
    """
    account = Account()
    try:
        return run(broker, topology, messages, new_prefix(), account)
    except (Refused, Failed) as refused:
        if isinstance(refused, Failed) and not may_end(refused.code, broker, topology, messages):
            raise
        if len(messages) > 1 and account.operation == "publish":
            return [play_refusable(broker, topology, [each])[0] for each in messages]
        code = refused.code
    except Lost:
        if not dropped or not may_end(DROPPED, broker, topology, messages):
            raise
        with connected(broker.url, broker.origin):
            code = DROPPED  # it is there, and answers
    return [Observation({}, 0, (account.operation, code))] * len(messages)


def may_end(code: int, broker: Broker, topology: Topology, messages: Sequence[Message]) -> bool:
    """Tell whether the end of a connection with this code may be over what is played.

    Where nothing like it is predicted, the broker does not work, and tells nothing of any route.
    """
    return any(
        route.undecided is not None or (route.refusal is not None and route.refusal.code == code)
        for route in routes(topology, messages, broker.followed)
    )


def run(
    broker: Broker, topology: Topology, messages: Sequence[Message], prefix: str, account: Account
) -> list[Observation]:
    """Declare, publish, collect, take all of it away again, and tell what came of each message."""
    require_few_queues(topology)
    with translated(broker.address), declared(broker, topology, prefix, account) as channel:
        if topology.is_deadly:
            return until_at_rest(Rest(channel, topology, account, prefix), messages, broker)
        collect(channel, account)
        detour(channel, topology, messages, prefix)
        publish_all(channel, messages, account, prefix)
        channel.basic_qos()  # changes nothing; a message that was refused is told by now
        await_ends(channel, account)
    return [account.observed(number) for number in range(len(messages))]


def until_at_rest(rest: Rest, messages: Sequence[Message], broker: Broker) -> list[Observation]:
    """Publish messages that may die in queues, each once all has come of the one before."""
    rest.listen()
    predicted = lives(rest.topology, messages, broker.followed)
    return [rest.publish(each, life) for each, life in zip(messages, predicted, strict=True)]


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
        withdraw(channel, account)
        channel.close()  # ends the consumers, and with its last consumer an auto-delete queue
    except ChannelClosedByBroker:
        with closing_channel(broker.connection.channel()) as other:
            withdraw(other, account)
        raise
    except BaseException:
        # What cut this short, Ctrl-C say, may have left the connection in the middle of a frame.
        close(broker.connection)  # and the exclusive queues with it
        undo(broker.nodes, lambda connection: withdraw(connection.channel(), account))
        raise


@contextmanager
def closing_channel(channel: BlockingChannel) -> Iterator[BlockingChannel]:
    """Close a channel in the end."""
    yield channel
    channel.close()


def declare(channel: BlockingChannel, topology: Topology, prefix: str, account: Account) -> None:
    """Declare queues, exchanges and bindings, under names that no other run uses.

    Queues are exclusive and all is auto-delete, so that a run that is killed leaves nothing; only
    where bindings are taken away, an exchange must not go with the last of these.
    """
    account.auto_delete = not topology.unbound
    account.queue_arguments = topology.queue_arguments
    for queue in topology.queues:
        make(channel, queue, prefix, account)
    for exchange in topology.exchanges:
        make(channel, exchange, prefix, account)
    account.operation = "bind"
    for binding in topology.every_binding:
        make(channel, binding, prefix, account)
    account.operation = "publish"


def detour(
    channel: BlockingChannel,
    topology: Topology,
    messages: Sequence[Message],
    prefix: str,
    owner: str = "",
) -> None:
    """Let messages pass while bindings are there that are then taken away, and do not count them.

    What is left is made again, as some of it may have been among these.
    owner: goes before every message_id, where several topologies are played at once.
    """
    if not topology.unbound:
        return
    for message in messages:
        publish(channel, message, prefix, message_id=f"{owner}{BEFORE}")
    for binding in topology.unbound:
        unbind(channel, binding, prefix)
    for binding in topology.bindings:
        bind(channel, binding, prefix)
