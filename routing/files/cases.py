"""Recorded cases as JSON Lines: a topology, one message, and what a broker did with it.

tests/vectors/README.md tells the form.
"""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routing.amqp.errors import BadUse
from routing.amqp.json_form import (
    message_as_json,
    of_kind,
    read_message,
    read_topology,
    take,
    topology_as_json,
)
from routing.amqp.topology import Message, Observation, Scenario, Topology
from routing.amqp.versions import TRIED, Version, parse_version
from routing.rules.compare import Row
from routing.rules.predict import Route


@dataclass(frozen=True)
class Outcome:
    """What becomes of a message: the queues that get a copy, sorted, or the refusal.

    refusal: ("declare", "bind" or "publish", reply code), or None.
    """

    queues: tuple[str, ...] = ()
    refusal: tuple[str, int] | None = None


@dataclass(frozen=True)
class Case:
    """One line: what is declared, what is published, and what came of it, by version."""

    id: str
    topology: Topology
    message: Message
    outcomes: Mapping[Version, Outcome]

    def outcome(self, version: Version) -> Outcome | None:
        """Give what was seen on this version, or on the newest one before it.

        None for a version between two on which not the same was seen, and that was not tried.
        """
        before = max((seen for seen in self.outcomes if seen <= version), default=None)
        later = any(seen > version for seen in self.outcomes)
        if before and later and version[:3] not in {before[:3], *(tried[:3] for tried in TRIED)}:
            return None
        return self.outcomes[before or min(self.outcomes)]


def read_file(file: str) -> Iterator[Case]:
    """Read the cases of a file, or with - those of standard input.

    Raises BadUse where that cannot be done.
    """
    try:
        if file == "-" and sys.stdin:
            lines = sys.stdin.read().split("\n")  # only a line feed ends a line
        else:
            lines = Path(file).read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BadUse(
            f"{file} cannot be read ({said}): name a file in the form of cases."
        ) from error
    yield from read_cases(lines, file)


def read_cases(lines: Iterable[str], file: str) -> Iterator[Case]:
    """Read the cases of a file, passing over empty lines.

    Raises BadUse with the number of the line and its fault.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                case = json.loads(line)
                json.dumps(case, ensure_ascii=False).encode()  # half a surrogate pair is no text
                yield read_case(case)
            except (BadUse, ValueError, RecursionError) as fault:
                said = str(fault).rstrip(".")
                raise BadUse(f"{file}, line {number}: {said}; correct the line.") from fault


def read_case(case: object) -> Case:
    """Read one case.

    Raises BadUse where something is missing, or is not what it should be.
    """
    outcomes = take(case, "outcome", dict)
    if not outcomes:
        raise BadUse("outcome names no version")
    return Case(
        id=take(case, "id", str),
        topology=read_topology(case),
        message=read_message(take(case, "publish", dict)),
        outcomes={parse_version(text): read_outcome(each) for text, each in outcomes.items()},
    )


def read_outcome(outcome: object) -> Outcome:
    """Read what one version did."""
    error = take(outcome, "error", dict, None)
    queues = [of_kind("a queue", queue, str) for queue in take(outcome, "queues", list)]
    refusal = (take(error, "at", str), take(error, "code", int)) if error else None
    return Outcome(tuple(sorted(queues)), refusal)


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
    counted = {"copies": dict(observed.copies), "returned": observed.returned}
    return write_outcome(seen_in(observed)) | counted


def write_row(scenario: Scenario, row: Row, version: Version) -> dict[str, Any]:
    """Write what came of one message of a scenario: a case that can be read again, and why.

    Without a broker there is no outcome, and so no case.
    """
    observed = row.observed
    outcomes = {version: seen_in(observed)} if observed else {}
    case = Case(f"{scenario.name}-{row.number}", scenario, row.route.message, outcomes)
    return as_json(case) | {
        "predicted": write_predicted(row.route),
        "observed": write_observed(observed),
        "agrees": row.agrees,
        "why": row.route.why,
    }
