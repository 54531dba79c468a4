"""page: a page for a class, in one file."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from routing.amqp.topology import Scenario
from routing.amqp.versions import Version
from routing.demo.command import play_one
from routing.files.lesson import names
from routing.files.reading import read_source, source_choice
from routing.files.scenario import as_written, with_own_names
from routing.files.source import Source
from routing.pictures.page.document import document
from routing.pictures.page.file import require_page, write_page
from routing.pictures.page.lessons import Lesson
from routing.rules.compare import expected
from routing.view.command_line import (
    COMMON,
    Command,
    add_timeout,
    add_version,
    add_vhost,
    put,
    version_of,
)

if TYPE_CHECKING:
    from routing.broker import Broker

PAGE: Final = "page.html"


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", nargs="*", metavar="SOURCE", help=source_choice())
    add_vhost(parser)
    parser.add_argument("--predict", action="store_true", help="ask no broker")
    parser.add_argument("--save", metavar="FILE", default=PAGE, help=f"default: {PAGE}")
    add_version(parser)
    add_timeout(parser)


def run(options: Namespace) -> int:
    """Write the page, tell where it is, and whether all in it went as predicted."""
    path = Path(options.save)
    require_page(path)
    sources = [read_source(word, options.vhost) for word in options.source or names()]
    ask = predicted if options.predict else played
    lessons = [*ask(sources, options)]
    write_page(path, document(lessons, date.today()))
    put(path.absolute().as_uri())
    return 0 if all(row.agrees for lesson in lessons for row in lesson.rows) else 1


def predicted(sources: Sequence[Source], options: Namespace) -> Iterator[Lesson]:
    """Give what the rules alone say of each source."""
    version = version_of(options)
    for source in sources:
        scenario = asked_about(source, version)
        yield Lesson(source, scenario, expected(scenario, version), version)


def played(sources: Sequence[Source], options: Namespace) -> Iterator[Lesson]:
    """Play each source on the broker that is found."""
    from routing.broker.screen import broker_found

    with broker_found(options.rabbitmq, options.timeout) as broker:
        for source in sources:
            yield play(source, broker)


def play(source: Source, broker: "Broker") -> Lesson:
    """Play one, under names that nobody else has."""
    version = broker.followed
    scenario = asked_about(source, version)
    is_lesson = scenario is source.topology  # whose exchanges are its own anyway
    _, rows, _ = play_one(scenario if is_lesson else with_own_names(scenario), broker)
    return Lesson(source, scenario, rows, version)


def asked_about(source: Source, version: Version) -> Scenario:
    """Give a source as its page asks about it: under its own names, with messages."""
    topology = source.topology
    return topology if isinstance(topology, Scenario) else as_written(source, version)


COMMANDS: Final[Mapping[str, Command]] = {
    "page": Command(
        text="Write a page for a class: guess, then see, in one file for any browser.",
        describe=describe,
        run=run,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("page topic", "page topic headers --predict --save topic.html"),
    )
}
