"""Queues in which messages die: of what, and where they go then."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_exchange, write_key, write_value
from routing.amqp.topology import DEFAULT_EXCHANGE, Topology
from routing.rules.queue_arguments import EXCHANGE, KEY, text_in
from routing.view.marks import marks_for


@dataclass(frozen=True)
class DeadlyQueues:
    """A table with a line for each queue in which messages die; nothing where there is none."""

    topology: Topology

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        if not self.topology.is_deadly:
            return
        into = marks_for(options).into
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("queue", "dies there", "", "dead letters to"):
            table.add_column(heading, overflow="fold")
        for queue in self.topology.queues:
            if dying := ", ".join(why_there(self.topology, queue)):
                onward = write_onward(self.topology, queue)
                arrow = into if onward else ""
                table.add_row(*map(Text, (write_key(queue), dying, arrow, onward or "nowhere")))
        yield table


def why_there(topology: Topology, queue: str) -> Iterator[str]:
    """Say of what messages die in a queue."""
    if queue in topology.rejecting:
        yield "all: its consumer rejects"
    for name, value in topology.queue_arguments.get(queue, {}).items():
        if name not in (EXCHANGE, KEY):
            yield f"{name}={write_value(value)}"


def write_onward(topology: Topology, queue: str) -> str | None:
    """Write where what dies in a queue goes on to; None where it goes nowhere."""
    arguments = topology.queue_arguments.get(queue, {})
    exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
    if exchange is None:
        return None
    there = place_of(exchange)
    return there if key is None else f"{there}, with key {write_key(key)}"


def place_of(exchange: str) -> str:
    """Name an exchange as a place to go to."""
    return f"{'the' if exchange == DEFAULT_EXCHANGE else 'exchange'} {write_exchange(exchange)}"
