"""What of a source can be played, and is it said what cannot?"""

import json
from pathlib import Path
from typing import Any

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Scenario
from routing.amqp.versions import NEWEST, Version
from routing.files.lesson import lesson
from routing.files.scenario import MOST_MADE_UP, aside, fitting_one, scenario_meant
from routing.rules.matching import RULES
from routing.rules.predict import predict
from routing.rules.validity import accept


def bound(source: str, queue: str, key: str = "", **arguments: Any) -> dict[str, Any]:
    """Write a binding as RabbitMQ does."""
    named = {"source": source, "destination": queue, "destination_type": "queue"}
    return {**named, "vhost": "/", "routing_key": key, "arguments": arguments}


def read(tmp_path: Path, **parts: list[dict[str, Any]]) -> tuple[str, Scenario]:
    """Save definitions, and read them as a scenario."""
    file = tmp_path / "of the firm.json"
    file.write_text(json.dumps(parts))
    return str(file), scenario_meant(str(file))(NEWEST)


def exchange(name: str, exchange_type: str, **more: Any) -> dict[str, Any]:
    """Write an exchange as RabbitMQ does."""
    return {"name": name, "vhost": "/", "type": exchange_type, **more}


QUEUES = [{"name": name, "vhost": "/"} for name in ("q", "r")]


def test_is_a_lesson_played_as_it_is() -> None:
    """With nothing to say beside it."""
    scenario = scenario_meant("topic")(NEWEST)
    assert scenario == lesson("topic")
    assert aside("topic", scenario) == ""


def test_what_is_played_of_definitions(tmp_path: Path) -> None:
    """All but what is foreign or missing, each of which is told with its place and reason."""
    file, scenario = read(
        tmp_path,
        exchanges=[exchange("x", "topic"), exchange("late", "x-delayed-message")],
        queues=QUEUES,
        bindings=[bound("x", "q", "a.*"), bound("late", "q", "a"), bound("gone", "r")],
    )
    assert scenario.name == "of-the-firm"
    assert scenario.exchanges == [Exchange("x", "topic")]
    assert scenario.bindings == [Binding("x", "q", "a.*")]
    said = aside(file, scenario).splitlines()
    assert said == [
        f"{file}:1:{said[0].split(':')[2]}: a binding is left out: there is no exchange gone.",
        "Left out: a plugin brings the type x-delayed-message of exchange late.",
        "It has no messages: these are made up, one to fit each binding.",
    ]


@pytest.mark.parametrize(
    ("binding", "exchange_type"),
    [
        (Binding("x", "q", "a.*.#.b"), "topic"),
        (Binding("x", "q", "#"), "topic"),
        (Binding("x", "q", "a.*"), "direct"),
        (Binding("x", "q", "a"), "fanout"),
        (Binding("x", "q", "a", {"x-match": "any", "n": 1, "there": None}), "headers"),
        (Binding("x", "q", arguments={"x-match": "all-with-x", "x-n": 1.5}), "headers"),
        (Binding("x", "q"), "headers"),
    ],
)
def test_does_a_message_that_is_made_up_fit(binding: Binding, exchange_type: str) -> None:
    """Its binding takes it."""
    assert RULES[exchange_type](binding, fitting_one(binding, exchange_type), NEWEST)


def test_are_messages_made_up_for_each_binding_once(tmp_path: Path) -> None:
    """To where a producer can publish, and no more than can be looked at."""
    keys = [f"k{number}" for number in range(MOST_MADE_UP)]
    parts = {
        "exchanges": [exchange("x", "direct"), exchange("inner", "fanout", internal=True)],
        "queues": QUEUES,
        "bindings": [
            bound("inner", "q"),
            *(bound("x", queue, key) for key in keys for queue in "qr"),
        ],
    }
    scenario = read(tmp_path, **parts)[1]
    assert scenario.messages == [Message("x", key) for key in keys]
    assert scenario.lesson.endswith("these are made up, one to fit each binding.")
    parts["bindings"].append(bound("x", "q", "more"))
    scenario = read(tmp_path, **parts)[1]
    assert len(scenario.messages) == MOST_MADE_UP
    assert f"the first {MOST_MADE_UP} of them" in scenario.lesson


