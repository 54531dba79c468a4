"""The program, started as with subprocess, at a tenth of the cost: each run is a fork.

A run is a process of its own, and its words, variables, folder, streams and signals are as Python
has them at a start.  It does not import anew, draw another seed for hashes, be a child of the test,
or clear every module in the end; where a test is about just that, it starts Python.
"""

import atexit
import json
import os
import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from select import select
from subprocess import DEVNULL, PIPE, STDOUT, CompletedProcess, Popen, TimeoutExpired
from threading import Lock
from typing import Literal, Self, TextIO, TypedDict, Unpack

from forked import WIDTH

ROOT = Path(__file__).parents[1]


class Streams(TypedDict, total=False):
    """What standard streams are: a descriptor, PIPE, DEVNULL or STDOUT; without it, the test's."""

    stdin: int
    stdout: int
    stderr: int


@dataclass
class Started:
    """A run, as whoever started it sees it: as Popen, with text.

    told: where the server tells how it ended, as it is the server's child.
    """

    args: Sequence[str]
    pid: int
    told: int
    stdin: TextIO | None = None
    stdout: TextIO | None = None
    stderr: TextIO | None = None
    returncode: int | None = None

    def __enter__(self) -> Self:
        """Give itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close its pipes, and wait for it."""
        for each in (self.stdin, self.stdout, self.stderr):
            if each:
                with suppress(BrokenPipeError):
                    each.close()
        self.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end, and give its status, which is below 0 after a signal."""
        if self.returncode is None:
            if not select([self.told], [], [], timeout)[0]:
                raise TimeoutExpired(self.args, timeout or 0)
            self.returncode = int(os.read(self.told, WIDTH))
            os.close(self.told)
        return self.returncode

    def poll(self) -> int | None:
        """Give its status, if it has ended."""
        with suppress(TimeoutExpired):
            return self.wait(0)
        return None

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        """Kill it."""
        self.send_signal(signal.SIGKILL)

    def communicate(self, text: str = "", timeout: float | None = None) -> tuple[str, str]:
        """Write all that it reads, and read all that it writes; what takes too long is killed."""
        with ThreadPoolExecutor() as pool:
            pool.submit(self.feed, text)
            out, err = (
                pool.submit(each.read if each else str) for each in (self.stdout, self.stderr)
            )
            try:
                self.wait(timeout)
            except TimeoutExpired:
                self.kill()
                raise
        return out.result(), err.result()

    def feed(self, text: str) -> None:
        """Write what it reads, as far as it reads."""
        if self.stdin:
            with suppress(BrokenPipeError), self.stdin as pipe:
                pipe.write(text)


def run(
    words: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    text: str | None = None,
    timeout: float | None = None,
    **streams: Unpack[Streams],
) -> "CompletedProcess[str]":
    """Run the program to its end, with a text as its input; what it writes is taken in."""
    if text is not None:
        streams["stdin"] = PIPE
    streams = {"stdout": PIPE, "stderr": PIPE, **streams}
    with started(words, env=env, cwd=cwd, **streams) as running:
        out, err = running.communicate(text or "", timeout)
    return CompletedProcess(running.args, running.wait(), out, err)


def started(
    words: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path = ROOT,
    script: str = "",
    terminal: bool = False,
    **streams: Unpack[Streams],
) -> Started:
    """Start the program.

    script: a text of Python that is run in its place, as with python -c.
    terminal: whether the run gets a session of its own, of which its input is the terminal.
    """
    own = cwd / "routing"
    assert not own.exists() or own.samefile(ROOT / "routing"), "another program: start Python"
    order = {"words": words, "env": {**env}, "cwd": str(cwd), "script": script}
    written = json.dumps({**order, "terminal": terminal}).encode()
    told, telling = os.pipe()
    with ExitStack() as given:
        given.callback(os.close, telling)
        stdin, own_in = ends(streams.get("stdin", 0), "w", given)
        stdout, own_out = ends(streams.get("stdout", 1), "r", given)
        beside = streams.get("stderr", 2)
        stderr, own_err = ends(stdout if beside == STDOUT else beside, "r", given)
        socket.send_fds(server().orders, [written], [stdin, stdout, stderr, telling])
    return Started([*words], int(os.read(told, WIDTH)), told, own_in, own_out, own_err)


def ends(stream: int, mode: Literal["r", "w"], given: ExitStack) -> tuple[int, TextIO | None]:
    """Give the end of a stream that a run gets, and for a pipe the test's own."""
    if stream == PIPE:
        read, write = os.pipe()
        theirs, ours = (read, write) if mode == "w" else (write, read)
        given.callback(os.close, theirs)
        return theirs, os.fdopen(ours, mode, encoding="utf-8")
    if stream == DEVNULL:
        given.callback(os.close, opened := os.open(os.devnull, os.O_RDWR))
        return opened, None
    return stream, None


@dataclass
class Server:
    """What is forked, from its first use to the end of this process, and where it takes orders."""

    process: "Popen[bytes]"
    orders: socket.socket

    def end(self) -> None:
        """End it: there are no more orders."""
        self.orders.close()
        self.process.wait()


def server() -> Server:
    """Give it; of several threads, one starts it."""
    with LOCK:
        return first_started()


LOCK = Lock()


@cache
def first_started() -> Server:
    """Start it."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = Popen(
            [sys.executable, "-m", "forked", str(theirs.fileno())],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PYTHONPATH": f"{ROOT}/tests"},
            stdin=DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    found = Server(process, ours)
    atexit.register(found.end)
    return found
