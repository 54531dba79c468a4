"""The picture of a source: every exchange, queue, binding, alternate and dead-letter exchange."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from routing.amqp.names import PREDECLARED, as_kept
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Exchange, Topology
from routing.amqp.versions import Version
from routing.files.source import Source
from routing.pictures.draw.lit import Lit, Way, way_of
from routing.pictures.draw.marked import Marked, marked
from routing.pictures.draw.picture import (
    ALTERNATE,
    DEAD,
    OPEN,
    WRONG,
    Arrow,
    Kind,
    Label,
    Node,
    Picture,
    Place,
    exchange,
)
from routing.rules.policies import Doubtful
from routing.rules.predict import bindings_of
from routing.rules.queue_arguments import EXCHANGE, KEY, text_in
from routing.view.declared import MOST_NAMED

UNKNOWN: Final = "type unknown"

Found = tuple[Kind, Way, str, str]
"""Of which kind a way is, the way, its mark, and the key that it is known by, if it has one."""


@dataclass(frozen=True)
class Drawing:
    """A source while it is drawn."""

    source: Source
    version: Version
    marks: Marked
    lit: Lit

    @cached_property
    def topology(self) -> Topology:
        """The topology under the names that a broker keeps."""
        return as_kept(self.source.topology)

    @cached_property
    def exchanges(self) -> Mapping[str, Exchange]:
        """All that there are; what is always there stays as it is."""
        first = {each.name: each for each in reversed(self.topology.exchanges)}
        found = first | dict(self.source.loaded(self.version).ready.exchanges)
        order = [*(each.name for each in self.topology.exchanges), *found]
        return {name: found[name] for name in order}

    @cached_property
    def given(self) -> Mapping[str, list[Exchange]]:
        """The exchanges of each name, as they are named in the source, or are always there."""
        found = defaultdict(list, {name: [each] for name, each in PREDECLARED.items()})
        both = zip(self.source.topology.exchanges, self.topology.exchanges, strict=True)
        for given, each in both:
            found[each.name].append(given)
        return found

    @cached_property
    def queues(self) -> frozenset[str]:
        """The names of all queues."""
        return frozenset(self.topology.queues)

    @cached_property
    def dead(self) -> list[tuple[str, str, str | None]]:
        """Each queue that hands on what dies in it, the exchange, and the key if it sets one."""
        found = []
        for given, queue in zip(self.source.topology.queues, self.topology.queues, strict=True):
            try:
                arguments = self.source.arguments_in_force(given)
            except Doubtful as doubt:
                self.marks.whys[f"{OPEN} queue {write_key(queue)}: {doubt.why}"] = None
                continue
            onward = text_in(arguments, EXCHANGE)
            if onward is not None:
                found.append((queue, onward, text_in(arguments, KEY)))
        return found

    @cached_property
    def ways(self) -> list[Found]:
        """All that leads from one place to another."""
        others = [*self.by_bindings(), *self.by_alternates(), *self.by_dead_letters()]
        ends = {place for _, (start, end, _), *_ in others for place in (start, end)}
        return [*self.by_default(exchange(DEFAULT_EXCHANGE) in ends), *others]

    def by_default(self, is_end: bool) -> Iterator[Found]:  # noqa: FBT001 - the one thing to know
        """Give the bindings of the default exchange, where that is used; of many, those in use."""
        sent = {each.message.exchange for each in self.source.messages}
        named = {key for _, onward, key in self.dead if onward == DEFAULT_EXCHANGE}
        named |= {end for (_, start), (_, end), _ in self.lit.ways if start == DEFAULT_EXCHANGE}
        bindings = bindings_of(self.topology, DEFAULT_EXCHANGE)
        used = is_end or named or DEFAULT_EXCHANGE in {*sent, *self.names_given}
        few = len(bindings) <= MOST_NAMED
        for each in bindings if used else ():
            if few or each.destination in named:
                yield "binding", way_of(each, "direct"), "", each.binding_key

    @property
    def names_given(self) -> Iterator[str]:
        """Name the exchanges of bindings, and the one that the message is published to."""
        yield from (binding.source for binding in self.topology.bindings)
        yield from (name for noun, name in self.lit.places if noun == "exchange")

    def by_bindings(self) -> Iterator[Found]:
        """Give the bindings, as they are named in the source."""
        both = zip(self.source.topology.bindings, self.topology.bindings, strict=True)
        for given, binding in both:
            if binding.source != DEFAULT_EXCHANGE:
                mark = self.marks.mark("binding", given)
                yield "binding", self.way(binding), mark, binding.binding_key

    def way(self, binding: AnyBinding) -> Way:
        """Give the way of a binding."""
        source = self.exchanges.get(binding.source)
        return way_of(binding, source.type if source else UNKNOWN)

    def by_alternates(self) -> Iterator[Found]:
        """Give the alternates of exchanges."""
        for each in self.exchanges.values():
            if each.alternate is not None:
                way = exchange(each.name), exchange(each.alternate), ALTERNATE
                yield "alternate", way, "", ""

    def by_dead_letters(self) -> Iterator[Found]:
        """Give where queues hand on what dies in them."""
        for queue, onward, key in self.dead:
            text = DEAD if key is None else f"{DEAD} with key {write_key(key)}"
            yield "dead letters", (("queue", queue), exchange(onward), text), "", ""

    def arrows(self) -> Iterator[Arrow]:
        """Put together what leads from one box to another in one way; what is the same, once."""
        found: dict[tuple[Place, Place, Kind], dict[tuple[str, str], Label]] = {}
        for kind, way, mark, key in self.ways:
            start, end, text = way
            labels = found.setdefault((start, end, kind), {})
            labels.setdefault((text, key), Label(text, mark, self.lit.ways.get(way)))
        for (start, end, kind), labels in found.items():
            yield Arrow(start, end, kind, [*labels.values()])

    def nodes(self) -> Iterator[Node]:
        """Make the boxes: what is always there and used, what is declared, and what is lacking."""
        ends = {place for _, (start, end, _), *_ in self.ways for place in (start, end)}
        ends |= self.lit.places
        sent = {each.message.exchange for each in self.source.messages}
        always = [DEFAULT_EXCHANGE, *PREDECLARED]
        used = [name for name in always if name in sent or exchange(name) in ends]
        names = dict.fromkeys([*used, *(name for name in self.exchanges if name not in always)])
        declared = [exchange(name) for name in names]
        declared += [("queue", name) for name in self.topology.queues]
        lacking = sorted(ends - {*declared})
        yield from map(self.node, dict.fromkeys([*declared, *lacking]))

    def node(self, place: Place) -> Node:
        """Make one box."""
        noun, name = place
        title = write_exchange(name) if noun == "exchange" else write_key(name)
        made = Node(place, title, self.kind(place), lit=place in self.lit.places)
        return replace(made, marks=[*filter(None, self.marks_of(place))])

    def kind(self, place: Place) -> str:
        """Say what a box is."""
        noun, name = place
        if noun == "queue":
            return noun
        if name == DEFAULT_EXCHANGE:
            return "direct, by queue name"
        found = self.exchanges.get(name)
        if found is None:
            return noun
        internal = ", internal" if found.internal else ""
        return f"{found.type if self.given[name] else UNKNOWN}{internal}"

    def marks_of(self, place: Place) -> Iterator[str]:
        """Say what is to be known of a box."""
        noun, name = place
        if name not in (self.exchanges if noun == "exchange" else self.queues):
            yield f"{WRONG} not there"
        elif noun == "queue":
            yield self.marks.mark(noun, name)
        else:
            yield from (self.marks.mark(noun, each) for each in self.given[name])
            yield from self.marks.doubt(name)


def drawn(source: Source, version: Version, lit: Lit | None = None) -> Picture:
    """Draw a source as a RabbitMQ of this version has it, with the way of a message if there is."""
    drawing = Drawing(source, version, marked(source, version), lit or Lit())
    nodes, arrows = [*drawing.nodes()], [*drawing.arrows()]
    notes = drawing.marks.notes or ["nothing is declared"] * (not nodes)
    title = f"{source.shown}: exchanges, queues and bindings"
    sent = drawing.lit
    return Picture(title, nodes, arrows, notes, sent.message, sent.fate)
