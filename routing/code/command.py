"""code: a lesson as a plain pika script, to take home."""

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from contextlib import suppress
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from routing.amqp.errors import NoBroker
from routing.amqp.notation import write_key
from routing.broker import kept
from routing.broker.address import each_of, parts_of, without_timeout
from routing.broker.find import LOCAL
from routing.code.script import script
from routing.files.reading import source_choice
from routing.files.scenario import aside, scenario_meant
from routing.rules.validity import accept
from routing.view.command_line import (
    Command,
    add_version,
    add_vhost,
    announce,
    put,
    version_of,
)
from routing.view.new_file import save

WITH_PASSWORD: Final = 0o600
"""Who may read a file with the broker's URL in it: its user alone."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    add_vhost(parser)
    parser.add_argument("--part", choices=("send", "receive"), help="one of two programs that meet")
    parser.add_argument("--save", metavar="FILE", help="write it to a new file")
    add_version(parser)


def run(options: Namespace) -> int:
    """Print the script, or save it."""
    version = version_of(options)
    scenario = scenario_meant(options.source, options.vhost)(version)
    announce(aside(options.source, scenario))
    if options.rabbitmq:
        accept(scenario, version)
    text = script(scenario, broker_url(), options.part)
    if options.save is not None:
        save(text, Path(options.save), WITH_PASSWORD)
        python = os.path.relpath(sys.executable)
        name = write_key(options.save)
        put(f"Saved; {python} {name} runs it; another Python needs pip install pika.")
    else:
        print_as_utf_8(text)
    return 0


def print_as_utf_8(text: str) -> None:
    """Print a program in the encoding that Python reads, whatever the terminal has."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")
    put(text, end="")


def broker_url() -> str:
    """Give the URL that the script connects to: AMQP_URL, the kept node's, or the usual one.

    Raises BadUse where AMQP_URL is not well written.
    """
    if url := os.environ.get("AMQP_URL"):
        first, *_ = each_of(url)
        parts_of(first)
        return without_timeout(first)
    with suppress(NoBroker):  # where there is no folder for a record, there is none
        if node := kept.status():
            # A script goes from hand to hand: where a class has a room, it is the class's.
            return node.room.url if node.room else node.urls[0]
    return LOCAL


COMMANDS: Final[Mapping[str, Command]] = {
    "code": Command(
        text="Print a lesson as a plain pika script: to read, to change, to take home.",
        describe=describe,
        run=run,
        statuses="0 printed, 2 bad use, 130 Ctrl-C",
        examples=("code topic | python -", "code topic --part receive"),
    )
}
