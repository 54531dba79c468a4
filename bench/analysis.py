"""How long do lint and diff take, and does that grow as the bindings do?

500 bindings over 5 exchanges, and 10,000 over 50; a binding is taken away from the new ones, and
another has a new key.  Each takes turns with the others; medians, and ratios to the small ones.

    .venv/bin/python -m bench.analysis [ROUNDS]
"""

import random
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import Final

from rich.console import Console
from rich.table import Table

from routing.amqp.topology import Binding, Exchange, Topology
from routing.amqp.values import Value
from routing.amqp.versions import MOST_HASHES, NEWEST
from routing.analysis.diff.differences import Two, differences
from routing.analysis.lint.found import findings
from routing.analysis.lint.subject import Subject
from routing.analysis.net import Net
from routing.files.source import Source
from routing.rules.loaded import loaded

SIZES: Final = {500: (5, 50), 10_000: (50, 1_000)}
"""So many bindings, over so many exchanges and queues."""

KINDS: Final = ("topic", "topic", "direct", "headers")
WORDS: Final = [f"word{number}" for number in range(60)]


def drawn(size: int) -> Topology:
    """Draw a topology, the same one each time."""
    choice = random.Random(size)  # noqa: S311 - the same one in every run
    exchanges, queues = SIZES[size]
    kinds = [KINDS[number % len(KINDS)] for number in range(exchanges)]
    return Topology(
        exchanges=[Exchange(f"x{number}", kind) for number, kind in enumerate(kinds)],
        queues=[f"queue-{number}" for number in range(queues)],
        bindings=[
            drawn_binding(choice, n % exchanges, kinds[n % exchanges], queues) for n in range(size)
        ],
    )


def drawn_binding(choice: random.Random, number: int, kind: str, queues: int) -> Binding:
    """Draw a binding; of some words of a key that are wildcards, two are `#` at the most."""
    queue = f"queue-{choice.randrange(queues)}"
    if kind == "headers":
        names = choice.sample(range(6), 2)
        values: list[Value] = ["a", "b", 1]
        asked = {f"h{name}": choice.choice(values) for name in names}
        return Binding(f"x{number}", queue, "", {"x-match": choice.choice(["all", "any"]), **asked})
    words = choice.choices([*WORDS, *["*"] * 9, *["#"] * 4], k=choice.randrange(1, 5))
    while words.count("#") > MOST_HASHES:
        words.remove("#")
    return Binding(f"x{number}", queue, ".".join(words))


def changed(topology: Topology) -> Topology:
    """Take a binding away, and give another one a new key."""
    _, second, *others = topology.bindings
    return replace(topology, bindings=[*others, replace(second, binding_key="new.#")])


def lint(topology: Topology) -> int:
    """Count what lint finds."""
    return len(findings(Subject(Source("it", topology), NEWEST)))


def diff(topology: Topology) -> int:
    """Count the exchanges that differ."""
    old, new = (Net(loaded(each, NEWEST).ready) for each in (topology, changed(topology)))
    return sum(bool(each.changes) for each in differences(Two(old, new)))


WORKS: Final[dict[str, Callable[[Topology], int]]] = {"lint": lint, "diff": diff}


def main() -> int:
    """Measure, and show it."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    took: dict[tuple[str, int], list[float]] = {}
    found: dict[tuple[str, int], int] = {}
    for _ in range(rounds):
        for size in SIZES:
            for name, work in WORKS.items():
                topology, begun = drawn(size), perf_counter()
                found[name, size] = work(topology)
                took.setdefault((name, size), []).append(perf_counter() - begun)
    table = Table("", "bindings", "found", "seconds", "ratio", box=None)
    for (name, size), seconds in sorted(took.items()):
        ratio = median(seconds) / median(took[name, min(SIZES)])
        told = (
            name,
            f"{size:,}",
            f"{found[name, size]:,}",
            f"{median(seconds):.2f}",
            f"{ratio:.1f}",
        )
        table.add_row(*told)
    Console().print(table)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
