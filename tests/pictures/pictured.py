"""Topologies to draw, at random and hostile ones, and what stands in a picture that is written."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any
from xml.etree import ElementTree as ET

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Topology
from routing.amqp.values import Value
from routing.files.reading import of_text
from routing.files.source import Source

SVG = "{http://www.w3.org/2000/svg}"

LESSONS = (
    *("default", "direct", "fanout", "topic", "headers", "journey", "dead-letters", "surprises"),
)

HOSTILE = (
    *("<script>alert(1)</script>", "]]>\"'&amp;<!--", "line\nbreak", "\u202eevil\u200f", "x" * 255),
    *("\U0001f600漢字", "שלום עולם", "[x] | a#b `c` \\n", "-- > %%", "1. list", "```", "#quot;"),
    *("style:#a;", '"]; n0 -> n0; //', "  blank ", "order.eu.paid.late.and.very.very.long.indeed"),
)
"""Names that mean something to one form or another."""


def random_topology(random: Random) -> Topology:
    """Make up to 5 exchanges with alternates and circles, 30 queues and 60 bindings."""
    kinds = {f"exchange{'.more' * random.randrange(4)}{n}": kind(random) for n in range(5)}
    queues = [f"queue{'-of' * random.randrange(8)}{n}" for n in range(random.randrange(31))]
    names = [*kinds]
    return Topology(
        exchanges=[Exchange(name, kinds[name], alternate(random, names)) for name in names],
        queues=queues,
        bindings=[binding(random, names, queues) for _ in range(random.randrange(61))],
        queue_arguments={q: {"x-dead-letter-exchange": random.choice(names)} for q in queues[::5]},
    )


def kind(random: Random) -> str:
    """Draw a type."""
    return random.choice(["direct", "fanout", "topic", "headers"])


def alternate(random: Random, names: list[str]) -> dict[str, Value]:
    """Draw an alternate, perhaps one that is not there."""
    return {"alternate-exchange": random.choice([*names, "gone"])} if random.random() < 0.3 else {}


def binding(random: Random, names: list[str], queues: list[str]) -> Binding | ExchangeBinding:
    """Draw a binding, now and then one between exchanges, or to nothing that is there."""
    key = ".".join(random.choice(["order", "*", "#", "eu"]) for _ in range(random.randrange(9)))
    arguments: dict[str, Value] = {"pages": 1, "format": "pdf"} if random.random() < 0.2 else {}
    if random.random() < 0.2 or not queues:
        return ExchangeBinding(random.choice(names), random.choice(names), key, arguments)
    return Binding(random.choice(names), random.choice([*queues, "nowhere"]), key, arguments)


def source_of(topology: Topology) -> Source:
    """Give a topology as a source."""
    return Source("here", topology, arguments=topology.queue_arguments)


def definitions(
    exchanges: dict[str, str], queues: list[str], bindings: list[dict[str, Any]], **more: Any
) -> Source:
    """Read definitions as a broker writes them."""
    there = {"vhost": "/", "durable": True, "auto_delete": False, "arguments": {}}
    given: dict[str, Any] = {
        "rabbit_version": "4.3.6",
        "vhosts": [{"name": "/"}],
        "exchanges": [
            {"name": name, "type": kind, "internal": False, **there}
            for name, kind in exchanges.items()
        ],
        "queues": [{"name": queue, **there} for queue in queues],
        "bindings": [
            {"vhost": "/", "destination_type": "queue", "routing_key": "", "arguments": {}} | each
            for each in bindings
        ],
        **more,
    }
    return of_text("here.json", json.dumps(given).encode(), None)


def hostile() -> Source:
    """Give a topology in which every name and key means something to one form or another."""
    names = [*HOSTILE]
    return definitions(
        dict.fromkeys(names[::2], "topic") | {names[0]: "headers"},
        names,
        [{"source": names[0], "destination": each, "arguments": {each: each}} for each in names[:3]]
        + [{"source": names[2], "destination": each, "routing_key": each} for each in names[3:]],
    )


Box = tuple[float, float, float, float]
"""Left, upper, right and lower edge."""


@dataclass(frozen=True)
class Seen:
    """What an SVG shows: boxes and labels with their texts, and lines as points close together."""

    root: ET.Element
    boxes: list[tuple[Box, list[ET.Element]]]
    lines: list[list[tuple[float, float]]]


def seen_in(text: str) -> Seen:
    """Read an SVG as whoever looks at it does."""
    root = ET.fromstring(text)  # noqa: S314 - written by the test itself
    boxes, lines = [], []
    for group in root.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        if rect is not None:
            x, y, w, h = (float(rect.get(name, "")) for name in ("x", "y", "width", "height"))
            boxes.append(((x, y, x + w, y + h), group.findall(f"{SVG}text")))
        for path in group.findall(f"{SVG}path"):
            if "wire" in path.get("class", ""):
                lines += [[*walked(part)] for part in re.split("M", path.get("d", "")) if part]
    return Seen(root, boxes, lines)


def walked(part: str) -> Iterator[tuple[float, float]]:
    """Walk along "x y L x y C x y x y x y L x y" in small steps."""
    numbers = [float(each) for each in re.findall(r"-?[\d.]+", part)]
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    first, a, b, c, d, last = points
    for step in range(41):
        t = step / 40
        yield mixed(first, a, t)
        yield mixed(d, last, t)
        ab, bc, cd = mixed(a, b, t), mixed(b, c, t), mixed(c, d, t)
        yield mixed(mixed(ab, bc, t), mixed(bc, cd, t), t)


def mixed(one: tuple[float, float], other: tuple[float, float], t: float) -> tuple[float, float]:
    """Give the point at a share of the way from one to the other."""
    return one[0] + (other[0] - one[0]) * t, one[1] + (other[1] - one[1]) * t
