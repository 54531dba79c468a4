"""All the benchmarks, one after another, on the broker that a demo would find: `make bench`."""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

from routing.broker import find
from routing.cli import guarded
from routing.waiting import shown

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run each benchmark as a program of its own, so that none is warmed up by another."""
    with ExitStack() as stack:
        with shown() as report:
            broker = stack.enter_context(find(os.environ, report))
        environ = {**os.environ, "AMQP_URL": broker.url}
        for name in ("lookup", "startup", "playing"):
            print(f"\nbench.{name}", flush=True)
            subprocess.run(
                [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, env=environ, check=True
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
