"""Queues in which messages die: of what, and where they go then."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import Topology
from routing.rules.queue_arguments import EXCHANGE, KEY, write_onward


@dataclass(frozen=True)
class DeadlyQueues:
    """A table with a line for each queue in which messages die; nothing where there is none."""

    topology: Topology

    def __rich_console__(self, _console: Console, _options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        if not self.topology.is_deadly:
            return
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("queue", "dies there", "dead letters to"):
            table.add_column(heading, overflow="fold")
        for queue in self.topology.queues:
            if dying := ", ".join(why_there(self.topology, queue)):
                onward = write_onward(self.topology.queue_arguments.get(queue, {}))
                table.add_row(*map(Text, (write_key(queue), dying, onward or "nowhere")))
        yield table


def why_there(topology: Topology, queue: str) -> Iterator[str]:
    """Say of what messages die in a queue."""
    if queue in topology.rejecting:
        yield "all: its consumer rejects"
    for name, value in topology.queue_arguments.get(queue, {}).items():
        if name not in (EXCHANGE, KEY):
            yield f"{name}={write_value(value)}"
