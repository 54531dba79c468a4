"""What a command says of itself, how its words are read, and how it ends with a status."""

import os
import re
import signal
import sys
from argparse import (
    SUPPRESS,
    ArgumentParser,
    Namespace,
    RawDescriptionHelpFormatter,
    _ActionsContainer,
)
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn, TextIO

from routing.amqp.errors import BadUse, RoutingError
from routing.amqp.versions import NAME_ONE, NEWEST, Version, version_meant
from routing.rules.validity import require_known
from routing.view.signals import Interrupted, number_of, raising
from routing.view.unforeseen import lacks, unforeseen

PROGRAM: Final = "exchange-routing"

COMMON: Final = "2 bad use, 3 no broker, 130 Ctrl-C"
"""Statuses that most commands share."""


LOST: Final = re.compile(r"-(-[a-z-]+=|\w=?)--")
"""An option whose value argparse takes away, as it does with each -- in the words."""

NOTHING: Final = "nothing is left behind"

WIDTH: Final = 80

TIMEOUT: Final = 15.0
"""Seconds within which a run ends after a fault, unless it is told otherwise."""

LONGEST: Final = 3600.0

READER_GONE: Final = 141
"""The status where the reader of a pipe has left, as a shell counts it: 128 + SIGPIPE."""


@dataclass(frozen=True)
class Command:
    """A command, without its name.

    describe: adds its arguments to a parser.
    run: does what they ask for, and returns the exit status.
    statuses: what it ends with, in a line.
    examples: two command lines that run as they are.
    left: what is said of the rest where Ctrl-C ends it.
    table: whether it prints what one may want to keep: then it has --save.
    """

    text: str
    describe: Callable[[ArgumentParser], object]
    run: Callable[[Namespace], int]
    statuses: str
    examples: tuple[str, str]
    left: str = NOTHING
    table: bool = False


class Formatter(RawDescriptionHelpFormatter):
    """Lays a help text out for a terminal of the usual width.

    To ask for the width of this one would slow every start, and not only that of --help.
    """

    def __init__(self, prog: str) -> None:
        """Set the width."""
        super().__init__(prog, width=WIDTH)


class Parser(ArgumentParser):
    """Reads the words of one command; what is wrong with them is told in a sentence."""

    def error(self, message: str) -> NoReturn:
        """Raise BadUse."""
        raise BadUse(f"{self.prog}: {message}; {self.prog} --help tells more.")

    def print_help(self, file: Any = None) -> None:
        """Print it as all else is printed: argparse does not tell that it could not be written."""
        put(self.format_help(), end="", file=file)

    def read(self, words: Sequence[str]) -> Namespace:
        """Read all words; raises BadUse where one of them is not known."""
        if lost := next((word for word in words if LOST.fullmatch(word)), None):
            self.error(f"{lost} has -- for a value, which is none")
        options, left = self.parse_known_args(words)
        if unknown := next((word for word in left if word.startswith("-")), None):
            known = dict.fromkeys(re.findall(r"--[a-z-]+", self.format_help()))
            require_known(self.prog, "option", unknown.partition("=")[0], [*known, "--help"])
        if left:
            self.error(f"too many words: {' '.join(left)}")
        return options


def parser_of(name: str, command: Command) -> Parser:
    """Make the parser of a command."""
    examples = "\n".join(f"  {PROGRAM} {example}" for example in command.examples)
    parser = Parser(
        prog=f"{PROGRAM} {name}",
        description=command.text,
        epilog=f"exit status: {command.statuses}\nexamples:\n{examples}",
        formatter_class=Formatter,
        allow_abbrev=False,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="help", help=SUPPRESS)
    command.describe(parser)
    if command.table:
        endings = "a new file: .svg, .html, .md, .txt or .json"
        parser.add_argument("--save", dest="table_file", metavar="FILE", help=endings)
    return parser


def add_version(parser: ArgumentParser) -> None:
    """Add the option that says which RabbitMQ is meant."""
    parser.add_argument(
        "--rabbitmq",
        type=version_asked_for,
        metavar="VERSION",
        help="the RabbitMQ that is meant; 4.3 is the newest 4.3",
    )


def add_timeout(parser: ArgumentParser, *, listed: bool = True) -> None:
    """Add the option that says how long a fault may hold a run up.

    listed: whether help has room for it.
    """
    parser.add_argument(
        "--timeout",
        metavar="S",
        type=seconds_in,
        help=f"seconds that a fault may take; default: {TIMEOUT:g}" if listed else SUPPRESS,
    )


