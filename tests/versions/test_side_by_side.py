"""Is what changed from version to version seen on real brokers, side by side?"""

import json
import os
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
import warm
from conftest import all_opened
from rich.console import Console, RenderableType

from routing import Binding, Exchange, Message, Scenario
from routing.amqp.versions import TRIED
from routing.broker import Broker
from routing.files.cases import Case, Outcome, write_case
from routing.files.lesson import lesson
from routing.files.lines import only_cases, read_lines
from routing.rules import refusal
from routing.rules.cost import TOO_COSTLY
from routing.versions import command, screen
from routing.versions.changes import LESSON
from routing.versions.question import Act, Answer, Question, answers, questions_of
from routing.versions.screen import Asked

ROOT = Path(__file__).parents[2]
VERSIONS = [str(version) for version in reversed(TRIED)]


def unbounded() -> None:
    """Stop nothing."""


def asked_of(brokers: Sequence[Broker], questions: Sequence[Question]) -> list[Asked]:
    """Ask every broker all questions."""
    columns = [answers(questions, broker, unbounded) for broker in brokers]
    return [Asked(question, row) for question, *row in zip(questions, *columns, strict=True)]


def shown(renderable: RenderableType, width: int = 80) -> str:
    """Render as on a terminal of so many columns, without colour."""
    console = Console(file=StringIO(), width=width, highlight=False)
    console.print(renderable)
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


@pytest.fixture(scope="module")
def changes(urls: Sequence[str]) -> list[Asked]:
    """Ask every version what changed."""
    with all_opened(urls) as brokers:
        return asked_of(brokers, LESSON)


@pytest.mark.parametrize("place", range(len(LESSON)), ids=[each.title for each in LESSON])
def test_does_each_thing_change_as_predicted(changes: list[Asked], place: int) -> None:
    """Every question is answered differently by two real brokers, and as predicted by all."""
    for answer in changes[place].answers:
        # Before 4.3 a plugin could have brought the type of exchange that is new then.
        assert answer.predicted in {answer.did, "not decided"}
    assert changes[place].agrees
    assert changes[place].changes


@pytest.mark.parametrize("question", LESSON, ids=lambda question: question.title)
def test_is_the_reason_one_line_with_its_source(question: Question) -> None:
    """It names a version and one of RabbitMQ's own files, and fits in 80 columns."""
    row = Asked(question, [Answer("a", "a", agrees=True), Answer("b", "b", agrees=True)])
    [reason] = screen.details(row, ["3.8.9", "4.3.6"])
    assert len(f"  {reason}") <= 80
    assert reason.plain[0].isdigit() or reason.plain.startswith("Erlang 27")
    assert question.source


def test_is_the_lesson_told_in_80_columns(changes: list[Asked]) -> None:
    """A column for each version, with whatever is not the same, and all of it as predicted."""
    lines = shown(screen.lesson(VERSIONS, changes)).splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[4].split() == VERSIONS
    row = next(line for line in lines if line.startswith("pages=1 asked"))
    assert row.split()[-4:] == ["arrives", "arrives", "returned", "returned"]
    assert "14 questions on RabbitMQ 3.8.9, 3.10.8, 4.0.5 and 4.3.6" in " ".join(lines)
    assert "all as predicted." in lines[-1]


def test_does_the_readme_show_its_first_lines(changes: list[Asked]) -> None:
    """The lines of `make versions` that the README shows are what real brokers answer."""
    readme = (ROOT / "README.md").read_text().partition("    versions\n")[2]
    lines = [line.strip() for line in readme.partition("\n\nand so on")[0].splitlines()]
    told = [line.strip() for line in shown(screen.lesson(VERSIONS, changes)).splitlines()]
    assert told[2 : 2 + len(lines)] == lines
    assert len(lines) > 8


@pytest.mark.parametrize("width", [60, 200])
def test_is_nothing_lost_in_another_width(changes: list[Asked], width: int) -> None:
    """Every answer is there, and no line is longer than the terminal is wide."""
    text = shown(screen.lesson(VERSIONS, changes), width)
    assert max(map(len, text.splitlines())) <= width
    answered = [answer.did for row in changes for answer in row.answers]
    for did in ("arrives", "returned", "541"):
        told = sum(" ".join(row.split()).count(f" {did}") for row in text.splitlines())
        assert told >= answered.count(did) > 1


