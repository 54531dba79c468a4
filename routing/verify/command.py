"""verify: random trials held against the model and a broker."""

import json
import secrets
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from routing.broker import Broker
from routing.broker.address import without_password
from routing.broker.screen import broker_found, brokers_found, shown
from routing.broker.several import SERIES
from routing.play.across import answering
from routing.verify.verify import Limit, Verified, verify
from routing.view.command_line import (
    COMMON,
    Command,
    add_json,
    add_timeout,
    announce,
    put,
    version_asked_for,
)

ALL: Final = "all"

CASES = 500
"""Topologies that are made up by default, each with some messages: ten seconds."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--cases", type=number, default=CASES, help=f"topologies; default: {CASES}")
    much.add_argument("--minutes", type=number, help="go on for so long")
    parser.add_argument("--seed", type=int, help="the same seed makes the same topologies")
    add_json(parser)
    parser.add_argument(
        "--rabbitmq",
        type=one_or_all,
        metavar="VERSION",
        help=f"play on this one; {ALL}: on all that were tried, side by side",
    )
    add_timeout(parser)


def one_or_all(text: str) -> str:
    """Read a version, or how it begins, or that all are meant.

    Raises BadUse where it is none of these.
    """
    return text if text == ALL else version_asked_for(text)


def number(text: str) -> int:
    """Read a number from 1 on; argparse tells what is wrong with another text."""
    if int(text) < 1:
        raise ArgumentTypeError(f"{text} is not 1 or more")
    return int(text)


def run(options: Namespace) -> int:
    """Hold random trials against the model and the broker, and show the first difference."""
    seed = secrets.randbelow(10**6) if options.seed is None else options.seed
    with brokers_for(options.rabbitmq, options.timeout) as brokers, shown() as report_progress:
        verified = verify(brokers, limit_of(options), seed, report_progress)
    if options.json:
        put(json.dumps(written(verified, brokers, seed)))
    else:
        print_verified(verified, described(brokers), seed)
    return 1 if verified.differs else 0


def limit_of(options: Namespace) -> Limit:
    """Tell how much is asked for."""
    if options.minutes:
        return Limit(seconds=60.0 * options.minutes)
    return Limit(trials=options.cases)


def described(brokers: Sequence[Broker]) -> str:
    """Name the broker, or in short all of them."""
    if len(brokers) == 1:
        nodes = len(brokers[0].nodes)
        return brokers[0].described + (f", across {nodes} nodes," if nodes > 1 else "")
    *others, last = [broker.version for broker in brokers]
    return f"Each of RabbitMQ {', '.join(others)} and {last} (private nodes)"


@contextmanager
def brokers_for(rabbitmq: str | None, timeout: float | None) -> Iterator[list[Broker]]:
    """Yield one broker, or one of each version.

    Raises whatever finding one raises.
    """
    if rabbitmq == ALL:
        with brokers_found(SERIES, timeout) as brokers:
            yield brokers
    else:
        with broker_found(rabbitmq, timeout) as broker:
            held_to = answering(broker)
            for url in (each for each in broker.nodes if each not in held_to.nodes):
                announce(f"The node at {without_password(url)} does not answer: it is left out.")
            yield [held_to]


def print_verified(verified: Verified, played_on: str, seed: int) -> None:
    """Print what agreed, or the difference, for people."""
    from routing.verify.screen import agreed, difference, other_end
    from routing.view.console import stdout_console

    if verified.difference:
        stdout_console().print(difference(verified.difference))
    elif verified.other_end:
        stdout_console().print(other_end(verified.other_end, verified.trials, seed))
    else:
        stdout_console().print(agreed(verified, played_on, seed))


def written(verified: Verified, brokers: Sequence[Broker], seed: int) -> dict[str, object]:
    """Give what agreed, and the case of the difference, for programs to read."""
    found = verified.difference
    return {
        "seed": seed,
        "versions": [broker.version for broker in brokers],
        "topologies": verified.trials,
        "messages": verified.messages,
        "refused": verified.refused,
        "not decided": verified.undecided,
        "dead letters": verified.dead,
        "shapes": len(verified.shapes),
        "seconds": round(verified.seconds, 1),
        "difference": json.loads(found.as_case) if found else None,
        "other end": verified.other_end.as_json if verified.other_end else None,
    }


COMMANDS: Final[Mapping[str, Command]] = {
    "verify": Command(
        text="Make up topologies and messages, and hold the model against a broker with them.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 no difference, 1 a difference, {COMMON}",
        examples=("verify --cases 20 --seed 7", "verify --cases 20 --json"),
    )
}
