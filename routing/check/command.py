"""check: recorded cases held against the model, and against a broker."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.versions import NEWEST, beyond_tried, version_meant
from routing.check.check import Checked, as_json, check, check_on_broker
from routing.files.cases import Case, read_file
from routing.view.command_line import COMMON, Command, add_json, add_version


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", nargs="+", metavar="FILE", help="JSON Lines; - is standard input")
    parser.add_argument("--broker", action="store_true", help="play them, too")
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Hold routing cases against the model, and with --broker against a broker."""
    cases = [case for file in options.file for case in read_file(file)]
    if not cases:
        raise BadUse(f"There is no case in {', '.join(options.file)}: name a file with some.")
    if options.broker:
        return report(*check_live(cases, options.rabbitmq), as_lines=options.json)
    version = version_meant(options.rabbitmq) if options.rabbitmq else NEWEST
    told = beyond_tried(version) or f"predicted as RabbitMQ {version} routes"
    return report(check(cases, version), told, as_lines=options.json)


def check_live(cases: Sequence[Case], rabbitmq: str | None) -> tuple[list[Checked], str]:
    """Play cases on the broker that is found, and tell which one that was."""
    from routing.broker.screen import broker_found, shown
    from routing.broker.way import Progress

    with broker_found(rabbitmq) as broker, shown() as report_progress:
        results: dict[int, Checked] = {}
        version = broker.followed
        for done, (checked, place) in enumerate(check_on_broker(cases, version, broker)):
            results[place] = checked
            report_progress(Progress("playing cases", done / len(cases)))
    return [results[place] for place in sorted(results)], f"played on {broker.described}"


def report(results: Sequence[Checked], followed: str, *, as_lines: bool) -> int:
    """Print the result, and return the exit status."""
    bad = [checked for checked in results if not checked.agrees]
    if as_lines:
        print(json.dumps(as_json(results, followed)))
        return int(bool(bad))
    from routing.check.screen import disagreement, summary
    from routing.view.console import stdout_console

    console = stdout_console()
    for checked in bad:
        console.print(disagreement(checked))
    console.print(summary(results, followed))
    return int(bool(bad))


COMMANDS: Final[Mapping[str, Command]] = {
    "check": Command(
        text="Hold recorded cases, in JSON Lines, against the model and a broker.",
        describe=describe,
        run=run,
        statuses=f"0 all agree, 1 not all, {COMMON}",
        examples=(
            "demo topic --json | exchange-routing check -",
            "demo journey --json | exchange-routing check - --broker",
        ),
    )
}
