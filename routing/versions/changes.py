"""The lesson: what changed for who declares, binds and publishes, from RabbitMQ 3.8 to 4.3."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.values import Repeated, Typed, Value
from routing.amqp.versions import (
    DURABLE_OR_EXCLUSIVE,
    SMALL_MESSAGES,
    Version,
    largest_body,
)
from routing.files.cases import Case
from routing.versions.acts import declare_queue, send_body, send_dead_letter_again
from routing.versions.question import Act, Question


def sent(exchange_type: str, binding: Binding, message: Message) -> Case:
    """Send one message through one binding to one queue."""
    topology = Topology(exchanges=[Exchange("x", exchange_type)], queues=["q"], bindings=[binding])
    return Case("", topology, message, {})


def by_headers(wanted: Mapping[str, Value], headers: Mapping[str, Value]) -> Case:
    """Send a message with headers, which a binding asks for."""
    return sent("headers", Binding("x", "q", "", wanted), Message("x", "", headers))


def by_type(exchange_type: str) -> Case:
    """Send a message through an exchange of a type."""
    return sent(exchange_type, Binding("x", "q"), Message("x"))


NOON: Final = Typed("timestamp", 1_700_000_000)

LARGE: Final = largest_body(SMALL_MESSAGES) + 1

LESSON: Final = (
    Question(
        "x-match: any-with-x",
        by_headers({"x-match": "any-with-x", "x-tier": "gold"}, {"x-tier": "gold"}),
        "3.10.0: -with-x modes are new",
        "rabbit_exchange_type_headers.erl, #4143",
    ),
    Question(
        "classic queue, x-max-age=1h",
        Act(
            partial(declare_queue, exclusive=True, arguments={"x-max-age": "1h"}),
            "accepted",
            Version(3, 10, 0),
            "406",
        ),
        "3.10.0: not an argument of this type of queue",
        "rabbit_amqqueue.erl, #4572",
    ),
    Question(
        "pages=1 asked, 1.0 sent",
        by_headers({"pages": 1}, {"pages": 1.0}),
        "3.13.0: types count, too",
        "rabbit_exchange_type_headers.erl, #5077",
    ),
    Question(
        "one timestamp, asked and sent",
        by_headers({"at": NOON}, {"at": NOON}),
        "3.13.0: sent in milliseconds, asked in seconds",
        "mc_amqpl.erl, #5077",
    ),
    Question(
        "eu asked; eu, then us sent",
        by_headers({"to": "eu"}, Repeated([("to", "eu"), ("to", "us")])),
        "3.13.0: the last of one name counts",
        "mc_amqpl.erl, #5077",
    ),
    Question(
        "exchange of type banana",
        by_type("banana"),
        "3.13.3: costs the channel, not the connection",
        "rabbit_exchange.erl",
    ),
    Question(
        "a body of 16 MiB and a byte",
        Act(partial(send_body, size=LARGE), "arrives", SMALL_MESSAGES, "406"),
        "4.0.0: the most was 128 MiB, and is 16",
        "max_message_size",
    ),
    Question(
        "a dead letter, sent again",
        Act(send_dead_letter_again, "dropped", Version(4, 0, 0), "arrives"),
        "4.0.0: x-death of a client is no longer read",
        "mc_amqpl.erl, recover_deaths",
    ),
    Question(
        "exchange of x-local-random",
        by_type("x-local-random"),
        "4.0.0: new, a queue at random",
        "rabbit_exchange_type_local_random.erl",
    ),
    Question(
        "0.0 asked, -0.0 sent",
        by_headers({"degrees": 0.0}, {"degrees": -0.0}),
        "Erlang 27 (from 4.0.3 on) tells them apart",
        "rabbit_exchange_type_headers.erl",
    ),
    Question(
        "queue neither durable nor exclusive",
        Act(
            partial(declare_queue, auto_delete=True),
            "accepted",
            DURABLE_OR_EXCLUSIVE,
            "541",
        ),
        "4.3.0: only where a setting permits it",
        "rabbit_amqqueue.erl",
    ),
    Question(
        "exchange of x-modulus-hash",
        by_type("x-modulus-hash"),
        "4.3.0: new, without a plugin",
        "rabbit_exchange_type_modulus_hash.erl",
    ),
    Question(
        "queue with x-queue-master-locator",
        Act(
            partial(
                declare_queue, exclusive=True, arguments={"x-queue-master-locator": "min-masters"}
            ),
            "accepted",
            Version(4, 3, 0),
            "541",
        ),
        "4.3.0: not permitted any more",
        "rabbit_amqqueue.erl, release notes",
    ),
    Question(
        "topic key #.a.#.b.#",
        sent("topic", Binding("x", "q", "#.a.#.b.#"), Message("x", "a.b")),
        "4.3.5: two # are the most",
        "rabbit_exchange_type_topic.erl, #17039",
    ),
)
"""In the order in which it changed."""
