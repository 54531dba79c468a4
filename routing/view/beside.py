"""Lines that each end with a reason: beside what it is about, or where it is cramped, below it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
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
    indent: how far in all of it stands.
    """

    lines: Sequence[Line]
    least: Sequence[int] = ()
    indent: int = 0

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield one table, or line by line a table and the reason."""
        if not self.lines:
            return
        widths, most = self.widths(), options.max_width - self.indent
        room = most - GAP * len(widths)
        widest = widths.index(max(widths))
        lacking = self.lacking(most)
        if not lacking or widths[widest] - lacking >= max(LEAST, self.longest_in(widest)):
            widths[widest] -= lacking
            yield Grid(self.lines, [*widths, room - sum(widths)], self.indent)
        else:
            yield from (Padding(each, (0, 0, 0, self.indent)) for each in self.below(most))

    def longest_in(self, column: int) -> int:
        """Measure the longest word of a column."""
        return max(longest_word(line[column].plain) for line in self.lines)

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
        """Give each line without its reason, and then that, where there is one.

        Where a word of the last column would be broken, what stands before it does not stand in
        columns.
        """
        *widths, last = self.widths()
        room = min(last, most - sum(widths) - GAP * len(widths))
        in_columns = room >= max(longest_word(line[-2].plain) for line in self.lines)
        for line in self.lines:
            yield table([line[:-1]], [*widths, room]) if in_columns else in_a_row(line[:-1])
            if line[-1]:
                yield Padding(line[-1], (0, 0, 0, INDENT))


@dataclass(frozen=True)
class Grid:
    """Cells below one another, as rich's own grid shows them.

    Of thousands of lines nearly all fit, and are written as they are: a table of rich's for each
    would take most of the time of a run.
    widths: None for a column that is as wide as its cells.
    sides: where in its column a cell stands, if not left.
    """

    lines: Sequence[Line]
    widths: Sequence[int | None]
    indent: int = 0
    sides: Sequence[JustifyMethod] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield line by line what fits, or else a table."""
        widths = [
            max(line[place].cell_len for line in self.lines) if width is None else width
            for place, width in enumerate(self.widths)
        ]
        whole = self.indent + GAP * (len(widths) - 1) + sum(widths)
        if whole > options.max_width or not all(fits(line, widths) for line in self.lines):
            yield from self.as_table()
            return
        after = options.max_width - whole if self.indent else 0
        sides = self.sides or ["left"] * len(widths)
        for line in self.lines:
            yield Segment(" " * self.indent)
            for place, cell in enumerate(line):
                yield Segment(
                    aligned(cell, widths[place], sides[place]), console.get_style(cell.style)
                )
                yield Segment(" " * (GAP if place < len(line) - 1 else after))
            yield Segment.line()

    def as_table(self) -> Iterator[RenderableType]:
        """Give the table that has room for everything."""
        grid = table(self.lines, self.widths, self.sides)
        yield Padding(grid, (0, 0, 0, self.indent)) if self.indent else grid


def fits(line: Line, widths: Sequence[int]) -> bool:
    """Tell whether each cell of a line has room, and is of one style."""
    return all(
        cell.cell_len <= width and width and not cell.spans and cell.plain.isprintable()
        for cell, width in zip(line, widths, strict=True)
    )


def aligned(cell: Text, width: int, side: JustifyMethod) -> str:
    """Write a cell as wide as its column, on its side of it."""
    space = width - cell.cell_len
    before = {"right": space, "center": space // 2}.get(side, 0)
    return " " * before + cell.plain + " " * (space - before)


def in_a_row(cells: Line) -> Text:
    """Write cells one after another, broken between words alone."""
    return Text(" " * GAP).join(cell for cell in cells if cell)


def longest_word(text: str) -> int:
    """Measure the longest word: a column that is narrower would break it."""
    return max(map(cell_len, text.split()), default=0)


def shared_out(wanted: Sequence[int], least: Sequence[int], room: int) -> list[int] | None:
    """Give columns their widths: the widest give way to the room, but none below its least.

    None where there is no room for these.
    """
    widths = [*wanted]
    while sum(widths) > room:
        giving = [place for place, width in enumerate(widths) if width > least[place]]
        if not giving:
            return None
        widths[max(giving, key=widths.__getitem__)] -= 1
    return widths


def in_two_lines(reason: str) -> int:
    """Tell how wide a reason is at the least, broken once between words."""
    whole = cell_len(reason)
    needed, first = whole, -1
    for word in reason.split(" "):
        first += 1 + cell_len(word)
        needed = min(needed, max(first, whole - first - 1))
    return needed


def table(
    lines: Sequence[Line], widths: Sequence[int | None], sides: Sequence[JustifyMethod] = ()
) -> Table:
    """Put cells below one another."""
    grid = Table.grid(padding=(0, GAP, 0, 0))
    for width, side in zip_longest(widths, sides, fillvalue=None):
        grid.add_column(width=width or None, justify=side or "left", overflow="fold")
    for line in lines:
        grid.add_row(*line)
    return grid
