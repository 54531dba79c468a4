"""What can come from an exchange to a queue, as one question about all messages.

Each binding on a way there is asked, and the bits of those that take a message tell whether it
arrives: by going the ways, as RabbitMQ does (rabbit_exchange.erl, route).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import reduce
from operator import or_

from routing.amqp.topology import AnyBinding
from routing.analysis.bound import Bound, Doubt, NotDecided
from routing.analysis.messages import Asked, Class, Messages
from routing.analysis.net import Net, Place, place_of


@dataclass(frozen=True)
class Ways:
    """All ways from an exchange to some places.

    places: that count.
    asked: the bindings that count, numbered from the first bit that was free.
    edges: of each exchange, the bits of the bindings to each place that it leads to.
    unbound: of an exchange whose alternate leads on, the bits of all its bindings, and that.
    """

    entry: str
    places: Set[Place]
    asked: Sequence[Asked]
    edges: Mapping[str, Sequence[tuple[int, Place]]]
    unbound: Mapping[str, tuple[int, str]]

    @property
    def is_direct(self) -> bool:
        """Whether every binding leads to one of the places at once, and nothing else does."""
        return self.edges.keys() <= {self.entry}

    def classes_arriving(self, messages: Messages, bound: Bound) -> Iterator[Class]:
        """Give classes of messages that come to one of the places.

        Where each binding leads there at once, those with more headers than it asks for are left
        out, as they come there, too.
        messages: of these bindings, and perhaps of others behind them.
        Raises NotDecided where there are too many.
        """
        if not self.is_direct:
            yield from (each for each in messages.classes(bound) if self.arriving(each.taking))
            return
        for number in range(len(self.asked)):
            least = messages.least(bound, 1 << number)
            yield from (each for each in least if self.arriving(each.taking))

    def arriving(self, taking: int) -> Set[Place]:
        """Give those of the places to which a message comes that these bindings take."""
        return self.places & self.visited(taking)

    def visited(self, taking: int, *, by_alternates: bool = True) -> Set[Place]:
        """Give all places to which a message comes that these bindings take."""
        waiting: list[Place] = [(False, self.entry)]
        seen = {*waiting}
        for is_queue, name in waiting:
            if is_queue:
                continue
            reached = [place for bits, place in self.edges.get(name, ()) if taking & bits]
            if by_alternates and name in self.unbound and not taking & self.unbound[name][0]:
                reached.append((False, self.unbound[name][1]))
            waiting += [place for place in dict.fromkeys(reached) if place not in seen]
            seen.update(reached)
        return seen

    def bringing(self, place: Place, taking: int) -> int:
        """Give the bits of those bindings that bring a message to a place, but for alternates."""
        seen = self.visited(taking, by_alternates=False)
        there = (
            bits
            for name, found in self.edges.items()
            if (False, name) in seen
            for bits, leads_to in found
            if leads_to == place
        )
        return taking & reduce(or_, there, 0)


def ways(net: Net, entry: str, places: Iterable[Place], first: int = 0) -> Ways:
    """Find all ways from an exchange to some places.

    first: the number of the first bit that is free.
    Raises NotDecided where it is not decided what an exchange on one of them does.
    """
    bound, wanted = Bound(), {*places}
    on_the_way = {name for place in wanted for name in net.leading_to(place)}
    counts = wanted | {(False, name) for name in on_the_way}
    asked: list[Asked] = []
    edges: dict[str, dict[Place, int]] = {}
    unbound: dict[str, tuple[int, str]] = {}
    waiting = dict.fromkeys([entry] if entry in on_the_way else [])
    while waiting:
        bound.look()
        name, _ = waiting.popitem()
        edges[name] = {}
        alternate = net.alternates.get(name)
        handed_on, whole = (False, alternate) in counts, 0
        for binding in asked_at(net, name, None if handed_on else counts):
            bit = 1 << first + len(asked)
            whole |= bit
            asked.append(net.asking(name, binding))
            place = place_of(binding)
            edges[name][place] = edges[name].get(place, 0) | bit
        further = [each for is_queue, each in edges[name] if not is_queue]
        if alternate and handed_on:
            unbound[name] = (whole, alternate)
            further.append(alternate)
        new = (each for each in further if each in on_the_way and each not in edges)
        waiting |= dict.fromkeys(new)
    kept = {name: [(bits, place) for place, bits in each.items()] for name, each in edges.items()}
    return Ways(entry, wanted, asked, kept, unbound)


def asked_at(net: Net, exchange: str, places: Set[Place] | None) -> Iterator[AnyBinding]:
    """List the bindings of an exchange that lead to some places, or without these, all of them.

    Raises NotDecided where it is not decided what they do.
    """
    if why := net.doubt(exchange):
        raise Doubt(why)
    for binding in net.onward.get(exchange, ()):
        if places is None or place_of(binding) in places:
            if net.ready.exchanges[exchange].type == "headers":
                require_no_keys(binding)
            yield binding


def require_no_keys(binding: AnyBinding) -> None:
    """Raise NotDecided where a binding asks for a header that adds keys to a message."""
    for name in ("CC", "BCC"):
        if name in binding.arguments:
            raise NotDecided(f"a binding asks for the header {name}, which adds routing keys")


def any_reaches(net: Net, entry: str, places: Iterable[Place]) -> bool:
    """Tell whether any message that is sent to an exchange comes to one of some places.

    Raises NotDecided where that cannot be told.
    """
    found = ways(net, entry, places)
    return any(True for _ in found.classes_arriving(Messages(found.asked), Bound()))


def reached_from_any(net: Net, entries: Iterable[str], place: Place) -> bool:
    """Tell whether any message that is sent to one of some exchanges comes to a place.

    Raises NotDecided where none is known to, and of one it cannot be told.
    """
    undecided: NotDecided | None = None
    for entry in entries:
        try:
            if any_reaches(net, entry, [place]):
                return True
        except NotDecided as why:
            undecided = why
    if undecided:
        raise undecided
    return False
