"""Is a scenario that cannot be played refused, with one sentence that names the place?"""

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Scenario
from routing.amqp.values import Typed, Value
from routing.amqp.versions import NEWEST
from routing.rules.validity import (
    MOST_QUEUES,
    accept,
    require_few_queues,
    require_known,
    validate,
)

GOOD = Scenario(
    name="shop",
    lesson="Anything.",
    exchanges=[Exchange("orders", type="topic")],
    queues=["billing", "audit"],
    bindings=[Binding("orders", "billing", "order.#")],
    messages=[Message("orders", "order.eu"), Message("", "audit")],
)


def test_is_a_good_scenario_accepted() -> None:
    """Nothing is raised where all is well."""
    validate(GOOD)
    accept(GOOD, NEWEST)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"bindings": [Binding("orders", "biling", "order.#")]},
            "Scenario shop, binding 1: there is no queue biling; did you mean billing?",
        ),
        (
            {"bindings": [Binding("order", "billing")]},
            "Scenario shop, binding 1: there is no exchange order; did you mean orders?",
        ),
        (
            {"bindings": [Binding("", "billing")]},
            "Scenario shop, binding 1: the default exchange cannot be bound; name "
            "another exchange.",
        ),
        (
            {"messages": [Message("news")]},
            "Scenario shop, message 1: there is no exchange news; known: (the "
            "default exchange), orders.",
        ),
        (
            {"exchanges": [Exchange("orders", type="topics")]},
            "Scenario shop, exchange orders: there is no type topics; did you mean topic?",
        ),
        (
            {"queues": ["billing", "billing"]},
            "Scenario shop: queue billing is declared twice; keep one.",
        ),
        (
            {"exchanges": [Exchange("orders", "topic"), Exchange("orders", "direct")]},
            "Scenario shop: exchange orders is declared twice; keep one.",
        ),
        (
            {"queues": ["a\nb"]},
            "Scenario shop: RabbitMQ takes line breaks out of names, as of queue "
            '"a\\nb"; give it a name without.',
        ),
        ({"queues": [""]}, "Scenario shop: a queue has an empty name; give it one."),
        (
            {"queues": ["é" * 101]},
            "Scenario shop: the name of the queue has 202 bytes, but 200 is the most; shorten it.",
        ),
        (
            {"exchanges": [Exchange("orders", "topic", {"alternate-exchange": "n" * 201})]},
            "Scenario shop, exchange orders: its alternate has 201 bytes, but 200 is the most; "
            "shorten it.",
        ),
        *[
            (
                {"queue_arguments": {"audit": arguments}},
                f"Scenario shop, queue audit: {name} has {len(arguments[name])} bytes, "
                f"but {most} is the most; shorten it.",
            )
            for name, most, arguments in (
                ("x-dead-letter-exchange", 200, {"x-dead-letter-exchange": "n" * 201}),
                (
                    "x-dead-letter-routing-key",
                    200,
                    {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "n" * 201},
                ),
                (
                    "x-dead-letter-routing-key",
                    255,
                    {"x-dead-letter-exchange": "orders", "x-dead-letter-routing-key": "n" * 256},
                ),
            )
        ],
        (
            {"messages": [Message("", "a" * 201)]},
            "Scenario shop, message 1: the routing key has 201 bytes, but 200 is "
            "the most; shorten it.",
        ),
        (
            {"messages": [Message("orders", "a" * 256)]},
            "Scenario shop, message 1: the routing key has 256 bytes, but 255 is "
            "the most; shorten it.",
        ),
        (
            {"messages": [Message("orders", headers={"a": {"b": [object]}})]},  # type: ignore[list-item]
            "Scenario shop, message 1, header a, entry b: <class 'object'> is a type, which AMQP "
            "does not have; use another type.",
        ),
        (
            {"bindings": [Binding("orders", "billing", arguments={"x-match": "some"})]},
            'Scenario shop, binding 1: x-match is "some", but must be '
            "all, any, all-with-x, any-with-x.",
        ),
        (
            {"bindings": [ExchangeBinding("orders", "order")]},
            "Scenario shop, binding 1: there is no exchange order; did you mean orders?",
        ),
        (
            {"queues": [], "bindings": [Binding("orders", "billing")]},
            "Scenario shop, binding 1: there is no queue billing; known: none.",
        ),
        (
            {"bindings": [Binding("orders", "billing", "a" * 256)]},
            "Scenario shop, binding 1: the binding key has 256 bytes, but 255 is the most; "
            "shorten it.",
        ),
        (
            {"bindings": [Binding("orders", "billing", arguments={"a": {1}})]},  # type: ignore[dict-item]
            "Scenario shop, binding 1, argument a: {1} is a set, which AMQP does not have; use "
            "another type.",
        ),
        (
            {"messages": [Message("orders", headers={"a" * 256: 1})]},
            "Scenario shop, message 1: the name of a header has 256 bytes, but 255 is the most; "
            "shorten it.",
        ),
        (
            {"bindings": [Binding("orders", "billing", "\ud800")]},
            "Scenario shop, binding 1: the binding key '\\ud800' is no Unicode text: surrogates "
            "not allowed.",
        ),
        (
            {"messages": [Message("orders", body="\ud800")]},
            "Scenario shop, message 1: the body '\\ud800' is no Unicode text: surrogates not "
            "allowed.",
        ),
        (
            {"messages": [Message("orders", headers={7: 1})]},  # type: ignore[dict-item]
            "Scenario shop, message 1: the name of a header is 7, but must be text.",
        ),
        (
            {"messages": [Message("orders", headers={"a": [float("nan")]})]},
            "Scenario shop, message 1, header a: nan is no number that RabbitMQ takes; use "
            "another.",
        ),
    ],
)
def test_what_is_said_of_a_bad_scenario(change: dict[str, Any], sentence: str) -> None:
    """What is wrong, where, and what to do."""
    with pytest.raises(BadUse) as raised:
        validate(replace(GOOD, **change))
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    "fitting",
    [
        {"queues": ["billing", "q" * 200]},
        {"messages": [Message("orders", "a" * 255), Message("", "a" * 200)]},
        {"messages": [Message("orders", headers={"a" * 255: None, "t": (1,), "m": {"f": 1.5}})]},
        {"exchanges": [Exchange("orders", "topic"), Exchange("eu", "direct")]},
    ],
)
def test_what_just_fits(fitting: dict[str, Any]) -> None:
    """The longest names and keys, and every kind of value."""
    validate(replace(GOOD, **fitting))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Typed("int8", 300), "int8(300)"),
        (Typed("float32", 1e300), "float32(1e+300)"),
        (Typed("bytes", None), "bytes(None)"),
        (Typed("byte", 1), "byte(1)"),
        ("\ud800", '"\\ud800"'),
    ],
    ids=lambda value: "" if isinstance(value, str) else str(value),
)
def test_what_is_said_of_a_value_that_does_not_fit(value: Value, shown: str) -> None:
    """Which it is, and what Python says of it."""
    with pytest.raises(BadUse) as raised:
        validate(replace(GOOD, messages=[Message("orders", headers={"h": value})]))
    said = str(raised.value)
    place = "Scenario shop, message 1, header h"
    assert said.startswith(f"{place}: {shown} does not fit its AMQP type: ")
    assert said.endswith(".")


