"""How fast is playing, against the tutorials' way, and against pika with nothing kept?

Each declares the same, publishes the same messages to the same 100 queues of the broker of
AMQP_URL, and takes it all away again, in a process of its own; they take turns, so that a noisy
machine is noisy for all.

    .venv/bin/python -m bench.playing [ROUNDS]
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

from pika import BasicProperties, BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import UnroutableError
from rich.console import Console
from rich.table import Table

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.broker import find
from routing.play.play import play

ROOT: Final = Path(__file__).parents[1]
EXCHANGE: Final = "bench-playing"
QUEUES: Final = [f"{EXCHANGE}.{number}" for number in range(100)]
KEYS: Final = [f"key.{number % 101}" for number in range(10_000)]
"""One key in 101 is bound to no queue, so that its messages come back."""

UNROUTABLE: Final = sum(key == "key.100" for key in KEYS)


def ours(url: str) -> None:
    """Play, and check the counts and returns of every message."""
    topology = Topology(
        exchanges=[Exchange(EXCHANGE, "topic")],
        queues=QUEUES,
        bindings=[Binding(EXCHANGE, queue, f"key.{n}") for n, queue in enumerate(QUEUES)],
    )
    messages = [Message(EXCHANGE, key) for key in KEYS]
    with find({"AMQP_URL": url}, lambda _: None) as broker:
        seen = play(broker, topology, messages)
    for number, each in enumerate(seen):
        queue = number % 101
        copies = {QUEUES[queue]: 1} if queue < len(QUEUES) else {}
        check(dict(each.copies) == copies and each.returned == 1 - len(copies))


def tutorial(url: str) -> None:
    """Wait for each message's confirm, and then get from each queue until it is empty."""
    with BlockingConnection(URLParameters(url)) as connection:
        channel = connection.channel()
        declare(channel)
        channel.confirm_delivery()
        returned = sum(not confirmed(channel, key) for key in KEYS)
        got = sum(count_until_empty(channel, queue) for queue in QUEUES)
        check((got, returned) == (len(KEYS) - UNROUTABLE, UNROUTABLE))
        channel.exchange_delete(EXCHANGE)


def confirmed(channel: BlockingChannel, key: str) -> bool:
    """Publish one message and wait until the broker has taken it, or returned it."""
    try:
        channel.basic_publish(EXCHANGE, key, b"", mandatory=True)
    except UnroutableError:
        return False
    return True


def count_until_empty(channel: BlockingChannel, queue: str) -> int:
    """Get message by message until there is none."""
    count = 0
    while channel.basic_get(queue, auto_ack=True)[0] is not None:
        count += 1
    return count


def floor(url: str) -> None:
    """Publish all at once, wait once, and drain by consumers; only how many came is counted."""
    left = len(KEYS)

    def arrived(*_: object) -> None:
        nonlocal left
        left -= 1

    with BlockingConnection(URLParameters(url)) as connection:
        channel = connection.channel()
        declare(channel)
        channel.add_on_return_callback(arrived)
        for key in KEYS:
            channel.basic_publish(EXCHANGE, key, b"", BasicProperties(), mandatory=True)
        channel.queue_declare(QUEUES[0], passive=True)  # the barrier
        for queue in QUEUES:
            channel.basic_consume(queue, arrived, auto_ack=True)
        while left:
            connection.process_data_events(time_limit=10)
        channel.exchange_delete(EXCHANGE)


def declare(channel: BlockingChannel) -> None:
    """Declare what ours declares; the queues end with the connection."""
    channel.exchange_declare(EXCHANGE, "topic", auto_delete=True)
    for number, queue in enumerate(QUEUES):
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, EXCHANGE, f"key.{number}")


def check(holds: bool) -> None:  # noqa: FBT001 - it reads as an assertion
    """Give up where a script did not do what it is timed for."""
    if not holds:
        raise SystemExit("A run lost or doubled a message: its time means nothing.")


WAYS: Final[Mapping[str, Callable[[str], None]]] = {
    "tutorial": tutorial,
    "floor": floor,
    "ours": ours,
}

SHOWN: Final = {
    "tutorial": "tutorials: confirm, then get",
    "floor": "bare pika, nothing kept",
    "ours": "routing.play.play, all verified",
}


def seconds(way: str) -> float:
    """Time one way in a process of its own; how long Python takes to start is left out."""
    command = [sys.executable, "-m", "bench.playing", way]
    run = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return float(run.stdout)


def table(times: Mapping[str, list[float]]) -> Table:
    """Show medians, and how many times as fast ours is, round by round."""
    shown = Table(title=f"{len(KEYS):,} messages to {len(QUEUES)} queues")
    for name in ("", "ms", "messages/s", "play is faster by"):
        shown.add_column(name, justify="right" if name else "left")
    for way, rounds in times.items():
        ratio = median(theirs / our for theirs, our in zip(rounds, times["ours"], strict=True))
        shown.add_row(
            SHOWN[way],
            f"{median(rounds) * 1000:,.0f}",
            f"{len(KEYS) / median(rounds):,.0f}",
            f"{ratio:.2f}",
        )
    return shown


def main(rounds: int) -> None:
    """Take turns, one round to warm up, and print the medians."""
    turns = [{way: seconds(way) for way in WAYS} for _ in range(rounds + 1)][1:]
    Console().print(table({way: [turn[way] for turn in turns] for way in WAYS}))
    print(f"Medians of {rounds} rounds, from connecting until all is taken away and closed.")
    print("To reach: 3 times the tutorials' speed, 0.7 of bare pika's.")


if __name__ == "__main__":
    if "AMQP_URL" not in os.environ:
        raise SystemExit("Set AMQP_URL to a running broker first; make up prints one.")
    if sys.argv[1:] and sys.argv[1] in WAYS:
        start = perf_counter()
        WAYS[sys.argv[1]](os.environ["AMQP_URL"])
        print(perf_counter() - start)
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 7)
