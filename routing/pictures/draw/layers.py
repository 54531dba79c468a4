"""Boxes, labels and arrows in layers, from left to right, with few crossings.

Exchanges stand in columns by the longest way that leads to them, queues in the last one; between
two columns there is one of labels.  What passes a layer has a place of its own there, so that no
line ever runs over a box or a label.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import fmean

from routing.pictures.draw.picture import Arrow, Node, Picture, Place


@dataclass(eq=False)
class Item:
    """Something that stands in a layer.

    of: a box, the labels of an arrow, or None where an arrow just passes.
    before, after: what it is joined to in the layer on its left and on its right.
    """

    of: Node | Arrow | None
    before: list["Item"] = field(default_factory=list)
    after: list["Item"] = field(default_factory=list)


Layers = list[list[Item]]


@dataclass(frozen=True)
class Chain:
    """An arrow, and all that it goes through from left to right; back: whether it leads left."""

    arrow: Arrow
    items: Sequence[Item]
    back: bool


def layered(picture: Picture) -> tuple[Layers, list[Chain]]:
    """Give each box, label and arrow its layer, in the order of declaration."""
    columns = columns_of(picture)
    layers: Layers = [[] for _ in range(2 * max(columns.values(), default=0) + 2)]
    boxes = {node.place: Item(node) for node in picture.nodes}
    for place, item in boxes.items():
        layers[2 * columns[place]].append(item)
    chains = [chain_of(arrow, boxes, columns, layers) for arrow in picture.arrows]
    return layers if layers[-1] else layers[:-1], chains


def columns_of(picture: Picture) -> Mapping[Place, int]:
    """Give each box its column: an exchange by the longest way to it, a queue the last one.

    A way that leads round in a circle counts but once.
    """
    onward: dict[Place, list[Place]] = {node.place: [] for node in picture.nodes}
    for arrow in picture.arrows:
        if arrow.start[0] == arrow.end[0] == "exchange":
            onward[arrow.start].append(arrow.end)
    columns = dict.fromkeys((place for place in onward if place[0] == "exchange"), 0)
    order, forward = without_circles(columns, onward)
    for place in order:
        for end in forward[place]:
            columns[end] = max(columns[end], columns[place] + 1)
    last = max(columns.values(), default=-1) + 1
    return {place: columns.get(place, last) for place in onward}


def without_circles(
    places: Iterable[Place], onward: Mapping[Place, Iterable[Place]]
) -> tuple[list[Place], Mapping[Place, list[Place]]]:
    """Order places so that each comes before what it leads to, but for what leads back.

    Without recursion: a chain may be longer than that is allowed to be deep.
    """
    done: list[Place] = []
    state: dict[Place, bool] = {}  # True while the way is on from there
    forward: dict[Place, list[Place]] = {place: [] for place in places}
    for first in [*forward]:
        ways = [] if first in state else [(first, iter(onward[first]))]
        state.setdefault(first, True)
        while ways:
            place, ends = ways[-1]
            for end in ends:
                if not state.get(end):
                    forward[place].append(end)
                if end not in state:
                    state[end] = True
                    ways.append((end, iter(onward[end])))
                    break
            else:
                state[place] = False
                done.append(place)
                ways.pop()
    return done[::-1], forward


def chain_of(
    arrow: Arrow, boxes: Mapping[Place, Item], columns: Mapping[Place, int], layers: Layers
) -> Chain:
    """Join two boxes, with the labels in the layer next to where the arrow comes from."""
    start, end = 2 * columns[arrow.start], 2 * columns[arrow.end]
    left, right = min(start, end), max(start, end)
    labelled = start - 1 if start > end else start + 1
    through = [Item(arrow if at == labelled else None) for at in range(left + 1, right)]
    back = start > end
    if start == end:
        through = [Item(arrow)]
    for at, item in enumerate(through, left + 1):
        layers[at].append(item)
    first, last = (boxes[arrow.end], boxes[arrow.start])[:: 1 if back else -1]
    items = [first, *through, *[last] * (start != end)]
    for one, other in pairwise(items):
        one.after.append(other)
        other.before.append(one)
    return Chain(arrow, items, back)


def arranged(layers: Layers) -> None:
    """Order each layer by the middle of what it is joined to, once to the right and once back."""
    for before, layer in pairwise(layers):
        by_middle(layer, "before", before)
    backwards = layers[::-1]
    for after, layer in pairwise(backwards):
        by_middle(layer, "after", after)


def by_middle(layer: list[Item], side: str, others: Sequence[Item]) -> None:
    """Order one layer; what is joined to nothing on that side stays about where it was."""
    at = {id(item): place / max(1, len(others)) for place, item in enumerate(others)}
    middles = {}
    for place, item in enumerate(layer):
        joined = [at[id(other)] for other in getattr(item, side)]
        middles[id(item)] = fmean(joined) if joined else place / len(layer)
    layer.sort(key=lambda item: middles[id(item)])
