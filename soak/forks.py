"""The program, started many times at the cost of one start: each run is a fork of one process."""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL
from time import monotonic

import warm


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


def start(words: Sequence[str], environ: Mapping[str, str], folder: Path) -> Run:
    """Start a run, which writes into files in a folder."""
    out, err = folder / "out", folder / "err"
    with out.open("wb") as said, err.open("wb") as beside:
        streams: warm.Streams = {
            "stdin": DEVNULL,
            "stdout": said.fileno(),
            "stderr": beside.fileno(),
        }
        started = warm.started(words, env={**os.environ, **environ}, **streams)
    return Run(started.pid, out, err, end_of(started))


def end_of(started: warm.Started) -> "asyncio.Future[tuple[int, float]]":
    """Give what will tell how and when a run has ended."""
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[tuple[int, float]] = loop.create_future()

    def tell() -> None:
        loop.remove_reader(started.told)
        ended.set_result((started.wait(), monotonic()))

    loop.add_reader(started.told, tell)
    return ended
