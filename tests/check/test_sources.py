"""Is what somebody expects of a topology held, and is what differs told with its reason?"""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from routing import BadUse, Route, read_source
from routing.amqp.topology import Observation
from routing.amqp.versions import NEWEST, parse_version
from routing.broker import Broker
from routing.check.check import check, check_on_broker
from routing.check.command import COMMANDS
from routing.check.expected import cases_of
from routing.files.source import Source
from routing.files.toml import EXAMPLE
from routing.view.command_line import parser_of, status_of

ROOT = Path(__file__).parents[2]

GOOD = EXAMPLE.format(file="mine.toml")

WRONG = """
[[messages]]
exchange = "orders"
routing_key = "order.eu.late"
queues = ["billing", "unrouted", "nobody"]
"""

PLUGIN = """
[[exchanges]]
name = "later"
type = "x-delayed-message"

[[bindings]]
source = "later"
destination = "audit"
routing_key = "a"

[[messages]]
exchange = "later"
routing_key = "a"
queues = ["audit"]
"""


def written(folder: Path, *parts: str, name: str = "mine.toml") -> str:
    """Write a file, and give its path."""
    path = folder / name
    path.write_text("".join(parts))
    return str(path)


def line_of(file: str, text: str, place: int = 0) -> str:
    """Tell where a text stands in a file."""
    lines = Path(file).read_text().splitlines()
    return f"{file}:{[n for n, line in enumerate(lines, 1) if text in line][place]}"


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run check, and give its status and what it says, as one line."""
    command = COMMANDS["check"]
    status = status_of(lambda: command.run(parser_of("check", command).read(words)))
    return status, " ".join(" ".join(capsys.readouterr()).split())


@pytest.mark.parametrize(
    ("parts", "status", "said"),
    [
        ((GOOD,), 0, "2 cases, predicted as RabbitMQ 4.3.6 routes: all agree."),
        ((GOOD, WRONG), 1, "1 DO NOT AGREE"),
        ((GOOD, PLUGIN), 5, "1 not decided, all agree."),
        ((GOOD, PLUGIN, WRONG), 1, "1 not decided, 1 DO NOT AGREE"),
        ((GOOD, "[[messages]]\nexchange = 'orders'\n"), 0, "of 1 nothing is expected, all agree."),
        ((GOOD, "[[bindings]]\nsource='a'\ndestination='audit'\n"), 0, ": a binding is left out"),
    ],
)
def test_which_status_has_what_is_expected(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, parts: tuple[str], status: int, said: str
) -> None:
    """A difference is 1, and what nobody can tell without a broker is 5, not 0."""
    done, text = told(capsys, written(tmp_path, *parts))
    assert done == status
    assert said in text


def test_is_each_difference_told_with_its_reason(tmp_path: Path) -> None:
    """Of a queue that is too many, of one that is left, of one that no binding here leads to."""
    file = written(tmp_path, GOOD, WRONG)
    [*_, checked] = check(cases_of(read_source(file), NEWEST), NEWEST)
    first, second = line_of(file, "[[bindings]]"), line_of(file, "[[bindings]]", 1)
    assert checked.case.id == line_of(file, "[[messages]]", 2)
    assert checked.why == [
        f"{second}: order.# takes it for audit: # is eu.late",
        f"{first}: order.*.paid leaves it: word 3: late is not paid (to billing)",
        "there is no queue nobody",
        "no exchange on the way has a binding of queue unrouted; "
        f"nearest: {first}: order.*.paid leaves it: word 3: late is not paid",
    ]


def test_which_of_many_bindings_tell_why(tmp_path: Path) -> None:
    """The three that came nearest to taking the message, the nearest first."""
    keys = ["a.z.z.z", "x.z.z.z", "a.b.z.z", "a.b.c.z"]
    more = "[[bindings]]\nsource='orders'\ndestination='billing'\nrouting_key='{}'\n"
    message = "[[messages]]\nexchange='orders'\nrouting_key='a.b.c.e'\nqueues=['billing']\n"
    source = read_source(written(tmp_path, GOOD, *map(more.format, keys), message))
    [*_, checked] = check(cases_of(source, NEWEST), NEWEST)
    told = [key for why in checked.why for key in keys if f" {key} leaves it" in why]
    assert told == ["a.b.c.z", "a.b.z.z"]  # the third is of the example


def test_are_only_failures_printed_where_that_is_asked(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """And otherwise every message, with what becomes of it."""
    file = written(tmp_path, GOOD, WRONG, PLUGIN)
    good, bad = "orders with order.eu.paid", "orders with order.eu.late the file"
    _, whole = told(capsys, file)
    _, failures = told(capsys, file, "--failures")
    assert (good in whole, good in failures) == (True, False)
    assert bad in whole
    assert bad in failures
    assert "later with a → not decided: a plugin" in failures


def test_which_bindings_does_no_message_exercise(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Each with its place; what is published without an expectation exercises none."""
    more = "[[bindings]]\nsource='orders'\ndestination='audit'\nrouting_key='refund'\n"
    silent = "[[messages]]\nexchange='orders'\nrouting_key='refund'\n"
    file = written(tmp_path, GOOD, more, silent)
    place = line_of(file, "[[bindings]]", 3)
    assert told(capsys, file, "--coverage")[0] == 0
    status, text = told(capsys, file, "--fail-under", "75.1")
    assert status == 1
    assert f"{place}: no expected message for orders to audit, refund 3 of 4" in text
    status, text = told(capsys, file, "--fail-under", "75", "--json")
    assert status == 0
    found = json.loads(text)["coverage"]
    assert (found["bindings"], found["percent"]) == (4, 75.0)
    assert found["not_exercised"][0].startswith(f"{place}: ")
    assert told(capsys, "-", "--coverage")[0] == 2
    assert told(capsys, file, "--fail-under", "nan")[0] == 1


