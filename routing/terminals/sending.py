"""One message sent to what several programs share: predicted, published, compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from shlex import quote
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.amqp.topology import DEFAULT_EXCHANGE, MOST_BYTES, Message, Scenario, Topology
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.broker.advice import advice
from routing.rules.dead_letters import arrives
from routing.rules.hops import Hop, Queues, hops
from routing.rules.predict import Route, predict, prepared
from routing.rules.validity import MOST_NAME_BYTES, accept, require_known, validate
from routing.terminals.leases import consumers_of
from routing.terminals.shared import Names, Shared, send, taken_back, tell_returned

MOST_NAMED: Final = 8
"""With more queues than this, a sentence names the nearest alone."""


@dataclass(frozen=True)
class Sent:
    """A message that was published, where it must have gone, and whether it came back.

    consumers: how many take from each queue.
    came_back: the broker's words, or None where it took the message.
    untaken: why no queue takes it, where that is so.
    alone: whether it was sent to one queue, and not into a scenario.
    replaced: how many messages an older version had left, which are deleted; None for nothing.
    deaths: that may follow, where messages die in queues.
    """

    route: Route
    topology: Scenario
    consumers: Mapping[str, int]
    came_back: str | None
    untaken: str
    alone: bool = False
    replaced: int | None = None
    deaths: Sequence[Hop] = ()

    @property
    def agrees(self) -> bool:
        """Whether it came back just where that was predicted."""
        return self.route.returned == (self.came_back is not None)


def send_alone(scenario: Scenario, message: Message, names: Names, broker: Broker) -> Sent:
    """Publish one message to a queue that somebody else declares, or nobody."""
    queue = message.routing_key
    consumers = consumers_of(broker, names.prefix + queue)
    there = replace(scenario, queues=[] if consumers is None else [queue])
    route = routed(there, message, broker)
    came_back = send(broker.connection.channel(), message, names.prefix)
    untaken = (
        f"nobody declared the queue {write_key(queue)}, so start {receiver_of(queue, names)} "
        "first; which queues there are, RabbitMQ's page tells"
    )
    return Sent(route, there, {queue: consumers or 0}, came_back, untaken, alone=True)


def receiver_of(queue: str, names: Names) -> str:
    """Spell the command that declares one queue, and receives from it."""
    class_name = names.prefix.removesuffix(".")
    return advice(
        f"receive QUEUE={quote(queue)}" + f" CLASS={class_name}" * bool(class_name),
        f"receive {quote(queue)}" + f" --class {class_name}" * bool(class_name),
    )


def send_into(scenario: Scenario, message: Message, names: Names, broker: Broker) -> Sent:
    """Publish one message to a scenario's shared topology, which is declared before."""
    route = routed(scenario, message, broker)
    shared = Shared(broker, broker.connection.channel(), scenario, names)
    with taken_back(shared):
        shared.declare()
        came_back = send(broker.connection.channel(), message, names.prefix)
        if came_back is not None:
            tell_returned(broker, names, message)
        shared.leave_messages()
    untaken = "no binding leads it to a queue"
    deaths = deaths_after(scenario, route, broker.followed) if scenario.is_deadly else ()
    return Sent(
        route,
        scenario,
        shared.consumers,
        came_back,
        untaken,
        replaced=shared.replaced,
        deaths=deaths,
    )


def deaths_after(topology: Topology, route: Route, version: Version) -> list[Hop]:
    """List each death that a message can die where it arrives, and those that can follow."""
    queues = Queues(prepared(topology, version), topology.queue_arguments)
    return list(hops(queues, arrives(route, version)))


def routed(scenario: Scenario, message: Message, broker: Broker) -> Route:
    """Predict where a message goes on this broker's version.

    Raises BadUse where the broker would refuse it.
    """
    version = broker.followed
    played = replace(scenario, messages=[message])
    accept(played, version)
    return predict(played, version)[0]


def entry_of(scenario: Scenario) -> str:
    """Name the exchange that a scenario's messages are published to: that of its first."""
    if scenario.messages:
        return scenario.messages[0].exchange
    return scenario.exchanges[0].name if scenario.exchanges else DEFAULT_EXCHANGE


def queue_alone(queue: str, example: str, class_name: str | None = None) -> Scenario:
    """Make a topology of one queue, as in hello world.

    example: what can be typed.  class_name: goes before the name, and so leaves less room for it.
    Raises BadUse where its name cannot be one.
    """
    if not queue:
        raise BadUse(f"Which queue? Name one, or the scenario that it is of: {example}.")
    alone = Scenario(name=queue, lesson="", queues=[queue])
    validate(alone, longest_name(class_name))
    return alone


def longest_name(class_name: str | None) -> int:
    """Tell how many bytes the name of a queue alone may have: all, where nothing goes before it."""
    return MOST_BYTES if class_name is None else MOST_NAME_BYTES


def require_queue(scenario: Scenario, queue: str) -> None:
    """Require a queue that a scenario has; BadUse names all of them, unless they are many."""
    place, queues = f"Scenario {scenario.name}", scenario.queues
    known = f"Its queues are {', '.join(map(write_key, queues)) or 'none'}."
    if not queue:
        raise BadUse(f"{place}: which queue? {known}")
    try:
        require_known(place, "queue", queue, queues)
    except BadUse as error:
        guessed = str(error).endswith("?") and len(queues) <= MOST_NAMED
        raise BadUse(f"{error} {known}" if guessed else str(error)) from None
