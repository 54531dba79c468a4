"""The program, started many times at the cost of one start: each run is a fork of one process.

That process has imported all of it, and no thread of its own.  Each run is a process of its own
all the same, which has its words and variables, takes signals, and ends with a status.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any


@dataclass
class Run:
    """One run of the program.

    ended: its status, and when it ended, by the clock that only goes on.
    """

    pid: int
    out: Path
    err: Path
    ended: "asyncio.Future[tuple[int, float]]"

    def said(self) -> tuple[str, str]:
        """Give what it has written, and what it has said beside that."""
        out, err = (each.read_text() if each.exists() else "" for each in (self.out, self.err))
        return out, err


@dataclass
class Forks:
    """The process that is forked, as whoever orders runs sees it."""

    process: Process
    started: list["asyncio.Future[int]"] = field(default_factory=list)
    ended: dict[int, "asyncio.Future[tuple[int, float]]"] = field(default_factory=dict)

    async def start(self, words: Sequence[str], environ: Mapping[str, str], folder: Path) -> Run:
        """Start a run, which writes into files in a folder."""
        out, err = folder / "out", folder / "err"
        order = {"words": words, "environ": environ, "out": str(out), "err": str(err)}
        self.started.append(pid := asyncio.get_running_loop().create_future())
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        return Run(number := await pid, out, err, self.ended[number])

    async def listen(self) -> None:
        """Take in which runs have begun, and which have ended."""
        assert self.process.stdout
        while line := await self.process.stdout.readline():
            told = json.loads(line)
            if "status" in told:
                self.ended.pop(told["pid"]).set_result((told["status"], told["at"]))
            else:
                self.ended[told["pid"]] = asyncio.get_running_loop().create_future()
                self.started.pop(0).set_result(told["pid"])


@asynccontextmanager
async def forking() -> AsyncIterator[Forks]:
    """Yield what starts runs."""
    command = (sys.executable, "-m", "soak.forks")
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    forks = Forks(process)
    listening = asyncio.ensure_future(forks.listen())
    try:
        yield forks
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()
        listening.cancel()


def serve() -> dict[str, Any] | None:
    """Fork for each order, and tell of each end; give the order in a fork, and None at the end."""
    from select import select

    told, (woken, waking) = os.fdopen(os.dup(1), "w"), os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    left = b""
    while True:
        ready = select([0, woken], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            for pid, status in gone():
                said = {"pid": pid, "status": status, "at": monotonic()}
                print(json.dumps(said), file=told, flush=True)
        if 0 in ready:
            if not (read := os.read(0, 65536)):
                return None
            *lines, left = (left + read).split(b"\n")
            for line in lines:
                if not (pid := os.fork()):
                    signal.set_wakeup_fd(-1)
                    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                    order: dict[str, Any] = json.loads(line)
                    return order
                print(json.dumps({"pid": pid}), file=told, flush=True)


def gone() -> list[tuple[int, int]]:
    """List the forks that have ended, with their status, which is below 0 after a signal."""
    found: list[tuple[int, int]] = []
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if not pid:
            return found
        found.append((pid, os.waitstatus_to_exitcode(status)))


def redirect(order: Mapping[str, Any]) -> None:
    """Give a fork its variables, and the files that it writes into."""
    os.environ.update(order["environ"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, path in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
        opened = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(opened, number)
        os.close(opened)


def warm_up() -> None:
    """Import all of the program that a run may need."""
    from contextlib import redirect_stdout
    from importlib import import_module
    from io import StringIO
    from pkgutil import walk_packages

    import routing
    from routing.__main__ import main

    for each in walk_packages(routing.__path__, "routing."):
        import_module(each.name)
    with redirect_stdout(StringIO()):
        for lesson in ("topic", "dead-letters"):
            main(["demo", lesson, "--predict"])


if __name__ == "__main__":
    from routing.__main__ import main

    warm_up()
    if (found := serve()) is None:
        raise SystemExit
    redirect(found)
    raise SystemExit(main(found["words"]))
