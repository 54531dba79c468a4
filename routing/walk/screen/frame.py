"""The frame of every screen: a title, a page of the body, what is chosen, and the keys."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.columns import Columns
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from routing.view.colours import BAD, QUIET, STRONG, TITLE
from routing.view.pages import Page, pages

GAP = "   "

MATTER = 3
"""So many of the keys at the foot matter."""

OVERHEAD = 3
"""Lines for the title, a blank and the keys."""


@dataclass(frozen=True)
class Frame:
    """What a screen shows.

    prompt: what is asked; options: what can be chosen, with a mark before what is; chosen: that
    alone, in words; note: what is typed, and what was not understood of it; in its place stands the
    legend, which explains signs.  These stay in sight on every page.
    """

    title: str
    place: str
    progress: str
    body: RenderableType
    prompt: str = ""
    options: Sequence[str] = ()
    chosen: str = ""
    legend: RenderableType = ""
    note: str = ""


@dataclass(frozen=True)
class Cut:
    """A screen cut into pages, and what stands below each of them."""

    frame: Frame
    pages: Sequence[Page]
    below: Sequence[RenderableType]


def cut(console: Console, frame: Frame) -> Cut:
    """Cut a screen into pages; in a pipe, all is one."""
    options = Columns([Text(each) for each in frame.options], padding=(0, 3, 0, 0))
    body = frame.body
    asked: list[RenderableType] = [Text(), Text(frame.prompt, STRONG)] if frame.prompt else []
    below = [*asked, options] if frame.options else asked
    if not console.is_terminal:
        return Cut(frame, pages(console, body, None), below)
    height = console.height - overhead(console, frame)
    if frame.options and lines_of(console, [options]) > height // 2:
        # So many are read like all else, and only what is chosen stays in sight.
        body, below = Group(body, Text(), options), [*asked, Text(frame.chosen, no_wrap=True)]
    room = max(1, height - lines_of(console, below))
    return Cut(frame, pages(console, body, room), below)


def overhead(console: Console, frame: Frame) -> int:
    """Count the lines that are neither body nor question: a long note takes more than one."""
    return OVERHEAD + lines_of(console, [footnote(frame)])


def footnote(frame: Frame) -> RenderableType:
    """Give what stands above the keys: a note, or else the legend."""
    return Text(frame.note, BAD) if frame.note else frame.legend


def lines_of(console: Console, parts: Sequence[RenderableType]) -> int:
    """Count the lines that some parts of a screen take."""
    return len(console.render_lines(Group(*parts))) if parts else 0


def draw(console: Console, cut: Cut, page: int, keys: Sequence[str]) -> None:
    """Put one page on a clear screen, and the keys at its foot."""
    console.clear()
    show(console, cut, page)
    fixed = overhead(console, cut.frame)
    used = fixed + lines_of(console, cut.below) + len(cut.pages[page].lines)
    room = console.height - used
    console.print("\n" * max(0, room), end="")
    console.print(footnote(cut.frame))
    console.print(Text(f" {fitted(keys, console.width - 3)} ", "reverse"), end=" ")


def fitted(keys: Sequence[str], width: int) -> str:
    """Write as many keys as fit into a line: the last ones matter least, and then the first."""
    while len(keys) > 1 and cell_len(GAP.join(keys)) > width:
        keys = keys[:-1] if len(keys) > MATTER else keys[1:]
    return GAP.join(keys)[:width]


def show(console: Console, cut: Cut, page: int) -> None:
    """Print the title and one page."""
    number = f", page {page + 1}/{len(cut.pages)}" if len(cut.pages) > 1 else ""
    title = Table.grid(expand=console.is_terminal, padding=(0, 2, 0, 0))
    title.add_column(overflow="fold")
    title.add_column(justify="right", no_wrap=True)
    left = Text.assemble((f" {cut.frame.title} ", TITLE), f"  {cut.frame.place}{number}")
    title.add_row(left, Text(cut.frame.progress, QUIET))
    console.print(title, "", cut.pages[page], *cut.below, sep="\n")


def told(wrong: str) -> RenderableType:
    """Say what is wrong with what has been saved; what was walked through before stays."""
    stays = "Here it stays as it was, until it is saved again."
    return Group(Text(wrong, STRONG), Text(), Text(stays))


def keys_known(known: Sequence[tuple[str, str]]) -> RenderableType:
    """List the keys of a screen."""
    table = Table.grid(padding=(0, 3, 0, 0))
    for key, what in known:
        table.add_row(Text(key, STRONG), what)
    return Group(Text("The keys of this screen", STRONG), Text(), table)
