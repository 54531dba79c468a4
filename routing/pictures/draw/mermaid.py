"""A picture as mermaid, which GitHub and many wikis draw."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from routing.pictures.draw.picture import Node, Picture, Place
from routing.pictures.draw.told import label_lines

LINES: Final[Mapping[tuple[str, bool], str]] = {
    ("binding", False): "-->",
    ("binding", True): "==>",
    ("alternate", False): "-.->",
    ("alternate", True): "==>",
    ("dead letters", False): "-.->",
}

PLAIN: Final = frozenset(".-")
"""What stands for itself in a text that begins with a letter, and so is no list of Markdown's."""


def markdown(picture: Picture) -> str:
    """Write a picture as a block of mermaid in Markdown; nothing in it can end the block."""
    return f"```mermaid\n{mermaid(picture)}```\n"


def mermaid(picture: Picture) -> str:
    """Write a picture as mermaid."""
    ids = {node.place: f"n{number}" for number, node in enumerate(picture.nodes)}
    return "".join(f"{line}\n" for line in lines_of(picture, ids))


def lines_of(picture: Picture, ids: Mapping[Place, str]) -> Iterator[str]:
    """Write line after line."""
    yield "flowchart LR"
    yield f"  accTitle: {plain(picture.title)}"
    for node in picture.nodes:
        yield f"  {ids[node.place]}{box_of(node)}{':::lit' * node.lit}"
    for arrow in picture.arrows:
        line = LINES[arrow.kind, arrow.lit]
        label = in_lines(label_lines(arrow, picture))
        yield f'  {ids[arrow.start]} {line}|"{label}"| {ids[arrow.end]}'
    said = [f"published to {picture.message}"] * (picture.message is not None)
    if words := [*said, *picture.words]:
        yield f'  words["{in_lines(words)}"]:::words'
    yield "  classDef lit stroke:#0087d7,stroke-width:4px"
    yield "  classDef words fill:none,stroke:none,text-align:left"


def box_of(node: Node) -> str:
    """Write a box: an exchange is round, a queue has bars at its sides."""
    lines = [node.title, node.kind, *node.marks]
    text = in_lines(lines if node.place[0] != "queue" else [node.title, *node.marks])
    return f'("{text}")' if node.place[0] == "exchange" else f'[["{text}"]]'


def in_lines(texts: Iterable[str]) -> str:
    """Write texts beneath one another."""
    return "<br>".join(map(plain, texts))


def plain(text: str) -> str:
    """Escape all that could mean something to mermaid, to Markdown or to HTML."""
    begins = text[:1].isalpha()
    return "".join(
        each if each.isalnum() or each == " " or (begins and each in PLAIN) else f"#{ord(each)};"
        for each in text
    )
