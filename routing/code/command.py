"""code: a lesson as a plain pika script, to take home."""

import os
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from routing.amqp.errors import BadUse
from routing.broker import kept
from routing.broker.address import parts_of
from routing.code.script import script
from routing.files.lesson import lesson, names
from routing.view.command_line import Command

USUAL: Final = "amqp://guest:guest@localhost:5672/"
"""Where a RabbitMQ is that was just installed."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("lesson", metavar="LESSON", help=f"{', '.join(names())}, or a file")
    parser.add_argument("--part", choices=("send", "receive"), help="one of two programs that meet")
    parser.add_argument("--save", metavar="FILE", help="write it to a new file")


def run(options: Namespace) -> int:
    """Print the script, or save it."""
    text = script(lesson(options.lesson), broker_url(), options.part)
    if options.save:
        save(text, Path(options.save))
        print(f"Saved; python {options.save} runs it.")
    else:
        print(text, end="")
    return 0


def broker_url() -> str:
    """Give the URL that the script connects to: AMQP_URL, the kept node's, or the usual one.

    Raises BadUse where AMQP_URL is not well written.
    """
    if url := os.environ.get("AMQP_URL"):
        parts_of(url)
        return url
    node = kept.status()
    return node.url if node else USUAL


def save(text: str, path: Path) -> None:
    """Write a file that is not there yet.

    Raises BadUse where it is, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise BadUse(f"{path} is there already: name another file, or remove it.") from None
    except OSError as error:
        raise BadUse(f"{path} cannot be written ({error.strerror}): name another file.") from error


COMMANDS = {
    "code": Command(
        text="Print a lesson as a plain pika script: to read, to change, to take home.",
        describe=describe,
        run=run,
        statuses="0 printed, 2 bad use, 130 Ctrl-C",
        examples=("code topic | python -", "code topic --part receive"),
    )
}
