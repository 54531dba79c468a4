"""What the arguments of a queue say of dead letters: what messages can die of, what is refused.

Policies, which can say the same, are no part of this.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.amqp.values import Value, text_of, typed
from routing.amqp.versions import (
    DELIVERY_LIMIT,
    OTHER_TYPES_ARGUMENTS,
    OVERFLOW_OF_QUORUM,
    QUORUM_EXPIRES,
    Version,
)
from routing.rules.refusal import Refusal

Arguments = Mapping[str, Value]

EXCHANGE: Final = "x-dead-letter-exchange"
KEY: Final = "x-dead-letter-routing-key"
TTL: Final = "x-message-ttl"
LENGTHS: Final = ("x-max-length", "x-max-length-bytes")
OVERFLOW: Final = "x-overflow"
OVERFLOWS: Final = ("drop-head", "reject-publish", "reject-publish-dlx")
PRIORITIES: Final = "x-max-priority"
QUORUM_ONLY: Final = ("x-delivery-limit", "x-dead-letter-strategy")


def text_in(arguments: Arguments, name: str) -> str | None:
    """Give an argument that is text; None where it is not there, or no text."""
    field = typed(arguments.get(name))
    return text_of(field) if field.type == "longstr" else None


def number_in(arguments: Arguments, name: str) -> int | None:
    """Give an argument that is a whole number; None where it is not there, or is none."""
    field = typed(arguments.get(name))
    number: int | None = field.value if "int" in field.type else None
    return number


def write_onward(arguments: Arguments) -> str | None:
    """Write where what dies in a queue goes on to; None where it goes nowhere."""
    exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
    if exchange is None:
        return None
    there = place_of(exchange)
    return there if key is None else f"{there}, with key {write_key(key)}"


def place_of(exchange: str) -> str:
    """Name an exchange as a place to go to."""
    return f"{'the' if exchange == DEFAULT_EXCHANGE else 'exchange'} {write_exchange(exchange)}"


def queue_type(arguments: Arguments) -> str:
    """Name the type of a queue: a classic one, where it does not say."""
    return text_in(arguments, "x-queue-type") or "classic"


def reasons_to_die(arguments: Arguments, expiration: str | None, version: Version) -> list[str]:
    """List of what a message can die in a queue, by the names that x-death has for it.

    expiration: the message's own.
    """
    return [
        "rejected",
        *["expired"] * expires(arguments, expiration, version),
        *["maxlen"] * overflows(arguments),
        *["delivery_limit"] * (queue_type(arguments) == "quorum" and limited(arguments, version)),
    ]


def expires(arguments: Arguments, expiration: str | None, version: Version) -> bool:
    """Tell whether a message does not stay for ever, by its own expiration or by the queue's."""
    if queue_type(arguments) == "quorum" and version < QUORUM_EXPIRES:
        return False
    return expiration is not None or TTL in arguments


def overflows(arguments: Arguments) -> bool:
    """Tell whether a message dies where a queue is full, and is not just refused."""
    full = any(name in arguments for name in LENGTHS)
    return full and text_in(arguments, OVERFLOW) != "reject-publish"


def limited(arguments: Arguments, version: Version) -> bool:
    """Tell whether a quorum queue gives a message up that came back too often."""
    limit = number_in(arguments, "x-delivery-limit")
    if limit is None:
        return version >= DELIVERY_LIMIT
    return limit >= 0 or version < DELIVERY_LIMIT


def refuse_arguments(queue: str, arguments: Arguments, version: Version) -> Iterator[Refusal]:
    """Check what the arguments of one queue.declare say of dead letters (rabbit_amqqueue.erl)."""
    for why in wrong_in(arguments, version):
        yield Refusal("declare", 406, f"queue {write_key(queue)}: {why}")


def wrong_in(arguments: Arguments, version: Version) -> Iterator[str]:
    """Say what is wrong with the arguments of a queue."""
    for name in (EXCHANGE, KEY):
        if name in arguments and text_in(arguments, name) is None:
            yield f"{name} must be text"
    if KEY in arguments and EXCHANGE not in arguments:
        yield f"{KEY} without {EXCHANGE}"
    for name in (TTL, *LENGTHS):
        number = number_in(arguments, name)
        if name in arguments and (number is None or number < 0):
            yield f"{name} must be a whole number, and not negative"
    if OVERFLOW in arguments and text_in(arguments, OVERFLOW) not in OVERFLOWS:
        yield f"{OVERFLOW} must be one of {', '.join(OVERFLOWS)}"
    for name in of_other_types(queue_type(arguments), version):
        if name in arguments:
            yield f"a {queue_type(arguments)} queue has no {name} on RabbitMQ {version}"


def of_other_types(kind: str, version: Version) -> Iterator[str]:
    """List what queues of a type do not take, of all that plays a part here.

    Source of what quorum queues do not take: rabbit_quorum_queue.erl, check_invalid_arguments.
    """
    if kind == "classic" and version >= OTHER_TYPES_ARGUMENTS:
        yield from QUORUM_ONLY
    if kind == "quorum":
        yield PRIORITIES
    if kind == "quorum" and version < QUORUM_EXPIRES:
        yield TTL
    if kind == "quorum" and version < OVERFLOW_OF_QUORUM:
        yield OVERFLOW
