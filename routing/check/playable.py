"""Whether a case can be played on a broker as it is written, and within seconds."""

from collections.abc import Iterator
from typing import Final

from routing.amqp.json_parts import brief
from routing.amqp.names import PERHAPS, PREDECLARED, REPLY_TO, is_by_queues_name, kept
from routing.amqp.topology import DEFAULT_EXCHANGE, MOST_BYTES
from routing.amqp.values import encode
from routing.files.cases import Case
from routing.play.declare import new_prefix, renamed
from routing.rules.cost import MOST_VISITS, TOO_COSTLY, cost, tries
from routing.rules.frames import MOST_IN_TABLE
from routing.rules.refusal import further_keys
from routing.rules.validity import MOST_QUEUES

PREFIX: Final = len(new_prefix())
"""So many bytes go before each name, and before a key that the default exchange takes for one."""


def obstacle(case: Case, *, own: bool) -> str | None:
    """Say what keeps a case from being played, if anything does.

    own: whether nobody else uses the broker.
    """
    if not own and (used := next(filter(is_always_there, names_in(case)), None)):
        return (
            f"{brief(used)} keeps its real name, which is used on a private node alone: leave out "
            "AMQP_URL, or name a version"
        )
    if any(map(is_by_queues_name, case.topology.every_binding)):
        return (
            "a binding of queue and key without a name is by the queue's own, "
            "before which a run puts a prefix: write them out"
        )
    if any(kept(queue).startswith(REPLY_TO) for queue in case.topology.queues):
        return "its queue belongs to direct reply-to, where no message can be waited for"
    for name in names_in(case):
        if len(renamed(name, "-" * PREFIX).encode()) > MOST_BYTES:
            return (
                f"{brief(name)} has {len(name.encode())} bytes, and a run puts {PREFIX} more "
                f"before it, of which {MOST_BYTES} in all are the most: shorten it"
            )
    if len(case.topology.queues) > MOST_QUEUES:
        return (
            f"its {len(case.topology.queues):,} queues are more than the {MOST_QUEUES:,} that a "
            "broker declares in acceptable time: leave some out"
        )
    largest = max(sizes_in(case), default=0)
    if largest > MOST_IN_TABLE:
        return (
            f"arguments or headers of {largest:,} bytes do not fit into a frame, which has room "
            f"for {MOST_IN_TABLE:,}: shorten them"
        )
    return TOO_COSTLY if cost(tries(case.topology), case.message) > MOST_VISITS else None


def uses_real_names(case: Case) -> bool:
    """Tell whether an exchange is used that is there for all who use a broker."""
    return any(map(is_always_there, names_in(case)))


def is_always_there(name: str) -> bool:
    """Tell whether an exchange of this name is there for all who use a broker."""
    return kept(name) in (*PREDECLARED, *PERHAPS)


def names_in(case: Case) -> Iterator[str]:
    """List what is declared, bound or published to under another name than the case has."""
    for exchange in case.topology.exchanges:
        yield from (exchange.name, exchange.alternate or "")
    yield from case.topology.queues
    for binding in case.topology.every_binding:
        yield from (binding.source, binding.destination)
    yield case.message.exchange
    if case.message.exchange == DEFAULT_EXCHANGE:
        yield case.message.routing_key


def sizes_in(case: Case) -> Iterator[int]:
    """Give the bytes of each table that is sent, with a prefix for each key in CC and BCC."""
    yield from (len(encode(exchange.arguments)) for exchange in case.topology.exchanges)
    for binding in case.topology.every_binding:
        yield len(encode(binding.arguments))
    yield len(encode(case.message.headers)) + PREFIX * (1 + len(further_keys(case.message)))
