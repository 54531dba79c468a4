"""The option that has a walk go on by itself."""

from argparse import ArgumentParser, ArgumentTypeError
from typing import Final

LONGEST_PAUSE: Final = 3600
"""Seconds that --auto can wait at most."""


def add_auto(parser: ArgumentParser, said: str) -> None:
    """Add the option."""
    parser.add_argument("--auto", type=seconds, metavar="SECONDS", help=said)


def seconds(text: str) -> float:
    """Read a number of seconds; argparse tells what is wrong with another text."""
    number = float(text)
    if not 0 <= number <= LONGEST_PAUSE:
        raise ArgumentTypeError(f"{text} is not from 0 to {LONGEST_PAUSE} seconds")
    return number
