"""Do real brokers import what is written, and route by it as predicted?"""

import json
import secrets
import subprocess
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pika
import pytest
from conftest import LIMIT, had
from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.errors import NoBroker
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value
from routing.amqp.versions import begins_with, parse_version
from routing.broker.node import node as node_module
from routing.broker.node.node import MANAGEMENT, Ports, environment, running_node
from routing.broker.node.process import Running
from routing.broker.programs.debian import fetched
from routing.broker.programs.installation import Installation
from routing.broker.several import SERIES
from routing.convert.definitions import definitions
from routing.convert.refused import refused_by
from routing.files.management import definitions_of
from routing.files.reading import read_source
from routing.files.source import Source
from routing.play.collect import publish
from routing.rules.loaded import loaded
from routing.rules.policies import Policy
from routing.rules.predict import route_through

ENDS = (SERIES[0], SERIES[-1])
"""All four start in a quarter of a minute, these two in half of that."""


def of_both_ends() -> list[Installation]:
    """Give a RabbitMQ of the oldest and of the newest version that is tried."""
    found = [[i for i in fetched() if begins_with(i.version, each)] for each in ENDS]
    if not all(found):
        raise NoBroker("not both versions are here")
    return [each[0] for each in found]


ENVIRONMENTS: dict[str, dict[str, str]] = {}
"""The variables of each node, by its port: rabbitmqctl needs the same."""


def noted(folder: Path, ports: Ports, installation: Installation) -> dict[str, str]:
    """Give the variables of a node, and note them."""
    ENVIRONMENTS[str(ports.amqp)] = environment(folder, ports, installation)
    return ENVIRONMENTS[str(ports.amqp)]


@pytest.fixture(scope="module")
def nodes(stocked: None) -> Iterator[list[tuple[str, Running]]]:  # noqa: ARG001 - had before
    """Start both at once; each has a page that takes definitions."""
    every = had(of_both_ends)
    with ExitStack() as stack, ThreadPoolExecutor() as threads, pytest.MonkeyPatch.context() as m:
        m.setattr(node_module, "environment", noted)
        starting = [
            threads.submit(stack.enter_context, running_node(each, plugins=[MANAGEMENT]))
            for each in every
        ]
        yield [(each.version, node.result()) for each, node in zip(every, starting, strict=True)]


@pytest.fixture(params=range(len(ENDS)), ids=ENDS)
def node(request: pytest.FixtureRequest, nodes: list[tuple[str, Running]]) -> tuple[str, Running]:
    """Give one of them, with its version."""
    found: tuple[str, Running] = nodes[request.param]
    return found


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
        Exchange("by headers", "headers"),
        Exchange("lost", "fanout"),
        Exchange("inner", "direct", internal=True),
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


def imported(node: Running, text: str) -> int:
    """Import definitions at the page of a node, and give the status."""
    page = urlsplit(node.management or "")
    connection = HTTPConnection(page.netloc, timeout=LIMIT)
    headers = {
        "Authorization": f"Basic {b64encode(login(node).encode()).decode()}",
        "Content-Type": "application/json",
    }
    connection.request("POST", "/api/definitions", text.encode(), headers)
    status = connection.getresponse().status
    connection.close()
    return status


def login(node: Running) -> str:
    """Give user and password."""
    return urlsplit(node.url).netloc.partition("@")[0]


