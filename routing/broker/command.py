"""up, status and down: a RabbitMQ that stays until it is ended."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, Final

from routing.broker import kept
from routing.broker.advice import advice
from routing.broker.node.record import Kept
from routing.broker.screen import shown
from routing.view.command_line import Command, add_json

NOT_RUNNING = 3


def describe_up(parser: ArgumentParser) -> None:
    """Add the arguments of up."""
    parser.add_argument(
        "--management", action="store_true", help="with RabbitMQ's own page for a browser"
    )
    add_json(parser)


def up(options: Namespace) -> int:
    """Start the node, unless it runs already."""
    with shown() as report_progress:
        node, new = kept.up(report_progress, management=options.management)
    if options.json:
        print(json.dumps(written(node)))
        return 0
    print(f"RabbitMQ {'runs now' if new else 'runs already'}, at {node.address}; the demos use it.")
    print_addresses(node)
    print(f"{advice('down', 'down')} ends it.")
    return 0


def status(options: Namespace) -> int:
    """Say whether the node runs."""
    node = kept.status()
    if options.json:
        print(json.dumps(written(node)))
    elif node is None:
        print(f"RabbitMQ does not run here; {advice('up', 'up')} starts it.")
    else:
        print(f"RabbitMQ runs at {node.address}, since {node.started}.")
        print_addresses(node)
    return 0 if node else NOT_RUNNING


def down(_: Namespace) -> int:
    """End the node, if it runs."""
    print("RabbitMQ has ended." if kept.down() else "RabbitMQ did not run.")
    return 0


def print_addresses(node: Kept) -> None:
    """Print what other programs, and a browser, need."""
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
    }


COMMANDS: Final[Mapping[str, Command]] = {
    "up": Command(
        text="Start a RabbitMQ that stays: every demo then starts at once.",
        describe=describe_up,
        run=up,
        statuses="0 it runs, 2 bad use, 3 none could be started, 130 Ctrl-C",
        examples=("up", "up --management"),
    ),
    "status": Command(
        text="Say whether the RabbitMQ of up runs, and at which address.",
        describe=add_json,
        run=status,
        statuses="0 it runs, 2 bad use, 3 it does not run, 130 Ctrl-C",
        examples=("status", "status --json"),
    ),
    "down": Command(
        text="End the RabbitMQ of up, if it runs.",
        describe=lambda parser: parser,
        run=down,
        statuses="0 it has ended, 2 bad use, 3 it does not end, 130 Ctrl-C",
        examples=("down", "status"),
    ),
}
