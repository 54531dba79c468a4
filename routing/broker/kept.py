"""The node that is kept running until it is ended: `up` and `down`."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

from routing.amqp.errors import BadUse, NoBroker
from routing.broker.advice import advice
from routing.broker.folder import FOLDER
from routing.broker.listen import Entrance, address_of
from routing.broker.lock import locked, unless_held
from routing.broker.node.record import Kept, lock_of, read_record, record_of
from routing.broker.way import Progress, Report, Unavailable, first

if TYPE_CHECKING:
    from routing.broker.node.private import Prepare

ENDING = 20.0
"""Seconds within which the node has to end."""


@contextmanager
def kept_node(_: Report, folder: Path = FOLDER) -> Iterator[str]:
    """Yield the URL of the node that is kept running.

    Raises Unavailable where there is none.
    """
    kept = status(folder)
    if not kept:
        raise Unavailable("not running")
    yield kept.url


def status(folder: Path = FOLDER) -> Kept | None:
    """Describe the node that is kept running, and remove the record of one that is dead.

    Raises Unavailable where the folder cannot be written.
    """
    if not record_of(folder).exists():
        return None
    with unless_held(lock_of(folder)) as dead:
        if dead:
            record_of(folder).unlink(missing_ok=True)
        return read_record(folder)


def up(  # noqa: PLR0913 - each is an option of the command
    report: Report,
    folder: Path = FOLDER,
    asked: str | None = None,
    *,
    management: bool = False,
    listen: Entrance | None = None,
    cluster: bool = False,
) -> tuple[Kept, bool]:
    """Have a node kept running, and tell whether it was started just now.

    asked: the version of one that is started, or how that begins.
    management: whether it must have a page for a browser.
    listen: where a class comes in, if it must have a room for one.
    cluster: whether it must be three nodes.
    Raises NoBrokerFound where none can be started, BadUse where one runs without what it must have,
    the address is not this machine's, or no certificate can be made here.
    """
    if listen and cluster:
        raise BadUse("A room for a class is on one node: leave the room or the cluster out.")
    if listen:
        listen = replace(listen, address=address_of(listen.address))
        require_openssl(listen)
    with locked(folder / "up.lock", lambda: report(Progress("waiting for another start"))):
        kept = status(folder)
        if kept:
            if cluster:
                require_cluster(kept, management=management)
            require(kept, listen, management=management)
            return kept, False
        options = ["--management"] * management
        options += ["--listen", listen.address] if listen else []
        options += ["--tls"] * bool(listen and listen.tls)
        options += ["--cluster"] * cluster
        return start(report, folder, asked, options), True


def require_cluster(kept: Kept, *, management: bool) -> None:
    """Require that what runs has three nodes.

    Raises BadUse where it has one.
    """
    if len(kept.urls) == 1:
        again = advice(
            "cluster" + " MANAGEMENT=1" * management, "up --cluster" + " --management" * management
        )
        raise BadUse(
            f"RabbitMQ runs already, at {kept.address}, as one node: "
            f"end it with {advice('down', 'down')}, and then {again}."
        )


def require_openssl(entrance: Entrance) -> None:
    """Raise BadUse where a room needs a certificate, and the program is not here that makes it."""
    if entrance.tls and not shutil.which("openssl"):
        raise BadUse(
            "A room with TLS needs a certificate, which the program openssl makes, and that is not "
            "here: install openssl, or open the room without TLS."
        )


def require(kept: Kept, listen: Entrance | None, *, management: bool) -> None:
    """Require that a node has the room and the page that it must have.

    Raises BadUse where it has not.
    """
    room = kept.room
    if listen and (room is None or room.listen != listen.address):
        lacks = f"with no room on {listen.address}" if room else "with no room for a class"
    elif listen and listen.tls and room and not room.certificate:
        lacks = "with a room that has no TLS"
    elif management and not kept.management:
        lacks = "but without its management page"
    else:
        return
    address = listen.address if listen else room and room.listen
    tls = listen.tls if listen else room and room.certificate
    words = [(f"LISTEN={address}", f"--listen {address}")] * bool(address)
    words += [("TLS=1", "--tls")] * bool(tls)
    words += [("MANAGEMENT=1", "--management")] * management
    again = advice(*(" ".join(("up", *each)) for each in zip(*words, strict=True)))
    raise BadUse(
        f"RabbitMQ runs already, at {kept.address}, {lacks}: "
        f"end it with {advice('down', 'down')}, and then {again}."
    )


def start(
    report: Report, folder: Path, asked: str | None = None, options: Sequence[str] = ()
) -> Kept:
    """Start a node that outlives this process, from the first thing that gives one.

    asked: the version that it must have, or how that begins.
    options: those of its keeper.
    Raises NoBrokerFound where nothing does.
    """
    from routing.broker.node.private import kinds

    attempts = [
        (kind.name, partial(started, kind.prepare, report, folder, options))
        for kind in kinds(asked)
    ]
    return first(attempts, report, asked)


def started(prepare: "Prepare", report: Report, folder: Path, options: Sequence[str]) -> Kept:
    """Start a node that outlives this process.

    Raises Unavailable where it cannot be had or does not start.
    """
    from routing.broker.node.private import let_go, release, start_keeper, url_from

    keeper, starting = start_keeper(prepare, report, folder, options)
    try:
        url_from(keeper, partial(report, starting))
    except BaseException:
        release(keeper)
        raise
    kept = read_record(folder)
    let_go(keeper)
    if not kept:
        raise Unavailable("the node ended as soon as it had started")
    return kept


def down(folder: Path = FOLDER) -> bool:
    """End the node that is kept running, and tell whether there was one.

    Raises NoBroker where it does not end in time.
    """
    kept = status(folder)
    if not kept:
        return False
    with suppress(ProcessLookupError):
        os.kill(kept.pid, signal.SIGTERM)
    ended = Thread(target=await_end, args=(folder,), daemon=True)
    ended.start()
    ended.join(ENDING)
    if ended.is_alive():
        raise NoBroker(f"The node did not end within {ENDING:g} s: end process {kept.pid}.")
    return True


def await_end(folder: Path) -> None:
    """Wait until the keeper gives its lock back, which it does last of all."""
    with locked(lock_of(folder)):
        pass
