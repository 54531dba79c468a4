"""Where a message goes on to that dies in its queue, hop by hop."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.amqp.values import Value
from routing.ask.answer import Answer
from routing.rules.dead_letters import Copy, Death, arrives, dies
from routing.rules.policies import Doubtful
from routing.rules.queue_arguments import reasons_to_die

MOST_HOPS = 5
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


def hops(answer: Answer) -> list[Hop]:
    """Follow each copy of a message through each death that it can die."""
    source, version = answer.asked.source, answer.asked.version
    arguments: dict[str, Mapping[str, Value]] = {}
    doubts: dict[str, str] = {}
    for queue in answer.asked.has.topology.queues:
        try:
            arguments[queue] = source.arguments_in_force(queue)
        except Doubtful as doubt:
            doubts[queue] = doubt.why
    copies = arrives(answer.route, version)
    return list(following(answer, copies, arguments, doubts, ()))


def following(
    answer: Answer,
    copies: Sequence[Copy],
    arguments: Mapping[str, Mapping[str, Value]],
    doubts: Mapping[str, str],
    before: tuple[tuple[str, str], ...],
) -> Iterator[Hop]:
    """Let copies die, and follow what comes of each death.

    before: the queue and the reason of each death on the way here; of one that comes again, so does
    all that follows.
    """
    ready, version = answer.asked.has.ready, answer.asked.version
    for copy in copies:
        if copy.queue in doubts:
            yield Hop(Death(copy, "any death", undecided=doubts[copy.queue]), len(before))
            continue
        for reason in reasons_to_die(arguments.get(copy.queue, {}), copy.expiration, version):
            death = dies(ready, arguments, copy, reason)
            now = (copy.queue, reason)
            last = now in before or len(before) + 1 == MOST_HOPS
            yield Hop(death, len(before), further=last and bool(death.copies))
            if not last:
                yield from following(answer, death.copies, arguments, doubts, (*before, now))
