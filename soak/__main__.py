"""All of it, one after another: `make soak`, or `make soak MINUTES=30`."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path
from time import monotonic
from typing import Final

from rich.console import Console

from routing.view.command_line import guarded
from soak.crowd import at_once
from soak.done import Done, table
from soak.length import in_one_process, verified
from soak.node import node
from soak.room import class_hour

HERE: Final = Path(__file__).parent

LIMIT: Final = 1800.0
"""Seconds within which the tests in this folder have to end."""

PYTEST_FOUND_NOTHING: Final = 5


def main() -> int:
    """Do it, show it, and end with 1 where a promise is broken."""
    parser = ArgumentParser(prog="soak")
    parser.add_argument("--minutes", type=int, default=1, help="of verify")
    options = parser.parse_args()
    with node() as own:
        done = [
            at_once(own, 100),
            class_hour(own, students=25, messages=20_000),
            in_one_process(own, 500),
            verified(own, options.minutes),
        ]
    done.append(tested())
    Console(width=None if sys.stdout.isatty() else 120).print(table(done))
    return int(any(each.broken for each in done))


def tested() -> Done:
    """Run the tests that are here because they are long."""
    begun = monotonic()
    status = subprocess.run(
        [sys.executable, "-m", "pytest", str(HERE)],
        cwd=HERE.parent,
        check=False,
        timeout=LIMIT,
        stdout=sys.stderr,
    ).returncode
    failed = status not in (0, PYTEST_FOUND_NOTHING)
    return Done("the tests in soak/", monotonic() - begun, "", "", ["see above"] if failed else [])


if __name__ == "__main__":
    raise SystemExit(guarded(main))
