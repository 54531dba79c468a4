"""What is guessed of a message, held against what the broker did, queue by queue, and why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from routing.amqp.notation import shorten, write_key
from routing.amqp.topology import AnyBinding, Binding, ExchangeBinding, Topology
from routing.rules.compare import Row
from routing.rules.predict import Route, Verdict
from routing.rules.trace import trace

Guess = frozenset[str]
"""The queues that somebody expects a copy in; an empty one expects the message back."""


class Cause(Enum):
    """What decides where no binding does."""

    NO_BINDING = auto()
    NOT_REACHED = auto()
    ALTERNATE = auto()
    DEATH = auto()


@dataclass(frozen=True)
class Clue:
    """One thing that helps to tell why a queue got a message or not.

    verdict: what a binding on the way does; None where no binding is to be told of.
    cause: what else it is about then.
    """

    text: str
    verdict: Verdict | None = None
    cause: Cause = Cause.NO_BINDING

    @property
    def takes(self) -> bool:
        """Whether a binding takes the message."""
        return self.verdict is not None and self.verdict.takes


@dataclass(frozen=True)
class Judged:
    """What one queue got, what was guessed of it, and why.

    guessed: None where nobody guessed.
    """

    queue: str
    copies: int
    guessed: bool | None
    clues: Sequence[Clue]

    @property
    def right(self) -> bool:
        """Whether the guess, if there was one, holds for this queue."""
        return self.guessed in (None, self.copies > 0)

    @property
    def deciding(self) -> Clue:
        """The binding that brought the copy, or the one that came nearest to it."""
        direct = [clue for clue in self.clues if brings(clue, self.queue)]
        if self.copies:
            return next((clue for clue in direct if clue.takes), self.clues[0])
        return max(direct, key=nearness, default=self.clues[-1])

    @property
    def telling(self) -> Sequence[Clue]:
        """All that helps where the guess was wrong, elsewhere what decided."""
        if not self.right:
            return [clue for clue in self.clues if clue.takes or not (clue.verdict and self.copies)]
        hits = [clue for clue in self.clues if clue.takes and brings(clue, self.queue)]
        return hits if self.copies and hits else [self.deciding]


def brings(clue: Clue, queue: str) -> bool:
    """Tell whether a clue is about a binding that leads right to this queue."""
    binding = clue.verdict.binding if clue.verdict else None
    return isinstance(binding, Binding) and binding.queue == queue


def nearness(clue: Clue) -> float:
    """Measure how near a binding came to taking the message."""
    return clue.verdict.reason.nearness if clue.verdict else 0


def judge(row: Row, guess: Guess | None, topology: Topology) -> list[Judged]:
    """Hold a guess against what arrived, queue by queue."""
    copies = row.observed.copies if row.observed else row.copies
    return [
        Judged(
            queue,
            copies.get(queue, 0),
            None if guess is None else queue in guess,
            clues_of(queue, row, topology),
        )
        for queue in topology.queues
    ]


def clues_of(queue: str, row: Row, topology: Topology) -> list[Clue]:
    """Tell of one queue what was on the way to it, or where messages die, what happened in it."""
    if row.life is None:
        return clues(queue, row.route, topology)
    deaths = row.life.own_deaths
    there = dict.fromkeys(each.reason for each in deaths if each.copy.queue == queue)
    if there and not row.copies[queue]:
        return [Clue(f"it dies there: {reason}", cause=Cause.DEATH) for reason in there]
    onward = [each.route for each in deaths if each.route]
    led = [route for route in onward if queue in route.copies]
    way = way_to(queue, topology)
    along = led[-1:] or [row.route, *onward[-1:]]
    found = [clue for route in along for clue in clues_on(way, queue, route, topology)]
    return found or clues(queue, row.route, topology)


def clues(queue: str, route: Route, topology: Topology) -> list[Clue]:
    """Tell of one queue what every binding on the way to it does with the message."""
    way = way_to(queue, topology)
    bound = " or ".join(
        shorten(write_key(each), 60) for each in exchanges_bound_to(queue, topology)
    )
    return list(clues_on(way, queue, route, topology)) or [
        Clue(f"the message does not get to exchange {bound}", cause=Cause.NOT_REACHED)
        if way
        else Clue("no binding leads to this queue")
    ]


def clues_on(
    way: Sequence[str | None], queue: str, route: Route, topology: Topology
) -> Iterator[Clue]:
    """Go along a route, and tell what concerns one queue."""
    for station in trace(route, topology):
        for reasoned in station.reasons:
            binding = reasoned.verdict.binding
            ends = [queue] if isinstance(binding, Binding) else way
            if binding.destination in ends:
                yield Clue(reasoned.text, reasoned.verdict)
        if station.visit.exchange.alternate in way:
            yield from (Clue(note, cause=Cause.ALTERNATE) for note in station.notes)


def way_to(queue: str, topology: Topology) -> list[str]:
    """List the exchanges over which a queue can be reached, the nearest first."""
    way = exchanges_bound_to(queue, topology)
    for name in way:
        before = [
            *(each.source for each in topology.bindings if leads_to_exchange(each, name)),
            *(each.name for each in topology.exchanges if each.alternate == name),
        ]
        way += [each for each in dict.fromkeys(before) if each not in way]
    return way


def exchanges_bound_to(queue: str, topology: Topology) -> list[str]:
    """List the exchanges with a binding to a queue."""
    bound = [each for each in topology.bindings if isinstance(each, Binding)]
    return list(dict.fromkeys(each.exchange for each in bound if each.queue == queue))


def leads_to_exchange(binding: AnyBinding, name: str) -> bool:
    """Tell whether a binding leads to the exchange of that name."""
    return isinstance(binding, ExchangeBinding) and binding.destination == name
