"""Do the recorded cases hold, offline for each version and live on the broker at hand?"""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import warm

from routing.amqp.topology import Binding, Observation
from routing.amqp.versions import NEWEST, parse_version
from routing.broker import Broker
from routing.broker.several import Alive, at_once
from routing.check.check import Checked, check, check_on_broker
from routing.files.cases import Case, Outcome, read_case, write_case
from routing.files.lines import only_cases, read_file
from routing.rules.compare import Row

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests/vectors").glob("*.jsonl"))
CASES = [case for file in FILES for case in only_cases(read_file(str(file)))]


def test_are_all_recorded_cases_there() -> None:
    """None got lost on the way into the project."""
    assert len(CASES) >= 752
    assert len({case.id for case in CASES}) == len(CASES)


@pytest.mark.parametrize("version", ["3.8.9", "3.10.8", "4.0.5", "4.3.6"])
def test_does_the_model_agree_with_what_each_version_did(version: str) -> None:
    """Every case, on each of the versions that it was seen on."""
    assert [each.case.id for each in check(CASES, parse_version(version)) if not each.agrees] == []


@pytest.mark.long
def test_does_every_broker_agree(brokers: list[Broker]) -> None:
    """Every case, on a real broker: file, model and broker say the same.

    Those that have one outcome for all versions are dealt out to the brokers in turn.
    """

    def dealt(broker: Broker) -> list[Case]:
        turn = [each.version for each in brokers].index(broker.version)
        cases = enumerate(CASES)
        return [c for n, c in cases if len(c.outcomes) > 1 or n % len(brokers) == turn]

    def played(broker: Broker, alive: Alive) -> list[Checked]:
        results = []
        for checked, _ in check_on_broker(dealt(broker), broker.followed, broker):
            alive()
            results.append(checked)
        return results

    own = [replace(broker, origin="a private node") for broker in brokers]
    for broker, results in zip(own, at_once(played, own), strict=True):
        assert len(results) == len(dealt(broker))
        differing = [each.case.id for each in results if not each.agrees]
        assert (broker.version, differing) == (broker.version, [])
        assert all(each.observed for each in results)


def test_is_what_is_written_read_as_the_same() -> None:
    """A case that is written and read again has the same types and values everywhere."""
    for case in CASES:
        line = write_case(case)
        assert write_case(read_case(json.loads(line))) == line
    assert check([read_case(json.loads(write_case(case))) for case in CASES], NEWEST)[0].agrees


ONE = next(each for each in check(CASES, NEWEST) if each.predicted.queues == ("q1",))


@pytest.mark.parametrize(
    "checked",
    [
        replace(ONE, recorded=Outcome(("q2",))),
        replace(ONE, recorded=Outcome((), ("publish", 404))),
        replace(ONE, observed=Observation({"q1": 2}, 0)),
        replace(ONE, observed=Observation({}, 1)),
        replace(ONE, observed=Observation({}, 0, ("bind", 404))),
    ],
)
def test_is_a_disagreement_seen(checked: Checked) -> None:
    """Of the file with the model, and of the model with the broker."""
    assert ONE.agrees
    assert not checked.agrees


