"""walk: a lesson step by step."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping
from typing import Final

from routing.files.reading import source_choice
from routing.files.scenario import scenario_meant
from routing.view.command_line import COMMON, Command, add_version, add_vhost

LONGEST_PAUSE: Final = 3600
"""Seconds that --auto can wait at most."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    add_vhost(parser)
    parser.add_argument(
        "--auto", type=seconds, metavar="SECONDS", help="walk on by itself after so long"
    )
    add_version(parser)


def seconds(text: str) -> float:
    """Read a number of seconds; argparse tells what is wrong with another text."""
    number = float(text)
    if not 0 <= number <= LONGEST_PAUSE:
        raise ArgumentTypeError(f"{text} is not from 0 to {LONGEST_PAUSE} seconds")
    return number


def run(options: Namespace) -> int:
    """Walk through one lesson on a broker."""
    meant = scenario_meant(options.source, options.vhost)

    from routing.broker.screen import broker_found
    from routing.view.console import stdout_console
    from routing.walk.lesson import walk

    with broker_found(options.rabbitmq) as broker:
        return 0 if walk(meant(broker.followed), broker, stdout_console(), options.auto) else 1


COMMANDS: Final[Mapping[str, Command]] = {
    "walk": Command(
        text="Go through a lesson step by step: declare, guess, publish, see why.",
        describe=describe,
        run=run,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("walk topic", "walk headers --auto 8"),
    )
}
