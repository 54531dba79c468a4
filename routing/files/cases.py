"""Recorded cases as JSON Lines: a topology, one message, and what a broker did with it.

tests/vectors/README.md tells the form.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, get_args

from routing.amqp.errors import BadUse
from routing.amqp.json_form import message_as_json, read_message, read_topology, topology_as_json
from routing.amqp.json_parts import MOST_SHOWN, brief, require_known, short, take, within
from routing.amqp.notation import write_key
from routing.amqp.topology import Message, Observation, Resting, Scenario, Topology
from routing.amqp.versions import TRIED, Version, parse_version
from routing.rules.compare import Row
from routing.rules.dead_letters import Death
from routing.rules.life import Life, as_consumed
from routing.rules.predict import Route, route
from routing.rules.refusal import Operation

OF_CASE: Final = (
    "id",
    "source",
    "note",
    "exchanges",
    "queues",
    "bindings",
    "unbound",
    "publish",
    "outcome",
)
WRITTEN_BESIDE: Final = ("predicted", "observed", "agrees", "changes", "why", "deaths", "undecided")
"""The entries that a case may have: those that are read, a remark, and what commands write."""

OPERATIONS: Final = get_args(Operation)


class Place(NamedTuple):
    """Where a case stands, or something that is none.

    line: counted from 1; 0 where it is not known.
    """

    file: str
    line: int

    def __str__(self) -> str:
        """Write it for a reader."""
        return f"{write_key(self.file)}, line {self.line}" if self.line else write_key(self.file)


NOWHERE: Final = Place("", 0)


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message: the queues that get a copy, sorted, or the refusal.

    refusal: ("declare", "bind" or "publish", reply code), or None.
    """

    queues: tuple[str, ...] = ()
    refusal: tuple[str, int] | None = None


@dataclass(frozen=True)
class Case:
    """One line: what is declared, what is published, and what came of it, by version.

    place: of no file where it was not read from one.
    """

    id: str
    topology: Topology
    message: Message
    outcomes: Mapping[Version, Outcome]
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def title(self) -> str:
        """Its id for a reader: on one line, and not too long."""
        return write_key(self.id if len(self.id) <= MOST_SHOWN else self.id[:MOST_SHOWN] + "...")

    def outcome(self, version: Version) -> Outcome | None:
        """Give what was seen on this version, or on the newest one before it.

        None where nothing was, and for a version between two on which not the same was seen, and
        that was not tried.
        """
        if not self.outcomes:
            return None
        before = max((seen for seen in self.outcomes if seen <= version), default=None)
        later = any(seen > version for seen in self.outcomes)
        if before and later and version[:3] not in {before[:3], *(tried[:3] for tried in TRIED)}:
            return None
        return self.outcomes[before or min(self.outcomes)]

    def route(self, version: Version) -> Route:
        """Predict where the message goes."""
        return route(self.topology, self.message, version)


def read_case(case: object, place: Place = NOWHERE) -> Case:
    """Read one case.

    Raises BadUse where something is missing, is unknown, or is not what it should be.
    """
    require_known("a case", case, OF_CASE + WRITTEN_BESIDE)
    if take(case, "deaths", list, []):
        raise BadUse("its message dies in a queue, and a case holds a route alone: demo plays it")
    return Case(
        id=take(case, "id", str),
        topology=read_topology(case),
        message=within("publish", read_message, take(case, "publish", dict)),
        outcomes=read_outcomes(take(case, "outcome", dict)),
        place=place,
    )


def read_outcomes(outcomes: Mapping[str, object]) -> dict[Version, Outcome]:
    """Read what each version did."""
    read: dict[Version, Outcome] = {}
    for text, outcome in outcomes.items():
        version = read_version(text)
        if version in read:
            raise BadUse(f"outcome names {version} twice")
        read[version] = within(f"outcome {version}", read_outcome, outcome)
    if not read:
        raise BadUse("outcome names no version")
    return read


def read_version(text: str) -> Version:
    """Read a version."""
    if len(text) > MOST_SHOWN or not text.isascii():
        raise BadUse(f"{brief(text)} is not a RabbitMQ version")
    return parse_version(text)


