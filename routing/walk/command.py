"""walk: a lesson step by step."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import Scenario
from routing.files.reading import source_choice
from routing.files.saved import Watch, file_of, look
from routing.files.scenario import scenario_meant
from routing.rules.validity import accept
from routing.view.command_line import COMMON, Command, add_timeout, add_version, add_vhost
from routing.walk.keyboard import is_present
from routing.walk.pause import add_auto


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    add_vhost(parser)
    add_auto(parser, "go on by itself after so long")
    parser.add_argument(
        "--from", type=number, metavar="N", dest="first", default=1, help="begin at message N"
    )
    parser.add_argument(
        "--votes", action="store_true", help="count hands, talk, count again, then see"
    )
    parser.add_argument("--follow", action="store_true", help="go on with it when it is saved")
    add_version(parser)
    add_timeout(parser)


def number(text: str) -> int:
    """Read the number of a message.

    Raises BadUse where it is none.
    """
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        raise BadUse(f"{text!r} is no number of a message: write --from 5, say.")
    return int(text)


def run(options: Namespace) -> int:
    """Walk through one lesson on a broker."""
    if options.votes and (options.auto is not None or not is_present()):
        raise BadUse("--votes needs somebody who counts hands: use a terminal, and no --auto.")
    if options.votes and options.follow:
        raise BadUse("--votes counts hands for one file as it is: leave --follow out.")
    files = [file_of(options.source)] if options.follow else []
    seen, meant = look(files), scenario_meant(options.source, options.vhost)

    from routing.broker.screen import broker_found
    from routing.view.console import stdout_console
    from routing.walk.classroom import Followed, Manner, walk

    with broker_found(options.rabbitmq, options.timeout) as broker:
        version = broker.followed

        def read() -> Scenario:
            found = scenario_meant(options.source, options.vhost)(version)
            accept(found, version)
            return found

        followed = Followed(meant(version), read, Watch(files, seen))
        manner = Manner(options.auto, options.first, options.votes)
        return 0 if walk(followed, broker, stdout_console(), manner) else 1


COMMANDS: Final[Mapping[str, Command]] = {
    "walk": Command(
        text="Go through a lesson step by step: declare, guess, publish, see why.",
        describe=describe,
        run=run,
        statuses=f"0 all as predicted, 1 not all, {COMMON}",
        examples=("walk topic --from 5", "walk headers --auto 8"),
    )
}