def test_what_is_said_where_rabbitmq_refuses() -> None:
    """Which version, with which code and why, and what to do."""
    patterns = [Binding("orders", "billing", "#.a.#.b.#")]
    with pytest.raises(BadUse) as raised:
        accept(replace(GOOD, bindings=patterns), NEWEST)
    assert str(raised.value) == (
        "Scenario shop: RabbitMQ 4.3.6 refuses with 406: #.a.#.b.# has 3 #, and 2 are the most "
        "from RabbitMQ 4.3.5 on; change that."
    )


def test_what_may_have_been_meant_besides() -> None:
    """What is too much to be listed is suggested nevertheless."""
    with pytest.raises(BadUse, match=r"there is no word tpoics; did you mean topics\?$"):
        require_known("Here", "word", "tpoics", ["direct"], near=["topics"])
    with pytest.raises(BadUse, match=r"there is no word fan; known: direct\.$"):
        require_known("Here", "word", "fan", ["direct"], near=["topics"])


DEADLY = replace(
    GOOD,
    exchanges=[*GOOD.exchanges, Exchange("dead", "fanout")],
    queue_arguments={"billing": {"x-dead-letter-exchange": "dead", "x-message-ttl": 0}},
    rejecting=["audit"],
)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"queue_arguments": {"biling": {}}},
            "Scenario shop, queue_arguments: there is no queue biling; did you mean billing?",
        ),
        (
            {"queue_arguments": {7: {}}},
            "Scenario shop, queue_arguments: the name of a queue is 7, but must be text.",
        ),
        (
            {"rejecting": ["audits"]},
            "Scenario shop, rejecting: there is no queue audits; did you mean audit?",
        ),
        (
            {"queue_arguments": {"billing": {"x-dead-leter-exchange": "dead"}}},
            "Scenario shop, queue billing: there is no argument x-dead-leter-exchange; did you "
            "mean x-dead-letter-exchange?",
        ),
        (
            {"queue_arguments": {"billing": ["x-message-ttl"]}},
            "Scenario shop, queue billing: its arguments are ['x-message-ttl'], but must be a "
            "table.",
        ),
        (
            {"queue_arguments": {"billing": {"x-message-ttl": 60_000}}},
            "Scenario shop, queue billing: x-message-ttl is at most 1000 ms, as all who see it "
            "wait so long.",
        ),
        (
            {"queue_arguments": {"billing": {"x-message-ttl": 0, "x-max-length": 0}}},
            "Scenario shop, queue billing: with x-message-ttl and x-max-length, either may come "
            "first; keep one.",
        ),
        (
            {"queue_arguments": {"billing": {"x-overflow": "reject-publish"}}},
            "Scenario shop, queue billing: nothing dies with x-overflow reject-publish; leave it "
            "out.",
        ),
        (
            {"messages": [Message("orders", headers={"x-death": []})]},
            "Scenario shop: a message has x-death, in which RabbitMQ names what each run calls "
            "otherwise; leave it out.",
        ),
        (
            {"bindings": [Binding("orders", "audit", "", {"x-last-death-queue": "audit"})]},
            "Scenario shop: a binding has x-last-death-queue, in which RabbitMQ names what each "
            "run calls otherwise; leave it out.",
        ),
        (
            {"queue_arguments": {"billing": {"x-message-ttl": -1}}},
            "Scenario shop, queue billing: RabbitMQ refuses with 406: x-message-ttl must be a "
            "whole number, and not negative; change that.",
        ),
        (
            {"queue_arguments": {"billing": {"x-dead-letter-routing-key": "k"}}},
            "Scenario shop, queue billing: RabbitMQ refuses with 406: x-dead-letter-routing-key "
            "without x-dead-letter-exchange; change that.",
        ),
        (
            {
                "queue_arguments": {
                    "billing": {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "audit"}
                },
                "messages": [Message("orders", headers={"BCC": ["audit"]})],
            },
            "Scenario shop, message 1: its BCC is the x-dead-letter-routing-key of a queue, of "
            "which one names a queue and the other does not; change one.",
        ),
        (
            {"queue_arguments": {"audit": {"x-dead-letter-exchange": "dead"}}},
            "Scenario shop, message 2: its key names a queue for the default exchange alone; give "
            "queue audit an x-dead-letter-routing-key.",
        ),
        (
            {"queue_arguments": {"billing": {"x-dead-letter-exchange": "", "x-max-length": 0}}},
            "Scenario shop, message 1: its key names a queue for the default exchange alone; give "
            "queue billing an x-dead-letter-routing-key.",
        ),
    ],
)
def test_are_queues_that_cannot_be_played_told(change: dict[str, Any], sentence: str) -> None:
    """A queue or an argument that is not there, what RabbitMQ refuses, and what has no one end."""
    for scenario in (DEADLY, replace(DEADLY, **change)):
        with pytest.raises(BadUse) if scenario != DEADLY else nullcontext() as told:
            held(scenario)
    assert told
    assert str(told.value) == sentence


def held(scenario: Scenario) -> None:
    """Hold a scenario against all that it must be."""
    validate(scenario)
    accept(scenario, NEWEST)


def test_must_arguments_of_queues_be_a_table() -> None:
    """Found out when a scenario is made."""
    with pytest.raises(BadUse, match="must be a table of queues"):
        replace(GOOD, queue_arguments=[])  # type: ignore[arg-type]


def test_are_too_many_queues_told_before_one_is_declared() -> None:
    """A thousand are played; more are predicted alone."""
    require_few_queues(replace(GOOD, queues=[f"q{number}" for number in range(MOST_QUEUES)]))
    many = replace(GOOD, queues=[f"q{number}" for number in range(MOST_QUEUES + 1)])
    with pytest.raises(BadUse, match=r"^1001 queues are too many to be played, 1000 are the most"):
        require_few_queues(many)
