"""Do real brokers import what is written, and route by it as predicted?"""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pytest
from conftest import LIMIT, had

from routing.amqp.errors import NoBroker
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value
from routing.amqp.versions import begins_with, parse_version
from routing.broker.node.node import MANAGEMENT, running_node
from routing.broker.node.process import Running
from routing.broker.programs.debian import fetched
from routing.broker.programs.installation import Installation
from routing.broker.several import SERIES
from routing.convert.definitions import definitions
from routing.files.reading import read_source
from routing.files.source import Source
from routing.rules.loaded import loaded
from routing.rules.predict import route_through


def of_each_series() -> list[Installation]:
    """Give a RabbitMQ of each version that is tried, the oldest first."""
    found = [[i for i in fetched() if begins_with(i.version, each)] for each in SERIES]
    if not all(found):
        raise NoBroker("not every version is here")
    return [each[0] for each in found]


@pytest.fixture(scope="module")
def nodes(stocked: None) -> Iterator[list[tuple[str, Running]]]:  # noqa: ARG001 - had before
    """Start a node of each version, all at once; each has a page that takes definitions."""
    every = had(of_each_series)
    with ExitStack() as stack, ThreadPoolExecutor() as threads:
        starting = [
            threads.submit(stack.enter_context, running_node(each, plugins=[MANAGEMENT]))
            for each in every
        ]
        yield [(each.version, node.result()) for each, node in zip(every, starting, strict=True)]


@pytest.fixture(params=range(len(SERIES)), ids=SERIES)
def node(request: pytest.FixtureRequest, nodes: list[tuple[str, Running]]) -> tuple[str, Running]:
    """Give one of them, with its version."""
    return nodes[request.param]


ONE, LONG = Typed("int32", 1), Typed("int64", 1)

SENT: dict[str, Value] = {
    "long": [LONG],
    "short": [ONE],
    "table": {"a": LONG, "b": [Typed("float64", 1.0)]},
    "turned": Typed("table", [("b", [Typed("float64", 1.0)]), ("a", LONG)]),
    "text": "é",
    "double": 1.5,
    "yes": True,
    "number": 5_000_000_000,
}

TOPOLOGY = Topology(
    exchanges=[
        Exchange("in", "topic", {"alternate-exchange": "lost"}),
        Exchange("by headers", "headers", internal=True),
        Exchange("lost", "fanout"),
    ],
    queues=["a", "b", "é", "amq"],
    bindings=[
        Binding("in", "a", "order.*"),
        Binding("in", "a", "#.#"),
        Binding("in", "b", "order.#.paid"),
        ExchangeBinding("in", "by headers", "h.#"),
        ExchangeBinding("amq.headers", "lost", "", {"x-match": "any", "yes": True}),
        Binding("lost", "amq"),
        *(
            Binding("by headers", queue, "", {"x-match": mode, name: value})
            for queue, mode, name, value in (
                ("a", "all", "long", [LONG]),
                ("b", "all", "table", SENT["table"]),
                ("é", "any", "text", "é"),
                ("amq", "any", "number", 5_000_000_000),
                ("amq", "any", "double", 1.5),
            )
        ),
    ],
)

MESSAGES = [
    *(Message("in", key) for key in ("order.eu", "order.x.paid", "", "other")),
    *(Message("in", "h.1", {name: SENT[name]}) for name in SENT),
    Message("in", "h.1", {"long": SENT["short"]}),
    Message("in", "h.1", {"table": SENT["turned"]}),
    Message("in", "h.1", {"number": Typed("float64", 5e9)}),
    Message("amq.headers", "", {"yes": True}),
    Message("", "é"),
]
