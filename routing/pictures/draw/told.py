"""A picture in lines of text: by exchange, what leads on from it, and where to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.pictures.draw.picture import LIT, QUIET, Arrow, Label, Node, Picture


@dataclass(frozen=True)
class Row:
    """One way: what it asks for, and where it leads.

    sign: whether the message goes it, where there is one.
    remark: why it does, and what else is to be known of it.
    """

    sign: str
    asked: str
    into: str
    destination: str
    remark: str

    @property
    def text(self) -> str:
        """All of it in one line."""
        said = f"; {self.remark}" if self.remark else ""
        leads = f" {self.into} {self.destination}" if self.into else ""
        return f"{self.sign} {self.asked}{leads}{said}".strip()


@dataclass(frozen=True)
class Section:
    """A box, and all that leads on from it."""

    heading: str
    rows: Sequence[Row]


def told(picture: Picture) -> Iterator[Section]:
    """Tell a picture: what leads on from each box, and of a queue where nothing leads to it."""
    nodes = {node.place: node for node in picture.nodes}
    onward: dict[object, list[Arrow]] = {}
    for arrow in picture.arrows:
        onward.setdefault(arrow.start, []).append(arrow)
    bound = {arrow.end for arrow in picture.arrows}
    for place, node in nodes.items():
        arrows = onward.get(place, ())
        rows = [row for each in arrows for row in rows_of(each, nodes[each.end], picture)]
        alone = place not in bound if place[0] != "exchange" else place[1] != DEFAULT_EXCHANGE
        if alone:
            rows = rows or [Row("", "(no binding)", "", "", "")]
        if rows or node.marks:
            yield Section("  ".join([heading(node), *node.marks]), rows)


def heading(node: Node) -> str:
    """Name a box."""
    if node.place[0] == "queue":
        return f"queue {node.title}"
    return f"{node.title} ({node.kind})"


def rows_of(arrow: Arrow, end: Node, picture: Picture) -> Iterator[Row]:
    """Give the ways of an arrow."""
    noun = "exchange " if end.place[0] == "exchange" else ""
    into = "→" if arrow.kind == "binding" else "⇢"
    for label in arrow.labels:
        remark = "; ".join(filter(None, [label.mark, label.reason]))
        yield Row(sign_of(label, picture), label.text, into, noun + end.title, remark)


def sign_of(label: Label, picture: Picture) -> str:
    """Give the sign that says whether the message goes a way; nothing where there is no message."""
    if picture.message is None:
        return ""
    return QUIET if label.reason is None else LIT


def label_lines(arrow: Arrow, picture: Picture) -> Iterator[str]:
    """Write what stands at an arrow, each reason in a line below what it is a reason for."""
    for label in arrow.labels:
        yield " ".join(filter(None, [sign_of(label, picture), label.text, label.mark]))
        yield from filter(None, [label.reason])


def as_text(picture: Picture) -> Iterator[str]:
    """Write a picture as lines of text, without columns."""
    yield from [f"published to {picture.message}"] * (picture.message is not None)
    for section in told(picture):
        yield section.heading
        yield from (f"  {row.text}" for row in section.rows)
    yield from picture.words
