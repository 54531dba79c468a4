"""verify: random trials held against the model and a broker."""

import json
import secrets
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from typing import Final

from routing.broker.screen import broker_found, shown
from routing.verify.verify import Verified, verify
from routing.view.command_line import COMMON, Command, add_json, add_version

CASES = 500
"""Topologies that are made up by default, each with some messages: half a minute."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("--cases", type=number, default=CASES, help=f"topologies; default: {CASES}")
    parser.add_argument("--seed", type=int, help="the same seed makes the same topologies")
    add_json(parser)
    add_version(parser)


def number(text: str) -> int:
    """Read a number from 1 on; argparse tells what is wrong with another text."""
    if int(text) < 1:
        raise ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def run(options: Namespace) -> int:
    """Hold random trials against the model and the broker, and show the first difference."""
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    with broker_found(options.rabbitmq) as broker, shown() as report_progress:
        verified = verify(broker, options.cases, seed, report_progress)
    if options.json:
        print(json.dumps(written(verified, seed)))
    else:
        print_verified(verified, broker.described, seed)
    return 1 if verified.difference else 0


def print_verified(verified: Verified, played_on: str, seed: int) -> None:
    """Print what agreed, or the difference, for people."""
    from routing.verify.screen import agreed, difference
    from routing.view.console import stdout_console

    found = verified.difference
    said = difference(found) if found else agreed(verified, played_on, seed)
    stdout_console().print(said)


def written(verified: Verified, seed: int) -> dict[str, object]:
    """Give what agreed, and the case of the difference, for programs to read."""
    found = verified.difference
    return {
        "seed": seed,
        "topologies": verified.trials,
        "messages": verified.messages,
        "refused": verified.refused,
        "difference": json.loads(found.as_case) if found else None,
    }


COMMANDS: Final[Mapping[str, Command]] = {
    "verify": Command(
        text="Make up topologies and messages, and hold the model against a broker with them.",
        describe=describe,
        run=run,
        statuses=f"0 no difference, 1 a difference, {COMMON}",
        examples=("verify --cases 20", "verify --cases 20 --seed 7"),
    )
}
