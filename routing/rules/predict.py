"""Where a message goes, by the rules alone: no broker is asked.

The journey is RabbitMQ's (rabbit_exchange.erl, route): from the exchange that the message is
published to, over bindings and alternate exchanges, each exchange once.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from typing import Final

from routing.amqp.names import PREDECLARED, as_kept, kept
from routing.amqp.notation import write_binding, write_key, write_sent
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Scenario,
    Topology,
    require_kind,
)
from routing.amqp.values import Value
from routing.amqp.versions import (
    LAST_HEADER,
    NEWEST,
    ONE_OF_ITS_QUEUES,
    SHARED_EMPTY_KEY,
    Version,
    version_meant,
)
from routing.rules.matching import RULES
from routing.rules.reasons import Reason
from routing.rules.refusal import (
    Refusal,
    further_keys,
    refuse_declarations,
    refuse_message,
)
from routing.rules.unknown import unknown_of_message, unknown_of_topology
from routing.rules.why import explain

MANY: Final = 64
"""From so many bindings of one exchange on, an index finds those that take a message."""

Finder = Callable[[Message], Sequence[AnyBinding]]
"""Lists the bindings of one exchange that take a message, in the order of declaration."""


@dataclass(frozen=True)
class Verdict:
    """What one binding does with one message.

    message: with the one key that decided, where CC or BCC add keys.
    """

    binding: AnyBinding
    exchange_type: str
    message: Message
    takes: bool
    version: Version

    def __str__(self) -> str:
        """Say what the binding does, and why."""
        asked = write_binding(self.binding, self.exchange_type)
        if not self.takes:
            return f"{asked} leaves it: {self.reason.text}"
        if isinstance(self.binding, Binding):
            return f"{asked} takes it for {write_key(self.binding.queue)}: {self.reason.text}"
        name = write_key(self.binding.destination)
        return f"{asked} hands it to exchange {name}: {self.reason.text}"

    @cached_property
    def reason(self) -> Reason:
        """Why the binding takes the message or leaves it."""
        return explain(self.exchange_type, self.binding, self.message, self.version)


@dataclass  # not frozen: of a million messages each makes one, and freezing doubles the time
class Visit:
    """What becomes of a message at one exchange.

    bindings: all that the exchange has, in the order of declaration.
    takers: those of them that take the message.
    decided: of takers, by id, the message with the key that decided, where CC or BCC add keys.
    message: as the exchange sees it, without BCC, and with its own key.
    alternate: the exchange that gets the message because no binding here takes it.
    """

    exchange: Exchange
    bindings: Sequence[AnyBinding]
    takers: Sequence[AnyBinding]
    decided: Mapping[int, Message]
    message: Message
    version: Version
    alternate: str | None = None

    @cached_property
    def taking(self) -> Sequence[Verdict]:
        """What the bindings that take the message do with it."""
        return [
            Verdict(each, self.exchange.type, message, takes=True, version=self.version)
            for each in self.takers
            for message in [self.decided.get(id(each), self.message)]
        ]

    @cached_property
    def verdicts(self) -> Sequence[Verdict]:
        """What every binding does with the message, those included that leave it."""
        taking = {id(verdict.binding): verdict for verdict in self.taking}
        return [
            taking.get(id(binding))
            or Verdict(binding, self.exchange.type, self.message, takes=False, version=self.version)
            for binding in self.bindings
        ]


@dataclass  # not frozen, either, for the same reason
class Route:
    """Where one message goes, exchange by exchange.

    refusal: what the broker refuses, so that nothing goes anywhere.
    unknown: what would have to be known of the broker for any of this to be decided.
    """

    message: Message
    visits: Sequence[Visit] = ()
    refusal: Refusal | None = None
    unknown: str | None = None

    @property
    def verdicts(self) -> list[Verdict]:
        """What every binding of every exchange on the way does with the message."""
        return [verdict for visit in self.visits for verdict in visit.verdicts]

    @property
    def hits(self) -> list[Verdict]:
        """The bindings that put the message into a queue, in the order of the journey."""
        return [verdict for visit in self.visits for verdict in to_queues(visit)]

    @property
    def copies(self) -> Counter[str]:
        """Copies for each queue: one, however many bindings and paths lead there."""
        return Counter(dict.fromkeys((verdict.binding.destination for verdict in self.hits), 1))

    @property
    def queues(self) -> frozenset[str]:
        """The queues that get a copy."""
        return queues_of(self.visits)

    @property
    def undecided(self) -> str | None:
        """Why this route is not decided, if it is not; its queues then are those that may get one.

        Where it is unknown what is there, or what an exchange does, they are those that get one
        in any case.
        """
        if self.unknown:
            return self.unknown
        for visit in self.visits:
            if is_choice(visit):
                name = write_key(visit.exchange.name)
                return (
                    f"exchange {name} hands each message to one of its {len(destinations(visit))}"
                )
        return None

    def allows(self, got: Set[str]) -> bool:
        """Tell whether just these queues may get a copy, where one of several is chosen."""
        chosen = [visit for visit in self.visits if is_choice(visit)]
        if any(exchanges_onward(visit) for visit in chosen):
            return got <= self.queues
        others = [visit for visit in self.visits if not is_choice(visit)]
        certain = queues_of(others)
        choices = [queues_of([visit]) & got for visit in chosen]
        return any(got == certain.union(choice) for choice in product(*choices))

    @property
    def returned(self) -> bool:
        """Whether nobody takes the message, so that it comes back if it is mandatory."""
        lost = not self.hits and self.refusal is None and self.unknown is None
        return self.message.mandatory and lost

    @property
    def nearest_miss(self) -> Verdict | None:
        """The binding that came closest to taking the message, as far along the way as may be."""
        misses = [
            (verdict.reason.nearness, depth, verdict)
            for depth, visit in enumerate(self.visits)
            for verdict in visit.verdicts
            if not verdict.takes
        ]
        return max(misses, key=lambda miss: miss[:2], default=(0, 0, None))[2]

    @property
    def why(self) -> list[str]:
        """What each binding on the way does with the message, and why; or why it is refused."""
        if self.refusal:
            return [self.refusal.why]
        if self.unknown:
            return [self.unknown]
        return [str(verdict) for verdict in self.verdicts]

    def __repr__(self) -> str:
        """Say where the message goes, what takes it, and what leaves it, the nearest last.

        Where an assertion fails, pytest shows the beginning and the end of this, or with -vv all.
        """
        told = sorted(self.verdicts, key=lambda each: (not each.takes, each.reason.nearness))
        return f"<{'; '.join([str(self), *map(str, told)])}>"

    def __str__(self) -> str:
        """Say where the message goes in a sentence."""
        return f"{write_sent(self.message)}: {self.fate}"

    @property
    def fate(self) -> str:
        """Say what becomes of the message: queues, or returned, or refused and why."""
        if self.refusal:
            return f"refused at {self.refusal.at} with {self.refusal.code}: {self.refusal.why}"
        if self.undecided:
            return f"not decided: {self.undecided}"
        if self.queues:
            return f"arrives in {', '.join(map(write_key, sorted(self.queues)))}"
        nearest = self.nearest_miss
        told = "returned" if self.returned else "dropped"
        return f"{told}, no queue takes it" + (f"; nearest: {nearest}" if nearest else "")


@dataclass(frozen=True)
class Prepared:
    """A topology made ready for many messages, on a RabbitMQ of one version.

    bindings: of each exchange; finders: what gives those of an exchange that take a message.
    refusal: what the broker refuses first among the declarations.
    unknown: what is not known of the broker, and would have to be.
    doubts: of an exchange, why it is not decided what it does with a message that comes to it.
    """

    exchanges: Mapping[str, Exchange]
    bindings: Mapping[str, Sequence[AnyBinding]]
    refusal: Refusal | None
    unknown: str | None
    version: Version
    finders: dict[str, Finder] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)


def prepared(topology: Topology, version: Version) -> Prepared:
    """Bring together what belongs to each exchange."""
    topology = as_kept(topology)
    bindings: dict[str, list[AnyBinding]] = {}
    for binding in topology.bindings:
        bindings.setdefault(binding.source, []).append(binding)
    bindings[DEFAULT_EXCHANGE] = bindings_of(topology, DEFAULT_EXCHANGE)
    if (version.major, version.minor, version.patch) == SHARED_EMPTY_KEY[:3]:
        share_empty_keys(topology, bindings)
    exchanges = {**PREDECLARED, **{exchange.name: exchange for exchange in topology.exchanges}}
    exchanges[DEFAULT_EXCHANGE] = Exchange(DEFAULT_EXCHANGE, "direct")
    refusal = next(refuse_declarations(topology, version), None)
    return Prepared(exchanges, bindings, refusal, unknown_of_topology(topology, version), version)


def share_empty_keys(topology: Topology, bindings: dict[str, list[AnyBinding]]) -> None:
    """Let each topic exchange ask the bindings of all others whose binding key is empty, too."""
    topics = [exchange.name for exchange in topology.exchanges if exchange.type == "topic"]
    empty = [each for name in topics for each in bindings.get(name, ()) if not each.binding_key]
    for name in topics:
        bindings.setdefault(name, []).extend(each for each in empty if each.source != name)


def predict(scenario: Scenario, version: Version = NEWEST) -> list[Route]:
    """Predict the route of each message of a scenario, in order."""
    return routes(scenario, scenario.messages, version)


def routes(topology: Topology, messages: Sequence[Message], version: Version) -> list[Route]:
    """Predict where each of some messages goes."""
    ready = prepared(topology, version)
    return [route_through(ready, message) for message in messages]


def route(topology: Topology, message: Message, version: Version | str = NEWEST) -> Route:
    """Predict where one message goes, on a RabbitMQ of this version, such as "3.10.8".

    Raises BadUse where an argument is of the wrong kind, or the version is none.
    """
    require_kind("route", "topology", topology, (Topology, "a Topology"))
    require_kind("route", "message", message, (Message, "a Message"))
    require_kind("route", "version", version, ((str, Version), "a text such as 3.10.8"))
    followed = version_meant(version) if isinstance(version, str) else version
    return route_through(prepared(topology, followed), message)


def route_through(ready: Prepared, message: Message) -> Route:
    """Predict where one message goes."""
    unknown = ready.unknown or unknown_of_message(message)
    if unknown:
        return Route(message, unknown=unknown)
    refusal = ready.refusal or next(refuse_message(message, ready.exchanges, ready.version), None)
    if refusal:
        return Route(message, refusal=refusal)
    return route_along(ready, message, with_each_key(message, ready.version))


def route_along(ready: Prepared, message: Message, keyed: Sequence[Message]) -> Route:
    """Follow a message that nothing refuses, as exchanges see it with each of its keys."""
    decided, doubts = [], []
    for at in journey(ready, keyed):
        if at.exchange.name in ready.doubts:
            doubts.append(ready.doubts[at.exchange.name])
        else:
            decided.append(at)
    return Route(message, decided, unknown=doubts[0] if doubts else None)


def journey(ready: Prepared, keyed: Sequence[Message]) -> Iterator[Visit]:
    """Visit every exchange that a message, given with each of its keys, reaches, each once."""
    waiting, seen = [keyed[0].exchange], {keyed[0].exchange, DEFAULT_EXCHANGE}
    for name in waiting:
        at = visit(ready, ready.exchanges[name], keyed)
        yield at
        for onward in exchanges_onward(at):
            if onward in ready.exchanges and onward not in seen:
                seen.add(onward)
                waiting.append(onward)


def is_choice(at: Visit) -> bool:
    """Tell whether the message goes to one of several."""
    return at.exchange.type in ONE_OF_ITS_QUEUES and len(destinations(at)) > 1


def to_queues(at: Visit) -> list[Verdict]:
    """List what puts the message into a queue."""
    return [verdict for verdict in at.taking if isinstance(verdict.binding, Binding)]


def queues_of(visits: Sequence[Visit]) -> frozenset[str]:
    """Name the queues that get the message at these exchanges."""
    takers = [taker for at in visits for taker in at.takers]
    return frozenset([taker.queue for taker in takers if isinstance(taker, Binding)])


def destinations(at: Visit) -> set[tuple[bool, str]]:
    """Name the queues and exchanges that take the message, each with which of the two it is."""
    return {(isinstance(each, Binding), each.destination) for each in at.takers}


def exchanges_onward(at: Visit) -> list[str]:
    """List the exchanges that get the message next."""
    bound = [each.destination for each in at.takers if isinstance(each, ExchangeBinding)]
    return bound if at.alternate is None else [at.alternate]


def visit(ready: Prepared, exchange: Exchange, keyed: Sequence[Message]) -> Visit:
    """Hold a message, with each of its keys, against the bindings of one exchange."""
    if exchange.name in ready.doubts:
        return Visit(exchange, (), (), {}, keyed[0], ready.version)
    bindings = ready.bindings.get(exchange.name, ())
    takers, decided = found(ready, exchange, bindings, keyed)
    alternate = None if takers else exchange.alternate
    return Visit(exchange, bindings, takers, decided, keyed[0], ready.version, alternate)


def found(
    ready: Prepared, exchange: Exchange, bindings: Sequence[AnyBinding], keyed: Sequence[Message]
) -> tuple[Sequence[AnyBinding], Mapping[int, Message]]:
    """Find the bindings that take a message, and of several keys the first that fits each."""
    if exchange.name not in ready.finders:
        ready.finders[exchange.name] = finder(exchange, bindings, ready.version)
    find = ready.finders[exchange.name]
    if len(keyed) == 1:
        return find(keyed[0]), {}
    first: dict[int, Message] = {}
    for message in keyed:
        for binding in find(message):
            first.setdefault(id(binding), message)
    return [binding for binding in bindings if id(binding) in first], first


def finder(exchange: Exchange, bindings: Sequence[AnyBinding], version: Version) -> Finder:
    """Give what finds the bindings that take a message: few are asked one by one."""
    kind = exchange.type if exchange.type in RULES else "fanout"  # all that are bound come into it
    if len(bindings) >= MANY:
        from routing.rules.index import index  # lessons have no use for it

        return index(kind, bindings, version).matching
    rule = RULES[kind]
    return lambda message: [each for each in bindings if rule(each, message, version)]


def with_each_key(message: Message, version: Version) -> list[Message]:
    """Give the message once for its own key, and once for each that CC and BCC add.

    The exchanges see CC among the headers, but not BCC, which is removed before routing.
    """
    if message.headers is None:
        return [message]
    seen = replace(message, headers=visible(message.headers, version))
    return [seen, *(replace(seen, routing_key=key) for key in further_keys(message))]


def visible(headers: Mapping[str, Value], version: Version) -> dict[str, Value]:
    """Give the headers as an exchange sees them: without the first BCC, each name once."""
    pairs = without_bcc(headers)
    return dict(pairs if version >= LAST_HEADER else reversed(pairs))


def without_bcc(headers: Mapping[str, Value]) -> list[tuple[str, Value]]:
    """List the headers without the first BCC, which is taken away when a message is published."""
    pairs = list(headers.items())
    hidden = next((pair for pair in pairs if pair[0] == "BCC"), None)
    return [pair for pair in pairs if pair is not hidden]


def bindings_of(topology: Topology, exchange: str) -> list[AnyBinding]:
    """List the bindings of an exchange, those of the default exchange included."""
    if exchange == DEFAULT_EXCHANGE:
        named = filter(None, topology.queues)  # without a name, nobody knows which it has got
        return [Binding(DEFAULT_EXCHANGE, queue, binding_key=kept(queue)) for queue in named]
    return [each for each in topology.bindings if kept(each.source) == kept(exchange)]
