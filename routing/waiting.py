"""What the user sees on standard error while a broker is fetched and started."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from routing.broker.progress import Progress


@contextmanager
def shown() -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows progress: as a bar on a terminal, elsewhere as plain lines."""
    with bar_shown() if sys.stderr.isatty() else lines_shown() as report:
        yield report


@contextmanager
def bar_shown() -> Iterator[Callable[[Progress], None]]:
    """Show a bar that is there only while there is something to wait for."""
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", visible=False)
        yield lambda progress: bar.update(
            task,
            description=progress.step,
            completed=(progress.fraction or 0) * 100,
            total=None if progress.fraction is None else 100,
            visible=True,
        )


@contextmanager
def lines_shown() -> Iterator[Callable[[Progress], None]]:
    """Show a line for each step that begins."""
    steps: list[str] = []

    def report(progress: Progress) -> None:
        if progress.step not in steps:
            steps.append(progress.step)
            print(progress.step, file=sys.stderr, flush=True)

    yield report
