"""Does every box and every label stand free, with few crossings?"""

from itertools import combinations, pairwise
from random import Random

import pytest
from pictured import LESSONS, SVG, Box, hostile, random_topology, seen_in, source_of

from routing.amqp.notation import width
from routing.amqp.topology import Exchange, ExchangeBinding, Topology
from routing.amqp.versions import NEWEST
from routing.files.reading import read_source
from routing.files.source import Source
from routing.pictures.draw.drawn import drawn
from routing.pictures.draw.layers import Layers, arranged, columns_of, layered
from routing.pictures.draw.lines import folded
from routing.pictures.draw.svg import svg

LETTER = 0.602 * 22
"""How wide DejaVu Sans Mono, Menlo and Consolas are at the most, at the size that is written."""

RANDOM = [source_of(random_topology(Random(n))) for n in range(25)]  # noqa: S311
EVERY = [*map(read_source, LESSONS), hostile(), *RANDOM]
DRAWN = [
    pytest.param(each, marks=[pytest.mark.long] if each in RANDOM[4:] else []) for each in EVERY
]


def overlap(one: Box, other: Box) -> bool:
    """Tell whether two boxes have more than an edge in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def inside(x: float, y: float, box: Box) -> bool:
    """Tell whether a point lies in a box, and not only at its edge."""
    return box[0] + 1 < x < box[2] - 1 and box[1] + 1 < y < box[3] - 1


@pytest.mark.parametrize("source", DRAWN, ids=lambda source: source.shown)
def test_does_nothing_lie_over_anything_else(source: Source) -> None:
    """No box or label over another, no line over either, and all of it on the canvas."""
    seen = seen_in(svg(drawn(source, NEWEST)))
    boxes = [box for box, _ in seen.boxes]
    assert not [pair for pair in combinations(boxes, 2) if overlap(*pair)]
    points = [point for line in seen.lines for point in line]
    assert not [1 for point in points for box in boxes if inside(*point, box)]
    whole = float(seen.root.get("width", "")), float(seen.root.get("height", ""))
    assert whole[0] >= 1280
    for left, upper, right, lower in boxes:
        assert 0 <= left < right <= whole[0]
        assert 0 <= upper < lower <= whole[1]


@pytest.mark.parametrize("source", DRAWN, ids=lambda source: source.shown)
def test_is_every_text_within_its_box(source: Source) -> None:
    """Each line has room, line stands below line, and none is cut."""
    for (left, upper, right, lower), texts in seen_in(svg(drawn(source, NEWEST))).boxes:
        bases = [float(text.get("y", "")) for text in texts]
        assert all(later - earlier >= 22 for earlier, later in pairwise(bases))
        for text, base in zip(texts, bases, strict=True):
            begin = float(text.get("x", ""))
            assert left < begin
            assert begin + width(text.text or "") * LETTER < right
            assert upper < base - 16
            assert base + 5 < lower


def test_is_nothing_cut() -> None:
    """Whatever the width, all signs of a text are on its lines, which are not wider."""
    random = Random(3)  # noqa: S311
    for _ in range(300):
        text = "".join(random.choice("ab. 漢x-=") for _ in range(random.randrange(90)))
        most = random.randrange(2, 40)
        lines = folded(text, most)
        assert "".join("".join(lines).split()) == "".join(text.split())
        assert max(map(width, lines)) <= most


def crossings(layers: Layers) -> int:
    """Count the lines between neighbouring layers that cross."""
    found = 0
    for _, layer in pairwise(layers):
        at = {id(item): place for place, item in enumerate(layer)}
        before = [*_]
        ends = [(p, at[id(o)]) for p, item in enumerate(before) for o in item.after if id(o) in at]
        found += sum((a - c) * (b - d) < 0 for (a, b), (c, d) in combinations(ends, 2))
    return found


def test_are_there_fewer_crossings_than_as_declared() -> None:
    """On average less than half, and in no lesson more."""
    as_declared = with_order = 0
    for source in EVERY:
        layers, _ = layered(drawn(source, NEWEST))
        before = crossings(layers)
        arranged(layers)
        assert source.shown == "here" or crossings(layers) <= before
        as_declared, with_order = as_declared + before, with_order + crossings(layers)
    assert with_order < as_declared / 2


def test_are_exchanges_in_columns_by_the_longest_way() -> None:
    """Each right of all that feed it, where none leads back; queues come last."""
    columns = columns_of(drawn(read_source("journey"), NEWEST))
    assert {name: at for (_, name), at in columns.items()} == {
        "scans": 0,
        **dict.fromkeys(("home", "abroad", "strays"), 1),
        **dict.fromkeys(("city", "customs", "audit", "lost"), 2),
    }
    chain = [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")]
    columns = columns_of(drawn(source_of(of_pairs(chain)), NEWEST))
    assert {name: at for (_, name), at in columns.items()} == {"a": 0, "b": 1, "c": 2, "d": 3}
    shorter_first = [("r", "x"), ("a", "b"), ("b", "x")]
    columns = columns_of(drawn(source_of(of_pairs(shorter_first)), NEWEST))
    assert {name: at for (_, name), at in columns.items()} == {"r": 0, "x": 2, "a": 0, "b": 1}
    circle = [("a", "b"), ("b", "c"), ("c", "a"), ("b", "a")]
    columns = columns_of(drawn(source_of(of_pairs(circle)), NEWEST))
    assert {name: at for (_, name), at in columns.items()} == {"a": 0, "b": 1, "c": 2}


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "a")],
        [("a", "b"), ("b", "a")],
        [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "b")],
        [(f"{n}", f"{n + 1}") for n in range(1100)] + [("1100", "0")],
    ],
    ids=["itself", "two", "three", "long"],
)
def test_does_a_circle_come_to_an_end(pairs: list[tuple[str, str]]) -> None:
    """It is drawn, every binding of it, however long it is."""
    seen = seen_in(svg(drawn(source_of(of_pairs(pairs)), NEWEST)))
    heads = [each for each in seen.root.iter(f"{SVG}path") if each.get("class") == "head"]
    assert len(heads) == len(pairs)


def of_pairs(pairs: list[tuple[str, str]]) -> Topology:
    """Bind exchanges to one another."""
    names = dict.fromkeys(name for pair in pairs for name in pair)
    return Topology(
        exchanges=[Exchange(name, "fanout") for name in names],
        bindings=[ExchangeBinding(*pair) for pair in pairs],
    )