def run(
    *arguments: str, text: str = "", environ: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `python -m routing check`."""
    environ = {**os.environ, **(environ or {})}
    return warm.run(["check", *arguments], env=environ, text=text, timeout=60)


def wrong(case: Case) -> str:
    """Write a case with an outcome that no broker has."""
    return write_case(replace(case, outcomes={NEWEST: Outcome(("nobody",))}))


def test_what_does_the_command_say() -> None:
    """A summary and status 0, or each disagreement with its reasons and status 1."""
    good = run(*map(str, FILES))
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.split(":")[0] == f"{len(CASES)} cases, predicted as RabbitMQ {NEWEST} routes"
    bad = run("-", text=f"{write_case(CASES[0])}\n{wrong(CASES[1])}\n")
    assert (bad.returncode, bad.stderr) == (1, "")
    assert f"{CASES[1].id}  -, line 2" in bad.stdout
    assert "the file says       nobody" in bad.stdout
    assert "1 DO NOT AGREE" in bad.stdout


def test_what_does_the_command_write_for_machines() -> None:
    """One JSON object with the numbers, and for each disagreement who says what."""
    done = run("-", "--json", "--rabbitmq", "3.10.8", text=f"{wrong(CASES[1])}\n")
    written = json.loads(done.stdout)
    assert done.returncode == 1
    assert (written["cases"], written["agree"]) == (1, 0)
    (disagreement,) = written["disagreements"]
    assert disagreement["id"] == CASES[1].id
    assert disagreement["recorded"] == {"queues": ["nobody"]}
    outcome = CASES[1].outcome(NEWEST)
    assert outcome
    assert disagreement["predicted"]["queues"] == list(outcome.queues)


BAD_LINES = '{"argments": 1}\nno JSON\n'


@pytest.mark.parametrize(
    ("cases", "status", "summary"),
    [
        (CASES[:2], 2, "2 cases, predicted as RabbitMQ 4.3.6 routes: all agree, but 2 lines could"),
        ([], 2, "0 cases, predicted as RabbitMQ 4.3.6 routes: 2 lines could not be read."),
        ([CASES[0], None, CASES[1]], 1, "3 cases, predicted as RabbitMQ 4.3.6 routes: 1 DO NOT"),
    ],
)
def test_are_lines_that_cannot_be_read_reported_beside_the_others(
    cases: list[Case | None], status: int, summary: str
) -> None:
    """Each in a line; status 1 says that a case does not agree, whatever else there is."""
    text = BAD_LINES + "".join(f"{write_case(c) if c else wrong(CASES[2])}\n" for c in cases)
    done = run("-", text=text)
    assert (done.returncode, done.stderr) == (status, "")
    assert [line for line in done.stdout.splitlines() if line.startswith("-, line ")] == [
        '-, line 1: a case has no entry "argments" (known: id, source, note, exchanges, queues, '
        "bindings, unbound, publish, outcome, predicted, observed, agrees, changes, why, deaths, "
        "undecided).",
        "-, line 2: this is no JSON (Expecting value, column 1).",
    ]
    assert summary in " ".join(done.stdout.split())
    written = json.loads(run("-", "--json", text=text).stdout)
    assert (written["cases"], written["agree"]) == (len(cases), len(cases) - (status == 1))
    assert [(each["file"], each["line"]) for each in written["faults"]] == [("-", 1), ("-", 2)]
    assert written["faults"][1]["fault"] == "this is no JSON (Expecting value, column 1)"


def test_is_nothing_played_where_no_line_can_be_read() -> None:
    """No broker is looked for."""
    done = run("-", "--broker", text=BAD_LINES, environ={"AMQP_URL": "amqp://127.0.0.1:1"})
    assert (done.returncode, done.stderr) == (2, "")


def test_is_a_case_shown_without_commanding_the_terminal() -> None:
    """Whatever its id, its names and its values are, and however long its id is."""
    odd = "\x1b[2J\n"
    message = replace(CASES[0].message, routing_key=odd, headers={odd: odd})
    topology = replace(CASES[0].topology, queues=[odd])
    outcomes = {NEWEST: Outcome((odd,))}
    done = run("-", text=write_case(Case(odd * 1000, topology, message, outcomes)) + "\n")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert "\\u001b[2J\\n\\u001b[2J" in done.stdout
    assert 'the file says       "\\u001b[2J\\n"' in done.stdout
    assert len(done.stdout.splitlines()) < 40


@pytest.mark.parametrize(
    ("arguments", "text", "said"),
    [
        (["no-such-file"], "", "no-such-file cannot be read (No such file or directory)"),
        (["-", "--rabbitmq", "new"], "", "'new' is not a RabbitMQ version"),
        ([], "", "the following arguments are required: SOURCE"),
        (["no\x1b[2J\nfile"], "", '"no\\u001b[2J\\nfile" cannot be read'),
        (["-"], "\n", "There is no case in -: name a file with some."),
    ],
)
def test_is_bad_use_told_in_a_sentence(arguments: list[str], text: str, said: str) -> None:
    """Status 2, what is wrong and where, and no traceback."""
    done = run(*arguments, text=text)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_must_a_broker_have_the_version_that_is_asked_for(broker: Broker) -> None:
    """Another one is bad use, before anything is played; its own, or how that begins, is fine."""
    plain = next(case for case in CASES if not case.id.startswith("own-"))
    line, environ = f"{write_case(plain)}\n", {"AMQP_URL": broker.url}
    other = run("-", "--broker", "--rabbitmq", "2.8", text=line, environ=environ)
    assert (other.returncode, other.stdout) == (2, "")
    assert f"AMQP_URL names RabbitMQ {broker.version} at" in other.stderr
    assert "but RabbitMQ 2.8 is asked for" in other.stderr
    own = broker.version.rpartition(".")[0]
    same = run("-", "--broker", "--rabbitmq", own, text=line, environ=environ)
    assert (same.returncode, same.stderr.count("Error")) == (0, 0)


def test_is_every_line_end_but_a_line_feed_a_letter() -> None:
    """JSON may hold a line separator as it is, and a case with one is still one line."""
    message = replace(CASES[0].message, routing_key="a\u2028b\u0085c")
    case = replace(CASES[0], message=message, outcomes={NEWEST: Outcome(("nobody",))})
    done = run("-", "--json", text=f"{write_case(case)}\n")
    assert (done.returncode, json.loads(done.stdout)["cases"]) == (1, 1)


def test_is_what_is_not_decided_told_as_such(broker: Broker) -> None:
    """It is no disagreement, whichever queue the broker chose, and it is counted."""
    cases = [case for case in CASES if case.id == "own-type-002"]
    both = [*cases[0].topology.bindings, Binding("x", "r")]
    topology = replace(cases[0].topology, queues=["q", "r"], bindings=both)
    one = replace(cases[0], topology=topology, outcomes={NEWEST: Outcome(("q",))})
    [(checked, _)] = check_on_broker([one], NEWEST, broker)
    assert checked.observed
    assert sum(checked.observed.copies.values()) == 1
    assert checked.agrees
    for copies, returned, refused in (
        ({"q": 1, "r": 0}, 0, None),
        ({"q": 2}, 0, None),
        ({"s": 1}, 0, None),
        ({"q": 1}, 1, None),
        ({}, 0, ("declare", 406)),
    ):
        seen = Observation(copies, returned, refused)
        assert Row(1, checked.route, seen).agrees == (copies == {"q": 1, "r": 0})
    for outcome, agrees in (
        (Outcome(("r",)), True),
        (Outcome(("nobody",)), False),
        (Outcome(("q", "r")), False),
        (Outcome(()), False),
        (Outcome((), ("declare", 406)), False),
    ):
        assert replace(checked, recorded=outcome).agrees == agrees
    line = f"{write_case(one)}\n"
    assert "1 cases, predicted as RabbitMQ 4.3.6 routes: 1 not decided, all agree." in " ".join(
        run("-", text=line).stdout.split()
    )
    assert json.loads(run("-", "--json", text=line).stdout)["not decided"] == 1


def test_is_a_version_between_two_others_told_apart() -> None:
    """Where not the same was seen on both, the file says nothing, and the model still does."""
    between = check(CASES, parse_version("3.13.0"))
    assert all(each.agrees for each in between)
    silent = [each for each in between if each.recorded is None]
    assert 20 < len(silent) < 100
    assert all(len(each.case.outcomes) > 1 for each in silent)
    for version in ("3.8.9", "3.10.8", "4.0.5", "4.3.6", "4.4.0", "3.0.0"):
        assert all(each.recorded for each in check(CASES, parse_version(version)))
    done = run("tests/vectors/routing.jsonl", "--rabbitmq", "3.13")
    assert "not recorded for it, all agree." in " ".join(done.stdout.split())
