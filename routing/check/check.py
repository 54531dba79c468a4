"""Routing cases held against the model, and against a broker."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from routing.amqp.topology import Observation
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.files.cases import Case, Outcome, outcome_of, write_observed, write_outcome
from routing.play.play import play_refusable
from routing.rules.compare import Row
from routing.rules.predict import Route, route


@dataclass(frozen=True)
class Checked:
    """One case: what its file says, what the model predicts, and what a broker did.

    recorded: None where the file does not say what a version did that is between two of its own.
    observed: None where no broker was asked.
    """

    case: Case
    recorded: Outcome | None
    route: Route
    observed: Observation | None = None

    @property
    def predicted(self) -> Outcome:
        """What the model predicts, in the form of the file."""
        return outcome_of(self.route)

    @property
    def agrees(self) -> bool:
        """Whether file, model and broker all say the same, as far as the model says anything."""
        played = Row(1, self.route, self.observed).agrees
        if self.recorded is None:
            return played
        if self.route.undecided:
            return played and {*self.recorded.queues} <= self.route.queues
        return played and self.predicted == self.recorded


def check(cases: Sequence[Case], version: Version) -> list[Checked]:
    """Predict each case as a RabbitMQ of this version routes it; no broker is asked."""
    return [
        Checked(case, case.outcome(version), route(case.topology, case.message, version))
        for case in cases
    ]


def check_on_broker(
    cases: Sequence[Case], version: Version, broker: Broker
) -> Iterator[tuple[Checked, int]]:
    """Play the cases as well; yield each with its place, those of one topology together.

    Raises NoBroker where the broker goes away.
    """
    checked = check(cases, version)
    for places in by_topology(cases):
        first = cases[places[0]]
        messages = [cases[place].message for place in places]
        observations = play_refusable(broker, first.topology, messages)
        for place, observed in zip(places, observations, strict=True):
            offline = checked[place]
            yield Checked(offline.case, offline.recorded, offline.route, observed), place


def by_topology(cases: Sequence[Case]) -> list[list[int]]:
    """Bring together the places of cases whose declarations are the same, to declare them once."""
    places: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        places.setdefault(repr(case.topology), []).append(place)
    return list(places.values())


def as_json(results: Sequence[Checked], followed: str) -> dict[str, Any]:
    """Give the results in a form that machines read."""
    bad = [checked for checked in results if not checked.agrees]
    return {
        "followed": followed,
        "cases": len(results),
        "agree": len(results) - len(bad),
        "not recorded": sum(checked.recorded is None for checked in results),
        "not decided": sum(checked.route.undecided is not None for checked in results),
        "disagreements": [
            {
                "id": checked.case.id,
                "recorded": checked.recorded and write_outcome(checked.recorded),
                "predicted": write_outcome(checked.predicted),
                "observed": write_observed(checked.observed),
            }
            for checked in bad
        ],
    }
