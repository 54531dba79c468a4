"""A picture for people: by exchange, what leads on from it, and where to."""

from collections.abc import Iterator

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from routing.pictures.draw.picture import LIT, QUIET, Picture
from routing.pictures.draw.told import Row, Section, told
from routing.view import colours
from routing.view.beside import Beside, Line
from routing.view.marks import Marks, marks_for


class Shown:
    """A picture in lines."""

    def __init__(self, picture: Picture) -> None:
        """Take a picture."""
        self.picture = picture

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what is sent, each box with what leads on from it, and what becomes of that."""
        marks = marks_for(options)
        if self.picture.message is not None:
            yield Text(f"published to {self.picture.message}", colours.STRONG)
        for section in told(self.picture):
            yield from of_section(section, marks)
        of_fate = colours.GOOD if self.picture.arrives else colours.BAD
        for place, said in enumerate(self.picture.words):
            fate = self.picture.fate is not None and not place
            yield Text(signed(said, marks), of_fate if fate else colours.QUIET)


def of_section(section: Section, marks: Marks) -> Iterator[RenderableType]:
    """Show one box."""
    yield Text(section.heading, colours.STRONG)
    lines = [line_of(row, marks) for row in section.rows]
    signed_too = any(row.sign for row in section.rows)
    shown = lines if signed_too else [line[1:] for line in lines]
    yield Padding(Beside(shown), (0, 0, 0, 2))


def line_of(row: Row, marks: Marks) -> Line:
    """Show one way."""
    style = colours.GOOD if row.sign == LIT else colours.QUIET
    into = {"→": marks.into, "⇢": marks.onto}.get(row.into, "")
    return (
        Text(signed(row.sign, marks), style),
        Text(row.asked),
        Text(into),
        Text(row.destination),
        Text(row.remark, style),
    )


def signed(text: str, marks: Marks) -> str:
    """Write a sign at the beginning of a text as the terminal can show it."""
    for sign, shown in ((LIT, marks.arrived), (QUIET, marks.nothing)):
        if text.startswith(sign):
            return shown + text[len(sign) :]
    return text
