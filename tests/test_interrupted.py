"""Does a signal end a run as is promised, at whatever moment it comes?

With INTERRUPTIONS=200 in the environment, 200 moments of each run are tried for each signal.
"""

import json
import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from subprocess import PIPE, Popen, TimeoutExpired
from typing import NamedTuple
from urllib.parse import quote

import pytest
from conftest import LIMIT, ROOT
from nodes import Node

MOMENTS = int(os.environ.get("INTERRUPTIONS", "1"))

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SAID = "\nInterrupted; nothing is left behind.\n"

RUNS = {
    "demo topic --predict": 0.4,
    "demo topic": 0.7,
    "demo dead-letters": 1.0,
    "verify --cases 200": 1.2,
    "workers": 1.0,
}
"""What is interrupted, and for how many seconds it may run before that."""


class Ended(NamedTuple):
    """How a run ended: after so many seconds of work, and how long after the signal."""

    status: int
    error: str
    after: float
    took: float


@pytest.fixture(scope="module")
def place(nodes: list[Node]) -> Iterator[tuple[Node, str]]:
    """Give a vhost of the newest RabbitMQ."""
    with nodes[-1].vhost() as vhost:
        yield nodes[-1], vhost


def is_ready(process: "Popen[str]") -> bool:
    """Tell whether a program has reached the first of its own moments: it hears SIGTERM itself."""
    caught = re.search(r"SigCgt:\s*(\w+)", Path(f"/proc/{process.pid}/status").read_text())
    return caught is not None and bool(int(caught[1], 16) >> (signal.SIGTERM - 1) & 1)


def interrupted(words: str, url: str, number: signal.Signals, after: float) -> Ended:
    """Run a command, and send it a signal so many seconds after its first moment."""
    environ = {"PATH": os.environ["PATH"], "AMQP_URL": url, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "routing", *words.split()]
    with Popen(command, env=environ, stdout=PIPE, stderr=PIPE, text=True, cwd=ROOT) as process:
        limit = time.monotonic() + LIMIT
        while process.poll() is None and not is_ready(process):
            assert time.monotonic() < limit, "the program never hears SIGTERM"
        try:
            process.wait(after)
        except TimeoutExpired:
            process.send_signal(number)
        sent = time.monotonic()
        _, error = process.communicate(timeout=LIMIT)
        return Ended(process.returncode, error, after, time.monotonic() - sent)


def left_in(node: Node, vhost: str) -> list[str]:
    """List the exchanges and queues of runs that are in a vhost."""
    return [
        each["name"]
        for kind in ("exchanges", "queues")
        for each in json.loads(node.asked("GET", f"{kind}/{quote(vhost, safe='')}")[1])
        if each["name"].startswith("routing-")
    ]


@pytest.mark.long
@pytest.mark.parametrize("words", RUNS)
def test_does_it_end_as_promised(words: str, place: tuple[Node, str]) -> None:
    """With its status, in a sentence or without a word, soon, and nothing is left on the broker."""
    node, vhost = place
    count = MOMENTS * len(SIGNALS)
    numbers = [SIGNALS[each % len(SIGNALS)] for each in range(count)]
    moments = [RUNS[words] * (each + 1) / (count + 1) for each in range(count)]
    run = partial(interrupted, words, node.url(vhost))
    with ThreadPoolExecutor(len(SIGNALS)) as threads:
        ended = [*threads.map(run, numbers, moments)]
    assert [*filter(is_wrong, zip(numbers, ended, strict=True))] == []
    limit = time.monotonic() + LIMIT
    while left := left_in(node, vhost):
        assert time.monotonic() < limit, f"left behind: {left}"


def is_wrong(told: tuple[signal.Signals, Ended]) -> bool:
    """Tell whether a run ended otherwise than is promised."""
    number, ended = told
    said = ("", SAID) if number == signal.SIGINT else ("",)
    return ended.status not in (0, 128 + number) or ended.error not in said or ended.took > SOON


SOON = 10.0
"""Seconds within which a run ends that a signal asks to."""
