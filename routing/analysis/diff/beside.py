"""What differs besides routes: what a RabbitMQ refuses, and where dead letters go."""

from collections.abc import Iterator, Mapping

from routing.amqp.notation import write_key
from routing.amqp.values import Value
from routing.amqp.versions import Version
from routing.analysis.diff.written import queues
from routing.analysis.net import Net
from routing.convert.refused import ENDS, refused_by
from routing.files.source import Source
from routing.rules.policies import Doubtful
from routing.rules.queue_arguments import EXCHANGE, KEY, text_in, write_onward

Side = tuple[Source, Version]


def differs_besides(old: Side, new: Side) -> Iterator[str]:
    """Say what is refused on one side alone, and which dead letters go elsewhere."""
    before, after = (
        {each.said.removesuffix(ENDS): each.said for each in refused_by(*side)}
        for side in (old, new)
    )
    yield from (f"refused now: {after[each]}" for each in after if each not in before)
    yield from (f"refused no longer: {before[each]}" for each in before if each not in after)
    went, go = (dict(dead_letters(*side)) for side in (old, new))
    for queue in went:
        if queue in go and went[queue] != go[queue]:
            yield f"queue {write_key(queue)}: dead letters went {went[queue]}, and now {go[queue]}"


def dead_letters(source: Source, version: Version) -> Iterator[tuple[str, str]]:
    """Say of each queue where its dead letters go."""
    net = Net(source.loaded(version).ready)
    for queue in source.topology.queues:
        try:
            arguments = source.arguments_in_force(queue)
        except Doubtful as doubt:
            yield queue, f"where cannot be told, as {doubt.why}"
            continue
        onward = write_onward(arguments)
        yield queue, f"to {onward}{taken(net, arguments)}" if onward else "nowhere"


def taken(net: Net, arguments: Mapping[str, Value]) -> str:
    """Say which queues get dead letters that are handed on with another key."""
    exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
    if exchange is None or key is None:
        return ""
    if exchange not in net.ready.exchanges:
        return ", which is not there"
    reached = net.by_key(exchange, key)
    return "" if reached is None else f" ({queues(reached)})"