def test_what_stands_for_the_exchanges_that_a_broker_has(tmp_path: Path) -> None:
    """Others of their types, wherever they are named: whoever else uses the broker gets nothing."""
    onward = bound("amq.topic", "amq.fanout", "a") | {"destination_type": "exchange"}
    lost = {"alternate-exchange": "amq.headers"}
    file, scenario = read(
        tmp_path,
        exchanges=[exchange("x", "direct", arguments=lost)],
        queues=QUEUES,
        bindings=[onward, bound("amq.fanout", "q"), bound("amq.headers", "r")],
    )
    assert scenario.exchanges == [
        Exchange("x", "direct", {"alternate-exchange": "own.amq.headers"}),
        Exchange("own.amq.fanout", "fanout"),
        Exchange("own.amq.topic", "topic"),
        Exchange("own.amq.headers", "headers"),
    ]
    assert scenario.bindings[0] == ExchangeBinding("own.amq.topic", "own.amq.fanout", "a")
    assert {each.exchange for each in scenario.messages} == {
        f"own.amq.{name}" for name in ("topic", "fanout", "headers")
    }
    assert "own.amq.topic stands for the broker's amq.topic." in aside(file, scenario)
    assert all(route.queues for route in predict(scenario))


def test_does_an_exchange_of_the_broker_find_a_name_that_is_free(tmp_path: Path) -> None:
    """One that is called like what stands for it stays what it is."""
    scenario = read(
        tmp_path,
        exchanges=[exchange("own.amq.topic", "fanout"), exchange("own.own.amq.direct", "fanout")],
        queues=QUEUES,
        bindings=[bound("own.amq.topic", "q"), bound("amq.topic", "r", "a.#")],
    )[1]
    assert scenario.exchanges[-1] == Exchange("own.own.own.amq.topic", "topic")
    assert [each.queues for each in predict(scenario)] == [{"q"}, {"r"}]
    accept(scenario, NEWEST)


def test_are_messages_made_up_for_queues_that_nothing_is_bound_to(tmp_path: Path) -> None:
    """Through the default exchange; and where there is no queue, it is not said that there are."""
    scenario = read(tmp_path, exchanges=[exchange("x", "topic")], queues=QUEUES)[1]
    assert scenario.messages == [Message("", "q"), Message("", "r")]
    assert scenario.lesson.endswith("one to fit each queue by its name.")
    scenario = read(tmp_path, exchanges=[exchange("x", "topic")])[1]
    assert scenario.messages == []
    assert scenario.lesson.endswith("It has no messages, and no queue to make some up for.")


TOML = """
queues = ["q"]
exchanges = [{name = "x", type = "topic"}, {name = "odd", type = "x-random"}]
bindings = [
    {source = "x", destination = "q", routing_key = "#"},
    {source = "x", destination = "q", routing_key = "a"},
    {source = "odd", destination = "q"},
]
messages = [
    {exchange = "x", routing_key = "a"},
    {exchange = "odd", routing_key = "b"},
    {exchange = "gone", routing_key = "c"},
    {exchange = "x", routing_key = "KEY"},
    {exchange = "x", routing_key = "LONG"},
    {routing_key = "LONG"},
]
"""


def test_which_messages_are_left_out(tmp_path: Path) -> None:
    """Those that are not decided, that are refused, that cost too much, or have no room left."""
    file = tmp_path / "mine.toml"
    stars = ".".join("*" * 30)
    file.write_text(TOML.replace("KEY", stars).replace("#", stars).replace("LONG", "k" * 201))
    scenario = scenario_meant(str(file))(NEWEST)
    assert [each.routing_key for each in scenario.messages] == ["a", "k" * 201]
    said = [
        each.lower().partition("left out: ")[2] for each in aside(str(file), scenario).splitlines()
    ]
    assert [each[:22] for each in said] == [
        "a plugin brings the ty",
        "a plugin brings the ty",
        "there is no exchange g",
        "rabbitmq would be busy",
        "its routing key has 20",
    ]
    accept(scenario, NEWEST)


def test_is_a_source_played_as_a_version_can(tmp_path: Path) -> None:
    """What an old one does not have is left out for it."""
    file = tmp_path / "mine.toml"
    file.write_text(TOML.replace("x-random", "x-local-random"))
    meant = scenario_meant(str(file))
    assert len(meant(NEWEST).exchanges) == 2
    assert len(meant(Version(3, 8, 9)).exchanges) == 1


def test_is_a_name_too_long_told(tmp_path: Path) -> None:
    """A run puts a prefix before it."""
    with pytest.raises(BadUse, match="queue has 201 bytes, but 200 is the most"):
        read(tmp_path, queues=[{"name": "q" * 201, "vhost": "/"}])


def test_is_it_said_that_nothing_dies(tmp_path: Path) -> None:
    """Where arguments of queues say that messages would."""
    said = "Nothing dies in a queue here: arguments of queues are left out; route has --then."
    for arguments, told in (({"x-message-ttl": 9}, True), ({"x-expires": 9}, False)):
        queue = {"name": "q", "vhost": "/", "arguments": arguments}
        _, scenario = read(tmp_path, queues=[queue])
        assert (said in scenario.lesson.splitlines()) == told
        assert not scenario.is_deadly
