"""Does the README say what is so?"""

import re
import subprocess
import sys
from pathlib import Path

from routing.broker import Broker

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_is_the_table_what_the_first_command_prints(broker: Broker) -> None:
    """But for the broker's version, address and origin, and so for where its line breaks."""
    done = subprocess.run(
        [sys.executable, "-m", "scenarios", "topic"],
        cwd=ROOT,
        env={"AMQP_URL": broker.url, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=True,
    )
    shown = README.partition("    make demo-topic\n\n")[2].partition("\n\nNothing has")[0]
    assert comparable(shown) == comparable(done.stdout)


def comparable(output: str) -> list[str]:
    """Take what differs from broker to broker out of an output."""
    table, _, caption = output.partition("RabbitMQ")
    seen = re.sub(r"\S+ at \S+ \(.*?\) ", "", " ".join(caption.split()))
    return [*(line.strip() for line in table.strip().splitlines()), seen]


def test_can_make_do_all_that_is_told() -> None:
    """Every `make` target that the README names is one of the Makefile's."""
    targets = set(re.findall(r"\bmake ([a-z]+(?:-[a-z]+)*)", README)) - {"sure", "it"}
    assert {"demo", "demo-topic", "test", "up", "down", "status", "check", "clean"} <= targets
    for target in targets:
        command = ["make", "--dry-run", target]
        assert subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


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
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    listed = {line.split()[0] for line in shown.splitlines() if line.startswith("  ")}
    assert listed == set(declared[1].replace("\\", " ").split())