def test_is_the_xml_well_formed_whatever_is_in_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A test case for each message, and for each line that is none; nothing half is left."""
    odd = '[[messages]]\nexchange="orders"\nrouting_key="<\\u0001\\u001b&\\uffff"\nqueues=[]\n'
    file = written(tmp_path, GOOD, PLUGIN, odd, "[[messages]]\nexchange='orders'\n")
    lines = written(tmp_path, "{}\n", name="mine\x1b.jsonl")
    xml = tmp_path / "report.xml"
    xml.write_text("old")
    os.link(xml, tmp_path / "old")
    assert told(capsys, file, lines, "--junit", str(xml))[0] == 1
    suite = ElementTree.fromstring(xml.read_text())  # noqa: S314 - our own
    counts = [suite.get(each) for each in ("tests", "failures", "errors", "skipped")]
    assert counts == ["6", "1", "2", "1"]
    [failure] = suite.iterfind("testcase/failure")
    assert failure.text
    assert "takes it for unrouted" in failure.text
    assert (tmp_path / "old").read_text() == "old"
    assert len([*tmp_path.iterdir()]) == 4
    assert told(capsys, file, "--junit", "")[0] == 2
    status, text = told(capsys, file, "--junit", f"{tmp_path}/no/report.xml")
    assert (status, "no/report.xml cannot be written (No such file" in text) == (2, True)


def test_does_a_report_take_the_place_of_a_device_or_of_a_link(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What is no plain file is written to, and stays: root would lose /dev/stdout otherwise."""
    pipe, link, target = (tmp_path / each for each in ("pipe", "link", "target"))
    os.mkfifo(pipe)
    link.symlink_to(target)
    reader = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
    try:
        assert told(capsys, "topic", "--junit", str(pipe))[0] == 0
        assert os.read(reader, 5) == b"<?xml"
    finally:
        os.close(reader)
    assert told(capsys, "topic", "--junit", str(link))[0] == 0
    assert (pipe.is_fifo(), link.is_symlink()) == (True, True)
    assert target.read_text().startswith("<?xml")


DEFINITIONS = json.dumps(
    {
        "exchanges": [{"name": "orders", "type": "topic"}],
        "queues": [{"name": "audit"}],
        "bindings": [{"source": "orders", "destination": "audit", "routing_key": "order.#"}],
    }
)


