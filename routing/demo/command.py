"""demo: lessons predicted, played on a broker, and shown.

What is slow to import (pika, rich) is imported where it is first needed, so that --help and a
typo answer at once, and Ctrl-C during the start finds nothing to clean up.
"""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Final

from routing.amqp.topology import Scenario
from routing.amqp.versions import NEWEST, Version, version_meant
from routing.files.lesson import names
from routing.files.reading import source_choice
from routing.files.scenario import ForVersion, scenario_meant
from routing.rules.compare import Row, beside, expected
from routing.rules.validity import accept
from routing.view.command_line import COMMON, Command, add_json, add_version, add_vhost

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
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Show the lessons that are named, or all of them; tell whether all went as predicted."""
    scenarios = [scenario_meant(word, options.vhost) for word in options.source or names()]
    show = print_lines if options.json else tables(why=options.why)
    show_all = predicted if options.predict else played
    return 0 if show_all(scenarios, options.rabbitmq, show) else 1


def predicted(scenarios: Iterable[ForVersion], rabbitmq: str | None, show: Show) -> bool:
    """Show what the rules alone say, as a RabbitMQ of this version routes."""
    version = version_meant(rabbitmq) if rabbitmq else NEWEST
    for meant in scenarios:
        scenario = meant(version)
        accept(scenario, version)
        show(scenario, expected(scenario, version), version, None)
    return True


def played(scenarios: Iterable[ForVersion], rabbitmq: str | None, show: Show) -> bool:
    """Play each scenario on the broker that is found, and show it."""
    from routing.broker.screen import broker_found

    with broker_found(rabbitmq) as broker:
        agreed = [
            show(*play_one(meant(broker.followed), broker), broker.described) for meant in scenarios
        ]
    return all(agreed)


def play_one(scenario: Scenario, broker: "Broker") -> tuple[Scenario, Sequence[Row], Version]:
    """Predict a scenario, play it, and compare."""
    from routing.play.play import play

    version = broker.followed
    accept(scenario, version)
    observations = play(broker, scenario, scenario.messages)
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
        print(json.dumps(write_row(scenario, row, version)))
    return all(row.agrees for row in rows)


COMMANDS: Final[Mapping[str, Command]] = {
    "demo": Command(
        text="Play lessons on a RabbitMQ, and show which queues got which messages, and why.",
        describe=describe,
        run=run,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("demo topic", "demo headers --predict --why"),
    )
}
