"""up, status and down: a RabbitMQ that stays until it is ended."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.versions import begins_with
from routing.broker import kept
from routing.broker.advice import advice
from routing.broker.find import connected
from routing.broker.node.record import Kept
from routing.broker.node.room import CLASS, Room
from routing.broker.node.temporary import remove_abandoned
from routing.broker.screen import room_shown, shown, stocked
from routing.broker.stock import stock, would_use
from routing.view.colours import STRONG
from routing.view.command_line import Command, add_json, add_version
from routing.view.console import stdout_console

NOT_RUNNING = 3


def describe_up(parser: ArgumentParser) -> None:
    """Add the arguments of up."""
    parser.add_argument(
        "--management", action="store_true", help="with RabbitMQ's own page for a browser"
    )
    parser.add_argument(
        "--listen", metavar="ADDRESS", help="a room for a class, on this machine's ADDRESS"
    )
    add_json(parser)
    add_version(parser)


def up(options: Namespace) -> int:
    """Start the node, unless it runs already."""
    asked = options.rabbitmq
    remove_left()
    with shown() as report_progress:
        node, new = kept.up(
            report_progress, asked=asked, management=options.management, listen=options.listen
        )
    version = version_of(node)
    if asked and not begins_with(version, asked):
        raise BadUse(
            f"RabbitMQ {version} runs already, at {node.address}, not {asked}: "
            f"end it with {advice('down', 'down')}, and then start the other one."
        )
    if options.json:
        print(json.dumps(written(node)))
        return 0
    runs = "runs now" if new else "runs already"
    print(f"RabbitMQ {version} {runs}, at {node.address}; the demos use it.")
    print(f"{advice('down', 'down')} ends it.")
    print_addresses(node)
    return 0


def version_of(node: Kept) -> str:
    """Ask a node which version it is.

    Raises NoBroker where it does not answer.
    """
    with connected(node.url, "up") as broker:
        return broker.version


def describe_status(parser: ArgumentParser) -> None:
    """Add the arguments of status."""
    add_json(parser)
    add_version(parser)


def status(options: Namespace) -> int:
    """Say whether the node runs, what can be had, and what a run would use."""
    remove_left()
    node = kept.status()
    uses, why = would_use(os.environ, options.rabbitmq)
    if options.json:
        print(json.dumps(written(node) | stock_written(uses, why)))
    else:
        print_status(node)
        stdout_console().print(stocked(stock(), uses, why))
    return 0 if node else NOT_RUNNING


def print_status(node: Kept | None) -> None:
    """Print whether the node runs, and where."""
    if node is None:
        print(f"RabbitMQ does not run here; {advice('up', 'up')} starts it.")
    else:
        print(f"RabbitMQ {version_of(node)} runs at {node.address}, since {node.started}.")
        print_addresses(node)


def down(_: Namespace) -> int:
    """End the node, if it runs."""
    print("RabbitMQ has ended." if kept.down() else "RabbitMQ did not run.")
    remove_left()
    return 0


def remove_left() -> None:
    """Remove what killed nodes have left, and tell it."""
    for folder in remove_abandoned():
        print(f"A RabbitMQ that was killed had left {folder}: removed.", file=sys.stderr)


def print_addresses(node: Kept) -> None:
    """Print what other programs, and a browser, need; in a room, everybody reads it."""
    if node.room:
        console = stdout_console()
        console.print(room_shown(node, node.room))
        console.print(f"\n    export AMQP_URL={node.room.url}\n", style=STRONG, soft_wrap=True)
        return
    print(f"For other programs: AMQP_URL={node.url}")
    if node.management:
        user, password = node.login
        print(f"Its page, for a browser: {node.management}  user {user}  password {password}")


def written(node: Kept | None) -> dict[str, Any]:
    """Give what is known of the node for programs to read."""
    if node is None:
        return {"running": False}
    return {
        "running": True,
        "url": node.url,
        "started": node.started,
        "management": node.management,
        "room": node.room and room_written(node.room),
    }


def room_written(room: Room) -> dict[str, Any]:
    """Give what a class needs for programs to read."""
    return {
        "url": room.url,
        "listen": room.listen,
        "port": room.port,
        "user": CLASS,
        "password": room.password,
        "vhost": CLASS,
        "management": room.management,
    }


def stock_written(uses: str, why: str) -> dict[str, Any]:
    """Give what can be had, and what a run would use, for programs to read."""
    versions = [
        {"version": each.version, "from": each.source, "here": each.here and str(each.here)}
        for each in stock()
    ]
    return {"versions": versions, "uses": uses, "why": why}


COMMANDS: Final[Mapping[str, Command]] = {
    "up": Command(
        text="Start a RabbitMQ that stays: every demo then starts at once.",
        describe=describe_up,
        run=up,
        statuses="0 it runs, 2 bad use, 3 none could be started, 130 Ctrl-C",
        examples=("up --rabbitmq 4.3 --management", "up --listen 127.0.0.1"),
    ),
    "status": Command(
        text="Say whether the RabbitMQ of up runs, which can be had, which a run would use.",
        describe=describe_status,
        run=status,
        statuses="0 it runs, 2 bad use, 3 it does not run, 130 Ctrl-C",
        examples=("status", "status --rabbitmq 4.0 --json"),
    ),
    "down": Command(
        text="End the RabbitMQ of up, if it runs.",
        describe=lambda parser: parser,
        run=down,
        statuses="0 it has ended, 2 bad use, 3 it does not end, 130 Ctrl-C",
        examples=("down", "status"),
    ),
}
