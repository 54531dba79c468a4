"""The part of a picture that has to do with one name: what leads to it, and what it leads to."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from routing.pictures.draw.picture import Arrow, Picture, Place


def around(picture: Picture, name: str) -> Picture:
    """Keep of a picture what leads to the exchange and the queue of a name, and what they lead to.

    Both, where there are both; an arrow stays that lies on such a way.
    """
    middle = [node.place for node in picture.nodes if node.place[1] == name]
    after = reached(middle, led_on(picture.arrows))
    before = reached(middle, led_back(picture.arrows))
    arrows = [each for each in picture.arrows if each.start in after or each.end in before]
    nodes = [each for each in picture.nodes if each.place in after | before]
    return replace(picture, nodes=nodes, arrows=arrows)


def led_on(arrows: Iterable[Arrow]) -> Mapping[Place, list[Place]]:
    """Tell where each place leads to."""
    found: dict[Place, list[Place]] = {}
    for each in arrows:
        found.setdefault(each.start, []).append(each.end)
    return found


def led_back(arrows: Iterable[Arrow]) -> Mapping[Place, list[Place]]:
    """Tell from where something leads to each place."""
    found: dict[Place, list[Place]] = {}
    for each in arrows:
        found.setdefault(each.end, []).append(each.start)
    return found


def reached(middle: Iterable[Place], onward: Mapping[Place, Iterable[Place]]) -> set[Place]:
    """Go on from places as far as it goes."""
    waiting = [*middle]
    seen = {*waiting}
    for place in waiting:
        new = [each for each in onward.get(place, ()) if each not in seen]
        seen.update(new)
        waiting += dict.fromkeys(new)
    return seen
