"""How long does `exchange-routing route --messages` take for a million keys, and how much memory?

Whole processes, from the definitions of 10,000 topic bindings to the table of counts: keys that are
all different (each has a word of its own), a tenth of them, keys that come again as real ones do,
and the different ones with --json.  They take turns.

    .venv/bin/python -m bench.many [ROUNDS]
"""

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.drawn import QUEUES, VOCABULARY, random_key, topic_case, with_word
from routing.ask.answer import NOBODY, ROUTED

ROOT: Final = Path(__file__).parents[1]
BINDINGS: Final = 10_000
MANY: Final = 1_000_000
REQUIRED: Final = 15


class Run(NamedTuple):
    """What one process took: seconds by the clock and of a processor, and its memory at most."""

    seconds: float
    processor: float
    megabytes: float


def definitions() -> str:
    """Write the bindings as a broker exports them."""
    bindings = [
        {
            "source": "x",
            "destination": each.queue,
            "destination_type": "queue",
            "routing_key": each.binding_key,
        }
        for each in topic_case(BINDINGS).bindings
    ]
    queues = [{"name": f"q{number}"} for number in range(QUEUES)]
    exchanges = [{"name": "x", "type": "topic"}]
    return json.dumps({"exchanges": exchanges, "queues": queues, "bindings": bindings})


def write_keys(folder: Path) -> None:
    """Write the files of keys."""
    files = [folder / name for name in ("again", "different", "tenth")]
    with ExitStack() as stack:
        again, different, tenth = [stack.enter_context(file.open("w")) for file in files]
        for number in range(MANY):  # in no list: a process begins with the memory of its parent
            key = random_key(VOCABULARY[BINDINGS])
            again.write(f"{key}\n")
            key = with_word(key, f"new{number}")
            different.write(f"{key}\n")
            if number % 10 == 0:
                tenth.write(f"{key}\n")


def timed(folder: Path, keys: str, *options: str) -> Run:
    """Route the keys of a file in a process of its own."""
    words = ["route", f"{folder}/x.json", "-x", "x", "--messages", f"{folder}/{keys}", *options]
    start = perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "routing", *words], cwd=ROOT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (ROUTED, NOBODY):
        raise SystemExit(f"The run on {keys} keys ended with status {process.returncode}.")
    unit = 1 if sys.platform == "darwin" else 1_024
    spent = used.ru_utime + used.ru_stime
    return Run(perf_counter() - start, spent, used.ru_maxrss * unit / 1_000_000)


def main(rounds: int) -> None:
    """Measure, and print one table."""
    asked = {
        f"{MANY // 10:,} different": ["tenth"],
        f"{MANY:,} different": ["different"],
        f"{MANY:,} that come again": ["again"],
        f"{MANY:,} different, --json": ["different", "--json"],
    }
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "x.json").write_text(definitions())
        write_keys(folder)
        runs = [[timed(folder, *words) for words in asked.values()] for _ in range(rounds)]
    shown = Table(title=f"Keys routed through {BINDINGS:,} topic bindings")
    for heading in ("keys", "seconds", "of a processor", "MB at most"):
        shown.add_column(heading, justify="left" if heading == "keys" else "right")
    for keys, each in zip(asked, zip(*runs, strict=True), strict=True):
        seconds, processor, megabytes = map(median, zip(*each, strict=True))
        shown.add_row(keys, f"{seconds:.1f}", f"{processor:.1f}", f"{megabytes:.0f}")
    Console().print(shown)
    print(f"Medians of {rounds} rounds.  To reach: {MANY:,} in {REQUIRED} s, in flat memory.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3)