def test_where_come_the_messages_of_definitions_from(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """They have none, which is told; a file of them has one on each line."""
    file = written(tmp_path, DEFINITIONS, name="mine.json")
    status, text = told(capsys, file)
    assert (status, f"{file} has no messages to check: give some with --mess" in text) == (2, True)
    good = '{"exchange": "orders", "routing_key": "order", "queues": ["audit"]}\n'
    messages = written(tmp_path, good, name="messages.jsonl")
    assert told(capsys, file, "--messages", messages, "--fail-under", "100")[0] == 0
    written(tmp_path, good, '{"routing_key": "a", "queue": []}\n', name="messages.jsonl")
    status, text = told(capsys, file, "--messages", messages)
    assert (status, f"{messages}, line 2: a message has no entry" in text) == (2, True)
    assert told(capsys, file, file, "--messages", messages)[0] == 2
    written(tmp_path, "[]", name="messages.jsonl")
    assert told(capsys, file, "--messages", messages)[0] == 2
    status, text = told(capsys, written(tmp_path, GOOD, WRONG), "--messages", messages)
    assert (status, "3 cases" in text, "1 line could not be read" in text) == (1, True, True)


def test_is_of_a_lesson_said_that_nothing_is_expected(capsys: pytest.CaptureFixture[str]) -> None:
    """Its messages are there, each with its place in the file, and agree with nothing."""
    status, text = told(capsys, "topic")
    assert (status, "all agree" in text) == (0, False)
    assert "of 8 nothing is expected" in text
    assert "scenarios/topic.py:" in text


def test_does_a_broker_say_whether_it_is_so(broker: Broker, tmp_path: Path) -> None:
    """What is foreign to it is not played, and hinders nothing else."""
    source = read_source(written(tmp_path, GOOD, WRONG, PLUGIN))
    cases = [*cases_of(source, broker.followed), *cases_of(read_source("topic"), broker.followed)]
    played = check_on_broker(cases, broker.followed, broker)
    results = [checked for checked, _ in sorted(played, key=lambda pair: pair[1])]
    agree = [checked.agrees for checked in results]
    assert agree == [True, True, False, *[True] * (len(cases) - 3)]
    unasked = [place for place, checked in enumerate(results) if checked.observed is None]
    assert (unasked, results[3].is_open, results[3].unplayed) == ([3], True, None)


CHOICE = """
queues = ["a", "b"]
exchanges = [{ name = "x", type = "x-local-random" }]
bindings = [{ source = "x", destination = "a" }, { source = "x", destination = "b" }]
"""


@pytest.mark.parametrize(
    ("expected", "got", "agrees"),
    [
        (["a"], None, True),
        (["a"], "a", True),
        (["a"], "b", False),
        (["a", "b"], None, False),
        (["a", "b"], "a", False),
    ],
)
def test_does_a_broker_decide_what_the_model_does_not(
    tmp_path: Path,
    expected: list[str],
    got: str | None,
    agrees: bool,  # noqa: FBT001
) -> None:
    """What may be so is open until a broker has done it; what cannot be is wrong at once."""
    message = f"messages = [{{ exchange = 'x', queues = {expected} }}]"
    source = read_source(written(tmp_path, CHOICE, message))
    [checked] = check(cases_of(source, NEWEST), NEWEST)
    if got:
        checked = replace(checked, observed=Observation({got: 1}, 0))
    assert checked.case.id.endswith("mine.toml, message 1")
    assert checked.agrees == agrees
    assert checked.is_open == (agrees and not got)


def orders(folder: Path) -> Source:
    """Read the example."""
    return read_source(folder / "mine.toml")


def test_is_a_route_asked_of_a_source(tmp_path: Path) -> None:
    """With key and headers, and for another version."""
    written(tmp_path, GOOD)
    source = orders(tmp_path)
    assert source.route("orders", "order.eu.paid").queues == {"audit", "billing"}
    assert source.route("orders", "invoice", {"a": 1}, version="3.8").queues == {"unrouted"}
    assert source.loaded(NEWEST) is source.loaded(parse_version(str(NEWEST)))
    with pytest.raises(BadUse, match="routing_key"):
        source.route("orders", 1)  # type: ignore[arg-type]


def test_does_pytest_show_why(tmp_path: Path) -> None:
    """Where an assertion fails: where the message goes, and why the nearest binding leaves it."""
    written(tmp_path, GOOD)
    written(
        tmp_path,
        "from routing import read_source\n",
        "source = read_source('mine.toml')\n",
        "def test_paid():\n",
        "    route = source.route('orders', 'order.eu.late')\n",
        "    assert route.queues == {'billing'}, route\n",
        "def test_billing():\n",
        "    assert 'billing' in source.route('orders', 'order.eu.late').queues\n",
        name="test_mine.py",
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_mine.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    begins = "<orders with order.eu.late: arrives in audit; order.# takes it for audit"
    assert f"AssertionError: {begins}" in done.stdout
    assert f"= {begins}" in done.stdout
    assert "order.*.paid leaves it: word 3: late is not paid>\n" in done.stdout
    assert "order.*.paid leaves it: word 3: late is not paid>.queues\n" in done.stdout


def test_is_a_route_shown_from_what_takes_to_what_nearly_does() -> None:
    """Of a long one, beginning and end tell the most."""
    source = read_source("topic")
    route = source.route("orders", "order.us.late")
    assert isinstance(route, Route)
    assert repr(route).startswith("<orders with order.us.late: arrives in audit; order.# takes it")
    assert repr(route).endswith("order.eu.* leaves it: word 2: us is not eu>")
