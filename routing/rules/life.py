"""The whole life of a message: its route, each death in order, and where its copies come to rest.

A consumer takes each copy out of a queue at once, or rejects it where a scenario says so.  A queue
with a time to live or a length has none: what lies there expires, or makes room for what comes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from routing.amqp.json_value import table_as_json
from routing.amqp.notation import write_key
from routing.amqp.topology import Message, Resting, Topology
from routing.amqp.versions import Version
from routing.rules.dead_letters import Copy, Death, arrives, dies
from routing.rules.predict import Prepared, Route, prepared, route_through
from routing.rules.queue_arguments import (
    LENGTHS,
    OVERFLOW,
    TTL,
    Arguments,
    number_in,
    text_in,
)

PATIENCE: Final = 3
"""A consumer that rejected a message so often, as x-death tells it, gives up and keeps it."""

MOST_DEATHS: Final = 30
"""A message that dies more often goes round for ever, by all that is known."""

Placed: TypeAlias = tuple[int, Copy]
"""A copy, and the place of its message among those that are published."""


@dataclass(frozen=True)
class Life:
    """What happens once a message is published.

    place: of the message among those that are published.
    deaths: in their order, each with the place of its message: an earlier one may make room.
    resting: the copies that come to rest.
    undecided: why that is not decided.
    """

    place: int
    route: Route
    deaths: Sequence[tuple[int, Death]]
    resting: Sequence[Placed]
    undecided: str | None = None

    @property
    def queues(self) -> list[str]:
        """The queues in which the message itself comes to rest."""
        return [copy.queue for place, copy in self.resting if place == self.place]

    @property
    def consumed(self) -> list[tuple[int, Resting]]:
        """The copies that come to rest as a consumer gets them, each with its message's place."""
        return [(place, as_consumed(copy)) for place, copy in self.resting]

    @property
    def own_deaths(self) -> list[Death]:
        """Those of the message itself; others made room for it."""
        return [each for place, each in self.deaths if place == self.place]

    @property
    def passed(self) -> frozenset[str]:
        """The queues in which it dies."""
        return frozenset(each.copy.queue for each in self.own_deaths)


@dataclass(frozen=True)
class Deadly:
    """Queues in which messages die, and what lies in those that have a length."""

    ready: Prepared
    topology: Topology
    lying: dict[str, list[Placed]] = field(default_factory=dict)

    def arguments(self, queue: str) -> Arguments:
        """Give the arguments of a queue."""
        return self.topology.queue_arguments.get(queue, {})


def deadly(topology: Topology, version: Version) -> Deadly:
    """Make a topology ready, with nothing in its queues yet."""
    return Deadly(prepared(topology, version), topology)


def lives(topology: Topology, messages: Sequence[Message], version: Version) -> list[Life]:
    """Predict what happens as messages are published, each once all has come of the one before."""
    queues = deadly(topology, version)
    told: list[Life] = []
    for place, message in enumerate(messages):
        route = route_through(queues.ready, message)
        doubt = told[-1].undecided if told else None  # of what may still come in the way
        now = Life(place, route, (), (), doubt) if doubt else life(queues, place, route)
        told.append(now)
    return told


def life(queues: Deadly, place: int, route: Route, expiration: str | None = None) -> Life:
    """Follow all copies of a message, and those that make room for them."""
    copies = arrives(route, queues.ready.version, expiration)
    moving: list[Placed] = [(place, copy) for copy in copies]
    deaths: list[tuple[int, Death]] = []
    resting: list[Placed] = []
    filled: list[str] = []
    for each in moving:  # to which copies are added
        stays, dying = entered(queues, each)
        resting += stays
        for (of, copy), reason in dying:
            death = dies(queues.ready, queues.topology.queue_arguments, copy, reason)
            deaths.append((of, death))
            moving += [(of, further) for further in death.copies]
        filled += [each[1].queue] * has_room(queues.topology, each[1].queue)
        if doubt := next(doubts_of(deaths, filled), None):
            return Life(place, route, deaths, resting, doubt)
    return Life(place, route, deaths, resting, route.undecided)


def doubts_of(deaths: Sequence[tuple[int, Death]], filled: Sequence[str]) -> Iterator[str]:
    """Say what is not known of what has happened so far; filled: the queues that keep some."""
    yield from filter(None, (death.undecided for _, death in deaths))
    if len(deaths) >= MOST_DEATHS:
        yield f"it has died {MOST_DEATHS} times by then, and goes round for ever"
    if len({*filled}) < len(filled):
        yield f"two copies come to queue {write_key(filled[-1])} at once, which keeps the last"


def entered(queues: Deadly, placed: Placed) -> tuple[list[Placed], list[tuple[Placed, str]]]:
    """Let a copy come to a queue, and give what rests there now, and what dies, with the reason."""
    copy, arguments = placed[1], queues.arguments(placed[1].queue)
    if copy.queue in queues.topology.rejecting and not takes_nothing(arguments):
        enough = rejections(copy.deaths, copy.queue) >= PATIENCE
        return ([placed], []) if enough else ([], [(placed, "rejected")])
    if TTL in arguments:
        return [], [(placed, "expired")]
    most = number_in(arguments, LENGTHS[0])
    if most is None:
        return [placed], []
    lying = queues.lying.setdefault(copy.queue, [])
    lying.append(placed)
    if len(lying) <= most:
        return [placed], []
    gone = lying.pop(-1 if newest_goes(arguments) else 0)
    return [placed] * (gone is not placed), [(gone, "maxlen")]


def takes_nothing(arguments: Arguments) -> bool:
    """Tell whether all that comes dies at once, as too much, before any consumer could get it.

    With another x-overflow, a consumer that waits gets it though there is room for none.
    """
    return newest_goes(arguments) and number_in(arguments, LENGTHS[0]) == 0


def newest_goes(arguments: Arguments) -> bool:
    """Tell whether of too many it is the newest that dies, and not the oldest."""
    return text_in(arguments, OVERFLOW) == "reject-publish-dlx"


def keeps(topology: Topology, queue: str) -> bool:
    """Tell whether no consumer takes what comes to a queue, unless one rejects it."""
    arguments = topology.queue_arguments.get(queue, {})
    return TTL in arguments or LENGTHS[0] in arguments


def has_room(topology: Topology, queue: str) -> bool:
    """Tell whether some of what comes to such a queue may lie there."""
    return bool(number_in(topology.queue_arguments.get(queue, {}), LENGTHS[0]))


def rejections(deaths: Sequence[Mapping[str, object]], queue: str) -> int:
    """Tell how often a message was rejected in a queue, as x-death has it."""
    counts = (
        e.get("count") for e in deaths if (e.get("queue"), e.get("reason")) == (queue, "rejected")
    )
    return next((count for count in counts if isinstance(count, int)), 0)


def as_consumed(copy: Copy) -> Resting:
    """Give a copy as a consumer gets it."""
    headers = table_as_json(copy.headers or {})
    return Resting(copy.queue, copy.exchange, copy.routing_key, headers)
