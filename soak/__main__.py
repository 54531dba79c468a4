"""All of it, one after another: `make soak`, or `make soak MINUTES=30`."""

import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from subprocess import SubprocessError
from time import monotonic
from typing import Final

from rich.console import Console

from routing.amqp.errors import RoutingError
from routing.view.command_line import announce, guarded
from soak.crowd import at_once
from soak.done import Done, table
from soak.length import in_one_process, verified
from soak.node import node
from soak.room import class_hour

HERE: Final = Path(__file__).parent

LIMIT: Final = 1800.0
"""Seconds within which the tests of a file have to end."""

TESTS: Final = {
    "the first minute": "test_first_minute.py",
    "a cluster of each version": "test_cluster_versions.py",
}
"""What is tested here because it takes long."""


def main() -> int:
    """Do it, show it, and end with 1 where a promise is broken."""
    parser = ArgumentParser(prog="soak")
    parser.add_argument("--minutes", type=int, default=1, help="of verify")
    options = parser.parse_args()
    with node() as own:
        done = [
            tried("runs at once", lambda: at_once(own, 100)),
            tried("a class", lambda: class_hour(own, students=25, messages=20_000)),
            tried("many scenarios", lambda: in_one_process(own, 500)),
            tried("verify", lambda: verified(own, options.minutes)),
        ]
    done += [tried(what, partial(tested, what)) for what in TESTS]
    Console(width=None if sys.stdout.isatty() else 120).print(table(done))
    return int(any(each.broken for each in done))


def tried(what: str, step: Callable[[], Done]) -> Done:
    """Do one thing, and say so, as all of it takes long.

    Where it does not come to its end, that is told, and the next one is done.
    """
    begun = monotonic()
    try:
        done = step()
    except (SubprocessError, RoutingError, OSError) as error:
        done = Done(what, monotonic() - begun, "", "not known", [f"it did not end: {error}"])
    announce(f"{done.what}: {done.took:.0f} s, {'; '.join(done.broken) or 'kept'}")
    return done


def tested(what: str) -> Done:
    """Run the tests of one file."""
    begun = monotonic()
    status = subprocess.run(
        [sys.executable, "-m", "pytest", str(HERE / TESTS[what])],
        cwd=HERE.parent,
        check=False,
        timeout=LIMIT,
        stdout=sys.stderr,
    ).returncode
    return Done(what, monotonic() - begun, "", "", ["see above"] if status else [])


if __name__ == "__main__":
    raise SystemExit(guarded(main))