def read_outcome(outcome: object) -> Outcome:
    """Read what one version did."""
    require_known("an outcome", outcome, ("queues", "error"))
    queues = [short("a queue", queue) for queue in take(outcome, "queues", list)]
    error = take(outcome, "error", dict, None)
    if len({*queues}) < len(queues):
        raise BadUse("an outcome names a queue twice, but there is one copy at the most")
    return Outcome(tuple(sorted(queues)), None if error is None else read_error(error))


def read_error(error: object) -> tuple[str, int]:
    """Read which operation was refused, and with which code."""
    require_known("an error", error, ("at", "code"))
    at = take(error, "at", str)
    if at not in OPERATIONS:
        raise BadUse(f"at is {brief(at)}, not {', '.join(OPERATIONS)}")
    return at, take(error, "code", int)


def write_case(case: Case) -> str:
    """Write a case as one line."""
    return json.dumps(as_json(case), ensure_ascii=False)


def as_json(case: Case) -> dict[str, Any]:
    """Give a case as what JSON has: objects, lists, texts and numbers."""
    return {
        "id": case.id,
        **topology_as_json(case.topology),
        "publish": message_as_json(case.message),
        "outcome": {str(v): write_outcome(each) for v, each in case.outcomes.items()},
    }


def write_outcome(outcome: Outcome) -> dict[str, Any]:
    """Write what one version did."""
    written: dict[str, Any] = {"queues": list(outcome.queues)}
    if outcome.refusal:
        written["error"] = dict(zip(("at", "code"), outcome.refusal, strict=True))
    return written


def outcome_of(route: Route) -> Outcome:
    """Give what is predicted in the form of a recorded outcome."""
    refusal = route.refusal
    return Outcome(tuple(sorted(route.copies)), (refusal.at, refusal.code) if refusal else None)


def seen_in(observed: Observation) -> Outcome:
    """Give what a broker did in the form of a recorded outcome."""
    queues = sorted(queue for queue, count in observed.copies.items() if count)
    return Outcome(tuple(queues), observed.refusal)


def write_predicted(route: Route) -> dict[str, Any]:
    """Write what is predicted: here with whether the message comes back."""
    return write_outcome(outcome_of(route)) | {"returned": int(route.returned)}


def write_observed(observed: Observation | None) -> dict[str, Any] | None:
    """Write what a broker did: here with the copies counted, and the returns."""
    if observed is None:
        return None
    counted = {"copies": dict(sorted(observed.copies.items())), "returned": observed.returned}
    return write_outcome(seen_in(observed)) | counted


def write_row(scenario: Scenario, row: Row, version: Version) -> dict[str, Any]:
    """Write what came of one message of a scenario: a case that can be read again, and why.

    Without a broker there is no outcome, and so no case.
    """
    observed = row.observed
    outcomes = {version: seen_in(observed)} if observed else {}
    case = Case(f"{scenario.name}-{row.number}", scenario, row.route.message, outcomes)
    written = as_json(case) | {
        "predicted": write_predicted(row.route),
        "observed": write_observed(observed),
        "agrees": row.agrees,
        "why": row.route.why,
    }
    return with_life(written, row.life, observed) if row.life else written


def with_life(written: dict[str, Any], life: Life, observed: Observation | None) -> dict[str, Any]:
    """Add each death, and each copy that rests, with the number of its message."""
    resting = copies_as_json(life.consumed)
    written["predicted"] |= {"queues": sorted(life.queues), "resting": resting}
    if observed:
        written["observed"] |= {"resting": copies_as_json(observed.resting)}
    deaths = [{"message": place + 1} | death_as_json(each) for place, each in life.deaths]
    return written | {"deaths": deaths, "undecided": life.undecided}


def copies_as_json(copies: Sequence[tuple[int, Resting]]) -> list[dict[str, Any]]:
    """Write copies as a consumer gets them."""
    return [{"message": place + 1} | vars(copy) for place, copy in copies]


def death_as_json(death: Death) -> dict[str, Any]:
    """Write a death, and the copies that came of it."""
    return {
        "queue": death.copy.queue,
        "reason": death.reason,
        "told": death.told,
        "copies": [vars(as_consumed(copy)) for copy in death.copies],
        "undecided": death.undecided,
    }
