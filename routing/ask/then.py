"""Where a message goes on to that dies in its queue, in a source with its policies."""

from collections.abc import Mapping

from routing.amqp.values import Value
from routing.ask.answer import Answer
from routing.rules.dead_letters import arrives
from routing.rules.hops import Hop, Queues, hops
from routing.rules.policies import Doubtful


def hops_after(answer: Answer) -> list[Hop]:
    """Follow each copy of a message through each death that it can die."""
    has, source = answer.asked.has, answer.asked.source
    arguments: dict[str, Mapping[str, Value]] = {}
    doubts: dict[str, str] = {}
    for queue in has.topology.queues:
        try:
            arguments[queue] = source.arguments_in_force(queue)
        except Doubtful as doubt:
            doubts[queue] = doubt.why
    copies = arrives(answer.route, answer.asked.version)
    return list(hops(Queues(has.ready, arguments, doubts), copies))
