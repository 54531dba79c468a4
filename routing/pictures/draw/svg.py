"""A picture as an image that needs nothing beside itself: no font, no script, no link.

Exchanges are round, queues have the sign of a queue; alternates are dashed and dead letters
dotted, and both say so.  Colours are those of the terminal, for light and for dark.
"""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from routing.pictures.draw.layout import (
    BARS,
    CANVAS,
    FONT,
    LETTER,
    LINE,
    MARGIN,
    PAD,
    Box,
    Layout,
    Point,
    Wire,
    laid_out,
)
from routing.pictures.draw.lines import folded
from routing.pictures.draw.picture import DEAD, Arrow, Node, Picture
from routing.pictures.draw.told import as_text

STYLE: Final = """
.routing text { font: 22px ui-monospace, monospace; fill: #1f2328; white-space: pre; }
.routing .paper { fill: #ffffff; }
.routing .box { fill: #f6f8fa; stroke: #57606a; stroke-width: 2; }
.routing .bar, .routing .wire { fill: none; stroke: #57606a; stroke-width: 2; }
.routing .head { fill: #57606a; }
.routing .label { fill: #ffffff; }
.routing .name, .routing .sent { font-weight: bold; }
.routing .kind, .routing .quiet text { fill: #57606a; }
.routing .alternate { stroke-dasharray: 12 7; }
.routing .dead { stroke-dasharray: 2 7; stroke-linecap: round; stroke-width: 3; }
.routing .mark { fill: #b35000; font-weight: bold; }
.routing .lit text, .routing .fate { fill: #0072b8; font-weight: bold; }
.routing .lit .reason, .routing .lit .kind { font-weight: normal; }
.routing .lit .box { stroke: #0087d7; stroke-width: 4; }
.routing .lit .wire { stroke: #0087d7; stroke-width: 4; }
.routing .lit .head { fill: #0087d7; }
.routing .lit .mark { fill: #b35000; }
.routing .lit .passed { fill: #57606a; font-weight: normal; }
@media (prefers-color-scheme: dark) {
.routing text { fill: #e6edf3; }
.routing .paper, .routing .label { fill: #0d1117; }
.routing .box { fill: #161b22; stroke: #9da7b3; }
.routing .bar, .routing .wire { stroke: #9da7b3; }
.routing .head { fill: #9da7b3; }
.routing .kind, .routing .quiet text { fill: #9da7b3; }
.routing .mark, .routing .lit .mark { fill: #ff8f3f; }
.routing .lit text, .routing .fate { fill: #4db2f5; }
.routing .lit .box, .routing .lit .wire { stroke: #4db2f5; }
.routing .lit .head { fill: #4db2f5; }
.routing .lit .passed { fill: #9da7b3; }
}
"""

HEAD: Final = 14
ABOVE: Final = 20
"""Between the words and the picture."""


def svg(picture: Picture) -> str:
    """Write a picture as SVG."""
    layout = laid_out(picture)
    over = words_over(picture, layout)
    top = MARGIN + len(over) * LINE + ABOVE * bool(over)
    under = words_under(picture, layout)
    bottom = top + layout.height + ABOVE * bool(under)
    height = bottom + len(under) * LINE + MARGIN
    size = f"{number(layout.width)} {number(height)}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="routing" viewBox="0 0 {size}" '
        f'width="{number(layout.width)}" height="{number(height)}" xml:space="preserve" '
        'role="img" aria-labelledby="routing-title routing-desc">',
        f'<title id="routing-title">{escape(picture.title)}</title>',
        f'<desc id="routing-desc">{escape(chr(10).join(as_text(picture)))}</desc>',
        f"<style>{STYLE}</style>",
        '<rect class="paper" width="100%" height="100%"/>',
        *lines_at(over, MARGIN, MARGIN),
        f'<g transform="translate(0 {number(top)})"{quieter(picture)}>',
        *drawn(layout),
        "</g>",
        *lines_at(under, MARGIN, bottom),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def quieter(picture: Picture) -> str:
    """Say that what the message does not come to stays in the background."""
    return "" if picture.message is None else ' class="quiet"'


