"""Where dead letters go to, of a source."""

from collections.abc import Iterator
from contextlib import suppress

from routing.files.source import Source
from routing.rules.policies import Doubtful
from routing.rules.queue_arguments import EXCHANGE, KEY, text_in


def dead_letters(source: Source) -> Iterator[tuple[str, str | None]]:
    """Give exchange and key of each queue's dead letters, where that can be told.

    The key is None where they keep their own.
    """
    for queue in source.topology.queues:
        with suppress(Doubtful):
            arguments = source.arguments_in_force(queue)
            exchange = text_in(arguments, EXCHANGE)
            if exchange is not None:
                yield exchange, text_in(arguments, KEY)
