"""Does a broker refuse just the tables of which the model says that they do not fit a frame?"""

from collections.abc import Mapping

import pytest
from pika import BasicProperties
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ConnectionClosedByBroker

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.values import Value
from routing.broker import Broker
from routing.broker.find import connected
from routing.rules.predict import route

FITS = (
    131_072 - 7 - (1 + len("x")) - (1 + len("headers")),
    131_072 - 7 - (1 + len("x")) - (1 + len("q")) - (1 + len("k")),
    131_072 - 14,
)
"""Bytes of the largest table of an exchange x, of a binding, and of a message."""


def table(size: int) -> dict[str, Value]:
    """Make a table of so many bytes: one text under a name of one letter."""
    return {"h": "x" * (size - 4 - 2 - 1 - 4)}


@pytest.mark.parametrize("over", [None, "declare", "bind", "publish"])
def test_do_brokers_refuse_what_is_predicted(brokers: list[Broker], over: str | None) -> None:
    """To the byte, on all versions that are tried, without anything of ours around it."""
    declared, bound, headers = (
        table(fits + (over == at) if over in (None, at) else 20)
        for at, fits in zip(("declare", "bind", "publish"), FITS, strict=True)
    )
    topology = Topology(
        exchanges=[Exchange("x", "headers", declared)],
        queues=["q"],
        bindings=[Binding("x", "q", "k", bound)],
    )
    refusal = route(topology, Message("x", "k", headers)).refusal
    predicted = refusal and (refusal.at, refusal.code)
    assert predicted == (over and (over, 501))
    for broker in brokers:
        with connected(broker.url, broker.origin) as fresh:
            channel = fresh.connection.channel()
            assert sent(channel, declared, bound, headers) == predicted


def sent(
    channel: BlockingChannel,
    declared: Mapping[str, Value],
    bound: Mapping[str, Value],
    headers: Mapping[str, Value],
) -> tuple[str, int] | None:
    """Declare, bind and publish, and tell where the connection was closed, and with which code."""
    at = "declare"
    try:
        channel.queue_declare("q", exclusive=True)
        channel.exchange_declare("x", "headers", auto_delete=True, arguments=dict(declared))
        at = "bind"
        channel.queue_bind("q", "x", "k", arguments=dict(bound))
        at = "publish"
        channel.basic_publish("x", "k", b"", BasicProperties(headers=dict(headers)))
        channel.basic_qos()
    except ConnectionClosedByBroker as error:
        return at, error.reply_code
    return None
