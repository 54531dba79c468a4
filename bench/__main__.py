"""All the benchmarks, one after another, on the broker that a demo would find: `make bench`."""

import os
import subprocess
import sys
from pathlib import Path

from routing.broker.screen import broker_found
from routing.view.command_line import guarded

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Run each benchmark as a program of its own, so that none is warmed up by another."""
    with broker_found() as broker:
        environ = {**os.environ, "AMQP_URL": broker.url}
        for name in ("lookup", "many", "analysis", "startup", "playing"):
            print(f"\nbench.{name}", flush=True)
            subprocess.run(
                [sys.executable, "-m", f"bench.{name}"], cwd=ROOT, env=environ, check=True
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(guarded(main))
