"""What the project offers besides the scenarios: `python -m routing check`, `up`, ..."""

import argparse
import json
import os
import secrets
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from routing.amqp.errors import BadUse
from routing.amqp.versions import NEWEST, parse_version
from routing.demo.command import guarded, stdout_console

CASES = 500
"""Topologies that verify makes up by default, each with some messages: half a minute."""

if TYPE_CHECKING:
    from rich.console import Console

    from routing.broker import Broker
    from routing.broker.node.record import Kept
    from routing.workers.story import Act

STATUSES = """\
exit status:
  0    done; for check, verify and workers: all agree; for status: it runs
  1    for check, verify and workers: something does not agree
  2    bad use: an option, a file or a line of it
  3    no broker; for status: it does not run
  130  interrupted
"""


def main() -> int:
    """Do what the first argument says, and return the exit status."""
    options = parser().parse_args()
    return guarded(lambda: int(options.run(options)))


def parser() -> argparse.ArgumentParser:
    """Describe the commands and their arguments."""
    whole = argparse.ArgumentParser(
        prog="python -m routing",
        description="Hold the model against cases and brokers; share work; keep a broker running.",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = whole.add_subparsers(required=True, metavar="COMMAND")
    checking = commands.add_parser("check", help="hold routing cases against model and broker")
    checking.set_defaults(run=check)
    checking.add_argument("file", nargs="+", help="JSON Lines; - is standard input")
    checking.add_argument("--rabbitmq", metavar="VERSION", help=f"to follow; default: {NEWEST}")
    checking.add_argument(
        "--broker", action="store_true", help="play them, too; follow its version"
    )
    checking.add_argument("--json", action="store_true", help="write the result as JSON")
    verifying = commands.add_parser("verify", help="hold random cases against model and broker")
    verifying.set_defaults(run=verify)
    verifying.add_argument("--cases", type=int, default=CASES, help=f"topologies; default: {CASES}")
    verifying.add_argument("--seed", type=int, help="the same seed makes the same cases")
    for name, run, text in (
        ("workers", workers, "one queue shared by three workers, in three acts"),
        ("up", up, "keep a RabbitMQ of this project's own running"),
        ("status", status, "say whether it runs"),
        ("down", down, "end it"),
    ):
        commands.add_parser(name, help=text).set_defaults(run=run)
    commands.choices["up"].add_argument(
        "--management", action="store_true", help="with RabbitMQ's own page for a browser"
    )
    return whole


def check(options: argparse.Namespace) -> int:
    """Hold routing cases against the model, and with --broker against a broker."""
    from routing.check.check import check as check_offline
    from routing.files.cases import read_cases

    if options.broker and options.rabbitmq:
        raise BadUse("--broker follows the broker's own version: leave --rabbitmq out.")
    cases = [case for file in options.file for case in read_cases(lines_of(file), file)]
    if options.broker:
        return report(*check_live(cases), as_json=options.json)
    version = parse_version(options.rabbitmq) if options.rabbitmq else NEWEST
    results = check_offline(cases, version)
    return report(results, f"predicted as RabbitMQ {version} routes", as_json=options.json)


def check_live(cases: list[Any]) -> tuple[list[Any], str]:
    """Play cases on the broker that is found, and tell which one that was."""
    from routing.broker import Progress, find
    from routing.broker.screen import shown
    from routing.check.check import check_on_broker

    with ExitStack() as stack:
        with shown() as report_progress:
            broker = stack.enter_context(find(os.environ, report_progress))
            results: dict[int, Any] = {}
            version = parse_version(broker.version)
            for done, (checked, place) in enumerate(check_on_broker(cases, version, broker)):
                results[place] = checked
                report_progress(Progress("playing cases", done / len(cases)))
        told = f"played on {broker.described}"
    return [results[place] for place in sorted(results)], told


def lines_of(file: str) -> list[str]:
    """Read the lines of a file, or of standard input.

    Raises BadUse where that cannot be done.
    """
    try:
        if file == "-":
            return sys.stdin.read().splitlines()
        return Path(file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise BadUse(
            f"{file} cannot be read ({said}): name a file in the form of cases."
        ) from error


def report(results: list[Any], followed: str, *, as_json: bool) -> int:
    """Print the result, and return the exit status."""
    bad = [checked for checked in results if not checked.agrees]
    if as_json:
        from routing.check.check import as_json as written

        print(json.dumps(written(results, followed), ensure_ascii=False))
        return int(bool(bad))
    from routing.check.screen import disagreement, summary

    console = stdout_console()
    for checked in bad:
        console.print(disagreement(checked))
    console.print(summary(results, followed))
    return int(bool(bad))


def verify(options: argparse.Namespace) -> int:
    """Hold random cases against the model and the broker, and show the first difference."""
    from routing.broker import find
    from routing.broker.screen import shown
    from routing.verify.screen import difference
    from routing.verify.verify import verify as verify_on

    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    with ExitStack() as stack, shown() as report_progress:
        broker = stack.enter_context(find(os.environ, report_progress))
        verified = verify_on(broker, options.cases, seed, report_progress)
    console = stdout_console()
    if verified.difference:
        console.print(difference(verified.difference))
        return 1
    console.print(
        f"{broker.described} routed {verified.messages} messages through {verified.cases} "
        f"topologies, all as predicted; {verified.refused} were refused, as predicted too "
        f"(seed {seed})."
    )
    return 0


def workers(_: argparse.Namespace) -> int:
    """Perform the story of shared work, each act on the broker that is found."""
    from routing.broker.screen import broker_found
    from routing.workers.screen import opening
    from routing.workers.story import ACTS

    console = stdout_console()
    with broker_found() as broker:
        console.print(opening())
        agreed = [print_performed(console, act, broker) for act in ACTS]
    return 0 if all(agreed) else 1


def print_performed(console: "Console", act: "Act", broker: "Broker") -> bool:
    """Perform an act, print it, and tell whether the broker did all that was predicted."""
    from routing.workers.performance import perform
    from routing.workers.screen import performed
    from routing.workers.story import compare, predict

    rows = compare(predict(act), perform(broker, act))
    console.print(performed(act, rows, broker.described))
    return all(row.agrees for row in rows)


def up(options: argparse.Namespace) -> int:
    """Start the node, unless it runs already."""
    from routing.broker import kept
    from routing.broker.screen import shown

    with shown() as report_progress:
        node, new = kept.up(report_progress, management=options.management)
    print(f"RabbitMQ {'runs now' if new else 'runs already'}, at {node.address}; the demos use it.")
    print_ways(node)
    print("make down ends it.")
    return 0


def status(_: argparse.Namespace) -> int:
    """Say whether the node runs."""
    from routing.broker import kept

    node = kept.status()
    if node is None:
        print("RabbitMQ does not run here; make up starts it.")
        return 3
    print(f"RabbitMQ runs at {node.address}, since {node.started}.")
    print_ways(node)
    return 0


def print_ways(node: "Kept") -> None:
    """Print what other programs, and a browser, need."""
    print(f"For other programs: AMQP_URL={node.url}")
    if node.management:
        user, password = node.login
        print(f"Its page, for a browser: {node.management}  user {user}  password {password}")


def down(_: argparse.Namespace) -> int:
    """End the node, if it runs."""
    from routing.broker import kept

    print("RabbitMQ has ended." if kept.down() else "RabbitMQ did not run.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
