"""check: sources and recorded cases held against the model, and against a broker."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.amqp.versions import Version, beyond_tried
from routing.check.check import Checked, as_json, check, check_on_broker, unplayed
from routing.check.coverage import Coverage, coverage
from routing.check.expected import cases_of, is_source, read_messages, source_with
from routing.files.cases import Case
from routing.files.lines import Fault, read_file
from routing.files.source import Source
from routing.view.command_line import (
    Command,
    add_json,
    add_timeout,
    add_version,
    add_vhost,
    put,
    version_of,
)

Given = Case | Source | Fault

OPEN: Final = 5
"""The status where what somebody expects is not decided."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.usage = "%(prog)s SOURCE [SOURCE ...] [OPTION ...]"
    parser.add_argument(
        "source",
        nargs="+",
        metavar="SOURCE",
        help="a .toml with messages, a lesson, or JSON Lines; or -",
    )
    for name, text in (
        ("--broker", "play them, too"),
        ("--failures", "list only what does not agree"),
        ("--coverage", "list bindings that no expected message exercises"),
    ):
        parser.add_argument(name, action="store_true", help=text)
    parser.add_argument(
        "--fail-under", type=float, metavar="N", help="status 1 where fewer than N %% are exercised"
    )
    parser.add_argument("--messages", metavar="FILE", help="more of them for a source, JSON Lines")
    parser.add_argument("--junit", metavar="FILE", help="write JUnit XML as well")
    add_vhost(parser)
    add_json(parser)
    add_version(parser)
    add_timeout(parser, listed=False)


@dataclass(frozen=True)
class Held:
    """What came of all that was held against model and broker."""

    results: Sequence[Checked]
    faults: Sequence[Fault]
    followed: str
    coverage: Coverage | None
    notes: Sequence[str]


def run(options: Namespace) -> int:
    """Hold messages against the model, and with --broker against a broker."""
    given = [*each_given(options)]
    if not given:
        files = ", ".join(map(write_key, options.source))
        raise BadUse(f"There is no case in {files}: name a file with some.")
    held = hold(given, options)
    if options.junit is not None:
        from routing.check.junit import junit, write_whole

        write_whole(options.junit, junit(held.results, held.faults))
    if options.json:
        put(json.dumps(written(held)))
    else:
        print_report(held, failures=options.failures)
    return status_of(held, options.fail_under or 0)


def hold(given: Sequence[Given], options: Namespace) -> Held:
    """Hold what is given against the model, or against the broker that is found, too."""
    asked = [each for each in given if not isinstance(each, Fault)]
    unread = [each for each in given if isinstance(each, Fault)]
    if options.broker and asked:
        results, version, followed = check_live(asked, options.rabbitmq, options.timeout)
    else:
        version = version_of(options)
        followed = beyond_tried(version) or f"predicted as RabbitMQ {version} routes"
        results = check(cases_for(asked, version), version)
    sources = [each for each in asked if isinstance(each, Source)]
    wanted = options.coverage or options.fail_under is not None
    found = coverage(sources, results, version) if wanted else None
    notes = [note for each in sources for note in each.left_out(version)]
    return Held(results, [*unread, *unplayed(results)], followed, found, notes)


def each_given(options: Namespace) -> Iterator[Given]:
    """Read what is named: sources, and the lines of files of cases."""
    sources = [*filter(is_source, options.source)]
    if options.messages and len(sources) != 1:
        raise BadUse("--messages are of one source: name one.")
    if not sources and (options.coverage or options.fail_under is not None):
        raise BadUse("--coverage is of a source: name one, a .toml with messages, say.")
    read = [*read_messages(options.messages)] if options.messages else []
    yield from (each for each in read if isinstance(each, Fault))
    for word in options.source:
        if word in sources:
            yield source_with(word, options.vhost, read)
        else:
            yield from read_file(word)


def cases_for(asked: Sequence[Case | Source], version: Version) -> list[Case]:
    """Give all cases, those of sources as they are on one version."""
    return [
        case
        for each in asked
        for case in (cases_of(each, version) if isinstance(each, Source) else [each])
    ]


def check_live(
    asked: Sequence[Case | Source], rabbitmq: str | None, timeout: float | None
) -> tuple[list[Checked], Version, str]:
    """Play cases on the broker that is found, and tell which one that was."""
    from routing.broker.screen import broker_found, shown
    from routing.broker.way import Progress

    with broker_found(rabbitmq, timeout) as broker, shown() as report_progress:
        results: dict[int, Checked] = {}
        version = broker.followed
        cases = cases_for(asked, version)
        for done, (checked, place) in enumerate(check_on_broker(cases, version, broker)):
            results[place] = checked
            report_progress(Progress("playing cases", done / len(cases)))
    in_order = [results[place] for place in sorted(results)]
    return in_order, version, f"played on {broker.described}"


def status_of(held: Held, least: float) -> int:
    """Give the exit status: what is wrong counts before what cannot be read, or is not decided."""
    low = held.coverage is not None and not held.coverage.percent >= least
    if low or any(not each.agrees for each in held.results):
        return 1
    if held.faults:
        return BadUse.exit_status
    return OPEN if any(each.is_open for each in held.results) else 0


def written(held: Held) -> dict[str, Any]:
    """Give all of it in a form that machines read."""
    more = {"coverage": asdict(held.coverage)} if held.coverage else {}
    return as_json(held.results, held.faults, held.followed) | {"notes": held.notes, **more}


def print_report(held: Held, *, failures: bool) -> None:
    """Print what does not agree, what could not be held against anything, and a summary.

    failures: whether what agrees is left out.
    """
    from routing.check.screen import disagreement, summary, told, uncovered, went
    from routing.view.console import stdout_console
    from routing.view.marks import marks_for

    console = stdout_console()
    marks = marks_for(console.options)
    for checked in held.results:
        if checked.is_expected and not (failures and checked.agrees and not checked.is_open):
            console.print(went(checked, marks), soft_wrap=True)
        elif not checked.agrees:
            console.print(disagreement(checked))
    for line in (*held.notes, *map(str, held.faults)):
        console.print(told(line), soft_wrap=True)
    if held.coverage:
        console.print(uncovered(held.coverage), soft_wrap=True)
    console.print(summary(held.results, held.faults, held.followed))


COMMANDS: Final[Mapping[str, Command]] = {
    "check": Command(
        text="Hold expected messages and recorded cases against the model and a broker.",
        describe=describe,
        run=run,
        table=True,
        statuses="0 agree, 1 not, 2 bad use, 3 no broker, 5 not decided, 130 Ctrl-C",
        examples=(
            "demo topic --json | exchange-routing check -",
            "check topic --broker",
        ),
    )
}
