"""demo: lessons predicted, played on a broker, and shown.

What is slow to import (pika, rich) is imported where it is first needed, so that --help and a
typo answer at once, and Ctrl-C during the start finds nothing to clean up.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final

from routing.amqp.topology import Scenario
from routing.amqp.versions import NEWEST, Version, version_meant
from routing.files.lesson import names
from routing.files.reading import is_lesson, source_choice
from routing.files.scenario import ForVersion, scenario_meant
from routing.rules.compare import Row, beside, expected
from routing.rules.validity import accept
from routing.view.command_line import (
    COMMON,
    Command,
    add_json,
    add_timeout,
    add_version,
    add_vhost,
    announce,
    put,
)

if TYPE_CHECKING:
    from routing.broker import Broker

Show = Callable[[Scenario, Sequence[Row], Version, str | None], bool]
"""Shows a scenario, what came of its messages, the version that was followed and what routed.

Tells whether all went as predicted.
"""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", nargs="*", metavar="SOURCE", help=source_choice())
    add_vhost(parser)
    parser.add_argument("--predict", action="store_true", help="show the prediction alone")
    parser.add_argument("--why", action="store_true", help="explain every binding, hit or miss")
    parser.add_argument(
        "--follow", action="store_true", help="show it again when it is saved; Ctrl-C is status 0"
    )
    add_json(parser)
    add_version(parser)
    add_timeout(parser)


def run(options: Namespace) -> int:
    """Show the lessons that are named, or all of them; tell whether all went as predicted."""
    if options.follow:
        return followed(options)
    words = options.source or names()
    scenarios = [scenario_meant(word, options.vhost) for word in words]
    tell_of_one_name(dict(zip(words, scenarios, strict=True)))
    show_all = predicted if options.predict else partial(played, timeout=options.timeout)
    return 0 if show_all(scenarios, options.rabbitmq, way_of(options)) else 1


def way_of(options: Namespace) -> Show:
    """Choose what shows scenarios."""
    return print_lines if options.json else tables(why=options.why)


def tell_of_one_name(scenarios: Mapping[str, ForVersion]) -> None:
    """Say of lessons that have one name that nobody can tell them apart by it."""
    first: dict[str, str] = {}
    for word, meant in scenarios.items():
        name = meant(NEWEST).name if is_lesson(word) else word
        if first.setdefault(name, word) != word:
            announce(
                f"{first[name]} and {word} are both called {name}, by which terminals would meet: "
                "change one of the names."
            )


def followed(options: Namespace) -> int:
    """Show them again each time that one is saved, on one broker that stays open."""
    from routing.demo.follow import await_on, follow
    from routing.files.saved import file_of

    files = {word: file_of(word) for word in options.source or names()}

    def read(word: str) -> list[ForVersion]:
        return [scenario_meant(word, options.vhost)]

    if options.predict:
        follow(files, lambda word: predicted(read(word), options.rabbitmq, way_of(options)))
        return 0
    from routing.broker.screen import broker_found

    with broker_found(options.rabbitmq, options.timeout) as broker:
        follow(
            files,
            lambda word: played_on(broker, read(word), way_of(options)),
            partial(await_on, broker),
        )
    return 0


def predicted(scenarios: Iterable[ForVersion], rabbitmq: str | None, show: Show) -> bool:
    """Show what the rules alone say, as a RabbitMQ of this version routes."""
    version = version_meant(rabbitmq) if rabbitmq else NEWEST
    for meant in scenarios:
        scenario = meant(version)
        accept(scenario, version)
        show(scenario, expected(scenario, version), version, None)
    return True


def played(
    scenarios: Iterable[ForVersion],
    rabbitmq: str | None,
    show: Show,
    timeout: float | None = None,
) -> bool:
    """Play each scenario on the broker that is found, and show it."""
    from routing.broker.screen import broker_found

    with broker_found(rabbitmq, timeout) as broker:
        return played_on(broker, scenarios, show)


def played_on(broker: "Broker", scenarios: Iterable[ForVersion], show: Show) -> bool:
    """Play each scenario on a broker, and show it."""
    agreed = [
        show(*play_one(meant(broker.followed), broker), broker.described) for meant in scenarios
    ]
    return all(agreed)


def play_one(scenario: Scenario, broker: "Broker") -> tuple[Scenario, Sequence[Row], Version]:
    """Predict a scenario, play it, and compare."""
    from routing.broker import reopened
    from routing.play.play import play

    version = broker.followed
    accept(scenario, version)
    with reopened(broker) as opened:
        observations = play(opened, scenario, scenario.messages)
    return scenario, beside(expected(scenario, version), observations), version


def tables(*, why: bool) -> Show:
    """Print scenarios for people; the first one of a run tells what its signs mean."""
    before = count()

    def print_tables(
        scenario: Scenario, rows: Sequence[Row], version: Version, routed_by: str | None
    ) -> bool:
        from routing.demo.screen import show
        from routing.view.console import stdout_console
        from routing.view.routed import Routed

        routed = Routed(scenario, rows, why, legend=next(before) == 0)
        stdout_console().print(show(routed, version, routed_by))
        return all(row.agrees for row in rows)

    return print_tables


def print_lines(scenario: Scenario, rows: Sequence[Row], version: Version, _: str | None) -> bool:
    """Print a line of JSON for each message, in the form of a recorded case and a little more."""
    import json

    from routing.files.cases import write_row

    for row in rows:
        put(json.dumps(write_row(scenario, row, version)))
    return all(row.agrees for row in rows)


COMMANDS: Final[Mapping[str, Command]] = {
    "demo": Command(
        text="Play lessons on a RabbitMQ, and show which queues got which messages, and why.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("demo topic", "demo headers --predict --why"),
    )
}
