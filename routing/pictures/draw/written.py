"""A picture as JSON: `nodes`, and `arrows` from one place in them to another.

A way that the message goes has its `reason`; `fate` is null where no message is followed.
"""

from typing import Any

from routing.pictures.draw.picture import Arrow, Node, Picture, Place


def picture_as_json(picture: Picture) -> dict[str, Any]:
    """Write a picture."""
    places = {node.place: number for number, node in enumerate(picture.nodes)}
    return {
        "title": picture.title,
        "nodes": [node_as_json(node) for node in picture.nodes],
        "arrows": [arrow_as_json(arrow, places) for arrow in picture.arrows],
        "message": picture.message,
        "fate": picture.fate,
        "notes": [*picture.notes],
    }


def node_as_json(node: Node) -> dict[str, Any]:
    """Write a box."""
    noun, name = node.place
    known = {"noun": noun, "name": name} if noun != "queues" else {"noun": noun, "name": None}
    return known | {
        "title": node.title,
        "kind": node.kind,
        "marks": [*node.marks],
        "lit": node.lit,
    }


def arrow_as_json(arrow: Arrow, places: dict[Place, int]) -> dict[str, Any]:
    """Write an arrow."""
    return {
        "from": places[arrow.start],
        "to": places[arrow.end],
        "kind": arrow.kind,
        "labels": [
            {"text": each.text, "mark": each.mark or None, "reason": each.reason}
            for each in arrow.labels
        ],
    }
