"""What cannot be decided unless more is known of the broker, and how is that said?"""

import pytest

from routing import Binding, Exchange, ExchangeBinding, Message, Topology, route
from routing.amqp.topology import AnyBinding

SET_UP = "exchange amq.rabbitmq.log is there or not, as the broker is set up"
LOG = "amq.rabbitmq.log"


def of(*bindings: AnyBinding) -> Topology:
    """Declare an exchange, a queue, and bindings."""
    return Topology(exchanges=[Exchange("x", "direct")], queues=["q"], bindings=bindings)


@pytest.mark.parametrize(
    ("topology", "said"),
    [
        (Topology(exchanges=[Exchange(LOG, "topic")]), SET_UP),
        (Topology(exchanges=[Exchange("x", "direct", {"alternate-exchange": LOG})]), SET_UP),
        (of(Binding(LOG, "q")), SET_UP),
        (of(ExchangeBinding(LOG, "x")), SET_UP),
        (of(ExchangeBinding("x", LOG)), SET_UP),
        (Topology(exchanges=of().exchanges, unbound=[ExchangeBinding("x", LOG)]), SET_UP),
        (
            Topology(exchanges=[Exchange("x", "x-random")]),
            "a plugin brings the type x-random of exchange x",
        ),
        (
            Topology(queues=["", ""]),
            "queues that are declared without a name cannot be told apart",
        ),
        (
            Topology(queues=["amq.rabbitmq.reply-to.a"]),
            "queue amq.rabbitmq.reply-to.a is direct reply-to, which is not modelled",
        ),
    ],
)
def test_what_makes_a_topology_unknown(topology: Topology, said: str) -> None:
    """Wherever it is named; then no message has a route, or comes back."""
    found = route(topology, Message("", "q"))
    assert (found.unknown, found.why, found.visits) == (said, [said], ())
    assert not found.returned


def test_what_makes_a_message_unknown() -> None:
    """An exchange of which nobody knows whether it is there."""
    assert route(of(), Message(LOG)).unknown == SET_UP


@pytest.mark.parametrize("topology", [of(Binding("x", LOG)), Topology(queues=[""]), of()])
def test_what_is_known(topology: Topology) -> None:
    """A queue is none of those exchanges, and one queue without a name is apart from all others."""
    assert route(topology, Message("")).unknown is None
