"""Each death that a copy can die where it lies, and each that can follow, hop by hop."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from routing.rules.dead_letters import Copy, Death, dies
from routing.rules.predict import Prepared
from routing.rules.queue_arguments import Arguments, reasons_to_die

MOST_HOPS: Final = 5
"""A message that is rejected again and again may go round for ever."""


@dataclass(frozen=True)
class Hop:
    """A death, and what can come after it.

    depth: how many deaths came before it.
    further: whether it goes on beyond what is told.
    """

    death: Death
    depth: int
    further: bool = False


@dataclass(frozen=True)
class Queues:
    """The queues of a topology, as far as messages die in them.

    arguments: of those that have some; doubts: why it is not known which one has.
    """

    ready: Prepared
    arguments: Mapping[str, Arguments]
    doubts: Mapping[str, str] = field(default_factory=dict)


def hops(
    queues: Queues, copies: Sequence[Copy], before: tuple[tuple[str, str], ...] = ()
) -> Iterator[Hop]:
    """Let copies die of whatever they can, and follow what comes of each death.

    before: the queue and the reason of each death on the way here; of one that comes again, so does
    all that follows.
    """
    ready, arguments = queues.ready, queues.arguments
    for copy in copies:
        if copy.queue in queues.doubts:
            doubt = queues.doubts[copy.queue]
            yield Hop(Death(copy, "any death", undecided=doubt), len(before))
            continue
        of_queue = arguments.get(copy.queue, {})
        for reason in reasons_to_die(of_queue, copy.expiration, ready.version):
            death = dies(ready, arguments, copy, reason)
            now = (copy.queue, reason)
            last = now in before or len(before) + 1 == MOST_HOPS
            yield Hop(death, len(before), further=last and bool(death.copies))
            if not last:
                yield from hops(queues, death.copies, (*before, now))
