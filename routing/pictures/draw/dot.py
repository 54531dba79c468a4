"""A picture as Graphviz reads it: `dot -Tpng`."""

from collections.abc import Iterator, Mapping
from typing import Final

from routing.pictures.draw.picture import Arrow, Node, Picture, Place
from routing.pictures.draw.told import label_lines

STYLES: Final = {"binding": "solid", "alternate": "dashed", "dead letters": "dotted"}
LIT: Final = 'color="#0087d7", penwidth=3'


def dot(picture: Picture) -> str:
    """Write a picture for Graphviz."""
    ids = {node.place: f"n{number}" for number, node in enumerate(picture.nodes)}
    return "".join(f"{line}\n" for line in lines_of(picture, ids))


def lines_of(picture: Picture, ids: Mapping[Place, str]) -> Iterator[str]:
    """Write line after line."""
    said = [f"published to {picture.message}"] * (picture.message is not None)
    yield "digraph routing {"
    yield f"  rankdir=LR; labelloc=b; label={quoted(*said, *picture.words)};"
    yield '  node [fontname="monospace"]; edge [fontname="monospace"];'
    for node in picture.nodes:
        yield f"  {ids[node.place]} [{', '.join(of_node(node))}];"
    for arrow in picture.arrows:
        ends = f"{ids[arrow.start]} -> {ids[arrow.end]}"
        yield f"  {ends} [{', '.join(of_arrow(arrow, picture))}];"
    yield "}"


def of_node(node: Node) -> Iterator[str]:
    """Write what a box is like."""
    round_one, queue = node.place[0] == "exchange", node.place[0] == "queue"
    yield f"label={quoted(node.title, *[node.kind] * (not queue), *node.marks)}"
    yield f"shape=box, {'style=rounded' if round_one else 'peripheries=2'}"
    yield from [LIT] * node.lit


def of_arrow(arrow: Arrow, picture: Picture) -> Iterator[str]:
    """Write what an arrow is like."""
    yield f"label={quoted(*label_lines(arrow, picture))}, style={STYLES[arrow.kind]}"
    yield from [LIT] * arrow.lit


def quoted(*lines: str) -> str:
    """Write lines as one text in which nothing has a meaning of its own."""
    told = (each.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;") for each in lines)
    return '"' + "\\n".join(told) + '"'
