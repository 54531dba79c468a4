"""Where everything in a picture stands, so that no box and no label lies over another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from routing.amqp.notation import width
from routing.pictures.draw.layers import Chain, Item, Layers, arranged, layered
from routing.pictures.draw.lines import folded
from routing.pictures.draw.picture import LIT, QUIET, Arrow, Label, Node, Picture

FONT: Final = 22
"""The size of letters: read from the last row on a canvas of the usual width."""

LETTER: Final = 0.62 * FONT
"""The width of a letter, a little more than fonts have it."""

LINE: Final = 29
CANVAS: Final = 1280
MARGIN: Final = 32
LEAST_GAP: Final = 48
GAP_OF_MANY: Final = 96
"""Between two layers there is room for a curve at the least, and more for many of them."""

MOST_GAP: Final = 400
PAD: Final = 16
BETWEEN: Final = 18
"""Between what stands one beneath another."""

PORT: Final = 14
"""Between two lines that end at one box."""

MOST_COLUMNS: Final = 26
"""A name or a label that is longer goes on in a further line."""

BARS: Final = 24
"""What the sign of a queue takes of its box."""

SWEEPS: Final = 24
"""So often all is brought nearer to what it is joined to; less often where there is much."""

MUCH: Final = 50_000

Line = tuple[str, str]
"""A text, and what it is: a name, a kind, a mark, a key, a reason."""

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A box or a label in its place; x, y: its upper left corner."""

    of: Node | Arrow
    x: float
    y: float
    width: float
    height: float
    lines: Sequence[Line]


@dataclass(frozen=True)
class Wire:
    """The line of an arrow: straight between each two points of a part, curved from part to part.

    An arrow head is at its end.
    """

    arrow: Arrow
    parts: Sequence[Sequence[Point]]


@dataclass(frozen=True)
class Layout:
    """A picture in its place; height: without what stands above and under it."""

    width: float
    height: float
    boxes: Sequence[Box]
    wires: Sequence[Wire]


