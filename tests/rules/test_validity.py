"""Is a scenario that cannot be played refused, with one sentence that names the place?"""

from dataclasses import replace
from typing import Any

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, Message, Scenario
from routing.rules.validity import validate

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
            "Scenario shop: queue billing is declared twice; keep one of them.",
        ),
        (
            {"exchanges": [Exchange("orders", "topic"), Exchange("orders", "direct")]},
            "Scenario shop: exchange orders is declared twice; keep one of them.",
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
    ],
)
def test_what_is_said_of_a_bad_scenario(change: dict[str, Any], sentence: str) -> None:
    """What is wrong, where, and what to do."""
    with pytest.raises(BadUse) as raised:
        validate(replace(GOOD, **change))
    assert str(raised.value) == sentence
