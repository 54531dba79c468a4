"""What was predicted, held against what the broker did."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.amqp.topology import Observation
from routing.rules.predict import Route


@dataclass(frozen=True)
class Row:
    """One message: its predicted route, and what a broker did with it.

    number: counted from 1 within the scenario.
    observed: None where no broker was asked.
    """

    number: int
    route: Route
    observed: Observation | None = None

    @property
    def agrees(self) -> bool:
        """Whether the broker did just what was predicted, counted copy by copy."""
        if self.observed is None:
            return True
        if self.route.undecided:
            return self.is_possible(self.observed)
        refusal = self.route.refusal and (self.route.refusal.at, self.route.refusal.code)
        return (
            self.route.copies == {q: n for q, n in self.observed.copies.items() if n}
            and self.observed.returned == int(self.route.returned)
            and self.observed.refusal == refusal
        )

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


def compare(routes: Sequence[Route], observations: Sequence[Observation]) -> list[Row]:
    """Put each message's route beside what the broker did with that message."""
    pairs = zip(routes, observations, strict=True)
    return [Row(number, route, observed) for number, (route, observed) in enumerate(pairs, 1)]


def unplayed(routes: Sequence[Route]) -> list[Row]:
    """Give numbers to routes that no broker was asked about."""
    return [Row(number, route) for number, route in enumerate(routes, 1)]
