"""Routing cases held against the model, and against a broker."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from routing.amqp.errors import BadUse, Lost
from routing.amqp.names import kept
from routing.amqp.topology import DEFAULT_EXCHANGE, Message, Observation, Topology
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.check.differing import reasons
from routing.check.expected import Expectation
from routing.check.playable import obstacle, uses_real_names
from routing.files.cases import (
    Case,
    Outcome,
    outcome_of,
    seen_in,
    write_observed,
    write_outcome,
)
from routing.files.lines import Fault
from routing.play.play import play_refusable
from routing.play.together import MOST_TOGETHER, Trial, can_be_beside, play_each
from routing.rules.compare import Row
from routing.rules.cost import MOST_VISITS, cost, tries
from routing.rules.predict import Route

MOST_SAID: Final = 200
"""So many letters of what went wrong are told."""


@dataclass(frozen=True)
class Checked:
    """One case: what its file says, what the model predicts, and what a broker did.

    recorded: None where the file does not say what a version did that is between two of its own.
    observed: None where no broker was asked.
    unplayed: why one that was to be asked was not.
    """

    case: Case
    recorded: Outcome | None
    route: Route
    observed: Observation | None = None
    unplayed: str | None = None

    @property
    def predicted(self) -> Outcome:
        """What the model predicts, in the form of the file."""
        return outcome_of(self.route)

    @property
    def agrees(self) -> bool:
        """Whether file, model and broker all say the same, as far as the model says anything.

        Where it does not, the broker alone says whether an expectation is met.
        """
        played = Row(1, self.route, self.observed).agrees
        if self.recorded and self.observed and self.route.undecided and self.is_expected:
            return played and seen_in(self.observed) == self.recorded
        if self.recorded is None or self.route.unknown:
            return played
        if self.route.undecided:
            recorded = self.recorded
            return played and not recorded.refusal and self.route.allows({*recorded.queues})
        return played and self.predicted == self.recorded

    @property
    def is_expected(self) -> bool:
        """Whether somebody expects this, and no broker has done it."""
        return isinstance(self.case, Expectation)

    @property
    def is_open(self) -> bool:
        """Whether somebody expects what is not decided, and no broker was asked."""
        expects = self.is_expected and self.recorded is not None and self.observed is None
        return expects and self.route.undecided is not None and self.agrees

    @property
    def why(self) -> list[str]:
        """Why the model says what it says, where the file or the broker says something else."""
        differs = self.recorded if self.recorded != self.predicted else None
        said = differs or (seen_in(self.observed) if self.observed else self.predicted)
        return reasons(self.case, self.route, said)


def check(cases: Sequence[Case], version: Version) -> list[Checked]:
    """Predict each case as a RabbitMQ of this version routes it; no broker is asked."""
    return [Checked(case, case.outcome(version), case.route(version)) for case in cases]


def check_on_broker(
    cases: Sequence[Case], version: Version, broker: Broker
) -> Iterator[tuple[Checked, int]]:
    """Play the cases as well; yield each with its place, those of one topology together.

    Raises NoBroker where the broker goes away.
    """
    checked = check(cases, version)
    playable = []
    for place, case in enumerate(cases):
        if isinstance(case, Expectation) and checked[place].route.unknown:
            yield checked[place], place  # what it is about is left out of what is declared
        elif reason := obstacle(case, own=broker.own):
            yield replace(checked[place], unplayed=reason), place
        else:
            playable.append(place)
    groups = by_topology([cases[place] for place in playable])
    for together in in_rounds(cases, [[playable[number] for number in group] for group in groups]):
        asked = [[checked[each] for each in places] for places in together]
        for places, group in zip(together, played_together(asked, broker), strict=True):
            yield from zip(group, places, strict=True)


def in_rounds(cases: Sequence[Case], groups: Sequence[list[int]]) -> Iterator[list[list[int]]]:
    """Bring together groups of cases that have the same queues, and cost no more than one may."""
    rounds: dict[frozenset[str], list[list[int]]] = {}
    spent: Counter[frozenset[str]] = Counter()
    for places in groups:
        topology = cases[places[0]].topology
        queues, among = frozenset(map(kept, topology.queues)), tries(topology)
        costs = sum(cost(among, cases[place].message) for place in places)
        if len(rounds.get(queues, ())) == MOST_TOGETHER or spent[queues] + costs > MOST_VISITS:
            yield rounds.pop(queues, [])
            spent[queues] = 0
        rounds.setdefault(queues, []).append(places)
        spent[queues] += costs
    yield from rounds.values()


def played_together(
    groups: Sequence[Sequence[Checked]], broker: Broker
) -> Sequence[Sequence[Checked]]:
    """Play groups of cases at once, or one after another where something is wrong with one.

    Raises NoBroker where the broker does not work any longer.
    """
    trials = [Trial(each[0].case.topology, [c.case.message for c in each]) for each in groups]
    beside = [
        can_be_beside(trial, [each.route for each in group])
        and not any(uses_real_names(each.case) for each in group)
        for trial, group in zip(trials, groups, strict=True)
    ]
    try:
        observations = play_each(broker, trials, beside)
    except (BadUse, Lost):
        return [played(group, broker) for group in groups]
    return [
        [replace(each, observed=seen) for each, seen in zip(*pair, strict=True)]
        for pair in zip(groups, observations, strict=True)
    ]


def played(group: Sequence[Checked], broker: Broker) -> list[Checked]:
    """Play cases with the same declarations; one over which the connection breaks is not played.

    Raises NoBroker where the broker does not work any longer.
    """
    messages = [each.case.message for each in group]
    try:
        observations = play_refusable(broker, group[0].case.topology, messages)
    except (BadUse, Lost) as error:
        if len(group) > 1:
            return [checked for each in group for checked in played([each], broker)]
        require_working(broker)
        said = "the broker broke off over it" if isinstance(error, Lost) else str(error)
        return [replace(group[0], unplayed=" ".join(said.split())[:MOST_SAID])]
    pairs = zip(group, observations, strict=True)
    return [replace(checked, observed=observed) for checked, observed in pairs]


def require_working(broker: Broker) -> None:
    """Require that the broker routes a plain message; raises NoBroker where it does not."""
    play_refusable(broker, Topology(queues=["q"]), [Message(DEFAULT_EXCHANGE, "q")])


def by_topology(cases: Sequence[Case]) -> list[list[int]]:
    """Bring together the places of cases whose declarations are the same, to declare them once.

    They are apart where a broker would be busy for too long with all of them.
    """
    places: dict[str, list[int]] = {}
    for place, case in enumerate(cases):
        places.setdefault(repr(case.topology), []).append(place)
    return [batch for group in places.values() for batch in batches(cases, group)]


def batches(cases: Sequence[Case], group: Sequence[int]) -> Iterator[list[int]]:
    """Split the places of cases of one topology, so that none costs more than one case may."""
    among = tries(cases[group[0]].topology)
    batch: list[int] = []
    spent = 0
    for place in group:
        costs = cost(among, cases[place].message)
        if batch and spent + costs > MOST_VISITS:
            yield batch
            batch, spent = [], 0
        batch.append(place)
        spent += costs
    yield batch


def unplayed(results: Sequence[Checked]) -> list[Fault]:
    """Tell which cases were to be played, and were not."""
    return [
        Fault(each.case.place, f"not played: {each.unplayed}") for each in results if each.unplayed
    ]


def as_json(results: Sequence[Checked], faults: Sequence[Fault], followed: str) -> dict[str, Any]:
    """Give the results in a form that machines read."""
    bad = [checked for checked in results if not checked.agrees]
    return {
        "followed": followed,
        "cases": len(results),
        "agree": len(results) - len(bad),
        "not recorded": sum(checked.recorded is None for checked in results),
        "not expected": sum(not checked.case.outcomes for checked in results),
        "not decided": sum(checked.route.undecided is not None for checked in results),
        "disagreements": [
            {
                "id": checked.case.id,
                "recorded": checked.recorded and write_outcome(checked.recorded),
                "predicted": write_outcome(checked.predicted),
                "observed": write_observed(checked.observed),
                "why": checked.why,
            }
            for checked in bad
        ],
        "faults": [
            {"file": fault.place.file, "line": fault.place.line, "fault": fault.text}
            for fault in faults
        ],
    }
