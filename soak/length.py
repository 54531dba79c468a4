"""Hundreds of scenarios in one process, and verify for minutes: nothing grows, nothing stays."""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Final

from routing.broker import Broker
from routing.broker.find import connected
from routing.demo.command import play_one
from routing.files.lesson import names
from routing.files.scenario import scenario_meant
from soak.done import Done, broken, memory_of
from soak.node import Node

ROOT: Final = Path(__file__).parents[1]

MOST_BLOCKS: Final = 5
"""Blocks of memory by which each further scenario may let this process grow: one that is kept has
hundreds; those of the interpreter's own caches come to fewer than one."""

MOST_MORE: Final = 10.0
"""MB by which this process may grow, once every lesson has been played."""

MOST_OF_VERIFY: Final = 60.0
"""MB by which verify may grow after its first quarter: it counts the shapes that it has seen."""

CLOSING: Final = 30.0
"""Seconds within which threads that close a connection have to end."""

PART: Final = 0.25
"""The part of verify's time after which its memory is looked at first."""


@dataclass(frozen=True)
class Used:
    """What this process has.

    blocks: of memory, counted by Python; memory: of all of it, in MB.
    """

    descriptors: int
    threads: int
    blocks: int
    memory: float


def used() -> Used:
    """Count what this process has."""
    gc.collect()
    descriptors = len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - names are enough
    blocks, memory = sys.getallocatedblocks(), memory_of(os.getpid())
    return Used(descriptors, threading.active_count(), blocks, memory)


def in_one_process(node: Node, count: int, lessons: Sequence[str] = ()) -> Done:
    """Play so many scenarios in this process, every second one over a connection of its own.

    lessons: by default all, in turn.
    """
    lessons = lessons or names()
    there, begun = node.held(), monotonic()
    with connected(node.url, "AMQP_URL") as broker:
        warm = [agrees(number, lessons, broker) for number in range(2 * len(lessons))]
        before = used()
        agreed = [agrees(number, lessons, broker) for number in range(count)]
        await_threads(before.threads)
        after = used()
    took, left = monotonic() - begun, node.left(there)
    blocks, more = after.blocks - before.blocks, after.memory - before.memory
    return Done(
        f"{count} scenarios in one process; {blocks / max(count, 1):.1f} blocks more for each",
        took,
        f"{after.memory:.0f} MB, {more:+.1f} MB",
        left,
        broken(
            all_agree=not all(warm + agreed) and f"{(warm + agreed).count(False)} do not",
            descriptors_are_flat=grown(before.descriptors, after.descriptors),
            threads_are_flat=grown(before.threads, after.threads),
            memory_is_flat=blocks > MOST_BLOCKS * count and f"{blocks} blocks more",
            no_megabytes_are_added=more > MOST_MORE and f"{more:.1f} MB more",
            nothing_is_left=left != "nothing" and left,
        ),
    )


def agrees(number: int, lessons: Sequence[str], broker: Broker) -> bool:
    """Play a lesson as demo does, and tell whether all went as predicted.

    number: says which, and whether it is played over a connection of its own.
    """
    scenario = scenario_meant(lessons[number % len(lessons)])(broker.followed)
    own = number // len(lessons) % 2
    with connected(broker.url, broker.origin) if own else nullcontext(broker) as chosen:
        _, rows, _ = play_one(scenario, chosen)
    return bool(rows) and all(row.agrees for row in rows)


def grown(before: int, after: int) -> str:
    """Say from how many to how many it went, if it grew."""
    return f"{before}, then {after}" if after > before else ""


def await_threads(count: int) -> None:
    """Wait until no more threads run than did: some close a connection yet."""
    limit = monotonic() + CLOSING
    while threading.active_count() > count and monotonic() < limit:
        sleep(0.05)  # between two looks


def verified(node: Node, minutes: int) -> Done:
    """Let verify run for minutes, and look at its memory early and late."""
    before, begun = node.held(), monotonic()
    command = [sys.executable, "-m", "routing", "verify", "--minutes", str(minutes)]
    environ = {**os.environ, "AMQP_URL": node.url}
    with subprocess.Popen(
        command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        early, late = memory_over(program, 60 * minutes)
        said = program.communicate(timeout=120 + 60 * minutes)[0]
    took, left = monotonic() - begun, node.left(before)
    return Done(
        f"verify --minutes {minutes}",
        took,
        f"{late:.0f} MB, {late - early:+.1f} MB",
        left,
        broken(
            verify_ends_with_0=program.returncode and f"{program.returncode}, {said[-300:]}",
            memory_is_flat=late - early > MOST_OF_VERIFY and f"{late - early:.0f} MB more",
            nothing_is_left=left != "nothing" and left,
        ),
    )


def memory_over(program: "subprocess.Popen[str]", seconds: float) -> tuple[float, float]:
    """Look at a program's memory again and again: after a part of its time, and last."""
    begun, early, late = monotonic(), 0.0, 0.0
    while program.poll() is None and monotonic() - begun < seconds:
        late = memory_of(program.pid) or late
        early = late if monotonic() - begun < PART * seconds else early
        sleep(0.5)  # between two looks
    return early, late
