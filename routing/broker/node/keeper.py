"""The process that holds a node for its owner, and ends it when the owner is gone.

The owner starts `python -m routing.broker.node.keeper`, which writes one line of JSON, either
{"url": ...} once the node is ready or {"error": ...}.  The node ends when standard input does,
which the system sees to even where the owner is killed, or on SIGTERM.  With a record, the node
outlives its owner, and ends on SIGTERM alone.
"""

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from routing.broker.listen import Entrance
from routing.broker.lock import locked
from routing.broker.node.cluster import running_cluster
from routing.broker.node.container import running_container
from routing.broker.node.node import MANAGEMENT, running_node
from routing.broker.node.process import Over, Running, read_to_the_end
from routing.broker.node.record import Kept, lock_of, recorded
from routing.broker.programs.docker import Image
from routing.broker.programs.installation import Installation
from routing.broker.way import Unavailable


def main() -> None:
    """Hold a node until it is over, and say its URL or what went wrong."""
    arguments = parsed()
    signalled = signals()
    try:
        with locked(lock_of(arguments.record)) if arguments.record else nullcontext():
            hold(arguments, signalled, sys.stdin.fileno())
    except Unavailable as error:
        say(error=str(error))
    except Over:
        pass


def parsed() -> argparse.Namespace:
    """Read what to hold."""
    parser = argparse.ArgumentParser(prog="python -m routing.broker.node.keeper")
    start = parser.add_mutually_exclusive_group(required=True)
    start.add_argument("--home", type=Path, help="RabbitMQ's folder")
    start.add_argument("--image", type=Image, help="the image of a container")
    parser.add_argument("--root", type=Path, help="where its packages are unpacked")
    parser.add_argument("--record", type=Path, help="the folder of a node that outlives its owner")
    parser.add_argument("--management", action="store_true", help="with its page for a browser")
    parser.add_argument("--listen", metavar="ADDRESS", help="with a room for a class, there")
    parser.add_argument("--tls", action="store_true", help="with a room that is encrypted")
    parser.add_argument("--cluster", action="store_true", help="three nodes")
    return parser.parse_args()


def signals() -> int:
    """Give a descriptor that can be read once a signal has said that it is time to end.

    A handler that raised could do so between the start of a process and the note of its id.
    """
    readable, writable = os.pipe()
    os.set_blocking(writable, False)
    signal.set_wakeup_fd(writable)
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, lambda *_: None)
    return readable


def hold(arguments: argparse.Namespace, signalled: int, owner: int) -> None:
    """Start a node and hold it until it has ended or is no longer wanted.

    Raises Over where it is no longer wanted, Unavailable where it does not start.
    """
    with started(arguments, (signalled, owner)) as node:
        if arguments.record is None:
            say(url=node.url)
            await_end(node, (signalled, owner))
        else:
            with recorded(kept(node), arguments.record):
                say(url=node.url)
                await_end(node, (signalled,))


def started(arguments: argparse.Namespace, over: Sequence[int]) -> AbstractContextManager[Running]:
    """Start what the arguments say."""
    if arguments.image:
        if arguments.management:
            raise Unavailable(
                "its image has no management page: run rabbitmq:4-management yourself"
            )
        if arguments.listen:
            raise Unavailable("a container opens no room for a class: install RabbitMQ")
        if arguments.cluster:
            raise Unavailable("containers make no cluster here: install RabbitMQ")
        return running_container(arguments.image, over)
    plugins = [MANAGEMENT] if arguments.management else []
    home = Installation(arguments.home, arguments.root)
    if arguments.cluster:
        return running_cluster(home, over, plugins)
    entrance = Entrance(arguments.listen, arguments.tls) if arguments.listen else None
    return running_node(home, over, plugins, entrance)


def kept(node: Running) -> Kept:
    """Describe a node that this process keeps."""
    started = time.strftime("%Y-%m-%d %H:%M")
    return Kept(node.url, os.getpid(), started, node.management, node.room)


def say(**words: str) -> None:
    """Write the one line that the owner waits for."""
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()


def await_end(node: Running, over: Sequence[int]) -> None:
    """Wait until the node has ended, or each of a cluster.

    Raises Over where it is no longer wanted.
    """
    read_to_the_end((node.process, *node.others), over)


if __name__ == "__main__":
    main()
