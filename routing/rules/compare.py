"""What was predicted, held against what the broker did."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from routing.amqp.topology import Message, Observation, Resting, Scenario, Topology
from routing.amqp.versions import NEWEST, Version
from routing.rules.life import Life, lives
from routing.rules.predict import Route, routes


@dataclass(frozen=True)
class Row:
    """One message: its predicted route, and what a broker did with it.

    number: counted from 1 within the scenario.
    observed: None where no broker was asked.
    life: what comes after the route, where messages die in queues.
    """

    number: int
    route: Route
    observed: Observation | None = None
    life: Life | None = None

    @property
    def copies(self) -> Counter[str]:
        """The copies that are expected in each queue: where messages die, those that rest there."""
        return Counter(self.life.queues) if self.life else self.route.copies

    @property
    def undecided(self) -> str | None:
        """Why it is not decided what becomes of the message, if it is not."""
        return self.route.undecided or (self.life.undecided if self.life else None)

    @property
    def agrees(self) -> bool:
        """Whether the broker did just what was predicted, counted copy by copy."""
        if self.observed is None:
            return True
        if self.route.undecided:
            return self.is_possible(self.observed)
        if self.undecided:
            return True
        refusal = self.route.refusal and (self.route.refusal.at, self.route.refusal.code)
        return (
            self.copies == {q: n for q, n in self.observed.copies.items() if n}
            and self.observed.returned == int(self.route.returned)
            and self.observed.refusal == refusal
            and (not self.life or self.rests_as_predicted(self.life, self.observed))
        )

    @staticmethod
    def rests_as_predicted(life: Life, observed: Observation) -> bool:
        """Whether each copy rests with the key and the headers that were predicted."""
        return counted(life.consumed) == counted(observed.resting)

    def is_possible(self, observed: Observation) -> bool:
        """Whether the broker did one of the things that are possible, where one is not decided."""
        if self.route.unknown:
            return True
        got = {queue: copies for queue, copies in observed.copies.items() if copies}
        came_back = int(self.route.message.mandatory and not got)
        return (
            observed.refusal is None
            and self.route.allows(got.keys())
            and all(copies == 1 for copies in got.values())
            and observed.returned == came_back
        )


def counted(copies: Iterable[tuple[int, Resting]]) -> Counter[str]:
    """Count copies, whatever their order."""
    return Counter(json.dumps([place, vars(each)], sort_keys=True) for place, each in copies)


def expected(scenario: Scenario, version: Version = NEWEST) -> list[Row]:
    """Predict what becomes of each message of a scenario: its route, or its whole life."""
    return rows_of(scenario, scenario.messages, version)


def rows_of(topology: Topology, messages: Sequence[Message], version: Version) -> list[Row]:
    """Predict what becomes of some messages that are published one after another."""
    if topology.is_deadly:
        told = lives(topology, messages, version)
        return [Row(number, each.route, life=each) for number, each in enumerate(told, 1)]
    return unplayed(routes(topology, messages, version))


def beside(rows: Sequence[Row], observations: Sequence[Observation]) -> list[Row]:
    """Put beside each message what the broker did with it."""
    return [replace(row, observed=each) for row, each in zip(rows, observations, strict=True)]


def compare(routes: Sequence[Route], observations: Sequence[Observation]) -> list[Row]:
    """Put each message's route beside what the broker did with that message."""
    return beside(unplayed(routes), observations)


def unplayed(routes: Sequence[Route]) -> list[Row]:
    """Give numbers to routes that no broker was asked about."""
    return [Row(number, route) for number, route in enumerate(routes, 1)]
