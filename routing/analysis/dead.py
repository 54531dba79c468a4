"""Where dead letters go to, and where they come to a place from."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.analysis.net import Net, Place
from routing.files.source import Source
from routing.rules.policies import Doubtful
from routing.rules.queue_arguments import EXCHANGE, KEY, text_in

Onward = tuple[str, str | None]
"""The exchange to which a queue hands what dies in it, and the key; None where that is kept."""


def dead_letters(source: Source) -> Iterator[Onward]:
    """Give where each queue's dead letters go, where that can be told."""
    for queue in source.topology.queues:
        with suppress(Doubtful):
            arguments = source.arguments_in_force(queue)
            exchange = text_in(arguments, EXCHANGE)
            if exchange is not None:
                yield exchange, text_in(arguments, KEY)


def entries_to(net: Net, dead: Iterable[Onward], place: Place) -> list[str]:
    """Name the exchanges from which messages come to a place, dead letters among them.

    The default exchange hands on what keeps its key, or has the name of that queue for one.
    """
    leading = net.leading_to(place)
    found = {
        exchange
        for exchange, key in dead
        if exchange in leading
        and (exchange != DEFAULT_EXCHANGE or key is None or place == (True, key))
    }
    return [*dict.fromkeys([*net.entries_to(place), *sorted(found)])]
