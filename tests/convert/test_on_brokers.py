"""Do real brokers import what is written, and route by it as predicted?"""

import json
import secrets
from urllib.parse import quote

import pytest
from nodes import Node

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value
from routing.amqp.versions import parse_version
from routing.convert.definitions import definitions
from routing.convert.refused import refused_by
from routing.files.management import definitions_of
from routing.files.reading import of_text, read_source
from routing.files.source import Source
from routing.rules.loaded import loaded
from routing.rules.policies import Policy
from routing.rules.predict import route_through

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


def test_is_it_imported_and_routed_as_predicted(node: Node, vhost: str) -> None:
    """Numbers of every size, lists, tables, an alternate, an exchange that is always there."""
    lost: list[str] = []
    assert node.imported(definitions(Source("x", TOPOLOGY), vhost, lost.append)) == 204
    assert lost == []
    has = loaded(TOPOLOGY, parse_version(node.version))
    predicted = [{*route_through(has.ready, message).queues} for message in MESSAGES]
    assert node.routed(vhost, MESSAGES, [*TOPOLOGY.queues]) == predicted
    assert len({*map(frozenset, predicted)}) > 5


def test_is_a_vhost_of_its_own_made(node: Node) -> None:
    """The entries are there after the import, and nowhere else."""
    name, queues = f"made, {secrets.token_hex(4)}", ["only here"]
    written = definitions(Source("x", Topology(queues=queues)), name, print)
    assert node.imported(written) == 204
    whole = json.loads(definitions_of(node.page(), None)[1])
    assert [each["name"] for each in whole["queues"] if each["vhost"] == name] == queues
    node.asked("DELETE", f"vhosts/{quote(name)}")


@pytest.mark.parametrize(
    ("sets", "taken_by"),
    [
        ({"ha-mode": "all"}, "3."),
        ({"ha-mode": "all", "ha-promote-on-failure": "always"}, "3."),
        ({"max-priority": 5}, "none"),
        ({"alternate_exchange": "lost"}, "none"),
        ({"dead-letter-exchange": "lost", "expires": 9, "max-length": 1}, ""),
        ({"queue-mode": "lazy", "max-in-memory-length": 1, "overflow": "drop-head"}, ""),
        ({"queue-master-locator": "min-masters", "delivery-limit": 5}, ("3.", "4.0")),
    ],
    ids=lambda sets: next(iter(sets)) if isinstance(sets, dict) else "",
)
def test_is_a_policy_refused_that_is_told_to_be(
    node: Node, vhost: str, sets: dict[str, Value], taken_by: str | tuple[str, ...]
) -> None:
    """Those that mirror queues since 4.0, and those that set what does not exist.

    taken_by: how the versions begin that take it.
    """
    applies_to = "all" if "alternate_exchange" in sets else "queues"
    policies = [Policy("sets", "^never$", sets, applies_to)]
    source = Source("x", Topology(queues=["beside"]), policies=policies)
    said = [*refused_by(source, parse_version(node.version))]
    assert node.imported(definitions(source, vhost, print)) == (400 if said else 204)
    assert ("beside" in read_source(node.page(), vhost).topology.queues) == (not said)
    assert bool(said) is not node.version.startswith(taken_by)


def test_is_a_queue_refused_that_is_told_to_be(node: Node, vhost: str) -> None:
    """No quorum queue has priorities that are declared."""
    arguments: dict[str, Value] = {"x-queue-type": "quorum", "x-max-priority": 5}
    source = Source("x", Topology(queues=["q"]), arguments={"q": arguments})
    [said] = refused_by(source, parse_version(node.version))
    assert said.about == "queue q"
    assert node.imported(definitions(source, vhost, print)) == 400


def test_is_a_file_refused_in_which_some_name_no_vhost(node: Node, vhost: str) -> None:
    """As a whole, since 4.0; before, they are passed over."""
    whole = json.loads(definitions(Source("x", TOPOLOGY), vhost, print))
    del whole["bindings"][0]["vhost"]
    text = json.dumps(whole)
    said = [*refused_by(of_text("some.json", text.encode(), None), parse_version(node.version))]
    assert {each.about for each in said} <= {"binding 1"}
    assert (node.imported(text) in (400, 500)) is bool(said) is node.version.startswith("4.")
