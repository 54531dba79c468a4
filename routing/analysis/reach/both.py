"""A message that reaches two queues."""

from collections.abc import Collection

from routing.amqp.topology import Message
from routing.analysis.bound import Bound
from routing.analysis.messages import Messages, size_of
from routing.analysis.net import Net, at_queues
from routing.analysis.ways import ways


def smallest_reaching(net: Net, entry: str, queues: Collection[str]) -> Message | None:
    """Find a small message that reaches all of some queues from an exchange, if one does.

    Raises NotDecided where that takes too long, or what an exchange does is not known.
    """
    wanted = at_queues(queues)
    found = ways(net, entry, wanted)
    messages = Messages(found.asked)
    reaching = (
        messages.message(each, entry)
        for each in messages.classes(Bound())
        if found.arriving(each.taking) == wanted
    )
    return min(reaching, key=size_of, default=None)
