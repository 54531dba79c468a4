"""A large picture, told by exchange: so many bindings to so many queues."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from routing.amqp.notation import write_exchange
from routing.pictures.draw.picture import LIT, WRONG, Arrow, Kind, Label, Node, Picture, Place

MOST_QUEUES: Final = 40
MOST_BINDINGS: Final = 120
"""What has more of one of them is not drawn one by one."""

MOST_NAMED: Final = 6
"""So many queues of a box that get the message are named, and so many bindings between two boxes
that are not counted; more are counted."""

Groups = Mapping[Place, Mapping[Place, None]]
"""The queues that are counted in one box, by that box: those of an exchange."""

UNBOUND: Final[Place] = ("queues", "\n")
"""Those to which nothing is bound: no exchange has this name."""


def is_large(picture: Picture) -> bool:
    """Tell whether there is too much in a picture to be drawn one by one."""
    queues = sum(node.place[0] == "queue" for node in picture.nodes)
    labels = sum(len(arrow.labels) for arrow in picture.arrows)
    return queues > MOST_QUEUES or labels > MOST_BINDINGS


def grouped(picture: Picture, kept: str | None = None) -> Picture:
    """Count the queues that each exchange leads to by bindings, and those that none does.

    kept: a name that is not counted, but stays as it is.
    """
    groups = groups_in(picture, kept)
    nodes = [node for node in picture.nodes if not is_counted(node.place, kept)]
    nodes += boxes(picture, groups)
    return replace(picture, nodes=nodes, arrows=[*counted(picture, groups, kept)])


def groups_in(picture: Picture, kept: str | None) -> Groups:
    """Bring together the queues of each exchange, and those of none."""
    groups: dict[Place, dict[Place, None]] = defaultdict(dict)
    for arrow in picture.arrows:
        if is_counted(arrow.end, kept):
            groups["queues", arrow.start[1]][arrow.end] = None
    bound = {queue for queues in groups.values() for queue in queues}
    others = (node.place for node in picture.nodes if node.place not in bound)
    if unbound := [place for place in others if is_counted(place, kept)]:
        groups[UNBOUND] = dict.fromkeys(unbound)
    return groups


def is_counted(place: Place, kept: str | None) -> bool:
    """Tell whether a box is one of those that are only counted."""
    return place[0] == "queue" and place[1] != kept


def boxes(picture: Picture, groups: Groups) -> Iterator[Node]:
    """Make a box for the queues of each exchange."""
    titles = {node.place: node.title for node in picture.nodes}
    lit = {(arrow.start[1], arrow.end) for arrow in picture.arrows if arrow.lit}
    marked = {node.place for node in picture.nodes if node.marks}
    for place, queues in groups.items():
        wrong = len(marked & queues.keys())
        marks = [f"{WRONG} {wrong} of them not there, or left out"] * bool(wrong)
        named = [f"{LIT} {titles[queue]}" for queue in queues if (place[1], queue) in lit]
        if len(named) > MOST_NAMED:
            named = [f"{LIT} {len(named):,} of them"]
        title = write_number(len(queues), "queue")
        exchange = f"bound to {write_exchange(place[1])}"
        kind = "without a binding" if place == UNBOUND else exchange
        yield Node(place, title, kind, [*named, *marks], bool(named))


def counted(picture: Picture, groups: Groups, kept: str | None) -> Iterator[Arrow]:
    """Count what leads from one box to another, queue by queue where these are counted."""
    of_queue: dict[Place, list[Place]] = defaultdict(list)
    for group, queues in groups.items():
        for queue in queues:
            of_queue[queue].append(group)
    found: dict[tuple[Place, Place, Kind], list[Arrow]] = defaultdict(list)
    for arrow in picture.arrows:
        end: Place = ("queues", arrow.start[1]) if is_counted(arrow.end, kept) else arrow.end
        for start in of_queue.get(arrow.start, [arrow.start]):
            found[start, end, arrow.kind].append(arrow)
    for (start, end, kind), arrows in found.items():
        same = (start, end) == (arrows[0].start, arrows[0].end)
        few = same and len(arrows[0].labels) <= MOST_NAMED
        yield arrows[0] if few else Arrow(start, end, kind, [*in_short(kind, arrows)])


def in_short(kind: Kind, arrows: Sequence[Arrow]) -> Iterator[Label]:
    """Say how much it is, and how much of that the message takes."""
    labels = [label for arrow in arrows for label in arrow.labels]
    wrong = sum(bool(label.mark) for label in labels)
    lit = sum(label.reason is not None for label in labels)
    said = f"{WRONG} {wrong} not taken by some" if wrong else ""
    yield Label(text_of(kind, arrows, labels), said, reason_of(kind, lit))


def text_of(kind: Kind, arrows: Sequence[Arrow], labels: Sequence[Label]) -> str:
    """Count bindings, or the queues that hand on what dies in them."""
    if kind == "binding":
        return write_number(len(labels), "binding")
    if kind == "alternate":
        return labels[0].text
    return f"{kind} of {write_number(len({arrow.start for arrow in arrows}), 'queue')}"


def reason_of(kind: Kind, lit: int) -> str | None:
    """Say how many take the message."""
    if not lit:
        return None
    return f"{lit} take it" if kind == "binding" else "no binding takes it"


def write_number(number: int, noun: str) -> str:
    """Write how many there are of something."""
    return f"{number:,} {noun}{'s' * (number != 1)}"
