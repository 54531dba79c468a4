"""Is a noun made of the wrong kind told at once?"""

from collections.abc import Callable

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Scenario, Topology


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (
            lambda: Topology(queues="billing"),
            "queues of Topology is 'billing', but must be a list, in square brackets.",
        ),
        (
            lambda: Topology(queues=["billing", 7]),  # type: ignore[list-item]
            "queues[1] of Topology is 7, but must be the name of a queue.",
        ),
        (
            lambda: Topology(bindings=["order.#"]),  # type: ignore[list-item]
            "bindings[0] of Topology is 'order.#', but must be a Binding or an ExchangeBinding.",
        ),
        (
            lambda: Topology(exchanges=[("orders", "topic")]),  # type: ignore[list-item]
            "exchanges[0] of Topology is ('orders', 'topic'), but must be an Exchange.",
        ),
        (
            lambda: Scenario(name="a", lesson="b", messages=["hello"]),  # type: ignore[list-item]
            "messages[0] of Scenario is 'hello', but must be a Message.",
        ),
        (
            lambda: Message("orders", 7),  # type: ignore[arg-type]
            "routing_key of Message is 7, but must be text.",
        ),
        (
            lambda: Message("orders", body=b"x"),  # type: ignore[arg-type]
            "body of Message is b'x', but must be text.",
        ),
        (
            lambda: Message("orders", headers=["a"]),  # type: ignore[arg-type]
            "headers of Message is ['a'], but must be a table of names and values, or None.",
        ),
        (
            lambda: Message("orders", mandatory="no"),  # type: ignore[arg-type]
            "mandatory of Message is 'no', but must be True or False.",
        ),
        (
            lambda: Binding("orders", "billing", None),  # type: ignore[arg-type]
            "binding_key of Binding is None, but must be text.",
        ),
        (
            lambda: ExchangeBinding("orders", Exchange("home", "fanout")),  # type: ignore[arg-type]
            "destination of ExchangeBinding is Exchange(name='home', type='fanout', "
            "arguments={},..., but must be text.",
        ),
        (
            lambda: Exchange("orders", "topic", "alternate"),  # type: ignore[arg-type]
            "arguments of Exchange is 'alternate', but must be a table of names and values.",
        ),
    ],
)
def test_is_a_wrong_kind_told_with_its_field(make: Callable[[], object], sentence: str) -> None:
    """Where it is made: the field, what it is, and what it must be."""
    with pytest.raises(BadUse) as raised:
        make()
    assert str(raised.value) == sentence


def test_may_lists_be_tuples_and_headers_be_missing() -> None:
    """What the annotations allow is not refused."""
    Topology(queues=("a", "b"), bindings=(Binding("x", "a"), ExchangeBinding("x", "y")))
    assert Message("x", headers=None).headers is None
