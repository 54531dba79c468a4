"""Lines that each end with a reason: beside what it is about, or where it is cramped, below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

GAP = 2

LEAST = 20
"""The widest column gives way to reasons, but not below this width."""

INDENT = 4
"""A reason stands so far in where it stands below."""

Line = Sequence[Text]
"""The cells of a line; the last one is the reason."""


@dataclass(frozen=True)
class Beside:
    """Some lines, so that each reason takes two at most.

    least: how wide each column before the reasons must be.
    """

    lines: Sequence[Line]
    least: Sequence[int] = ()

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield one table, or line by line a table and the reason."""
        if not self.lines:
            return
        widths = self.widths()
        room = options.max_width - GAP * len(widths)
        widest = widths.index(max(widths))
        lacking = self.lacking(options.max_width)
        if not lacking or widths[widest] - lacking >= LEAST:
            widths[widest] -= lacking
            yield table(self.lines, [*widths, room - sum(widths)])
        else:
            yield from self.below(options.max_width)

    def lacking(self, most: int) -> int:
        """Tell how many columns are lacking so that all cells keep their width."""
        widths = self.widths()
        needed = max(in_two_lines(line[-1].plain) for line in self.lines)
        return max(0, needed - (most - GAP * len(widths) - sum(widths)))

    def widths(self) -> list[int]:
        """Measure each column before the reasons."""
        columns = zip(*(line[:-1] for line in self.lines), strict=True)
        needed = [max(cell_len(cell.plain) for cell in column) for column in columns]
        least = [*self.least, *[0] * (len(needed) - len(self.least))]
        return [max(pair) for pair in zip(needed, least, strict=True)]

    def below(self, most: int) -> Iterator[RenderableType]:
        """Give each line without its reason, and then that, where there is one."""
        *widths, last = self.widths()
        room = most - sum(widths) - GAP * len(widths)
        widths = [*widths, min(last, room)] if room > 0 else []
        for line in self.lines:
            yield table([line[:-1]], widths)
            if line[-1]:
                yield Padding(line[-1], (0, 0, 0, INDENT))


def in_two_lines(reason: str) -> int:
    """Tell how wide a reason is at the least, broken once between words."""
    whole = cell_len(reason)
    needed, first = whole, -1
    for word in reason.split(" "):
        first += 1 + cell_len(word)
        needed = min(needed, max(first, whole - first - 1))
    return needed


def table(lines: Sequence[Line], widths: Sequence[int]) -> Table:
    """Put cells below one another; without widths, as it comes."""
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for column in range(len(lines[0])):
        width = widths[column] if widths else None
        grid.add_column(width=width or None, overflow="fold")
    for line in lines:
        grid.add_row(*line)
    return grid
