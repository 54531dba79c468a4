"""Do the exercises fail as they are handed out, and do their answers hold on a broker?"""

import os
import re
import subprocess
from pathlib import Path

import pytest
import warm
from conftest import make

from routing.__main__ import ROOM_OF
from routing.broker import Broker
from routing.files.reading import read_source

ROOT = Path(__file__).parents[1]
CLASSROOM = (ROOT / "CLASSROOM.md").read_text()
EXERCISES = sorted((ROOT / "classroom").glob("*.toml"))


def checked(*words: str, **environ: str) -> "subprocess.CompletedProcess[str]":
    """Check files as a student does."""
    return warm.run(["check", *words], env=os.environ | environ)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda path: path.stem)
def test_is_an_exercise_unsolved(exercise: Path) -> None:
    """As it is handed out, some message does not go where it should, and a line says why."""
    done = checked(str(exercise.relative_to(ROOT)))
    assert done.returncode == 1
    assert f"classroom/{exercise.name}:" in done.stdout


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda path: path.stem)
def test_does_an_answer_answer_its_exercise(exercise: Path) -> None:
    """It has the same queues, and the same messages, expected in the same queues."""
    asked, answered = (
        read_source(str(path)) for path in (exercise, exercise.parent / "answers" / exercise.name)
    )
    assert answered.topology.queues == asked.topology.queues
    pairs = [[(each.message, each.outcome) for each in one.messages] for one in (asked, answered)]
    assert pairs[0] == pairs[1]


def test_does_every_answer_hold_on_a_broker(broker: Broker) -> None:
    """A real RabbitMQ routes all of them as the exercises want it."""
    answers = [str(each.parent / "answers" / each.name) for each in EXERCISES]
    done = checked(*answers, "--broker", AMQP_URL=broker.url)
    assert done.returncode == 0, done.stdout + done.stderr


def test_are_all_exercises_in_the_lesson_plan() -> None:
    """Each file is named, and every file that is named is there."""
    named = set(re.findall(r"classroom/[\w/-]+\.toml", CLASSROOM))
    assert named == {str(each.relative_to(ROOT)) for each in EXERCISES}


def test_can_be_done_what_the_lesson_plan_says() -> None:
    """Every target and every command in it exists, and every link leads to a file."""
    for target in set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", CLASSROOM)):
        assert make("--dry-run", target).returncode == 0, target
    assert set(re.findall(r"exchange-routing ([a-z]+)", CLASSROOM)) <= {*ROOM_OF}
    assert all((ROOT / link).exists() for link in re.findall(r"\]\(([^)]+)\)", CLASSROOM))


def test_do_the_minutes_of_a_lesson_plan_add_up() -> None:
    """Each step begins where the one before ends, and the last one ends with the lesson."""
    for plan in [each for each in CLASSROOM.split("\n## ") if re.match(r"\d+ minutes", each)]:
        steps = re.findall(r"^\| (\d+)-(\d+) \|", plan, re.M)
        assert [begin for begin, _ in steps] + plan.split()[:1] == ["0"] + [end for _, end in steps]