def laid_out(picture: Picture) -> Layout:
    """Give everything its place."""
    layers, chains = layered(picture)
    arranged(layers)
    sizes = {id(item): Size(lines_of(item.of, picture), item) for each in layers for item in each}
    heights = {key: size.height for key, size in sizes.items()}
    middles: dict[int, float] = {}
    for layer in layers:
        middles |= dict(zip(map(id, layer), stacked(layer, heights), strict=True))
    for sweep in range(min(SWEEPS, 2 + MUCH // (1 + len(middles)))):
        for layer in layers[:: 1 if sweep % 2 else -1]:
            settle(layer, middles, heights)
    top = min((middles[key] - heights[key] / 2 for key in middles), default=0.0)
    middles = {key: y - top for key, y in middles.items()}
    return placed(layers, chains, sizes, middles)


class Size:
    """How much room something takes, with its lines of text."""

    def __init__(self, lines: Sequence[Line], item: Item) -> None:
        """Measure it."""
        self.lines = lines
        bars = BARS if isinstance(item.of, Node) and item.of.place[0] != "exchange" else 0
        text = max((width(each) for each, _ in lines), default=0)
        self.width = text * LETTER + 2 * PAD + bars if lines else 0.0
        ends = max(len(item.before), len(item.after))
        self.height = max(len(lines) * LINE + PAD, PORT * (ends + 1)) if lines else 0.0


def lines_of(of: Node | Arrow | None, picture: Picture) -> list[Line]:
    """Write what stands in a box, or at an arrow."""
    if of is None:
        return []
    if isinstance(of, Arrow):
        alone = picture.message is None and len(of.labels) == 1
        sign = "" if alone else "  "
        return [line for label in of.labels for line in label_lines(label, picture, sign)]
    kind = [] if of.place[0] == "queue" else [(of.kind, "kind")]
    texts = [(of.title, "name"), *kind, *((mark, "mark") for mark in of.marks)]
    return [(line, role) for text, role in texts for line in folded(text, MOST_COLUMNS)]


def label_lines(label: Label, picture: Picture, indent: str) -> Iterator[Line]:
    """Write one label: what it asks for, its mark, and why the message goes this way.

    indent: stands before each line but the first, which may have a sign.
    """
    sign = "" if picture.message is None else f"{QUIET if label.reason is None else LIT} "
    role = "passed" if sign.startswith(QUIET) else "key"
    first, *others = folded(label.text, MOST_COLUMNS)
    yield sign + first, role
    yield from ((indent + line, role) for line in others)
    for text, role in ((label.mark, "mark"), (label.reason or "", "reason")):
        if text:
            yield from ((indent + line, role) for line in folded(text, MOST_COLUMNS))


def stacked(layer: Sequence[Item], heights: dict[int, float]) -> list[float]:
    """Stand what is in a layer one beneath another, around the middle."""
    ends = [*accumulate(heights[id(item)] + BETWEEN for item in layer)]
    return [end - heights[id(i)] / 2 - ends[-1] / 2 for i, end in zip(layer, ends, strict=True)]


def settle(layer: Sequence[Item], middles: dict[int, float], heights: dict[int, float]) -> None:
    """Bring each as near to what it is joined to as their order and their heights let them."""
    offsets = stacked(layer, heights)
    wanted = []
    for item, offset in zip(layer, offsets, strict=True):
        joined = [middles[id(other)] for other in (*item.before, *item.after)]
        wanted.append((sum(joined) / len(joined) if joined else middles[id(item)]) - offset)
    for item, offset, moved in zip(layer, offsets, rising(wanted), strict=True):
        middles[id(item)] = offset + moved


def rising(wanted: Sequence[float]) -> list[float]:
    """Give the numbers nearest to these of which none is smaller than the one before it."""
    pools: list[tuple[float, int]] = []
    for each in wanted:
        pools.append((each, 1))
        while len(pools) > 1 and pools[-2][0] >= pools[-1][0]:
            (mean, count), (other, more) = pools[-2:]
            pools[-2:] = [((mean * count + other * more) / (count + more), count + more)]
    return [mean for mean, count in pools for _ in range(count)]


def placed(
    layers: Layers, chains: Sequence[Chain], sizes: dict[int, Size], middles: dict[int, float]
) -> Layout:
    """Put the layers side by side, as far from one another as the canvas lets them."""
    widths = [max((sizes[id(item)].width for item in each), default=0.0) for each in layers]
    whole, starts = side_by_side(widths, min(max(LEAST_GAP, 2 * len(chains)), GAP_OF_MANY))
    boxes: dict[int, Box] = {}
    spans: dict[int, tuple[float, float]] = {}
    for layer, start, wide in zip(layers, starts, widths, strict=True):
        for item in layer:
            spans[id(item)] = (start, start + wide)
            if item.of is not None:
                boxes[id(item)] = box_of(item, item.of, sizes, middles, (start, wide))
    ports = dict(ports_of(layers, middles, sizes))
    wires = [wire_of(chain, boxes, spans, ports) for chain in chains]
    ends = [box.y + box.height for box in boxes.values()]
    return Layout(whole, max([*ends, *middles.values()], default=0.0), [*boxes.values()], wires)


def side_by_side(widths: Sequence[float], least: float) -> tuple[float, list[float]]:
    """Give the width of the canvas, and where on it each layer begins.

    least: how far they are from one another where they have no more room.
    """
    gaps = max(1, len(widths) - 1)
    gap = min(MOST_GAP, max(least, (CANVAS - 2 * MARGIN - sum(widths)) / gaps))
    ends = [*accumulate(wide + gap for wide in widths)]
    taken = ends[-1] - gap if ends else 0.0
    whole = max(float(CANVAS), taken + 2 * MARGIN)
    left = (whole - taken) / 2
    return whole, [left + end - gap - wide for end, wide in zip(ends, widths, strict=True)]


def box_of(
    item: Item,
    of: Node | Arrow,
    sizes: dict[int, Size],
    middles: dict[int, float],
    span: tuple[float, float],
) -> Box:
    """Place one: a box is as wide as its column, a label stands in the middle of it."""
    size, (start, wide) = sizes[id(item)], span
    own = wide if isinstance(of, Node) else size.width
    upper = middles[id(item)] - size.height / 2
    return Box(of, start + (wide - own) / 2, upper, own, size.height, size.lines)


Ports = dict[tuple[int, int], float]
"""At which height a line from one to another begins at the first."""


def ports_of(
    layers: Layers, middles: dict[int, float], sizes: dict[int, Size]
) -> Iterator[tuple[tuple[int, int], float]]:
    """Spread the lines that end at one side of something, in the order of where they come from."""
    for item in (item for layer in layers for item in layer):
        for others in (item.before, item.after):
            order = sorted(others, key=lambda other: middles[id(other)])
            step = min(sizes[id(item)].height / (len(order) + 1), 3 * PORT)
            for place, other in enumerate(order):
                at = middles[id(item)] + (place - (len(order) - 1) / 2) * step
                yield (id(item), id(other)), at


def wire_of(
    chain: Chain,
    boxes: dict[int, Box],
    spans: dict[int, tuple[float, float]],
    ports: Ports,
) -> Wire:
    """Lead the line of an arrow through its layers."""
    parts: list[list[Point]] = []
    for one, other in pairwise(chain.items):
        y, to = ports[id(one), id(other)], ports[id(other), id(one)]
        here, there = boxes.get(id(one)), boxes.get(id(other))
        begin = here.x + here.width if here else spans[id(one)][1]
        end = there.x if there else spans[id(other)][1]
        parts.append([(begin, y), (spans[id(one)][1], y), (spans[id(other)][0], to), (end, to)])
    if len(chain.items) == 2:  # round and back to the same box  # noqa: PLR2004
        parts.append([(x, y + PORT / 2) for x, y in reversed(parts[0])])
        parts[0] = [(x, y - PORT / 2) for x, y in parts[0]]
    elif chain.back:
        parts = [part[::-1] for part in reversed(parts)]
    return Wire(chain.arrow, parts)
