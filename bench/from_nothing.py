"""How long from nothing to the first table, and how long with everything there?

Each round clones the project into an empty folder and calls `make demo-topic` there with an empty
home, on the newest RabbitMQ and on an older one in turn; each twice, the second time with all that
the first one has fetched.  Then it starts one node of each version at once, from what is here.

    .venv/bin/python -m bench.from_nothing [RUNS]
"""

import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from routing.broker.several import SERIES, brokers_of_their_own

ROOT = Path(__file__).parents[1]

COMPARED = ("4.3", "3.10")


def seconds(folder: Path, version: str) -> float:
    """Time one demo in a folder of its own, with an empty home and no RabbitMQ on PATH."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    start = perf_counter()
    subprocess.run(
        ["make", "demo-topic", f"RABBITMQ={version}"],
        cwd=folder / "project",
        env={"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
        check=True,
        capture_output=True,
    )
    return perf_counter() - start


def round_of(version: str) -> tuple[float, float]:
    """Time the first and the second demo of a fresh clone."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "clone", "--quiet", ROOT, folder / "project"], check=True)
        return seconds(folder, version), seconds(folder, version)


def together() -> float:
    """Time the start of one node of each version, all at once."""
    start = perf_counter()
    with brokers_of_their_own(SERIES, lambda _: None):
        return perf_counter() - start


def main(runs: int) -> None:
    """Take turns, and print the medians and their ratios."""
    rounds = [[round_of(version) for version in COMPARED] for _ in range(runs)]
    for place, version in enumerate(COMPARED):
        for part, name in enumerate(("from nothing", "again")):
            times = [each[place][part] for each in rounds]
            ratio = median(each[place][part] / each[0][part] for each in rounds)
            print(f"RabbitMQ {version:5} {name:13}{median(times):6.1f} s   ratio {ratio:.2f}")
    together()  # fetches what is not here yet
    print(f"{len(SERIES)} versions started at once{median(together() for _ in range(runs)):7.1f} s")
    print(f"(medians of {runs} runs in turn)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
