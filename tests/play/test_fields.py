"""Do header values of every AMQP type travel to the broker and back?"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from pika import BasicProperties

import routing.play.fields  # noqa: F401 - what is tested
from routing.amqp.values import LETTERS, Typed, Value, encode, typed
from routing.broker import Broker

SENT: dict[str, tuple[Value, object]] = {
    "int8": (Typed("int8", -128), -128),
    "uint8": (Typed("uint8", 255), 255),
    "int16": (Typed("int16", -32768), -32768),
    "uint16": (Typed("uint16", 65535), 65535),
    "int32": (-(2**31), -(2**31)),
    "uint32": (Typed("uint32", 2**32 - 1), 2**32 - 1),
    "int64": (2**31, 2**31),
    "int64L": (Typed("int64L", -(2**63)), -(2**63)),
    "float32": (Typed("float32", 0.5), 0.5),
    "float64": (1.1, 1.1),
    "timestamp": (Typed("timestamp", 2**63), Typed("timestamp", 2**63)),
    "decimal": (Decimal("-1.25"), Decimal("-1.25")),
    "bytes": (b"\x00\xff", b"\x00\xff"),
    "bool": (True, True),
    "longstr": ("größer", "größer"),
    "void": (None, None),
    "array": ([1.5, Typed("int8", 1), [None]], [1.5, 1, [None]]),
    "table": ({"b": 0.25, "a": {"c": "d"}}, {"b": 0.25, "a": {"c": "d"}}),
}


def test_is_every_type_sent() -> None:
    """There is a value here for each type that RabbitMQ has."""
    assert {name: typed(value).type for name, (value, _) in SENT.items()} == {
        name: name for name in LETTERS
    }


@pytest.mark.parametrize("name", SENT)
def test_does_a_value_come_back_as_it_was_sent(broker: Broker, name: str) -> None:
    """What pika alone cannot send, it sends; and what it would misread, it reads as it is."""
    value, expected = SENT[name]
    channel = broker.connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.basic_publish("", queue, b"", BasicProperties(headers={"h": value}))
    _, properties, _ = channel.basic_get(queue, auto_ack=True)
    channel.close()
    assert properties is not None
    assert properties.headers == {"h": expected}
    assert type(properties.headers["h"]) is type(expected) or isinstance(expected, int)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (True, b"t\x01"),
        (1, b"I\x00\x00\x00\x01"),
        (2**40, b"l\x00\x00\x01\x00\x00\x00\x00\x00"),
        (1.0, b"d\x3f\xf0\x00\x00\x00\x00\x00\x00"),
        ("a", b"S\x00\x00\x00\x01a"),
        (b"a", b"x\x00\x00\x00\x01a"),
        (None, b"V"),
        (Decimal("1.50"), b"D\x01\x00\x00\x00\x0f"),
        (Decimal(100), b"D\x00\x00\x00\x00\x64"),
        (datetime(1970, 1, 1, 0, 1, tzinfo=UTC), b"T\x00\x00\x00\x00\x00\x00\x00\x3c"),
        ([1], b"A\x00\x00\x00\x05I\x00\x00\x00\x01"),
        ({"a": None}, b"F\x00\x00\x00\x03\x01aV"),
        (Typed("uint16", 1), b"u\x00\x01"),
    ],
)
def test_how_is_a_value_written(value: Value, encoded: bytes) -> None:
    """The letter of RabbitMQ's type, then the content in network order."""
    assert encode(value) == encoded
