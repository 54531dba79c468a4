"""Of what can messages die in a queue, and which arguments does it refuse?"""

from collections.abc import Mapping

import pytest

from routing import Typed
from routing.amqp.values import Value
from routing.amqp.versions import TRIED, Version
from routing.rules.queue_arguments import reasons_to_die, refuse_arguments, write_onward

NEW, _, MIDDLE, OLD = TRIED
QUORUM: Mapping[str, Value] = {"x-queue-type": "quorum"}


@pytest.mark.parametrize(
    ("arguments", "version", "reasons"),
    [
        ({}, NEW, []),
        ({"x-message-ttl": 0}, NEW, ["expired"]),
        ({"x-max-length": 5, "x-message-ttl": 1}, OLD, ["expired", "maxlen"]),
        ({"x-max-length-bytes": 5, "x-overflow": "reject-publish-dlx"}, NEW, ["maxlen"]),
        ({"x-max-length": 5, "x-overflow": "drop-head"}, NEW, ["maxlen"]),
        ({"x-max-length": 5, "x-overflow": "reject-publish"}, NEW, []),
        ({"x-overflow": "drop-head"}, NEW, []),
        ({"x-delivery-limit": 5}, OLD, []),
        (QUORUM, NEW, ["delivery_limit"]),
        (QUORUM, Version(4, 0, 0), ["delivery_limit"]),
        (QUORUM, MIDDLE, []),
        ({**QUORUM, "x-delivery-limit": 0}, NEW, ["delivery_limit"]),
        ({**QUORUM, "x-delivery-limit": Typed("int64", -1)}, NEW, []),
        ({**QUORUM, "x-delivery-limit": -1}, Version(4, 0, 0), []),
        ({**QUORUM, "x-delivery-limit": -1}, MIDDLE, ["delivery_limit"]),
        ({**QUORUM, "x-delivery-limit": 2}, MIDDLE, ["delivery_limit"]),
        ({**QUORUM, "x-message-ttl": 2}, MIDDLE, ["expired"]),
    ],
)
def test_of_what_messages_can_die(
    arguments: Mapping[str, Value], version: Version, reasons: list[str]
) -> None:
    """Of a rejection anywhere, and of what the arguments say."""
    assert reasons_to_die(arguments, None, version) == ["rejected", *reasons]


def test_does_a_message_die_of_its_own_expiration() -> None:
    """Everywhere, but not in a quorum queue before 3.10."""
    assert "expired" in reasons_to_die({}, "0", OLD)
    assert "expired" in reasons_to_die(QUORUM, "5", Version(3, 10, 0))
    assert "expired" not in reasons_to_die(QUORUM, "5", OLD)


@pytest.mark.parametrize(
    ("arguments", "version", "why"),
    [
        ({"x-dead-letter-exchange": 1}, NEW, "x-dead-letter-exchange must be text"),
        (
            {"x-dead-letter-exchange": "x", "x-dead-letter-routing-key": None},
            OLD,
            "x-dead-letter-routing-key must be text",
        ),
        (
            {"x-dead-letter-routing-key": "k"},
            NEW,
            "x-dead-letter-routing-key without x-dead-letter-exchange",
        ),
        ({"x-message-ttl": -1}, NEW, "x-message-ttl must be a whole number, and not negative"),
        ({"x-max-length": "5"}, NEW, "x-max-length must be a whole number, and not negative"),
        (
            {"x-overflow": "drop"},
            NEW,
            "x-overflow must be one of drop-head, reject-publish, reject-publish-dlx",
        ),
        (
            {"x-delivery-limit": 1},
            Version(3, 10, 0),
            "a classic queue has no x-delivery-limit on RabbitMQ 3.10.0",
        ),
        (
            {"x-dead-letter-strategy": "at-most-once"},
            NEW,
            "a classic queue has no x-dead-letter-strategy on RabbitMQ 4.3.6",
        ),
        (
            {**QUORUM, "x-message-ttl": 1},
            OLD,
            "a quorum queue has no x-message-ttl on RabbitMQ 3.8.9",
        ),
        (
            {**QUORUM, "x-overflow": "drop-head"},
            OLD,
            "a quorum queue has no x-overflow on RabbitMQ 3.8.9",
        ),
    ],
)
def test_what_is_refused(arguments: Mapping[str, Value], version: Version, why: str) -> None:
    """One thing each, at declare, and with the reason."""
    [refusal] = refuse_arguments("q", arguments, version)
    assert (refusal.at, refusal.code, refusal.why) == ("declare", 406, f"queue q: {why}")


@pytest.mark.parametrize(
    ("arguments", "version"),
    [
        ({"x-delivery-limit": 1, "x-dead-letter-strategy": "at-least-once"}, OLD),
        ({**QUORUM, "x-message-ttl": 0, "x-overflow": "reject-publish-dlx"}, MIDDLE),
        ({**QUORUM, "x-overflow": "reject-publish"}, Version(3, 8, 10)),
        ({**QUORUM, "x-message-ttl": 0}, Version(3, 10, 0)),
        ({**QUORUM, "x-delivery-limit": -1, "x-dead-letter-strategy": "at-least-once"}, NEW),
        ({"x-dead-letter-exchange": "x", "x-dead-letter-routing-key": "", "x-max-length": 0}, NEW),
        ({"x-anything": 1}, NEW),
    ],
)
def test_what_is_not_refused(arguments: Mapping[str, Value], version: Version) -> None:
    """What means something, what meant nothing yet, and what nobody knows."""
    assert [*refuse_arguments("q", arguments, version)] == []


@pytest.mark.parametrize(
    ("arguments", "onward"),
    [
        ({}, None),
        ({"x-dead-letter-exchange": "x"}, "exchange x"),
        ({"x-dead-letter-exchange": ""}, "the default exchange"),
        (
            {"x-dead-letter-exchange": "x", "x-dead-letter-routing-key": "late"},
            "exchange x, with key late",
        ),
    ],
)
def test_where_do_dead_letters_go_on_to(arguments: Mapping[str, Value], onward: str | None) -> None:
    """To an exchange, with their own key or with another one, or nowhere."""
    assert write_onward(arguments) == onward
