"""What is seen while messages come and go: a line for each, and a screen for all queues."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from routing.live import Arrival
from routing.model import Topology
from routing.notation import write_exchange, write_key, write_table, write_text
from routing.predict import Route
from routing.view.marks import marks_for
from routing.view.routed import ARRIVED

GAP = "  "

FURNITURE = 9
"""Lines of the screen that are not messages."""


def arrived(arrival: Arrival, *, with_queue: bool = False) -> Text:
    """Write one message in one line: time, exchange, key, headers, body."""
    text = Text(f"{arrival.at:%H:%M:%S}", "dim")
    if with_queue:
        text.append(GAP + write_key(arrival.queue), "bold")
    text.append(GAP + write_exchange(arrival.exchange) + GAP)
    text.append(write_key(arrival.routing_key), "bold")
    if arrival.headers:
        text.append(GAP + write_table(arrival.headers))
    if arrival.body:
        text.append(GAP + write_body(arrival.body), "green")
    return text.append(GAP + "(redelivered)", "yellow") if arrival.redelivered else text


def write_body(body: str) -> str:
    """Write a body as it is, unless it would do something to the terminal."""
    return body if body.isprintable() else write_text(body)


def destined(route: Route, consumers: Mapping[str, int], lease: float) -> Text:
    """Say which queues must get a message, and where nobody takes it yet."""
    if route.returned:
        return Text("must come back: no queue gets it", "bold")
    text = Text("must arrive in ").append(listed(route.copies), "bold")
    unread = [queue for queue in route.copies if not consumers.get(queue)]
    if unread:
        text.append(f"\nNobody receives from {listed(unread)} yet: it waits there, ")
        text.append(f"for {lease:.0f} s if nobody comes.")
    return text


def listed(queues: Iterable[str]) -> str:
    """Write the names of queues."""
    return ", ".join(map(write_key, sorted(queues)))


@dataclass
class Watched:
    """Every queue's arrivals, the newest messages that fit the screen.

    rows: by message, its first arrival and the copies in each queue.
    """

    title: str
    topology: Topology
    rows: dict[str, tuple[Arrival, Counter[str]]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)

    def enter(self, arrival: Arrival) -> None:
        """Count one copy."""
        _, copies = self.rows.setdefault(arrival.message_id, (arrival, Counter()))
        copies[arrival.queue] += 1
        self.totals[arrival.queue] += 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, a line for each message, and how many each queue got."""
        yield Text(self.title, "bold")
        yield Text("Ctrl-C ends this.", "dim")
        yield Text()
        marks = marks_for(options)
        table = Table(box=None, padding=(0, 2, 0, 0), show_footer=True)
        table.add_column("time", Text("copies", "dim"), style="dim")
        table.add_column("message", no_wrap=True, ratio=1)
        for queue in self.topology.queues:
            total = Text(str(self.totals[queue]), "bold")
            table.add_column(Text(write_key(queue)), total, justify="center")
        for first, copies in list(self.rows.values())[-max(1, console.height - FURNITURE) :]:
            cells = [
                Text(marks.arrived * copies[queue], ARRIVED) if copies[queue] else marks.nothing
                for queue in self.topology.queues
            ]
            table.add_row(f"{first.at:%H:%M:%S}", message_of(first), *cells)
        yield table


def message_of(arrival: Arrival) -> Text:
    """Write what a message was published with, all but its exchange."""
    text = Text(write_key(arrival.routing_key), "bold")
    text.append(GAP + write_table(arrival.headers) if arrival.headers else "")
    return text.append(GAP + write_body(arrival.body) if arrival.body else "", "green")
