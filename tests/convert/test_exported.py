"""Is what real brokers export read, answered as they route, and converted there and back?"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from nodes import Node
from pika import BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value
from routing.amqp.versions import Version, parse_version
from routing.broker.several import SERIES
from routing.convert.command import FORMS
from routing.convert.definitions import definitions
from routing.convert.refused import refused_by
from routing.files.reading import of_text, read_source
from routing.files.source import Source
from routing.play.declare import bind
from routing.rules.policies import Policy
from routing.rules.predict import Route, route_through

SHORT, LONG = Typed("int32", 1), Typed("int64", 1)

ASKED: dict[str, Value] = {
    "list": ["x", [True, Typed("float64", 1.0)]],
    "table": {"a": "x", "b": [Typed("float64", 1.0), True]},
    "text": "é",
    "double": 1.5,
    "whole": Typed("float64", 2.0),
    "number": 5_000_000_000,
    "yes": True,
    "int32": 7,
}
"""What bindings ask for, of which an export tells all that brokers compare."""

SIZED: dict[str, Value] = {"short": [SHORT], "long": [LONG], "within": {"a": [LONG]}}
"""What bindings ask for, of which no export tells the size."""


def each_asked(exchange: str, asked: Mapping[str, Value]) -> list[Binding]:
    """Bind one queue after the other, each with one thing to ask for."""
    queues = ["a", "b", "é", "replicated"] * 2
    return [
        Binding(exchange, queue, "", {"x-match": "all", name: value})
        for queue, (name, value) in zip(queues, asked.items(), strict=False)
    ]


DECLARED = Topology(
    exchanges=[
        Exchange("orders", "topic", {"alternate-exchange": "lost"}),
        Exchange("plain", "direct"),
        Exchange("by headers", "headers"),
        Exchange("by size", "headers"),
        Exchange("lost", "fanout"),
        Exchange("inner", "direct", internal=True),
    ],
    queues=["a", "b", "é", "replicated", "passing"],
    bindings=[
        Binding("orders", "a", "order.*"),
        Binding("orders", "a", "other.#.#"),
        Binding("orders", "b", "order.#.paid"),
        Binding("plain", "b", "k"),
        Binding("lost", "é"),
        Binding("inner", "replicated", "in"),
        Binding("amq.topic", "passing", "*"),
        ExchangeBinding("orders", "by headers", "h.#"),
        ExchangeBinding("plain", "inner", "in"),
        ExchangeBinding("amq.headers", "lost", "", {"x-match": "any", "yes": True}),
        *each_asked("by headers", ASKED),
        *each_asked("by size", SIZED),
        Binding("by headers", "passing", "", {"x-match": "any", "number": 1, "text": "other"}),
    ],
)

ARGUMENTS: dict[str, dict[str, Value]] = {
    "b": {"x-dead-letter-exchange": "lost", "x-message-ttl": 600_000, "x-max-length": 10},
    "replicated": {"x-queue-type": "quorum", "x-dead-letter-exchange": "inner"},
}

POLICIES = [
    Policy("alternate", "^plain$", {"alternate-exchange": "lost"}, "exchanges", 1),
    Policy("dead", "^a$", {"dead-letter-exchange": "", "dead-letter-routing-key": "b"}, "queues"),
]

MESSAGES = [
    *(Message("orders", key) for key in ("order.eu", "order.x.paid", "", "other.x")),
    *(Message("plain", key) for key in ("k", "in", "nobody")),
    *(Message("orders", "h.1", {name: value}) for name, value in ASKED.items()),
    *(Message("by size", "", {name: value}) for name, value in SIZED.items()),
    Message("by size", "", {"short": [LONG]}),
    Message("by headers", "", {"whole": 2}),
    Message("by headers", "", {"number": 1}),
    Message("by headers", "", {"int32": Typed("int64", 7)}),
    Message("by headers", "", {"list": ["x", [True, Typed("float64", 2.0)]]}),
    Message("amq.headers", "", {"yes": True}),
    Message("amq.headers", "", {"yes": False}),
    Message("amq.topic", "a"),
    Message("amq.topic", "a.b"),
    Message("", "é"),
]

HEADERS, SIZES, INNER = {"by headers", "amq.headers"}, {"by size"}, {"inner"}


@contextmanager
def declared(node: Node, vhost: str) -> Iterator[None]:
    """Declare it all, over AMQP and at the page, with what lasts no longer than its connection."""
    with BlockingConnection(URLParameters(node.url(vhost))) as connection:
        channel = connection.channel()
        for exchange in DECLARED.exchanges:
            declare(channel, exchange)
        for queue in DECLARED.queues:
            channel.queue_declare(
                queue, durable=True, auto_delete=queue == "passing", arguments=ARGUMENTS.get(queue)
            )
        for binding in DECLARED.bindings:
            bind(channel, binding, "")
        channel.queue_declare("own", exclusive=True)
        channel.queue_bind("own", "amq.topic", "#")
        for each in POLICIES:
            node.made(f"policies/{quote(vhost)}/{each.name}", as_asked(each))
        yield


def declare(channel: BlockingChannel, exchange: Exchange) -> None:
    """Declare one exchange."""
    channel.exchange_declare(
        exchange.name,
        exchange.type,
        durable=True,
        internal=exchange.internal,
        arguments=dict(exchange.arguments),
    )


def as_asked(policy: Policy) -> dict[str, Any]:
    """Write a policy as the page takes it."""
    return {
        "pattern": policy.pattern,
        "definition": policy.definition,
        "apply-to": policy.apply_to,
        "priority": policy.priority,
    }


def by_page(node: Node, vhost: str, file: Path) -> None:
    """Save what the page exports of one vhost, which in newer versions does not name it."""
    file.write_bytes(node.asked("GET", f"definitions/{quote(vhost)}")[1])


def by_ctl(node: Node, _: str, file: Path) -> None:
    """Save what rabbitmqctl exports, which is of all vhosts."""
    node.ctl("export_definitions", file)


EXPORTS: dict[str, Callable[[Node, str, Path], None]] = {"page": by_page, "rabbitmqctl": by_ctl}


@dataclass(frozen=True)
class Exported:
    """What a node exports of what is declared there, and what it does with messages.

    seen: the queues that got each of the messages.
    """

    node: Node
    by: str
    vhost: str
    file: Path
    seen: Sequence[set[str]]

    @property
    def version(self) -> Version:
        """The version of the node."""
        return parse_version(self.node.version)

    @property
    def source(self) -> Source:
        """What is read."""
        return read_source(self.file, self.vhost)

    @property
    def untold(self) -> set[str]:
        """Name the exchanges of which the export does not tell enough."""
        by_ctl = self.by == "rabbitmqctl"
        without_arguments = HEADERS if by_ctl and self.node.version == "3.8.9" else set()
        internal = INNER if by_ctl or self.node.version.startswith("4.3") else set()
        return SIZES | without_arguments | internal


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((place, by), marks=[pytest.mark.long] if place in (1, 2) else [])
        for place in range(len(SERIES))
        for by in EXPORTS
    ],
    ids=lambda each: f"{SERIES[each[0]]} by {each[1]}",
)
def exported(
    request: pytest.FixtureRequest, nodes: list[Node], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Exported]:
    """Declare, export, and see where messages go, on each version, in each way."""
    place, by = request.param
    node, file = nodes[place], tmp_path_factory.mktemp("exported") / "exported.json"
    with node.vhost() as vhost, declared(node, vhost):
        EXPORTS[by](node, vhost, file)
        yield Exported(node, by, vhost, file, node.routed(vhost, MESSAGES, DECLARED.queues))


def routes(source: Source, version: Version) -> list[Route]:
    """Tell where all messages go."""
    return [route_through(source.loaded(version).ready, each) for each in MESSAGES]


def differing(routes: Sequence[Route], seen: Sequence[set[str]]) -> list[tuple[Route, set[str]]]:
    """List the routes that are decided, and not as it was seen."""
    pairs = zip(routes, seen, strict=True)
    return [(each, got) for each, got in pairs if not each.undecided and each.queues != got]


def undecided(routes: Sequence[Route]) -> list[bool]:
    """Tell of which messages it is not decided where they go."""
    return [each.undecided is not None for each in routes]


def test_is_an_export_answered_as_the_broker_routes(exported: Exported) -> None:
    """What the export does not tell is not decided, and concerns what comes there alone."""
    told = routes(exported.source, exported.version)
    assert differing(told, exported.seen) == []
    untold = dict.fromkeys(exported.untold, "untold")
    touching = routes(Source("x", DECLARED, doubts=untold), exported.version)
    assert undecided(told) == undecided(touching)
    assert {*exported.source.doubts} == exported.untold
    assert len({*map(frozenset, exported.seen)}) == 6


def test_is_all_else_read_that_an_export_has(exported: Exported) -> None:
    """Arguments of queues, policies; and no queue that ends with its connection."""
    source = exported.source
    assert {*source.topology.queues} == {*DECLARED.queues}
    assert len(source.topology.exchanges) == len(DECLARED.exchanges) - len(INNER & exported.untold)
    for queue in DECLARED.queues:
        given = {n: v for n, v in source.arguments.get(queue, {}).items() if v != "classic"}
        assert given == ARGUMENTS.get(queue, {})
    assert sorted(source.policies, key=str) == sorted(POLICIES, key=str)


def mended(exported: Exported) -> Source:
    """Add what is not listed with its type, and take away what is bound to nothing, as is told."""
    whole = json.loads(exported.file.read_bytes())
    inner = {"name": "inner", "vhost": exported.vhost, "type": "direct", "internal": True}
    whole["exchanges"] = [e for e in whole["exchanges"] if e["name"] != "inner"] + [inner]
    whole["bindings"] = [e for e in whole["bindings"] if e["destination"] != "own"]
    file = exported.file.with_name("mended.json")
    file.write_text(json.dumps(whole))
    return read_source(file, exported.vhost)


def test_does_it_help_to_add_what_is_missing(exported: Exported) -> None:
    """An internal exchange with its type, as the sentence says that tells why it is not decided."""
    source = mended(exported)
    assert {*source.doubts} == exported.untold - INNER
    assert differing(routes(source, exported.version), exported.seen) == []


@pytest.mark.parametrize("form", ["json", "toml"])
def test_is_it_the_same_once_it_is_converted(exported: Exported, form: str) -> None:
    """The topology, and what is decided of its routes."""
    lost: list[str] = []
    source, file = exported.source, exported.file.with_name(f"converted.{form}")
    file.write_text(FORMS[form](source, exported.vhost, lost.append))
    assert lost == []
    back = read_source(file)
    assert back.topology == source.topology
    before, after = (routes(each, exported.version) for each in (source, back))
    assert differing(before, [{*each.queues} for each in after]) == []
    if form == "json":
        assert (back.arguments, back.policies) == (source.arguments, source.policies)


@pytest.fixture
def anew(exported: Exported) -> Iterator[str]:
    """Name a vhost that is not there yet, and take it away again."""
    name = f"made of it, {secrets.token_hex(4)}"
    yield name
    exported.node.asked("DELETE", f"vhosts/{quote(name)}")


def test_does_a_broker_import_what_was_converted(exported: Exported, anew: str) -> None:
    """Into a vhost that is not there yet, where all goes as it is then told to."""
    text = definitions(mended(exported), anew, print)
    assert exported.node.imported(text) == 204
    told = routes(of_text("converted.json", text.encode(), anew), exported.version)
    seen = exported.node.routed(anew, MESSAGES, DECLARED.queues)
    assert [{*each.queues} for each in told] == seen
    assert not any(undecided(told))


def test_is_it_told_where_an_import_ends(exported: Exported, anew: str) -> None:
    """With what newer versions export themselves: a binding to what is in no export."""
    ends = any(
        "and the import ends" in each.said for each in refused_by(exported.source, exported.version)
    )
    status = exported.node.imported(definitions(exported.source, anew, print))
    assert status == (400 if ends else 204)
    assert ends == (exported.version.major == 4 and exported.untold >= INNER)