def test_does_a_wrong_boundary_show(
    brokers: list[Broker], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the model follows another version than the broker, the row says so, and status 1."""
    monkeypatch.setattr(refusal, "FEW_HASHES", TRIED[0]._replace(patch=99))
    asked = [each for each in LESSON if each.title.startswith("topic key")]
    [row] = asked_of(brokers, asked)
    assert not row.agrees
    assert "NOT AS PREDICTED  on 4.3.6 arrives was predicted" in shown(
        screen.lesson(VERSIONS, [row])
    )
    monkeypatch.setattr(command, "LESSON", asked)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(command, "brokers_found", lambda *_: AlreadyThere(brokers))
        assert exit_status() == 1
    assert "1 NOT as predicted." in capsys.readouterr().out


class AlreadyThere:
    """Gives brokers that run already, to whoever wants to start them."""

    def __init__(self, brokers: list[Broker]) -> None:
        """Keep them."""
        self.brokers = brokers

    def __enter__(self) -> list[Broker]:
        """Give them."""
        return self.brokers

    def __exit__(self, *_: object) -> None:
        """Leave them running."""


def exit_status() -> int:
    """Ask all versions what changed, and give the exit status."""
    from argparse import ArgumentParser

    parser = ArgumentParser()
    command.describe(parser)
    return command.run(parser.parse_args([]))


def test_is_an_act_that_does_not_agree_seen(broker: Broker) -> None:
    """An act whose outcome is predicted wrongly is told as such."""
    act = Act(lambda _: "accepted", "406", TRIED[0], "541")
    [answer] = answers([Question("", act)], broker, unbounded)
    assert (answer.did, answer.agrees) == ("accepted", False)
    assert [act.predicted(version) for version in TRIED] == ["541", "406", "406", "406"]


def test_does_a_lesson_of_today_change(brokers: list[Broker]) -> None:
    """The topic lesson goes the same way everywhere, and every message of it is shown."""
    rows = asked_of(brokers, questions_of(lesson("topic")))
    text = shown(screen.compared("topic", VERSIONS, rows, rows))
    assert "order.eu.paid       all: audit, billing, europe" in text
    assert "8 messages on RabbitMQ" in text
    assert "the same everywhere, all as predicted." in " ".join(text.split())


OLD = Scenario(
    name="old",
    lesson="",
    exchanges=[Exchange("x", "headers")],
    queues=["one", "two"],
    bindings=[
        Binding("x", "one", "", {"pages": 1}),
        Binding("x", "two", "", {"pages": 1.0}),
    ],
    messages=[Message("x", "", {"pages": 1}), Message("x", "", {"pages": "1"})],
)


def test_is_what_an_upgrade_changes_told_with_its_reason(brokers: list[Broker]) -> None:
    """Message by message, with the version from which on it is so, and the binding."""
    rows = asked_of(brokers, questions_of(OLD))
    text = shown(screen.compared("old", VERSIONS, rows, rows))
    assert [row.changes for row in rows] == [True, False]
    assert "one, two  one, two  one       one" in text
    assert "4.0.5: pages=1.0 leaves it: pages: 1 is an integer, 1.0 is a float" in text
    assert "1 not the same everywhere, all as predicted." in " ".join(text.split())


def test_is_a_reason_told_of_the_version_that_it_holds_for(brokers: list[Broker]) -> None:
    """What was refused before, and is not any longer, is told of the versions before."""
    asked = [each for each in LESSON if each.title.endswith(("x-match: any-with-x", "a.#.b.#"))]
    rows = asked_of(brokers, [replace(question, why="") for question in asked])
    text = " ".join(shown(screen.compared("", VERSIONS, rows, rows)).split())
    assert 'before 3.10.8: x-match is "any-with-x", but must be one of all, any' in text
    assert "4.3.6: #.a.#.b.# has 3 #, and 2 are the most" in text


def run(*words: str, text: str = "") -> "subprocess.CompletedProcess[str]":
    """Run the command, with a text as its standard input."""
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    return warm.run(["versions", *words], env=environ, text=text, timeout=120)


def test_is_what_is_written_for_programs_a_case_again() -> None:
    """With what each version did, by the version from which on; so that a file gets its columns."""
    case = {
        "id": "three",
        "exchanges": [{"name": "x", "type": "topic"}],
        "queues": ["q"],
        "bindings": [
            {
                "source": "x",
                "destination": "q",
                "destination_type": "queue",
                "routing_key": "#.#.#",
            }
        ],
        "publish": {"exchange": "x", "routing_key": "a"},
        "outcome": {"1.0.0": {"queues": []}},
    }
    done = run("-", "--json", "--rabbitmq", "4.3", "--rabbitmq", "4.0", text=json.dumps(case))
    assert done.returncode == 0, done.stderr
    [line] = done.stdout.splitlines()
    [again] = only_cases(read_lines([line.encode()], ""))
    assert {str(version): each.refusal for version, each in again.outcomes.items()} == {
        "4.3.6": ("bind", 406),
        "4.0.5": None,
    }
    assert json.loads(line)["observed"] == {"4.3.6": "406", "4.0.5": "arrives"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("topik",), "there is no scenario topik; did you mean topic?"),
        (("-",), "There is no case in -: name a file with some."),
        (("no.jsonl",), "no.jsonl cannot be read (No such file or directory)"),
        (("topic", "--rabbitmq", "newest"), "'newest' is not a RabbitMQ version: name one of 4.3"),
        (("topic", "--rabbitmq", "5"), "No RabbitMQ 5 can be had here: name one of 4.3.6, 4.0.5"),
    ],
)
def test_is_bad_use_told_in_a_sentence(words: tuple[str, ...], said: str) -> None:
    """With status 2, before anything is started."""
    done = run(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_is_a_file_refused_with_a_line_that_cannot_be_read() -> None:
    """Before anything is started: what is missing among the answers might be overlooked."""
    done = run("-", text="{}\n[]\n")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "-, line 1: id is missing; correct that line; 1 more cannot be read, either.\n"
    )


def test_is_a_file_refused_with_a_case_that_cannot_be_played() -> None:
    """Before anything is started: the brokers would be busy with it for ever."""
    stars = ".".join("*" * 60)
    scenario = Scenario(
        name="slow",
        lesson="",
        exchanges=[Exchange("x", "topic")],
        queues=["q"],
        bindings=[Binding("x", "q", stars)],
    )
    case = Case("slow", scenario, Message("x", stars), {TRIED[0]: Outcome(("q",))})
    done = run("-", text=write_case(case))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"-, line 1 cannot be played: {TOO_COSTLY}.\n"
