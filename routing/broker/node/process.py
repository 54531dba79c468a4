"""A process that belongs to another: ended with it, and listened to."""

import os
import select
import selectors
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, STDOUT, Popen

from routing.broker.node.room import Room

ENDING = 10.0
"""Seconds within which what was killed has to be gone."""


class Over(Exception):
    """The owner has gone, or says that it is time to end."""


class Late(Exception):
    """What was waited for did not come within the limit."""


@dataclass(frozen=True)
class Running:
    """A node, a cluster of some, or a container, that is ready.

    url: of a cluster, those of its nodes, with commas between them.
    management: the address of its management page, if it has one.
    room: what a class needs, if it has a room.
    others: the processes of a cluster's other nodes.
    """

    url: str = field(repr=False)
    process: Popen[bytes]
    management: str | None = None
    room: Room | None = None
    others: tuple[Popen[bytes], ...] = ()


GUARD = '"$@" & exec >/dev/null 2>&1; read -r _; $AT_LAST; kill -KILL 0'
"""Runs a command until standard input ends, which it does even where this process is killed, and
then what the variable says, if there is one."""


@contextmanager
def child(
    command: Sequence[str | Path],
    environ: Mapping[str, str],
    folder: Path,
    inherited: Sequence[int] = (),
) -> Iterator[Popen[bytes]]:
    """Yield a process that runs in a session of its own, and kill that session in the end.

    Nobody else can read what it writes.

    inherited: descriptors that it and all that it starts have, too.
    """
    process = Popen(
        ["/bin/sh", "-c", GUARD, "guard", *command],
        env=environ,
        cwd=folder,
        stdin=PIPE,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
        pass_fds=inherited,
        umask=0o077,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: Popen[bytes]) -> None:
    """Kill a process and its group, and wait until all that shared its output are gone."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(Late):
        for _ in output_of(process, limit=ENDING):
            pass
    process.wait(ENDING)
    for pipe in (process.stdin, process.stdout):
        assert pipe  # noqa: S101 - opened by child
        pipe.close()


def output(process: Popen[bytes]) -> int:
    """Give the descriptor from which a process's output is read."""
    assert process.stdout  # noqa: S101 - opened by child
    return process.stdout.fileno()


def has_spoken(process: Popen[bytes]) -> bool:
    """Tell whether a process has written anything, or has ended."""
    return bool(select.select([output(process)], [], [], 0)[0])


def output_of(
    process: Popen[bytes], over: Sequence[int] = (), limit: float | None = None
) -> Iterator[str]:
    """Yield what a process writes, until it has ended.

    Raises Over once a descriptor in `over` can be read, Late after `limit` seconds.
    """
    said = output(process)
    deadline = None if limit is None else time.monotonic() + limit
    with selectors.DefaultSelector() as selector:
        for descriptor in (said, *over):
            selector.register(descriptor, selectors.EVENT_READ)
        while text := next_of(selector, said, deadline):
            yield text.decode(errors="replace")


def read_to_the_end(processes: Sequence[Popen[bytes]], over: Sequence[int] = ()) -> None:
    """Read what processes write, so that none waits for a reader, until all have ended.

    Raises Over once a descriptor in `over` can be read.
    """
    unread = set(map(output, processes))
    while unread:
        ready = select.select([*unread, *over], [], [])[0]
        if not unread.issuperset(ready):
            raise Over
        unread -= {each for each in ready if not os.read(each, 65536)}


def next_of(selector: selectors.BaseSelector, said: int, deadline: float | None) -> bytes:
    """Wait for the next piece of output, which is empty at its end."""
    left = None if deadline is None else max(0, deadline - time.monotonic())
    ready = {key.fd for key, _ in selector.select(left)}
    if ready - {said}:
        raise Over
    if not ready:
        raise Late
    return os.read(said, 65536)
