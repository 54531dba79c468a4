"""What is longer than a screen, cut into pages."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.segment import Segment


@dataclass(frozen=True)
class Page:
    """Some lines of something, ready to be printed."""

    lines: Sequence[Sequence[Segment]]

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        """Yield the lines as they are."""
        for line in self.lines:
            yield from line
            yield Segment.line()


def pages(console: Console, body: RenderableType, height: int | None) -> list[Page]:
    """Cut a body into pages of so many lines, or with None, take it for one page."""
    # Rich would shorten a table that is higher than the console.
    options = console.options.update(height=None)
    lines = console.render_lines(body, options, pad=False)
    most = height or max(1, len(lines))
    return [Page(lines[start : start + most]) for start in range(0, len(lines), most)]