def seconds_in(text: str) -> float:
    """Read a number of seconds within which a run ends after a fault.

    Raises BadUse where it is none.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= LONGEST:
        raise BadUse(f"A timeout of {text!r} is not a number of seconds from 1 to {LONGEST:g}.")
    return seconds


def add_vhost(parser: ArgumentParser, help: str = SUPPRESS) -> None:  # noqa: A002 - as argparse has it
    """Add the option that chooses a vhost of a source.

    It is asked for by a sentence where it is needed, and listed only where help has room for it.
    """
    parser.add_argument("--vhost", help=help)


OF_SEVERAL: Final = "of a source that has several"
"""What is said of it where it is listed."""


def version_asked_for(text: str) -> str:
    """See that a text is a version, or how one begins.

    Raises BadUse where it is not.
    """
    if not re.fullmatch(r"\d{1,4}(\.\d{1,4}){0,2}([-+~].*)?", text, re.ASCII):
        raise BadUse(f"{text!r} is not a RabbitMQ version: {NAME_ONE}.")
    return text


def version_of(options: Namespace) -> Version:
    """Give the version that is asked for, or else the newest that was tried."""
    return version_meant(options.rabbitmq) if options.rabbitmq else NEWEST


def add_json(parser: _ActionsContainer) -> None:
    """Add the option that asks for results in a form that programs read."""
    parser.add_argument("--json", action="store_true", help="write the result as JSON")


def guarded(work: Callable[[], int]) -> int:
    """Do the work; end with one sentence and a status, never with a traceback."""
    # A program may have been started without these; they stay open as long as it runs.
    sys.stdout = sys.stdout or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115
    try:
        with raising():
            return written(work)
    except KeyboardInterrupt as error:
        return interrupted(error)


def written(work: Callable[[], int]) -> int:
    """Do the work, see that all it printed is written, and give its status."""
    try:
        try:
            return status_of(work)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        leave_quietly()
    except OSError as error:
        announce(f"{PROGRAM}: {error.strerror or error}: see where the output goes.")
    except ValueError as error:  # a lesson may have closed it
        announce(f"{PROGRAM}: {str(error).rstrip('.')}: see who closes the output.")
    to_nowhere(sys.stdout)
    return BadUse.exit_status


def status_of(work: Callable[[], int]) -> int:
    """Do the work, and give its status, or that of what went wrong, which is told."""
    try:
        return work()
    except RoutingError as error:
        raise_interrupted(error)
        announce(str(error))
        return error.exit_status
    except Exception as error:
        raise_interrupted(error)
        if is_of_output(error):
            raise
        announce(f"{PROGRAM}: {unforeseen(error)}")
        return BadUse.exit_status


def raise_interrupted(error: Exception) -> None:
    """Raise what a signal raised, where others took it for an error: Python does, in a class."""
    cause = error.__cause__
    while cause:
        if isinstance(cause, Interrupted):
            raise cause
        cause = cause.__cause__


def is_of_output(error: Exception) -> bool:
    """Tell whether it is what cannot be written that went wrong: no file has a name there."""
    closed: bool = sys.stdout.closed
    return closed or (isinstance(error, OSError) and error.filename is None and not lacks(error))


def interrupted(error: KeyboardInterrupt) -> int:
    """Say after Ctrl-C what is left behind, and give the status, as a shell counts it."""
    number = number_of(error)
    again = isinstance(error, Interrupted) and error.again
    notes = getattr(error, "__notes__", [NOTHING])
    left = "something may be left behind" if again else notes[-1]
    if number == signal.SIGINT:
        announce(f"\nInterrupted; {left}.")
    if again:  # and a thread may go on, so that one more signal is to end all of it
        raise SystemExit(128 + number)
    return 128 + number


def put(text: str, end: str = "\n", file: TextIO | None = None) -> None:
    """Print what is the result, or a part of it."""
    print(harmless(text), end=end, file=file)


def announce(text: str) -> None:
    """Say something that is not the result, if there is anything to say, and anybody to hear it."""
    if text:
        try:
            # In one piece, as several threads may say something.
            sys.stderr.write(f"{between_words(harmless(text))}\n")
            sys.stderr.flush()
        except (OSError, ValueError):
            to_nowhere(sys.stderr)


def between_words(text: str) -> str:
    """Break lines between words, where a terminal would break them anywhere."""
    if not sys.stderr.isatty():
        return text
    from textwrap import wrap  # seldom needed, and slow to import

    width = os.get_terminal_size(sys.stderr.fileno()).columns or sys.maxsize
    lines = (
        wrap(line, width, replace_whitespace=False, break_long_words=False, break_on_hyphens=False)
        for line in text.split("\n")
    )
    return "\n".join("\n".join(each) for each in lines)


def harmless(text: str) -> str:
    """Escape what would do something to a terminal, all but the ends of lines."""
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() or each == "\n" else ascii(each)[1:-1] for each in text
    )


def leave_quietly() -> NoReturn:
    """End because nobody reads any longer; what is still to be written goes nowhere."""
    to_nowhere(sys.stdout)
    raise SystemExit(READER_GONE)


def to_nowhere(stream: TextIO) -> None:
    """Let what is still to be written go nowhere: Python would complain of it at its end."""
    with suppress(OSError, ValueError):  # there may be no file behind it, or it is closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
