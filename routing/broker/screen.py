"""What the user sees on standard error while a broker is fetched and started."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from routing.broker import Broker, find, require_version
from routing.broker.way import Progress

if TYPE_CHECKING:
    from rich.progress import Progress as Bar


@contextmanager
def broker_found(rabbitmq: str | None = None) -> Iterator[Broker]:
    """Yield the broker that is found; what is shown of the search has gone by then.

    rabbitmq: the version that it must have, or how that begins.
    Raises BadUse where it has another, and whatever finding one raises.
    """
    with ExitStack() as stack:
        with shown() as report:
            broker = stack.enter_context(find(os.environ, report))
        require_version(broker, rabbitmq)
        yield broker


@contextmanager
def shown() -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows progress: as a bar on a terminal, elsewhere as plain lines."""
    with bar_shown() if sys.stderr.isatty() else lines_shown() as report:
        yield report


@contextmanager
def bar_shown() -> Iterator[Callable[[Progress], None]]:
    """Show a bar that is there only while there is something to wait for."""
    with ExitStack() as stack:
        bars: list[Bar] = []

        def report(progress: Progress) -> None:
            if not bars:
                bars.append(stack.enter_context(new_bar()))
            move(bars[0], progress)

        yield report


def new_bar() -> "Bar":
    """Make a bar with a text before it, imported only where one is needed."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    return Bar(
        TextColumn("{task.description}"), BarColumn(), console=Console(stderr=True), transient=True
    )


def move(bar: "Bar", progress: Progress) -> None:
    """Show how far a step has come; a step of unknown length moves to and fro."""
    total = None if progress.fraction is None else 1.0
    for task in bar.tasks:
        if task.description != progress.step or task.total != total:
            bar.remove_task(task.id)
    if not bar.tasks:
        bar.add_task(progress.step, total=total)
    bar.update(bar.tasks[0].id, completed=progress.fraction or 0)


@contextmanager
def lines_shown() -> Iterator[Callable[[Progress], None]]:
    """Show a line for each step that begins."""
    steps: list[str] = []

    def report(progress: Progress) -> None:
        if progress.step not in steps:
            steps.append(progress.step)
            print(progress.step, file=sys.stderr, flush=True)

    yield report
