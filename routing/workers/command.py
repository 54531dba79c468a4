"""workers: the story of shared work, in acts."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from routing.amqp.errors import BadUse
from routing.broker.screen import broker_found
from routing.view.command_line import COMMON, Command, add_json, add_timeout, add_version, put
from routing.walk.pause import add_auto
from routing.workers.performance import perform
from routing.workers.story import ACTS, Act, Delivery, compare, predict


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    add_json(parser)
    parser.add_argument("--walk", action="store_true", help="guess who gets each job, then see")
    add_auto(parser, "with --walk: go on by itself after so long")
    add_version(parser)
    add_timeout(parser)


def run(options: Namespace) -> int:
    """Perform the acts, and tell whether the broker did all that was predicted."""
    if options.walk:
        return walked(options)
    if options.auto is not None:
        raise BadUse("--auto is for a walk: add --walk.")
    with broker_found(options.rabbitmq, options.timeout) as broker:
        if not options.json:
            print_opening()
        agreed = []
        for act in ACTS:
            deliveries = compare(predict(act), perform(broker, act))
            agreed.append(all(each.agrees for each in deliveries))
            if options.json:
                print_lines(act, deliveries)
            else:
                print_performed(act, deliveries, broker.described)
    return 0 if all(agreed) else 1


def walked(options: Namespace) -> int:
    """Walk through the acts."""
    if options.json:
        raise BadUse("--walk asks on screens, and --json is for programs: leave one of them out.")

    from routing.view.console import stdout_console
    from routing.workers.walk import walk

    with broker_found(options.rabbitmq, options.timeout) as broker:
        return 0 if walk(broker, stdout_console(), options.auto) else 1


def print_opening() -> None:
    """Print the story that all acts share."""
    from routing.view.console import stdout_console
    from routing.workers.screen import opening

    stdout_console().print(opening())


def print_performed(act: Act, deliveries: Sequence[Delivery], dealt_by: str) -> None:
    """Print an act for people."""
    from routing.view.console import stdout_console
    from routing.workers.screen import performed

    stdout_console().print(performed(act, deliveries, dealt_by))


def print_lines(act: Act, deliveries: Sequence[Delivery]) -> None:
    """Print a line of JSON for each delivery."""
    for each in deliveries:
        put(json.dumps({"act": act.title, **asdict(each), "agrees": each.agrees}))


COMMANDS: Final[Mapping[str, Command]] = {
    "workers": Command(
        text="One queue of jobs, three workers: dealt in turn, with prefetch 1, and one dies.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("workers --walk", "workers --json"),
    )
}
