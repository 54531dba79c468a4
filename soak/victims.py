"""Nodes that fall ill or die, as no proxy can have them do it, and the runs that meet that."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import DEVNULL
from time import monotonic
from typing import Final

from conftest import await_end, family
from nodes import ALL, Node, all_started

from routing.broker.kept import status as node_kept
from routing.broker.node.process import Running
from routing.broker.programs.installation import Installation
from soak.cell import PULSE, Ground, Outcome, Place, done
from soak.matrix import Cell

HELD: Final = 5.0
"""Seconds for which those who have come to a step wait for the others."""

SMALL: Final = "200m"
"""Room for a node that has just started, on the disk that will be full."""

ALARMS: Final = {
    "memory": (
        ("set_vm_memory_high_watermark", "0.000001"),
        ("set_vm_memory_high_watermark", "0.6"),
    ),
    "disk": (("set_disk_free_limit", "1000000GB"), ("set_disk_free_limit", "1MB")),
}
"""How rabbitmqctl has a node find itself short of something, and how it ends that."""

BEGUN: Final = {"walk-private": (1, "the idea"), "versions": (8, ""), "verify-all": (8, "holding")}
"""How many sockets, and which word said, tell that a run with nodes of its own is under way."""


@contextmanager
def alarm(node: Node, which: str) -> Iterator[None]:
    """Let a node be short of something."""
    begin, end = ALARMS[which]
    node.ctl(*begin)
    try:
        yield
    finally:
        node.ctl(*end)


@dataclass
class Meeting:
    """Several runs that wait for each other at a step; then something is done, once."""

    parties: int
    deed: Callable[[], None]
    come: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(self) -> None:
        """Wait for the others, for a limited time."""
        self.come += 1
        if self.come == 1:
            asyncio.get_running_loop().call_later(HELD, self.act)
        if self.come == self.parties:
            self.act()
        await self.over.wait()

    def act(self) -> None:
        """Do it, and let all go on."""
        if not self.over.is_set():
            self.deed()
            self.over.set()


async def killed(cells: Sequence[Cell], node: Node, ground: Ground) -> None:
    """Kill a node while several are at a step, and tell what came of each."""
    meeting = Meeting(len(cells), lambda: os.killpg(node.running.process.pid, signal.SIGKILL))
    names = [f"of-cell-{number}" for number in range(len(cells))]
    for name in names:
        node.made(f"vhosts/{name}", {})
        node.asked("PUT", f"permissions/{name}/{node.login[0]}", ALL)
    runs = zip(cells, names, strict=True)
    await asyncio.gather(
        *(done(cell, Place(node, name), ground, meeting.wait) for cell, name in runs)
    )


async def without_its_node(cell: Cell, ground: Ground) -> None:
    """Kill a node that a run has for itself, or one of several, once it is under way."""
    if node_kept():
        kept = "RabbitMQ is kept running here, which a run would use: end it with make down."
        ground.tell(Outcome(cell, 0, None, "", kept))
        return
    sockets, said = BEGUN[cell.command]
    run = ground.start(cell, cell.run.words, "")
    nodes: list[int] = []
    while not run.ended.done() and not nodes:
        await asyncio.sleep(PULSE)
        begun = open_sockets(run.pid) >= sockets and said in "".join(run.said())
        all_of_it = family_of(run.pid)
        nodes = [pid for pid in all_of_it if begun and is_node(pid)]
    if nodes:
        os.kill(nodes[0], signal.SIGKILL)
    struck = monotonic()
    status, at = await run.ended
    await asyncio.to_thread(await_end, all_of_it)
    seconds = at - struck if nodes else None
    ground.tell(Outcome(cell, status, seconds, *run.said()))


def family_of(pid: int) -> set[int]:
    """List what a process has started, as long as it is there."""
    try:
        return family(pid) - {pid}
    except OSError:
        return set()


def open_sockets(pid: int) -> int:
    """Count the sockets of a process."""
    try:
        links = [str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return 0
    return sum(each.startswith("socket:") for each in links)


def is_node(pid: int) -> bool:
    """Tell whether a process is a RabbitMQ, and not what started it."""
    try:
        return b"rabbit_boot" in (said := Path(f"/proc/{pid}/cmdline").read_bytes()) or (
            b"-noinput" in said and b"beam" in said
        )
    except OSError:
        return False


@asynccontextmanager
async def on_a_small_disk(
    folder: Path,
) -> AsyncIterator[tuple[Node, Callable[[], Awaitable[None]]]]:
    """Yield a node whose disk is small, and what fills it."""
    mount = f'mount -t tmpfs -o size={SMALL} small "$1" && exec "$2" -m soak.victims "$1"'
    space = ["unshare", "--mount", *(["--user", "--map-root-user"] if os.getuid() else [])]
    process = await asyncio.create_subprocess_exec(
        *space, "sh", "-c", mount, "sh", folder, sys.executable, stdin=PIPE, stdout=PIPE
    )
    assert process.stdin
    assert process.stdout
    url, page = (await process.stdout.readline()).decode().split()
    nobody = await asyncio.create_subprocess_exec("true", stdout=DEVNULL)

    async def fill() -> None:
        assert process.stdin
        assert process.stdout
        process.stdin.write(b"fill\n")
        await process.stdout.readline()

    try:
        yield Node("", Running(url, nobody, page)), fill  # type: ignore[arg-type]
    finally:
        process.stdin.close()
        await process.wait()


def serve(folder: Path) -> None:
    """Start a node in a folder, tell of it, and fill what room there is left when told to."""
    from routing.broker.node.private import kinds
    from routing.broker.way import first

    os.environ["TMPDIR"] = str(folder)
    attempts = [(k.name, lambda k=k: k.prepare(lambda _: None)) for k in kinds("4.3")]
    found = first(attempts, lambda _: None, "4.3")
    assert isinstance(found, Installation)
    with all_started([found]) as [node]:
        print(node.running.url, node.running.management, flush=True)
        for _ in sys.stdin:
            fill(folder / "filling")
            print("full", flush=True)


def fill(path: Path) -> None:
    """Write until there is no room."""
    with path.open("ab", buffering=0) as file:
        for size in (1 << 20, 1 << 10, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
