"""A node of one run's own, and the programs that can be started as one."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen
from time import monotonic

from routing.amqp.errors import NoBroker
from routing.broker.folder import PROJECT
from routing.broker.programs.debian import fetched_before, of_distribution, of_suite
from routing.broker.programs.docker import Image, image
from routing.broker.programs.installation import Installation, installed
from routing.broker.programs.suites import suites_for
from routing.broker.secret import without_secret
from routing.broker.way import WINDOWS, Progress, Report, Unavailable

GLANCE = 0.1
"""Seconds for which a keeper is listened to before it is asked whether it is still wanted."""

STARTING = 90.0
"""Seconds within which a keeper has to say something; it has limits of its own."""

ENDING = 20.0
"""Seconds within which a keeper has to end."""

Prepare = Callable[[Report], Installation | Image]
"""Finds or fetches what is to be started."""


@dataclass(frozen=True)
class Kind:
    """What a private node can be started from.

    origin: what a node from it is called.
    """

    name: str
    prepare: Prepare
    origin: str = "a private node"


def kinds(asked: str | None = None) -> list[Kind]:
    """List what a private node can be started from, in the order in which that is tried.

    asked: the version that it must have, or how that begins.
    """
    suites = suites_for(asked)
    return [
        Kind("rabbitmq-server", partial(installed, asked)),
        *(Kind(f"Debian {each.name}", partial(of_suite, each, asked)) for each in suites),
        *([] if suites else [Kind("fetched before", partial(fetched_before, asked))]),
        *([] if asked else [Kind("distribution", of_distribution)]),
        Kind("Docker", partial(image, asked), "Docker"),
    ]


@contextmanager
def private_node(prepare: Prepare, report: Report) -> Iterator[str]:
    """Yield the URL of a node of this run's own, and leave nothing of it in the end.

    Raises Unavailable where it cannot be had or does not start.
    """
    keeper, starting = start_keeper(prepare, report)
    try:
        yield url_from(keeper, partial(report, starting))
    finally:
        release(keeper)


def start_keeper(
    prepare: Prepare,
    report: Report,
    record: Path | None = None,
    options: Sequence[str] = (),
) -> tuple[Popen[bytes], Progress]:
    """Prepare what is to be started, and start the process that starts and holds it.

    Gives that process, and the step that is under way until it says its URL.

    record: the folder of a record, for a node that outlives this process.
    options: further ones of the keeper.
    Raises Unavailable where it cannot be had.
    """
    if sys.platform == "win32":
        raise Unavailable(WINDOWS)
    program = prepare(report)
    starting = Progress(f"starting RabbitMQ {program.version}")
    report(starting)
    keeper = Popen(
        [
            *(sys.executable, "-m", "routing.broker.node.keeper"),
            *arguments(program, record),
            *options,
        ],
        cwd=PROJECT,
        env=without_secret(os.environ),
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,  # so that Ctrl-C in the terminal does not reach it
    )
    return keeper, starting


def arguments(program: Installation | Image, record: Path | None) -> list[str]:
    """Tell a keeper what to hold."""
    options: dict[str, Path | str | None] = {"--record": record}
    if isinstance(program, Image):
        options |= {"--image": program.name}
    else:
        options |= {"--home": program.home, "--root": program.root}
    return [f"{option}={path}" for option, path in options.items() if path]


def url_from(keeper: Popen[bytes], meanwhile: Callable[[], None]) -> str:
    """Read the URL that a keeper says once its node is ready.

    meanwhile: called again and again; what it raises ends the wait.
    Raises Unavailable where the node does not start.
    """
    assert keeper.stdout  # noqa: S101 - opened by start_keeper
    limit = monotonic() + STARTING
    while not select.select([keeper.stdout], [], [], GLANCE)[0]:
        meanwhile()
        if monotonic() > limit:
            raise Unavailable(f"no word from the process that starts it within {STARTING:g} s")
    said = keeper.stdout.readline()
    try:
        words = json.loads(said)
    except ValueError:
        lines = (said + keeper.stdout.read()).decode(errors="replace").splitlines() or ["no word"]
        raise Unavailable(f"the process that starts it failed: {lines[-1]}") from None
    if "error" in words:
        raise Unavailable(words["error"])
    return str(words["url"])


def release(keeper: Popen[bytes]) -> None:
    """Tell a keeper that its node is no longer wanted, and wait until all of it is gone.

    Raises NoBroker where that takes too long.
    """
    let_go(keeper)
    try:
        keeper.wait(ENDING)
    except subprocess.TimeoutExpired:
        raise NoBroker(
            f"The private RabbitMQ did not end within {ENDING:g} s: end process {keeper.pid}."
        ) from None


def let_go(keeper: Popen[bytes]) -> None:
    """Close the pipes to a keeper, which ends its node then unless that has a record."""
    for pipe in (keeper.stdin, keeper.stdout):
        assert pipe  # noqa: S101 - opened by start_keeper
        pipe.close()
