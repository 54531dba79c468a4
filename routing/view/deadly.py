"""Queues in which messages die: of what, and where they go then."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult

from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import Topology
from routing.rules.life import PATIENCE, takes_nothing
from routing.rules.queue_arguments import EXCHANGE, KEY, write_onward
from routing.view.headed import Headed


@dataclass(frozen=True)
class DeadlyQueues:
    """A table with a line for each queue in which messages die; nothing where there is none."""

    topology: Topology

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        if not self.topology.is_deadly:
            return
        lines = [line for queue in self.topology.queues for line in told_of(self.topology, queue)]
        yield Headed(("queue", "dies there", "dead letters to"), lines)


def told_of(topology: Topology, queue: str) -> Iterator[tuple[str, str, str]]:
    """Write the line of a queue, if messages die in it."""
    if dying := ", ".join(why_there(topology, queue)):
        onward = write_onward(topology.queue_arguments.get(queue, {}))
        yield write_key(queue), dying, onward or "nowhere"


def why_there(topology: Topology, queue: str) -> Iterator[str]:
    """Say of what messages die in a queue."""
    arguments = topology.queue_arguments.get(queue, {})
    if queue in topology.rejecting and not takes_nothing(arguments):
        yield f"all: rejected, up to {PATIENCE} times"
    for name, value in arguments.items():
        if name not in (EXCHANGE, KEY):
            yield f"{name}={write_value(value)}"