def words_over(picture: Picture, layout: Layout) -> list[tuple[str, str]]:
    """Write what is sent."""
    if picture.message is None:
        return []
    said = f"published to {picture.message}"
    return [(line, "sent") for line in folded(said, columns(layout))]


def words_under(picture: Picture, layout: Layout) -> list[tuple[str, str]]:
    """Write what becomes of it, and what the marks mean."""
    of_fate = "fate" if picture.arrives else "mark"
    return [
        (line, of_fate if picture.fate is not None and not place else "note")
        for place, said in enumerate(picture.words)
        for line in folded(said, columns(layout))
    ]


def columns(layout: Layout) -> int:
    """Tell how many letters stand side by side."""
    return int((max(CANVAS, layout.width) - 2 * MARGIN) / LETTER)


def lines_at(lines: Sequence[tuple[str, str]], x: float, y: float) -> Iterator[str]:
    """Write lines of text beneath one another; y: the upper end of the first."""
    for place, (text, role) in enumerate(lines):
        base = number(y + place * LINE + LINE / 2 + FONT * 0.35)
        yield f'<text class="{role}" x="{number(x)}" y="{base}">{escape(text)}</text>'


def drawn(layout: Layout) -> Iterator[str]:
    """Write lines first, those that are lit after the others, and boxes and labels over them."""
    for wire in sorted(layout.wires, key=lambda each: each.arrow.lit):
        yield from in_group(wire.arrow.lit, line_of(wire))
    for box in layout.boxes:
        yield from in_group(box.of.lit, box_of(box))


def in_group(lit: bool, parts: Iterator[str]) -> Iterator[str]:  # noqa: FBT001 - what the group says
    """Put parts into a group."""
    yield '<g class="lit">' if lit else "<g>"
    yield from parts
    yield "</g>"


def line_of(wire: Wire) -> Iterator[str]:
    """Write the line of an arrow, and its head."""
    kind = {"binding": "", "alternate": " alternate", DEAD: " dead"}[wire.arrow.kind]
    *parts, (*points, (x, y)) = wire.parts
    back = HEAD if x < points[0][0] else -HEAD
    path = " ".join(map(path_of, [*parts, [*points, (x + back / 2, y)]]))  # the head has the rest
    yield f'<path class="wire{kind}" d="{path}"/>'
    yield f'<path class="head" d="M{point((x, y))} l{back} -{HEAD // 2} v{HEAD} z"/>'


def path_of(part: Sequence[Point]) -> str:
    """Write a part of a line: straight, curved, straight again."""
    first, leaves, comes, last = part
    middle = (leaves[0] + comes[0]) / 2
    bent = f"{point((middle, leaves[1]))} {point((middle, comes[1]))}"
    return f"M{point(first)} L{point(leaves)} C{bent} {point(comes)} L{point(last)}"


def point(at: Point) -> str:
    """Write a point."""
    return f"{number(at[0])} {number(at[1])}"


def number(value: float) -> str:
    """Write a number, in tenths."""
    return f"{value:.1f}".removesuffix(".0")


def box_of(box: Box) -> Iterator[str]:
    """Write a box or a label."""
    place = f'x="{number(box.x)}" y="{number(box.y)}"'
    size = f'width="{number(box.width)}" height="{number(box.height)}"'
    shape = "label" if isinstance(box.of, Arrow) else "box"
    rounded = ' rx="14"' if isinstance(box.of, Node) and box.of.place[0] == "exchange" else ""
    yield f'<rect class="{shape}" {place} {size}{rounded}/>'
    if shape == "box" and not rounded:
        yield from bars(box)
    height = len(box.lines) * LINE
    yield from lines_at(box.lines, box.x + PAD, box.y + (box.height - height) / 2)


def bars(box: Box) -> Iterator[str]:
    """Write the sign of a queue: messages in a row, at its end."""
    for place in (1, 2):
        x = number(box.x + box.width - place * BARS / 3)
        yield f'<path class="bar" d="M{x} {number(box.y)} v{number(box.height)}"/>'
