"""What differs between two topologies: for which messages, and what made it.

Only what was changed is looked at: a message that no changed binding takes goes where it went.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from operator import neg
from typing import Final, Literal

from routing.amqp.notation import write_key
from routing.amqp.topology import AnyBinding, Exchange, Message
from routing.analysis.asks import Asks, asks
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.messages import Asked, Messages, size_of
from routing.analysis.net import Net, Place, place_of
from routing.analysis.ways import Ways, ways
from routing.rules.matching import RULES
from routing.rules.predict import Prepared, Route, route_through

Relation = Literal[
    "the same",
    "takes more",
    "takes less",
    "otherwise",
    "new",
    "gone",
    "internal",
    "not decided",
]

RELATIONS: Final[Mapping[tuple[bool, bool], Relation]] = {
    (False, False): "the same",
    (True, False): "takes more",
    (False, True): "takes less",
    (True, True): "otherwise",
}
"""How it is called where queues get more than before, and less."""

Delta = tuple[str, bool]
"""A queue, and whether it gets what it did not get before; or else the other way round."""


@dataclass(frozen=True)
class Change:
    """Messages whose queues change, told by a small one of them.

    before, after: the queues that get it.
    removed, added: the bindings that made it.
    exchanges: those of another type or alternate that did, each as it was and as it is.
    meant: by which of what was to change it is one of those, as bits.
    """

    message: Message
    before: Set[str]
    after: Set[str]
    removed: Sequence[AnyBinding]
    added: Sequence[AnyBinding]
    exchanges: Sequence[tuple[Exchange | None, Exchange | None]]
    meant: int = 0

    @property
    def deltas(self) -> Set[Delta]:
        """Each queue that gets it no longer, or now."""
        gone = {(queue, False) for queue in self.before - self.after}
        return gone | {(queue, True) for queue in self.after - self.before}


@dataclass(frozen=True)
class Difference:
    """What differs for the messages that are published to one exchange.

    changes: as few as name every queue that changes.
    undecided: why something of it is not decided.
    """

    exchange: str
    relation: Relation
    changes: Sequence[Change] = ()
    undecided: Sequence[str] = ()


@dataclass(frozen=True)
class Two:
    """Two topologies, each on a RabbitMQ, and what is meant to differ.

    meant: bindings of an exchange that is not there, which take what is meant to change.
    dead: exchanges to which dead letters go, also where no producer can publish.
    """

    old: Net
    new: Net
    meant: Sequence[Asked] = ()
    dead: Collection[str] = ()

    @cached_property
    def sides(self) -> Sequence[Mapping[tuple[str, Place], Set[Asks]]]:
        """What the bindings from each exchange to each place ask, in both."""
        found: list[dict[tuple[str, Place], set[Asks]]] = []
        for net in (self.old, self.new):
            edges: dict[tuple[str, Place], set[Asks]] = {}
            for each in net.asked:
                edges.setdefault((each.exchange, place_of(each.binding)), set()).add(
                    self.asks(each)
                )
            found.append(edges)
        return found

    @cached_property
    def changed_edges(self) -> Collection[tuple[str, Place]]:
        """From which exchange to which place other bindings lead."""
        old, new = self.sides
        return [edge for edge in {**old, **new} if old.get(edge) != new.get(edge)]

    @cached_property
    def changed_exchanges(self) -> Collection[str]:
        """The exchanges of another type or alternate."""
        names = {**self.old.ready.exchanges, **self.new.ready.exchanges}
        return [
            name for name in names if shape(self.old.ready, name) != shape(self.new.ready, name)
        ]

    def is_changed(self, each: Asked, side: int) -> bool:
        """Tell whether a binding of one side is not on the other one."""
        edge = each.exchange, place_of(each.binding)
        return self.asks(each) not in self.sides[1 - side].get(edge, ())

    def asks(self, each: Asked) -> Asks:
        """Write what a binding asks for, so that it can be held against one of the other side."""
        by_version = self.old.ready.version != self.new.ready.version
        return asks(each.exchange_type, each.binding, each.version, by_version=by_version)


def shape(ready: Prepared, name: str) -> tuple[object, ...]:
    """Give what an exchange is, apart from its bindings."""
    exchange = ready.exchanges.get(name)
    if not exchange:
        return ()
    more = None if exchange.type in RULES else repr(exchange.arguments)
    return exchange.type, exchange.alternate, exchange.internal, more


def differences(two: Two) -> Iterator[Difference]:
    """Tell for every exchange that a producer can publish to what differs, in their order."""
    affected = affected_queues(two)
    entries = dict.fromkeys([*two.old.entries, *two.new.entries])
    for name in dict.fromkeys([*two.old.ready.exchanges, *two.new.ready.exchanges]):
        exchanges = [net.ready.exchanges.get(name) for net in (two.old, two.new)]
        opened = [each is not None and not each.internal for each in exchanges]
        if opened[0] and not opened[1]:
            yield Difference(name, "internal" if exchanges[1] else "gone")
        elif opened[1] and not opened[0]:
            yield Difference(name, "new")
        elif name in entries or (all(exchanges) and name in two.dead):
            yield difference(two, name, affected.get(name, {}))


def affected_queues(two: Two) -> Mapping[str, Mapping[str, None]]:
    """Name for each exchange the queues that may get other messages than before.

    They are those to which something leads that was changed.
    """
    found: dict[str, dict[str, None]] = {}
    for exchange, place in (
        *two.changed_edges,
        *((name, (False, name)) for name in two.changed_exchanges),
    ):
        for net in (two.old, two.new):
            queues = dict.fromkeys(net.queues_after(place))
            if exchange in net.alternates:  # it gets what is not taken any longer
                queues |= dict.fromkeys(net.queues_after((False, net.alternates[exchange])))
            for entry in {exchange, *net.leading_to((False, exchange))}:
                found.setdefault(entry, {}).update(queues)
    return found


def difference(two: Two, exchange: str, queues: Collection[str]) -> Difference:
    """Tell what differs for the messages that are published to one exchange."""
    changes: list[Change] = []
    undecided: list[str] = []
    for queue in queues:
        try:
            changes += changes_for(two, exchange, queue)
        except NotDecided as why:
            undecided.append(f"queue {write_key(queue)}: {why}")
    kept = fewest(changes)
    relation: Relation = "not decided" if undecided and not kept else relation_of(kept)
    return Difference(exchange, relation, kept, undecided)


def changes_for(two: Two, exchange: str, queue: str) -> list[Change]:
    """Find messages that a queue gets no longer, or gets now: a small one of each kind.

    Raises NotDecided where there are too many to look at.
    """
    old = ways(two.old, exchange, [(True, queue)])
    new = ways(two.new, exchange, [(True, queue)], len(old.asked))
    messages, bound = Messages([*old.asked, *new.asked, *two.meant]), Bound()
    first_meant = len(old.asked) + len(new.asked)
    found: dict[tuple[bool, int], Message] = {}
    least = old.is_direct and new.is_direct and not any(by_headers(each) for each in two.meant)
    for only in changed_bits(two, old, new):
        classes = messages.least if least and only else messages.classes
        for each in classes(bound, only):
            kind = bool(new.arriving(each.taking)), each.taking >> first_meant
            if bool(old.arriving(each.taking)) != kind[0]:
                message = messages.message(each, exchange)
                found[kind] = min(found.get(kind, message), message, key=size_of)
    return [change(two, message, meant) for (_, meant), message in found.items()]


def by_headers(asked: Asked) -> bool:
    """Tell whether a binding asks for headers."""
    return asked.exchange_type == "headers"


def changed_bits(two: Two, old: Ways, new: Ways) -> list[int]:
    """List the bits of the bindings that are on one side alone.

    Where more than bindings was changed on the way, it is 0, which stands for all messages.
    """
    if {*two.changed_exchanges} & {*old.edges, *new.edges}:
        return [0]
    numbered = enumerate([*old.asked, *new.asked])
    return [
        1 << number
        for number, each in numbered
        if two.is_changed(each, side=0 if number < len(old.asked) else 1)
    ]


def change(two: Two, message: Message, meant: int) -> Change:
    """Tell what becomes of a message on both sides, and which bindings made the difference."""
    before, after = (route_through(net.opened, message) for net in (two.old, two.new))
    visited = {at.exchange.name for each in (before, after) for at in each.visits}
    queues = before.queues ^ after.queues
    removed, added = takers_of(two, before, 0, queues), takers_of(two, after, 1, queues)
    exchanges = [
        (two.old.ready.exchanges.get(name), two.new.ready.exchanges.get(name))
        for name in two.changed_exchanges
        if name in visited
    ]
    if not (removed or added or exchanges):  # what went elsewhere before kept it from an alternate
        removed, added = takers_of(two, before, 0), takers_of(two, after, 1)
    return Change(message, before.queues, after.queues, removed, added, exchanges, meant)


def takers_of(
    two: Two, route: Route, side: int, queues: Set[str] | None = None
) -> list[AnyBinding]:
    """List the bindings that take a message, and are on this side alone.

    queues: those to which they lead.
    """
    net = (two.old, two.new)[side]
    return [
        binding
        for at in route.visits
        for binding in at.takers
        if two.is_changed(Asked(binding, at.exchange.name, at.exchange.type, at.version), side)
        and (queues is None or queues & {*net.queues_after(place_of(binding))})
    ]


def fewest(changes: Sequence[Change]) -> list[Change]:
    """Choose changes that name every queue that any of them names, the largest first."""
    chosen: list[Change] = []
    for meant in sorted({each.meant for each in changes}):
        left = [each for each in changes if each.meant == meant]
        told: set[Delta] = set()
        while left:
            best = max(
                left, key=lambda each: (len(each.deltas - told), *map(neg, size_of(each.message)))
            )
            chosen.append(best)
            told |= best.deltas
            left = [each for each in left if each.deltas - told]
    return chosen


def relation_of(changes: Sequence[Change]) -> Relation:
    """Say in a word whether queues get more than before, or less."""
    more, less = (
        any(gets is now for each in changes for _, gets in each.deltas) for now in (True, False)
    )
    return RELATIONS[more, less]
