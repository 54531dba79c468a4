"""What differs besides routes: what a RabbitMQ refuses, and where dead letters go."""

from collections.abc import Iterator

from routing.amqp.notation import write_key
from routing.amqp.versions import Version
from routing.convert.refused import refused_by
from routing.files.source import Source
from routing.rules.policies import Doubtful
from routing.rules.queue_arguments import write_onward

Side = tuple[Source, Version]


def differs_besides(old: Side, new: Side) -> Iterator[str]:
    """Say what is refused on one side alone, and which dead letters go elsewhere."""
    before, after = (dict.fromkeys(each.said for each in refused_by(*side)) for side in (old, new))
    yield from (f"refused now: {each}" for each in after if each not in before)
    yield from (f"refused no longer: {each}" for each in before if each not in after)
    went, go = (dict(dead_letters(source)) for source, _ in (old, new))
    for queue in went:
        if queue in go and went[queue] != go[queue]:
            yield f"queue {write_key(queue)}: dead letters went {went[queue]}, and now {go[queue]}"


def dead_letters(source: Source) -> Iterator[tuple[str, str]]:
    """Say of each queue where its dead letters go."""
    for queue in source.topology.queues:
        try:
            onward = write_onward(source.arguments_in_force(queue))
        except Doubtful as doubt:
            onward = f"where cannot be told, as {doubt.why}"
        yield queue, f"to {onward}" if onward else "nowhere"