def arrived(node: Running, messages: list[Message], queues: list[str]) -> list[set[str]]:
    """Publish messages one after another, and tell for each which queues have got it."""
    with pika.BlockingConnection(pika.URLParameters(node.url)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        return [got(channel, message, queues) for message in messages]


def got(channel: BlockingChannel, message: Message, queues: list[str]) -> set[str]:
    """Publish one message, and take it out of the queues."""
    publish(channel, replace(message, mandatory=False), "", secrets.token_hex())
    return {queue for queue in queues if channel.basic_get(queue, auto_ack=True)[0]}


def test_is_it_imported_and_routed_as_predicted(node: tuple[str, Running]) -> None:
    """Numbers of every size, lists, tables, an alternate, an exchange that is always there."""
    version, running = node
    lost: list[str] = []
    assert imported(running, definitions(Source("x", TOPOLOGY), "/", lost.append)) == 204
    assert lost == []
    has = loaded(TOPOLOGY, parse_version(version))
    predicted = [{*route_through(has.ready, message).queues} for message in MESSAGES]
    assert arrived(running, MESSAGES, [*TOPOLOGY.queues]) == predicted
    assert len({*map(frozenset, predicted)}) > 5


def test_is_what_a_broker_exports_read_as_it_routes(node: tuple[str, Running]) -> None:
    """Read at its page, and as the file that it gives, it has the routes that are seen."""
    version, running = node
    imported(running, definitions(Source("x", TOPOLOGY), "/", print))
    page = (running.management or "").replace("//", f"//{login(running)}@")
    source = read_source(page, "/")
    assert source.notes == []
    assert {*source.topology.queues} == {*TOPOLOGY.queues}
    assert len(source.topology.bindings) == len(TOPOLOGY.bindings)
    has = loaded(source.topology, parse_version(version))
    predicted = [{*route_through(has.ready, message).queues} for message in MESSAGES]
    assert arrived(running, MESSAGES, [*TOPOLOGY.queues]) == predicted
    assert [each.why for each in has.left_out if isinstance(each.part, Binding)] == []


def test_is_what_rabbitmqctl_exports_read(node: tuple[str, Running], tmp_path: Path) -> None:
    """It routes as it is seen to, or is not decided, as 3.8.9 leaves out what bindings ask for.

    4.3.6 writes the list [1] as the text whose only sign has that number, which nobody can tell.
    """
    version, running = node
    imported(running, definitions(Source("x", TOPOLOGY), "/", print))
    environ = ENVIRONMENTS[running.url.split(":")[-1].strip("/")]
    ctl = Path(environ["HOME"]) / "rabbitmq/sbin/rabbitmqctl"
    file = tmp_path / "exported.json"
    subprocess.run([ctl, "export_definitions", file], env=environ, capture_output=True, check=True)
    source = read_source(str(file), "/")
    has = loaded(source.topology, parse_version(version), source.doubts)
    messages = [each for each in MESSAGES if "long" not in (each.headers or {})]
    told = [route_through(has.ready, each) for each in messages]
    seen = arrived(running, messages, [*TOPOLOGY.queues])
    decided = [
        (q, {*each.queues}) for q, each in zip(seen, told, strict=True) if not each.undecided
    ]
    assert all(queues == predicted for queues, predicted in decided)
    assert len(decided) == (len(messages) if version.startswith("4.") else 5)


def test_is_a_vhost_of_its_own_made(node: tuple[str, Running]) -> None:
    """The entries are there after the import, and nowhere else."""
    queues = ["only here"]
    written = definitions(Source("x", Topology(queues=queues)), "mine", print)
    assert imported(node[1], written) == 204
    page = (node[1].management or "").replace("//", f"//{login(node[1])}@")
    whole = json.loads(definitions_of(page, None)[1])
    assert [each["name"] for each in whole["queues"] if each["vhost"] == "mine"] == queues


def test_is_a_policy_refused_that_is_told_to_be(node: tuple[str, Running]) -> None:
    """Those that mirror queues, since 4.0, with the queues that stand beside them."""
    version, running = node
    policies = [Policy("mirrored", "^never$", {"ha-mode": "all"}, "queues")]
    source = Source("x", Topology(queues=["beside"]), policies=policies)
    said = [*refused_by(source, parse_version(version))]
    assert imported(running, definitions(source, "/", print)) == (400 if said else 204)
    page = (running.management or "").replace("//", f"//{login(running)}@")
    assert ("beside" in read_source(page, "/").topology.queues) == (not said)
    assert bool(said) == version.startswith("4.")
