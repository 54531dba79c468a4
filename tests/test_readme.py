"""Does the README say what is so?"""

import re
import shutil
import subprocess
import sys
import textwrap
import tomllib
from pathlib import Path

import pytest
import warm
from conftest import make

from routing.__main__ import ROOM_OF
from routing.amqp.versions import TRIED
from routing.broker import Broker
from routing.files.lesson import FIRST

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_is_the_table_what_the_first_command_prints(broker: Broker) -> None:
    """But for the broker's version, address and origin, and so for where its line breaks."""
    done = subprocess.run(
        [sys.executable, "-m", "routing", "demo", "topic"],
        cwd=ROOT,
        env={"AMQP_URL": broker.url, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = README.partition("    make demo-topic\n\n")[2].partition("\n\nNothing has")[0]
    assert comparable(shown) == comparable(done.stdout)


def test_are_the_versions_told_that_are_tried() -> None:
    """A line for each, the newest first, and one for those between."""
    rows = re.findall(r"^\| (\d+\.[\d.]+|any \w+) \|", README, re.MULTILINE)
    assert rows == [*map(str, TRIED), "any between", "any newer"]


def comparable(output: str) -> list[str]:
    """Take what differs from broker to broker out of an output."""
    table, _, caption = output.partition("RabbitMQ")
    seen = re.sub(r"\S+ at \S+ \(.*?\) ", "", " ".join(caption.split()))
    return [*(line.strip() for line in table.strip().splitlines()), seen]


def test_is_what_is_shown_before_deploying_what_is_printed() -> None:
    """A finding of lint, and a difference with its message, as they come."""
    section = README.partition("### Before you deploy")[2].partition("\n`lint`")[0]
    parts = textwrap.dedent(section.partition("left to `route`.)")[2]).strip().split("\n\n")
    for command, shown in zip(parts[::2], parts[1::2], strict=True):
        words = command.strip().removeprefix(".venv/bin/exchange-routing ").split()
        done = warm.run(words, env={"PYTHONIOENCODING": "utf-8"})
        printed = [line.rstrip() for line in done.stdout.splitlines()]
        assert textwrap.dedent(shown).splitlines() == printed[:-1]


def test_can_make_do_all_that_is_told() -> None:
    """Every `make` target that the README names is one of the Makefile's."""
    targets = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", README)) - {"sure", "it"}
    assert {"demo", "demo-topic", "test", "up", "down", "status", "check", "clean"} <= targets
    for target in targets:
        assert make("--dry-run", target).returncode == 0


def test_are_the_files_there_that_are_told() -> None:
    """Every link leads to a file of the project."""
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert links
    assert all((ROOT / link).exists() for link in links)


def test_does_help_list_every_target() -> None:
    """`make help`, which is also `make`, has a line for each target that is not a file."""
    makefile = (ROOT / "Makefile").read_text()
    declared = re.search(r"^\.PHONY: ((?:.*\\\n)*.*)$", makefile, re.MULTILINE)
    assert declared
    by_pattern = re.compile(r"\$\(FOUND:%=(\w+)-%\)")
    targets = by_pattern.sub(r"\1-topic", declared[1]).replace("\\", " ").split()
    shown = make().stdout
    listed = {line.split()[0] for line in shown.splitlines() if line.startswith("  ")}
    assert listed == set(targets)
    headings = [line for line in shown.splitlines() if re.fullmatch(r"\w+( \w+)*", line)]
    assert headings == ["see", "class", "ask", "broker", "work on it"]
    assert max(map(len, shown.splitlines())) <= 80


def test_does_make_ship_what_the_program_ships() -> None:
    """The lessons that are tested and checked are those of a first walk."""
    makefile = (ROOT / "Makefile").read_text()
    assert makefile.partition("LESSONS = ")[2].partition("\n")[0].split() == [*FIRST]


def test_does_the_python_do_what_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """The lines to build, to ask and to assert run as they stand, and print what stands below."""
    section = README.partition("## Ask from Python\n\n")[2].partition("\nNo broker")[0]
    *program, printed = textwrap.dedent(section).strip().splitlines()
    exec("\n".join(program), {})  # noqa: S102 - what a reader would type
    assert capsys.readouterr().out == f"{printed}\n"


def test_are_the_rooms_told() -> None:
    """In ten lines, in their order."""
    shown = README.partition("## For those who read on")[2]
    told = re.findall(r"\b(\w+)/ ", "\n".join(re.findall(r"^    .*", shown, re.MULTILINE)))
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    order = next(each["layers"] for each in contracts["contracts"] if "layers" in each)
    assert told == [room for room in reversed(order) if room != "__main__"]


def test_can_the_command_do_all_that_is_told() -> None:
    """Every `exchange-routing` command that the README names is one that the program has."""
    named = set(re.findall(r"exchange-routing ([a-z]+)", README))
    assert {"demo", "check"} <= named <= {*ROOM_OF}


def test_does_a_lesson_get_its_targets_by_pattern(tmp_path: Path) -> None:
    """A file that is added to scenarios/ can be shown, walked through and taken home."""
    for part in ("routing", "Makefile", "pyproject.toml", ".venv", "environment"):
        (tmp_path / part).symlink_to(ROOT / part)
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    shutil.copy(ROOT / "scenarios/direct.py", tmp_path / "scenarios/mine.py")
    for target in ("demo-mine", "walk-mine", "code-mine"):
        done = make("--dry-run", target, cwd=tmp_path)
        words = done.stdout.strip().splitlines()[-1].split()
        assert words == [".venv/bin/exchange-routing", target.partition("-")[0], "mine"]
    shown = make(cwd=tmp_path).stdout
    assert "mine" in shown.splitlines()[-1].strip(".").split()


def test_is_its_picture_the_one_that_is_drawn(tmp_path: Path) -> None:
    """The first thing that is seen is what `make pictures` draws now."""
    recipe = re.search(r"draw (.*) --save pictures/topic.svg", (ROOT / "Makefile").read_text())
    assert recipe
    drawn = tmp_path / "topic.svg"
    warm.run(["draw", *recipe[1].split(), "--save", str(drawn)], env={"LANG": "C.UTF-8"})
    assert (ROOT / "pictures/topic.svg").read_text() == drawn.read_text()
