"""A table under headings, for what is declared; where words would be broken, line after line."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from routing.view.beside import GAP, in_a_row, longest_word, shared_out, table
from routing.view.colours import QUIET


@dataclass(frozen=True)
class Headed:
    """Some lines of cells; a first cell that is empty says that the one above it still holds."""

    headings: Sequence[str]
    lines: Sequence[Sequence[str]]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table; or each first cell, and below it the rest of its lines."""
        columns = [*zip(self.headings, *self.lines, strict=True)]
        widths = shared_out(
            [max(map(cell_len, column)) for column in columns],
            [max(map(longest_word, column)) for column in columns],
            options.max_width - GAP * len(columns),
        )
        if widths:
            yield table([[Text(cell, QUIET) for cell in self.headings]], widths)
            yield table([[*map(Text, line)] for line in self.lines], widths)
            return
        for first, *others in self.lines:
            yield from [Text(first)] * bool(first)
            yield Padding(in_a_row([*map(Text, others)]), (0, 0, 0, GAP))
