"""Is every branch of the rules taken by a case of which brokers told the outcome?"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Final

import pytest
from coverage import Coverage
from dying import DEAD_LETTERS, held

from routing.amqp.topology import Observation, Scenario
from routing.amqp.versions import TRIED, Version
from routing.files.cases import Case
from routing.files.lines import only_cases, read_file
from routing.rules import predict
from routing.rules.compare import Row, compare, unplayed
from routing.rules.predict import Route, route
from routing.rules.trace import trace

ROOT: Final = Path(__file__).parents[2]
CASES: Final = [
    case
    for file in sorted((ROOT / "tests/vectors").glob("*.jsonl"))
    for case in only_cases(read_file(str(file)))
]
RULES: Final = [
    file
    for file in sorted((ROOT / "routing/rules").glob("[a-z]*.py"))
    if file.stem
    not in (
        "cost",
        "frames",
        "hops",
        "life",
        "loaded",
        "policies",
        "staying",
        "suspicious",
        "validity",
    )
]
"""What decides a route and explains it; validity and suspicious ask how a lesson is written, cost
how long a broker takes; loaded and policies ask what a file makes of a broker, and no case is such
a file; staying asks what is left when everything goes; life and hops ask what comes after a route,
of which a case of dead letters tells a step; frames are of cases too big to be read."""

TOO_BIG = "a case would have 131,072 bytes, and tests/play/test_one_frame.py has them on brokers"

NO_CASE: Final = {
    ("refusal.refuse_exchange", "FRAME_ERROR"): TOO_BIG,
    ("refusal.refuse_binding", "FRAME_ERROR"): TOO_BIG,
    ("refusal.refuse_message", "FRAME_ERROR"): TOO_BIG,
    ("predict.share_empty_keys", ""): "4.3.0 alone does so, which is known by source",
    ("predict.prepared", "share_empty_keys"): "the same",
    ("predict.visit", "return Visit(exchange, ()"): "only what was loaded from a file is in doubt",
    ("predict.route_along", "doubts.append"): "the same",
    ("predict.bindings_of", "kept(each.source)"): "who shows a topology asks, no route",
    ("index.Topic.step", "return reached"): "no case asks so much that nothing more is remembered",
    ("index.Topic.ending", "return numbers"): "the same",
    ("refusal.refuse_message", "body"): "a case has no body",
    ("refusal.Refusal.closes_channel", ""): "whoever plays many at once asks",
    ("dead_letters.unknowns_of_death", "yield"): "what was not tried is in no case",
    ("dead_letters.dies", "undecided"): "the same",
    ("dead_letters.arrives", "return []"): "the same",
    ("queue_arguments.wrong_in", "yield"): "tried, and in no case of dead letters",
    ("queue_arguments.write_onward", ""): "who shows a queue asks",
    ("queue_arguments.place_of", ""): "the same",
    ("compare.Row.agrees", "return True"): "a route that is decided, and deaths that are not",
    ("compare.Row.rests_as_predicted", ""): "a case holds a route alone",
    ("compare.counted", ""): "the same",
    ("compare.expected", ""): "who shows a scenario asks",
    ("compare.rows_of", ""): "the same",
    ("unknown.unknowns", "direct reply-to"): "no end of its messages could be waited for",
}
"""Functions, and what stands in a line of them, to which no case can come, and why."""


def asked_of(case: Case) -> Sequence[Version]:
    """Choose versions: the newest, and all where they differ."""
    return TRIED if len(case.outcomes) > 1 else TRIED[:1]


def seen(case: Case, version: Version) -> Observation:
    """Give what a broker did."""
    outcome = case.outcome(version)
    assert outcome
    nobody = not outcome.queues and not outcome.refusal
    returned = int(nobody and case.message.mandatory)
    return Observation(dict.fromkeys(outcome.queues, 1), returned, outcome.refusal)


def explained(case: Case, version: Version) -> Route:
    """Predict a route, and have it explained in every way."""
    found = route(case.topology, case.message, version)
    assert repr(found)
    assert len(trace(found, case.topology)) == len(found.visits)
    assert found.why or not found.verdicts
    assert all(row.agrees for row in unplayed([found]))
    return found


def by_scenario(case: Case, version: Version) -> Route:
    """Predict the same message twice, so that the second one finds all prepared."""
    parts: Mapping[str, Any] = vars(case.topology)
    twice = Scenario(name="twice", lesson="", messages=[case.message] * 2, **parts)
    first, second = predict.predict(twice, version)
    assert first == second
    return second


def rows(ask: Any) -> Iterator[Row]:
    """Ask for every case, and hold it against what was recorded."""
    for case in CASES:
        for version in asked_of(case):
            yield from compare([ask(case, version)], [seen(case, version)])


def measured(monkeypatch: pytest.MonkeyPatch, report: Path) -> Mapping[str, Any]:
    """Ask for every case, with and without the index, and give what was run of each file."""
    coverage = Coverage(data_file=None, branch=True, include=[*map(str, RULES)], config_file=False)
    with coverage.collect():
        agree = [row.agrees for row in rows(explained)]
        monkeypatch.setattr(predict, "MANY", 0)
        agree += [row.agrees for row in rows(by_scenario)]
        for case, version in product(DEAD_LETTERS, TRIED):
            held(case, version)
    assert all(agree)
    coverage.json_report(outfile=str(report))
    files = json.loads(report.read_text())["files"]
    return {Path(file).stem: told["functions"] for file, told in files.items()}


def untaken(file: Path, functions: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Give each branch that was not taken: its function, where it leads, and both in words."""
    lines = file.read_text(encoding="utf-8").splitlines()
    for name, ran in functions.items():
        function = f"{file.stem}.{name}"
        at = f"{file.relative_to(ROOT)}:{{}} {name}: no case"
        if name and ran["missing_lines"] and not ran["executed_lines"]:
            yield function, "", f"{at.format(min(ran['missing_lines']))} calls it"
        elif name:
            for start, to in ran["missing_branches"]:
                leads = lines[to - 1].strip() if to > 0 else "its end"
                yield function, leads, f"{at.format(start)} goes on to {leads}"


def test_is_every_branch_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By a case on some version, asked one by one and by index; but for what is listed."""
    functions = measured(monkeypatch, tmp_path / "report.json")
    assert functions.keys() == {file.stem for file in RULES}
    excused: set[tuple[str, str]] = set()
    untold = []
    for file in RULES:
        for function, leads, said in untaken(file, functions[file.stem]):
            reasons = {(f, part) for f, part in NO_CASE if f == function and part in leads}
            excused |= reasons
            untold += [] if reasons else [said]
    assert untold == []
    assert dict.fromkeys(NO_CASE.keys() - excused, "is taken by now") == {}
