"""versions: the same asked of several RabbitMQs, side by side."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.amqp.versions import Version, parse_version, version_meant
from routing.broker.screen import brokers_found
from routing.broker.several import SERIES, at_once
from routing.files.cases import Case, Outcome, as_json, seen_in
from routing.files.lines import only_cases, read_file
from routing.files.reading import source_choice
from routing.files.scenario import aside, scenario_meant
from routing.versions.changes import LESSON
from routing.versions.question import Question, answers, questions_of, require_playable
from routing.versions.screen import Asked, compared
from routing.versions.screen import lesson as changes
from routing.view.command_line import (
    COMMON,
    Command,
    add_json,
    add_timeout,
    add_vhost,
    announce,
    put,
    version_asked_for,
)
from routing.view.console import stdout_console


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument(
        "source", nargs="*", metavar="SOURCE", help=f"{source_choice()}, .jsonl; none: what changed"
    )
    add_vhost(parser)
    parser.add_argument(
        "--rabbitmq",
        action="append",
        type=version_asked_for,
        metavar="VERSION",
        help=f"one to ask, which may be said again; default: {', '.join(SERIES)}",
    )
    add_json(parser)
    add_timeout(parser)


def run(options: Namespace) -> int:
    """Ask every version everything, and tell whether all did what was predicted."""
    oldest = min(map(version_meant, options.rabbitmq or SERIES))
    asked = {source: questions_in(source, options.vhost, oldest) for source in options.source} or {
        "": LESSON
    }
    questions = [question for each in asked.values() for question in each]
    require_playable(questions)
    with brokers_found(options.rabbitmq or SERIES, options.timeout) as brokers:
        each = {broker.followed: broker for broker in brokers}  # two of one version are one column
        in_order = [each[version] for version in sorted(each)]
        columns = at_once(partial(answers, questions), in_order)
        versions = [broker.version for broker in in_order]
    rows = [
        Asked(*row) for row in zip(questions, map(list, zip(*columns, strict=True)), strict=True)
    ]
    if options.json:
        print_lines(rows, versions)
    else:
        print_tables(asked, rows, versions)
    return 0 if all(row.agrees for row in rows) else 1


def questions_in(source: str, vhost: str | None, oldest: Version) -> Sequence[Question]:
    """Read the questions of a file of cases, or of a source as the oldest version can have it.

    Raises BadUse where that cannot be done.
    """
    if source.endswith(".jsonl") or source == "-":
        found = [Question(case.title, case) for case in only_cases(read_file(source))]
        if not found:
            raise BadUse(f"There is no case in {write_key(source)}: name a file with some.")
        return found
    scenario = scenario_meant(source, vhost)(oldest)
    announce(aside(source, scenario))
    return questions_of(scenario)


def print_tables(
    asked: Mapping[str, Sequence[Question]], rows: Sequence[Asked], versions: Sequence[str]
) -> None:
    """Print one table for each source; of a file of cases, only what is not the same on all."""
    console, left = stdout_console(), iter(rows)
    for source, questions in asked.items():
        its = [next(left) for _ in questions]
        if not source:
            console.print(changes(versions, its))
        else:
            told = [row for row in its if row.changes or not row.agrees]
            from_file = any(isinstance(q.ask, Case) and q.ask.outcomes for q in questions)
            console.print(compared(source, versions, its, told if from_file else its))


def print_lines(rows: Sequence[Asked], versions: Sequence[str]) -> None:
    """Print a line of JSON for each question."""
    for row in rows:
        put(json.dumps(written(row, versions)))


def written(row: Asked, versions: Sequence[str]) -> dict[str, Any]:
    """Give what came of a question: of a message, as a case that can be read again."""
    told = {
        "predicted": {v: each.predicted for v, each in zip(versions, row.answers, strict=True)},
        "observed": {v: each.did for v, each in zip(versions, row.answers, strict=True)},
        "agrees": row.agrees,
        "changes": row.changes,
    }
    ask = row.question.ask
    if not isinstance(ask, Case):
        return {"id": row.question.title, **told}
    outcomes = dict(began(row, versions))
    name = ask.id or row.question.title
    return as_json(Case(name, ask.topology, ask.message, outcomes)) | told


def began(row: Asked, versions: Sequence[str]) -> Iterator[tuple[Version, Outcome]]:
    """List the outcomes by the version from which each was seen."""
    before = None
    for version, answer in zip(map(parse_version, versions), row.answers, strict=True):
        seen = seen_in(answer.row.observed) if answer.row and answer.row.observed else None
        if seen and seen != before:
            yield version, seen
            before = seen


COMMANDS: Final[Mapping[str, Command]] = {
    "versions": Command(
        text="Ask private RabbitMQs of several versions the same: what does an upgrade change?",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("versions", "versions topic --rabbitmq 3.10 --rabbitmq 4.3"),
    )
}
