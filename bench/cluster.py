"""How many messages are verified a second on one node, and on three?

A node and a cluster of the newest version are started, and the same random topologies are played
on them by turns, so that a noisy machine is noisy for all: on the node, through one node of the
cluster, and across its three nodes, one trial after another.

    .venv/bin/python -m bench.cluster [ROUNDS] [VERSION]
"""

import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from statistics import median

from rich.console import Console
from rich.table import Table

from routing.broker import find
from routing.broker.address import each_of
from routing.broker.node.cluster import running_cluster
from routing.broker.node.node import running_node
from routing.broker.node.private import kinds
from routing.broker.programs.installation import Installation
from routing.broker.way import first, untold
from routing.play.together import MOST_TOGETHER
from routing.verify.verify import Limit, verify


def rate(urls: str, seed: int) -> float:
    """Verify a round of trials, and give the messages of a second."""
    with find({"AMQP_URL": urls}, untold) as broker:
        verified = verify([broker], Limit(trials=MOST_TOGETHER), seed, untold)
    if verified.differs:
        raise SystemExit("Model and broker differ: the rate means nothing.")
    return verified.messages / verified.seconds


def table(rates: Mapping[str, list[float]]) -> Table:
    """Show medians, and how many times the first one's, round by round."""
    shown = Table()
    for name in ("", "messages/s", "of one node's"):
        shown.add_column(name, justify="right" if name else "left")
    alone = next(iter(rates.values()))
    for way, rounds in rates.items():
        ratio = median(each / one for each, one in zip(rounds, alone, strict=True))
        shown.add_row(way, f"{median(rounds):,.0f}", f"{ratio:.2f}")
    return shown


def main(rounds: int, asked: str) -> None:
    """Take turns, one round to warm up, and print the medians."""
    attempts = [(each.name, partial(each.prepare, untold)) for each in kinds(asked)]
    program = first(attempts, untold, asked)
    if not isinstance(program, Installation):
        raise SystemExit("A container makes no cluster: install RabbitMQ.")
    with ExitStack() as stack:
        node = stack.enter_context(running_node(program))
        cluster = stack.enter_context(running_cluster(program))
        ways = {
            "one node": node.url,
            "a cluster, through one node": each_of(cluster.url)[0],
            "a cluster, across three nodes": cluster.url,
        }
        turns = [{way: rate(ways[way], seed) for way in ways} for seed in range(rounds + 1)][1:]
    Console().print(table({way: [turn[way] for turn in turns] for way in ways}))
    print(f"RabbitMQ {program.version}, medians of {rounds} rounds of {MOST_TOGETHER} topologies.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 5, sys.argv[2] if sys.argv[2:] else "4.3")
