"""The same done to one part after another, by several processes beside each other."""

import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from itertools import cycle
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any, TypeVar

Part = TypeVar("Part")
Done = TypeVar("Done")


@contextmanager
def beside(
    do: Callable[[Part], Done], processes: int
) -> Iterator[Callable[[Iterable[Part]], Iterator[Done]]]:
    """Yield what does something to each part, and gives what came of them in their order.

    A process ends with the one that asks it, however that ends: it reads from it alone.
    """
    if processes < 2:  # noqa: PLR2004 - one is this one
        yield partial(map, do)
        return
    context, ends, others = get_context("fork"), [], []
    for _ in range(processes):
        ours, theirs = context.Pipe()
        other = context.Process(target=serve, args=(do, theirs, ours), daemon=True)
        other.start()
        theirs.close()
        ends.append(ours)
        others.append(other)
    try:
        yield partial(dealt, ends)
    finally:
        for end in ends:
            end.close()
        for other in others:
            other.join()


def serve(do: Callable[[Any], Any], end: Connection, asking: Connection) -> None:
    """Do it to each part that comes, until none can come; Ctrl-C is for who asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asking.close()
    with suppress(EOFError, OSError):
        while True:
            end.send(do(end.recv()))


def dealt(ends: Sequence[Connection], parts: Iterable[Any]) -> Iterator[Any]:
    """Deal parts out in turn; each process has one at a time, so that none waits for the other."""
    asked: deque[Connection] = deque()
    for end, part in zip(cycle(ends), parts, strict=False):
        if len(asked) == len(ends):
            yield asked.popleft().recv()
        end.send(part)
        asked.append(end)
    while asked:
        yield asked.popleft().recv()
