"""up, status and down: a RabbitMQ that stays until it is ended."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.versions import begins_with
from routing.broker import kept
from routing.broker.address import without_password
from routing.broker.advice import advice
from routing.broker.find import connected, silent_among
from routing.broker.listen import Entrance
from routing.broker.node.record import Kept
from routing.broker.node.room import CLASS, Room
from routing.broker.node.temporary import remove_abandoned
from routing.broker.screen import room_shown, shown, stocked
from routing.broker.stock import stock, would_use
from routing.view.colours import STRONG
from routing.view.command_line import Command, add_json, add_version, announce, put
from routing.view.console import stdout_console

NOT_RUNNING = 3

NARROWEST: Final = 80
"""Columns of a projector: a line to type is not broken there."""

ASK_STATUS: Final = f"{advice('status', 'status')} says whether it runs"
"""What is left of a node that somebody no longer waits for."""


def describe_up(parser: ArgumentParser) -> None:
    """Add the arguments of up."""
    parser.add_argument(
        "--management", action="store_true", help="with RabbitMQ's own page for a browser"
    )
    parser.add_argument(
        "--listen", metavar="ADDRESS", help="a room for a class, on this machine's ADDRESS"
    )
    parser.add_argument(
        "--tls", action="store_true", help="all that is sent in that room is encrypted"
    )
    parser.add_argument("--cluster", action="store_true", help="three nodes that are one RabbitMQ")
    add_json(parser)
    add_version(parser)


def up(options: Namespace) -> int:
    """Start the node, unless it runs already."""
    asked = options.rabbitmq
    remove_left()
    with shown() as report_progress:
        node, new = kept.up(
            report_progress,
            asked=asked,
            management=options.management,
            listen=entrance(options.listen, tls=options.tls),
            cluster=options.cluster,
        )
    version = version_of(node)
    if asked and not begins_with(version, asked):
        raise BadUse(
            f"RabbitMQ {version} runs already, at {node.address}, not {asked}: "
            f"end it with {advice('down', 'down')}, and then start the other one."
        )
    if options.json:
        put(json.dumps(written(node)))
        return 0
    runs = "runs now" if new else "runs already"
    put(f"RabbitMQ {version} {runs}, {place_of(node)}; the demos use it.")
    put(f"{advice('down', 'down')} ends it.")
    print_silent(node)
    print_addresses(node)
    return 0


def entrance(listen: str | None, *, tls: bool) -> Entrance | None:
    """Tell where a class is to come in.

    Raises BadUse where it has TLS, but no address.
    """
    if tls and listen is None:
        example = advice("up LISTEN=127.0.0.1 TLS=1", "up --listen 127.0.0.1 --tls")
        raise BadUse(
            "TLS is for a room, and so needs the address on which a class comes in: "
            f"to try it alone, {example}."
        )
    return None if listen is None else Entrance(listen, tls)


def place_of(node: Kept) -> str:
    """Say where a node runs, or each of three."""
    nodes = len(node.urls)
    return f"at {node.address}" if nodes == 1 else f"as {nodes} nodes, at {node.address}"


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
        put(json.dumps(written(node) | stock_written(uses, why)))
    else:
        print_status(node)
        stdout_console().print(stocked(stock(), uses, why))
    return 0 if node else NOT_RUNNING


def print_status(node: Kept | None) -> None:
    """Print whether the node runs, and where."""
    if node is None:
        put(f"RabbitMQ does not run here; {advice('up', 'up')} starts it.")
    else:
        put(f"RabbitMQ {version_of(node)} runs {place_of(node)}, since {node.started}.")
        print_silent(node)
        print_addresses(node)


def print_silent(node: Kept) -> None:
    """Print which nodes of a cluster do not answer, and what has them back."""
    for url in silent_among(node.urls):
        again = f"{advice('down', 'down')}, then {advice('cluster', 'up --cluster')}"
        put(f"Its node at {without_password(url)} does not answer; {again}, has three again.")


def down(_: Namespace) -> int:
    """End the node, if it runs."""
    put("RabbitMQ has ended." if kept.down() else "RabbitMQ did not run.")
    remove_left()
    return 0


def remove_left() -> None:
    """Remove what killed nodes have left, and tell it."""
    for folder in remove_abandoned():
        announce(f"A RabbitMQ that was killed had left {folder}: removed.")


def print_addresses(node: Kept) -> None:
    """Print what other programs, and a browser, need; in a room, everybody reads it."""
    if node.room:
        console = stdout_console()
        console.print(room_shown(node, node.room))
        line = f"export AMQP_URL={node.room.url}"
        indented = line.rjust(max(len(line), min(len(line) + 4, NARROWEST)))
        console.print(f"\n{indented}\n", style=STRONG, soft_wrap=True)
        return
    several = " (or the URL of one node alone)" * (len(node.urls) > 1)
    put(f"For other programs{several}: AMQP_URL={node.url}")
    if node.management:
        user, password = node.login
        put(f"Its page, for a browser: {node.management}  user {user}  password {password}")


def written(node: Kept | None) -> dict[str, Any]:
    """Give what is known of the node for programs to read."""
    if node is None:
        return {"running": False}
    return {
        "running": True,
        "url": node.urls[0],
        "nodes": node.urls,
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
        "certificate": room.certificate,
        "fingerprint": room.fingerprint,
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
        examples=("up --rabbitmq 4.3 --management", "up --listen 127.0.0.1 --tls"),
        left=ASK_STATUS,
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
        left=ASK_STATUS,
    ),
}
