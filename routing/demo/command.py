"""The command line of the scenarios: the only place that prints, and the exit statuses.

What is slow to import (pika, rich) is imported where it is first needed, so that --help and a
typo answer at once and Ctrl-C during the start finds nothing to clean up.
"""

import argparse
import gc
import io
import signal
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from routing.amqp.errors import BadUse, RoutingError
from routing.amqp.topology import Scenario
from routing.amqp.versions import NEWEST, parse_version
from routing.play.compare import compare, unplayed
from routing.rules.predict import predict
from routing.rules.validity import accept, require_known, validate

if TYPE_CHECKING:
    from rich.console import Console

    from routing.broker import Broker

STATUSES = """\
exit status:
  0    every message went as predicted
  1    some message did not
  2    bad use: an option, a name, or a scenario that cannot be played
  3    no broker, or it went away
  130  interrupted
"""

LONGEST_PAUSE = 3600
"""Seconds that --auto can wait at most."""

Loaders = Mapping[str, Callable[[], Scenario]]
"""Scenarios by name, each loaded when it is asked for."""


def demonstrate(scenario: Scenario) -> NoReturn:
    """Run one scenario's module as a program, and exit with its status."""
    raise SystemExit(main({scenario.name: lambda: scenario}))


def main(loaders: Loaders, arguments: Sequence[str] | None = None) -> int:
    """Run the scenarios that the arguments name, and return the exit status."""
    # A run makes hardly any garbage, and looking for it as often as usual would slow its start.
    gc.set_threshold(100_000)
    options = parse(loaders, arguments)
    return guarded(lambda: carry_out(loaders, options))


def carry_out(loaders: Loaders, options: argparse.Namespace) -> int:
    """Do what the options ask for."""
    if is_live(options):
        return live(loaders, options)
    if options.walk:
        return walk(load(loaders, options.scenario), options.auto)
    return demo(loaders, options)


def demo(loaders: Loaders, options: argparse.Namespace) -> int:
    """Run scenarios, as their messages are written."""
    if options.headers is not None or options.body is not None:
        raise BadUse("--headers and --body belong to what is sent: add --send KEY.")
    return run(load(loaders, options.scenario), predict_only=options.predict, why=options.why)


def is_live(options: argparse.Namespace) -> bool:
    """Tell whether several terminals are to meet on a broker."""
    return options.watch or options.receive is not None or options.send is not None


def live(loaders: Loaders, options: argparse.Namespace) -> int:
    """Receive, send or watch, with what a scenario declares, or with one queue alone."""
    from routing.terminals.command import Command, perform

    names = options.scenario or (list(loaders) if len(loaders) == 1 else [])
    if len(names) > 1 or (options.watch and not names):
        raise BadUse(f"Name one scenario to share, of {', '.join(loaders)}.")
    if options.predict or options.why:
        raise BadUse("--predict and --why belong to a demo: leave them out here.")
    command = Command(
        receive=options.receive,
        send=options.send,
        headers=options.headers,
        body=options.body,
        watch=options.watch,
        class_name=options.class_name,
    )
    return perform(command, load(loaders, names) if names else [], stdout_console())


