"""A hundred runs at once on one broker, none of which may take another's load for a fault.

A process is started for each, after what they import was read once, so that they come at the same
time; each tells its status, and the longest silence of the broker that it saw.
"""

import io
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Final

from routing.__main__ import main
from routing.broker.wire import Wire
from soak.done import Done, broken
from soak.node import Node

ROOT: Final = Path(__file__).parents[1]
RUN: Final = ("demo", "topic", "--json")
LIMIT: Final = 600.0
"""Seconds within which all have to have ended."""


@dataclass(frozen=True)
class Run:
    """What one of them tells.

    agrees: how many messages went as predicted, of how many.
    silence: the longest, in seconds, in which nothing moved on its connection.
    memory: at most, in MB.
    """

    status: int
    agrees: tuple[int, int]
    silence: float
    memory: float
    said: str


def at_once(node: Node, count: int) -> Done:
    """Let so many run at once."""
    before, begun = node.held(), monotonic()
    runs = started(node.url, count)
    took, left = monotonic() - begun, node.left(before)
    failed = [f"{each.status}, {each.said}" for each in runs if each.status]
    longest = max((each.silence for each in runs), default=0)
    return Done(
        f"{count} runs at once; the longest silence was {longest:.1f} s",
        took,
        f"{max((each.memory for each in runs), default=0):.0f} MB each at most",
        left,
        broken(
            all_are_told_of=len(runs) != count and f"{len(runs)} were",
            all_end_with_0=failed and f"{len(failed)} did not ({failed[0]})",
            all_agree=any(one != all_ or not all_ for one, all_ in (r.agrees for r in runs))
            and "one did not",
            nothing_is_left=left != "nothing" and left,
        ),
    )


def started(url: str, count: int) -> list[Run]:
    """Start them, wait for all of them, and give what they tell."""
    told = subprocess.run(
        [sys.executable, "-m", "soak.crowd", str(count)],
        cwd=ROOT,
        env={**os.environ, "AMQP_URL": url},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=LIMIT,
    ).stdout
    return [Run(**json.loads(line)) for line in told.splitlines()]


def fork_all(count: int, words: Sequence[str]) -> None:
    """Start a process for each run, and wait for all of them."""
    import routing.demo.command
    import routing.play.play  # noqa: F401 - read once for all

    for _ in range(count):
        if not os.fork():
            line = json.dumps(vars(one(words))) + "\n"
            os.write(sys.stdout.fileno(), line.encode())  # whole, as a short one is to a pipe
            os._exit(0)
    for _ in range(count):
        os.wait()


def one(words: Sequence[str]) -> Run:
    """Run once, in this process."""
    import resource

    silences = [0.0]
    waited = Wire.waited

    def heard(wire: Wire, *, listening: bool = False) -> float:
        silences.append(waited(wire, listening=listening))
        return silences[-1]

    Wire.waited = heard  # type: ignore[assignment, method-assign]
    said, error = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(error):
        status = main([*words])
    rows = [json.loads(line)["agrees"] for line in said.getvalue().splitlines()]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    return Run(status, (sum(rows), len(rows)), max(silences), memory, error.getvalue()[-500:])


if __name__ == "__main__":
    fork_all(int(sys.argv[1]), RUN)
