"""check: recorded cases held against the model, and against a broker."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.amqp.versions import NEWEST, beyond_tried, version_meant
from routing.check.check import Checked, as_json, check, check_on_broker, unplayed
from routing.files.cases import Case
from routing.files.lines import Fault, read_file
from routing.view.command_line import Command, add_json, add_version


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("file", nargs="+", metavar="FILE", help="JSON Lines; - is standard input")
    parser.add_argument("--broker", action="store_true", help="play them, too")
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Hold routing cases against the model, and with --broker against a broker."""
    read = [each for file in options.file for each in read_file(file)]
    if not read:
        files = ", ".join(map(write_key, options.file))
        raise BadUse(f"There is no case in {files}: name a file with some.")
    cases = [each for each in read if isinstance(each, Case)]
    faults = [each for each in read if isinstance(each, Fault)]
    if options.broker and cases:
        results, followed = check_live(cases, options.rabbitmq)
    else:
        version = version_meant(options.rabbitmq) if options.rabbitmq else NEWEST
        followed = beyond_tried(version) or f"predicted as RabbitMQ {version} routes"
        results = check(cases, version)
    return report(results, [*faults, *unplayed(results)], followed, as_lines=options.json)


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


def report(
    results: Sequence[Checked], faults: Sequence[Fault], followed: str, *, as_lines: bool
) -> int:
    """Print the result, and return the exit status."""
    bad = [checked for checked in results if not checked.agrees]
    if as_lines:
        print(json.dumps(as_json(results, faults, followed)))
    else:
        print_report(bad, results, faults, followed)
    return 1 if bad else BadUse.exit_status if faults else 0


def print_report(
    bad: Sequence[Checked], results: Sequence[Checked], faults: Sequence[Fault], followed: str
) -> None:
    """Print what does not agree, what could not be held against anything, and a summary."""
    from routing.check.screen import disagreement, summary, told
    from routing.view.console import stdout_console

    console = stdout_console()
    for checked in bad:
        console.print(disagreement(checked))
    for fault in faults:
        console.print(told(fault), soft_wrap=True)
    console.print(summary(results, faults, followed))


COMMANDS: Final[Mapping[str, Command]] = {
    "check": Command(
        text="Hold recorded cases, in JSON Lines, against the model and a broker.",
        describe=describe,
        run=run,
        statuses="0 all agree, 1 not all, 2 bad use or line, 3 no broker, 130 Ctrl-C",
        examples=(
            "demo topic --json | exchange-routing check -",
            "demo journey --json | exchange-routing check - --broker",
        ),
    )
}