def parse(loaders: Loaders, arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the arguments; argparse itself ends with status 2 where they are wrong."""
    only = next(iter(loaders)) if len(loaders) == 1 else None
    parser = argparse.ArgumentParser(
        prog=f"python -m scenarios.{only}" if only else "python -m scenarios",
        description="Show which queues get which messages, predicted and on a real RabbitMQ.",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    if only is None:
        known = ", ".join(loaders)
        parser.add_argument("scenario", nargs="*", help=f"{known}; all of them where none is named")
    parser.add_argument("--predict", action="store_true", help="show the prediction alone")
    parser.add_argument("--why", action="store_true", help="explain every binding, hit or miss")
    parser.add_argument("--walk", action="store_true", help="go step by step, guess, then see")
    parser.add_argument(
        "--auto", type=seconds, metavar="SECONDS", help="walk on by itself after so long"
    )
    add_live(parser)
    parser.set_defaults(scenario=[])
    options = parser.parse_args(arguments)
    if options.walk and (options.predict or options.why):
        parser.error("--walk goes without --predict and --why: its key w tells the reasons")
    if options.walk and only is None and len(options.scenario) != 1:
        parser.error("--walk goes through one scenario: name it")
    if options.auto is not None and not options.walk:
        parser.error("--auto is for --walk")
    return options


def seconds(text: str) -> float:
    """Read a number of seconds; argparse tells what is wrong with another text."""
    number = float(text)
    if not 0 <= number <= LONGEST_PAUSE:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to {LONGEST_PAUSE} seconds")
    return number


def add_live(parser: argparse.ArgumentParser) -> None:
    """Describe what several terminals do that meet on one broker."""
    group = parser.add_argument_group("in several terminals, on one broker")
    one = group.add_mutually_exclusive_group()
    one.add_argument("--receive", metavar="QUEUE", help="print what this queue gets, until Ctrl-C")
    one.add_argument("--send", metavar="KEY", help="publish one message, and say where it must go")
    one.add_argument("--watch", action="store_true", help="show what every queue gets")
    group.add_argument("--headers", help="of what is sent: 'region=eu,urgent:bool=true'")
    group.add_argument("--body", metavar="TEXT", help="of what is sent")
    group.add_argument(
        "--class",
        dest="class_name",
        default="class",
        metavar="NAME",
        help="keeps two classes apart",
    )


def load(loaders: Loaders, names: Sequence[str]) -> list[Scenario]:
    """Load the scenarios that are named, or all of them, and see that they can be played."""
    for name in names:
        require_known("Bad use", "scenario", name, loaders)
    scenarios = [load_one(name, loaders[name]) for name in names or loaders]
    for scenario in scenarios:
        validate(scenario)
    return scenarios


def load_one(name: str, loader: Callable[[], Scenario]) -> Scenario:
    """Load one scenario; it is edited by hand, so that any error in it is the user's to mend."""
    try:
        return loader()
    except Exception as error:
        raise BadUse(f"{place_of(error, name)}: {type(error).__name__}: {error}.") from error


def place_of(error: Exception, name: str) -> str:
    """Find the line of a scenario's file that an error comes from."""
    file, line = f"{name}.py", None
    if isinstance(error, SyntaxError):
        line = error.lineno
    traceback = error.__traceback__
    while traceback is not None:
        if Path(traceback.tb_frame.f_code.co_filename).name == file:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f"scenarios/{file}" + (f", line {line}" if line else "")


def run(scenarios: Iterable[Scenario], *, predict_only: bool, why: bool = False) -> int:
    """Show each scenario, played on a broker or predicted alone."""
    console = stdout_console()
    if predict_only:
        for scenario in scenarios:
            print_predicted(console, scenario, why=why)
        return 0
    from routing.broker.screen import broker_found

    with broker_found() as broker:
        agreed = [print_played(console, scenario, broker, why=why) for scenario in scenarios]
    return 0 if all(agreed) else 1


def walk(scenarios: Sequence[Scenario], pause: float | None) -> int:
    """Walk through one scenario on a broker."""
    from routing.broker.screen import broker_found
    from routing.walk.lesson import walk as walk_through

    with broker_found() as broker:
        agreed = walk_through(scenarios[0], broker, stdout_console(), pause)
    return 0 if agreed else 1


def print_predicted(console: "Console", scenario: Scenario, *, why: bool) -> None:
    """Print what the rules alone say, titled as such."""
    from routing.demo.screen import show

    accept(scenario, NEWEST)
    console.print(show(scenario, unplayed(predict(scenario)), routed_by=None, why=why))


def print_played(console: "Console", scenario: Scenario, broker: "Broker", *, why: bool) -> bool:
    """Play a scenario, print it, and tell whether the broker did all that was predicted."""
    from routing.demo.screen import show
    from routing.play.play import play

    version = parse_version(broker.version)
    accept(scenario, version)
    rows = compare(predict(scenario, version), play(broker, scenario, scenario.messages))
    console.print(show(scenario, rows, broker.described, why=why))
    return all(row.agrees for row in rows)


def stdout_console() -> "Console":
    """Open the console; what the terminal's encoding lacks is written as an escape."""
    from rich.console import Console

    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    return Console(highlight=False, emoji=False)


def guarded(work: Callable[[], int]) -> int:
    """Do the work; end with one sentence and a status, never with a traceback."""
    signal.signal(signal.SIGTERM, on_terminate)
    try:
        return work()
    except RoutingError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print("\nInterrupted; nothing is left behind.", file=sys.stderr)
        return 130


def on_terminate(signal_number: int, _frame: object) -> NoReturn:
    """End as after Ctrl-C, so that whatever is open is closed and taken away."""
    raise SystemExit(128 + signal_number)
