"""What runs are forked from: a process that has imported all of the program, and has one thread.

An order is a line of JSON, with four descriptors: three streams, and where the end is told.
"""

import atexit
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from fcntl import ioctl
from io import TextIOWrapper
from pathlib import Path
from select import select
from socket import recv_fds, socket
from termios import TIOCSCTTY
from typing import Any

LARGEST = 1 << 17
"""Bytes of an order, which comes in one piece."""

WIDTH = 12
"""Bytes of a number that is told; the next one may come at once."""

DECIDED: list[int] = []
"""The status with which this run ends, once it is known."""


def serve(orders: socket) -> dict[str, Any] | None:
    """Fork for each order, and tell of each end; give the order in a fork, and None at the end."""
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.set_wakeup_fd(waking)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    telling: dict[int, int] = {}
    while True:
        ready = select([orders.fileno(), woken], [], [])[0]
        if woken in ready:
            os.read(woken, 4096)
            for pid, status in gone():
                tell(telling[pid], status)
                os.close(telling.pop(pid))
        if orders.fileno() in ready:
            written, given, *_ = recv_fds(orders, LARGEST, 4)
            if not written:
                return None
            if not (pid := os.fork()):
                take(given, [orders.detach(), woken, waking, *telling.values()])
                order: dict[str, Any] = json.loads(written)
                return order
            *streams, telling[pid] = given
            tell(telling[pid], pid)
            for each in streams:
                os.close(each)


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


def tell(descriptor: int, number: int) -> None:
    """Tell whoever started a run a number, if there is still anybody."""
    with suppress(BrokenPipeError):
        os.write(descriptor, f"{number:{WIDTH}}".encode())


def take(given: Sequence[int], others: Sequence[int]) -> None:
    """Have what was given for streams, none of the server's other descriptors, Python's signals."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, each in enumerate(given[:3]):
        os.dup2(each, number)
    for each in (*given, *others):
        os.close(each)


def become(order: Mapping[str, Any]) -> None:
    """Be as a program that Python has just started."""
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    named = [each for each in os.environ.get("PYTHONPATH", "").split(os.pathsep) if each]
    sys.path[:2] = [str(Path.cwd()), *named]  # in place of those where this file was found
    sys.argv[:] = [sys.argv[0], *order["words"]]
    if order["terminal"]:
        os.setsid()
        ioctl(0, TIOCSCTTY, 0)
    sys.stdin, sys.stdout, sys.stderr = map(stream, range(3))


def stream(number: int) -> TextIOWrapper:
    """Open a standard stream as Python does."""
    encoding, _, errors = os.environ.get("PYTHONIOENCODING", "").partition(":")
    errors = errors or ("strict" if encoding else "surrogateescape")
    opened = open(number, "wb" if number else "rb", closefd=False)  # noqa: SIM115
    return TextIOWrapper(
        opened,
        encoding or "utf-8",
        "backslashreplace" if number == 2 else errors,
        newline="\n",
        line_buffering=number == 2 or opened.isatty() or bool(os.environ.get("PYTHONUNBUFFERED")),
    )


def carry_out(order: Mapping[str, Any]) -> None:
    """Do what a run is for, up to its status."""
    from routing.__main__ import main

    become(order)
    try:
        if order["script"]:
            exec(order["script"], {"__name__": "__main__"})  # noqa: S102 - as with python -c
        else:
            raise SystemExit(main())
    except SystemExit as error:
        if isinstance(error.code, int):
            DECIDED.append(error.code)
        raise


def leave() -> None:
    """Leave out the rest of Python's end: to clear every module takes longer than most runs."""
    if DECIDED:
        with suppress(OSError, ValueError):  # Python complains of that, and has another status
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(DECIDED[0])


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
    atexit.register(leave)  # before all others, so that it comes after them
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # its owner's: it ends when there are no orders
    warm_up()
    if found := serve(socket(fileno=int(sys.argv[1]))):
        carry_out(found)
