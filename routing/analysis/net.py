"""Exchanges and queues of one RabbitMQ, and what leads from one to another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from routing.amqp.notation import write_exchange
from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Binding, Message
from routing.analysis.messages import Asked
from routing.rules.matching import RULES
from routing.rules.predict import Prepared, route_through

BROKERS_OWN: Final = "amq.rabbitmq."
"""How the names of exchanges begin to which a broker publishes by itself."""

Place = tuple[bool, str]
"""A queue (True) or an exchange (False), and its name."""


def at_queues(names: Iterable[str]) -> set[Place]:
    """Give the places of queues."""
    return {(True, name) for name in names}


def place_of(binding: AnyBinding) -> Place:
    """Tell where a binding leads."""
    return isinstance(binding, Binding), binding.destination


@dataclass(frozen=True)
class Net:
    """Exchanges and queues of one RabbitMQ, with all that leads from one to the other.

    ready: what a broker has.
    """

    ready: Prepared

    @cached_property
    def onward(self) -> Mapping[str, Sequence[AnyBinding]]:
        """The bindings of each exchange that lead somewhere."""
        return {
            name: [
                each for each in bindings if isinstance(each, Binding) or self.has(each.destination)
            ]
            for name, bindings in self.ready.bindings.items()
            if name in self.ready.exchanges
        }

    @cached_property
    def alternates(self) -> Mapping[str, str]:
        """The alternates that are there, of the exchanges that have one."""
        named = {name: each.alternate for name, each in self.ready.exchanges.items()}
        return {name: each for name, each in named.items() if each and self.has(each)}

    def has(self, exchange: str) -> bool:
        """Tell whether there is an exchange to which another one can hand a message."""
        return exchange != DEFAULT_EXCHANGE and exchange in self.ready.exchanges

    @cached_property
    def before(self) -> Mapping[Place, Set[str]]:
        """The exchanges from which one step leads to a place."""
        found: defaultdict[Place, set[str]] = defaultdict(set)
        for name, bindings in self.onward.items():
            for each in bindings:
                found[place_of(each)].add(name)
        for name, alternate in self.alternates.items():
            found[False, alternate].add(name)
        return found

    @cached_property
    def entries(self) -> Sequence[str]:
        """The exchanges to which a producer can publish, the default exchange first."""
        return [
            name
            for name, each in self.ready.exchanges.items()
            if not each.internal and self.leads_on(name)
        ]

    def leads_on(self, exchange: str) -> bool:
        """Tell whether an exchange hands messages to anything."""
        return bool(self.onward.get(exchange)) or exchange in self.alternates

    @cached_property
    def after(self) -> Mapping[str, Set[Place]]:
        """The places to which one step leads from an exchange."""
        found: defaultdict[str, set[Place]] = defaultdict(set)
        for place, exchanges in self.before.items():
            for exchange in exchanges:
                found[exchange].add(place)
        return found

    @cached_property
    def asked(self) -> Sequence[Asked]:
        """All bindings that lead somewhere, with what is needed to ask them."""
        return [self.asking(name, each) for name, found in self.onward.items() for each in found]

    @cached_property
    def opened(self) -> Prepared:
        """All of it, with internal exchanges to be published to, as a broker does with the dead."""
        exchanges = {n: replace(each, internal=False) for n, each in self.ready.exchanges.items()}
        return replace(self.ready, exchanges=exchanges, finders={})

    def by_key(self, exchange: str, key: str) -> Set[str] | None:
        """Name the queues that get dead letters with a key; None where headers decide, or nothing.

        A broker adds headers to what died.
        """
        route = route_through(self.opened, Message(exchange, key, mandatory=False))
        by_headers = any(at.exchange.type == "headers" for at in route.visits)
        return None if route.undecided or by_headers else route.queues

    def asking(self, exchange: str, binding: AnyBinding) -> Asked:
        """Give a binding with what is needed to ask it."""
        return Asked(binding, exchange, self.ready.exchanges[exchange].type, self.ready.version)

    def queues_after(self, place: Place) -> Sequence[str]:
        """Name the queues to which some way leads from a place, that place included."""
        if place not in self._queues_after:
            self._queues_after[place] = self._found_after(place)
        return self._queues_after[place]

    @cached_property
    def _queues_after(self) -> dict[Place, Sequence[str]]:
        """What was looked for already."""
        return {}

    def _found_after(self, place: Place) -> Sequence[str]:
        """Look for them, going on step by step."""
        waiting, seen = [place], {place}
        for is_queue, name in waiting:
            new = set() if is_queue else self.after.get(name, set()) - seen
            seen |= new
            waiting += sorted(new)
        return [name for is_queue, name in waiting if is_queue]

    def entries_to(self, place: Place) -> list[str]:
        """Name the exchanges from which messages come to a place, but for the default exchange.

        The broker feeds some of its own; of what is not decided, it is not known what feeds it.
        """
        leading = self.leading_to(place) - {DEFAULT_EXCHANGE}
        own = {name for name in leading if self.is_brokers_own(name)}
        return [name for name in self.ready.exchanges if name in leading & {*self.entries, *own}]

    @cached_property
    def bound_exchanges(self) -> Mapping[str, Set[str]]:
        """The exchanges that are bound to each, where there are any."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name, bindings in self.onward.items():
            for each in bindings:
                if not isinstance(each, Binding):
                    found[name].add(each.destination)
        return found

    def exchanges_after(self, exchange: str) -> Set[str]:
        """Name the exchanges to which bindings lead from one, sooner or later."""
        waiting = [exchange]
        seen: set[str] = set()
        for name in waiting:
            new = self.bound_exchanges.get(name, set()) - seen
            seen |= new
            waiting += sorted(new)
        return seen

    def is_brokers_own(self, exchange: str) -> bool:
        """Tell whether messages may come to an exchange that no producer sends."""
        return exchange.startswith(BROKERS_OWN) or self.doubt(exchange) is not None

    def leading_to(self, place: Place) -> Set[str]:
        """Name the exchanges from which some way leads to a place."""
        waiting = [place]
        found: set[str] = set()
        for each in waiting:
            new = self.before.get(each, set()) - found
            found |= new
            waiting += [(False, name) for name in new]
        return found

    def doubt(self, exchange: str) -> str | None:
        """Say why it is not decided what an exchange does, if it is not."""
        if exchange in self.ready.doubts:
            return self.ready.doubts[exchange]
        kind = self.ready.exchanges[exchange].type
        chooses = f"{write_exchange(exchange)} hands each message to one of its queues"
        return None if kind in RULES else chooses
