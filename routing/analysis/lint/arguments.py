"""Arguments of queues and exchanges that read like others, and do nothing."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Final

from routing.amqp.notation import write_key
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject

OF_EXCHANGES: Final = frozenset({"alternate-exchange"})
OF_QUEUES: Final = frozenset(
    {
        *("x-dead-letter-exchange", "x-dead-letter-routing-key", "x-dead-letter-strategy"),
        *("x-message-ttl", "x-expires", "x-max-length", "x-max-length-bytes", "x-overflow"),
        *("x-max-in-memory-length", "x-max-in-memory-bytes", "x-max-priority", "x-max-age"),
        *("x-queue-type", "x-queue-mode", "x-queue-version", "x-single-active-consumer"),
        *("x-queue-master-locator", "x-queue-leader-locator", "x-initial-cluster-size"),
        *("x-quorum-initial-group-size", "x-quorum-target-group-size", "x-delivery-limit"),
        *("x-stream-max-segment-size-bytes", "x-stream-filter-size-bytes", "x-consumer-timeout"),
        *("x-consumer-disconnected-timeout", "x-delayed-retry-type", "x-delayed-retry-min"),
        *("x-delayed-retry-max",),
    }
)
"""What RabbitMQ looks at.  Source: rabbit_amqqueue.erl, declare_args, and the types of queues."""

NEAR: Final = 0.85
"""So much of two names is the same where one may be a slip of the other."""


def of_arguments(subject: Subject) -> Iterator[Finding]:
    """List arguments that are misspelt, as it seems; a broker passes over what it does not know."""
    parts = [("exchange", each.name, each.arguments, OF_EXCHANGES) for each in subject.exchanges]
    given = subject.source.arguments
    parts += [("queue", queue, given.get(queue, {}), OF_QUEUES) for queue in subject.queues]
    for noun, name, arguments, known in parts:
        for argument in arguments.keys() - known:
            plain = argument.lower().replace("_", "-")
            if near := get_close_matches(plain, known, n=1, cutoff=NEAR):
                said = f"its argument {write_key(argument)} does nothing; {near[0]} does"
                yield Finding("argument-misspelt", f"{noun} {write_key(name)}", said)
