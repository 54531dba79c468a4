"""What is seen while messages come and go: a line for each, and a screen for all queues."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_exchange, write_key, write_sent, write_table, write_text
from routing.amqp.topology import Scenario, Topology
from routing.amqp.values import Value
from routing.broker import Broker
from routing.play.resting import deaths_in
from routing.rules.life import keeps
from routing.terminals import leases
from routing.terminals.alone import Alone
from routing.terminals.sending import Sent
from routing.terminals.shared import Arrival, Shared, watch
from routing.view.colours import BAD, GOOD, QUIET, STRONG
from routing.view.command_line import announce, harmless
from routing.view.explained import Explained
from routing.view.lived import hop_told, indent, x_death_told
from routing.view.marks import Marks, marks_for
from routing.view.routed import LEAST_MESSAGE, MOST_COLUMNS

Awaited = TypeVar("Awaited")

GAP = "  "

OF_DEATHS = "x-death|x-(first|last)-death-(queue|reason|exchange)"
"""The headers in which a broker tells of deaths."""

DIFFERENT = "NOT as predicted: what is bound there differs from what is written here."
DIFFERENT_ALONE = "NOT as predicted: the queue came, went, or is full."

FURNITURE = 9
"""Lines of the screen that are not messages."""

RETURNED = "returned"

TIME = 10
"""Cells of a line that show the time."""


def arrived(arrival: Arrival, *, with_queue: bool = False) -> Text:
    """Write one message in one line: time, exchange, key, headers, body."""
    text = Text().append(f"{arrival.at:%H:%M:%S}", QUIET)
    if with_queue:
        queue, style = (RETURNED, BAD) if arrival.returned else (write_key(arrival.queue), STRONG)
        text.append(GAP + queue, style)
    text.append(GAP + write_exchange(arrival.exchange) + GAP)
    text.append(write_key(arrival.routing_key), STRONG)
    for told in headers_told(arrival.headers):
        text.append(GAP + told)
    if arrival.body:
        text.append(GAP + write_body(arrival.body), QUIET)
    return text.append(GAP + "(redelivered)", BAD) if arrival.redelivered else text


def headers_told(headers: Mapping[str, Value]) -> Iterator[str]:
    """Write headers; what a broker writes of deaths in short."""
    deaths = deaths_in(headers)
    if not all(isinstance(each.get("count"), int) for each in deaths):
        deaths = []  # a producer wrote them, and no broker
    own = {k: v for k, v in headers.items() if not (deaths and re.fullmatch(OF_DEATHS, k))}
    if own:
        yield write_table(own)
    if deaths:
        yield x_death_told(deaths)


def write_body(body: str) -> str:
    """Write a body as it is, unless it would do something to the terminal."""
    return body if body.isprintable() else write_text(body)


def told(sent: Sent) -> Group:
    """Tell where a message must arrive and why, and what the broker did."""
    unread = [queue for queue in sent.route.copies if not sent.consumers.get(queue)]
    unread = [queue for queue in unread if not keeps(sent.topology, queue)]
    return Group(
        Text(f"To {write_sent(sent.route.message)}:"),
        destined(sent),
        *[Text(unclaimed(unread, None if sent.alone else leases.LEASE))] * bool(unread),
        *[Explained(sent.route, sent.topology)] * bool(sent.topology.queues),
        *deaths_that_may_follow(sent),
        Text(outcome(sent)),
        *[Text(DIFFERENT_ALONE if sent.alone else DIFFERENT)] * (not sent.agrees),
    )


def left_behind(scenario: Scenario, messages: int | None) -> str:
    """Say that something else had been left under the names of a scenario, if anything had."""
    if messages is None:
        return ""
    waited = {0: "", 1: ", with a message that waited there"}
    more = waited.get(messages, f", with {messages} messages that waited there")
    name = write_key(scenario.name)
    return f"What another version of {name} had left here is deleted{more}."


def outcome(sent: Sent) -> str:
    """Say whether the broker took a message, which is all that a sender hears of it."""
    if sent.came_back is not None:
        return f"Returned by RabbitMQ ({sent.came_back}): {sent.untaken}."
    if sent.alone:
        return "Sent: RabbitMQ took it."
    return "Sent: RabbitMQ took it; which queues got it, a receiver or watcher sees."


def waiting(place: str, declared: str | None = None) -> Text:
    """Say where messages are waited for, and how that was declared, if it was."""
    said = f"Waiting for messages in {place}."
    if declared:
        said += f"\nIt was not there, so this declared it: {declared}"
    return Text(f"{said}\nCtrl-C ends this.")


def whereabouts(name: str, broker: Broker) -> str:
    """Tell what it is called on which broker."""
    return f"{write_key(name)} on {broker.product} {broker.version} at {broker.address}"


def ended(*, last: bool) -> Text:
    """Say that a program has ended, and what stays."""
    stays = "nobody else was here, so all of it is deleted" if last else "others are here"
    return Text(f"Ended: {stays}.")


def ended_alone(alone: Alone) -> Text:
    """Say that a program has ended that received from a queue under its own name."""
    queue = write_key(alone.queue)
    if alone.stays:
        return Text(f"Ended: {queue} stays, because {alone.stays}.")
    return Text(f"Ended: {queue} was declared here, and is deleted.")


def deaths_that_may_follow(sent: Sent) -> list[RenderableType]:
    """Tell what comes next where messages die in queues; that depends on who receives."""
    if not sent.deaths:
        return []
    said = "then, if it dies there (receive takes what comes, and rejects nothing):"
    # Not padded: where lines are as long as they are, rich would cut them.
    return [Text(said), *(Text(" " * indent(hop) + hop_told(hop)) for hop in sent.deaths)]


def destined(sent: Sent) -> Text:
    """Say which queues must get a message, as far as the file tells that was read here."""
    name = write_key(sent.topology.name)
    text = Text("" if sent.alone else f"As {name} is written here, it ")
    if sent.route.returned:
        return text.append("must come back: no queue gets it", STRONG)
    return text.append("must arrive in ").append(listed(sent.route.copies), STRONG)


def unclaimed(queues: Iterable[str], lease: float | None) -> str:
    """Say where nobody takes a message yet, and how long it waits there."""
    limit = "" if lease is None else f", for {lease:.0f} s if nobody comes"
    return f"Nobody receives from {listed(queues)} yet: it waits there{limit}."


def listed(queues: Iterable[str]) -> str:
    """Write the names of queues."""
    return ", ".join(map(write_key, sorted(queues)))


@dataclass
class Watched:
    """Every queue's arrivals, the newest messages that fit the screen.

    rows: by message, its first arrival and the copies in each queue.
    returned: how many messages came back to those who sent them here.
    note: what is to be said besides.
    """

    title: str
    topology: Topology
    rows: dict[str, tuple[Arrival, Counter[str]]] = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)
    returned: int = 0
    note: str = ""

    def enter(self, arrival: Arrival) -> None:
        """Count one copy, or one message that came back."""
        _, copies = self.rows.setdefault(arrival.message_id, (arrival, Counter()))
        if arrival.returned:
            self.returned += 1
            return
        copies[arrival.queue] += 1
        self.totals[arrival.queue] += 1

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, a line for each message, and how many copies each queue got."""
        yield Text(self.title, STRONG)
        yield Text("Ctrl-C ends this.", QUIET)
        yield Text(harmless(self.note), BAD)
        marks = marks_for(options)
        rows, width, room = list(self.rows.values()), options.max_width, console.height - FURNITURE
        if len(self.topology.queues) > MOST_COLUMNS or self.cells() + LEAST_MESSAGE + TIME > width:
            lines = 1 + self.cells() // (width // 3)  # of a row that names every queue
            yield self.named(rows[-max(1, room // lines) :], marks)
        else:
            yield self.marked(rows[-max(1, room) :], marks)

    def cells(self) -> int:
        """Tell how wide the names of all queues are."""
        return sum(cell_len(write_key(queue)) + len(GAP) for queue in self.topology.queues)

    def marked(self, rows: Sequence[tuple[Arrival, Counter[str]]], marks: Marks) -> Table:
        """Mark each copy in the column of its queue, and what came back across all of them."""
        queues = self.topology.queues
        names = [Text(write_key(queue)) for queue in queues]
        totals = [Text(str(self.totals[queue]), STRONG) for queue in queues]
        marked = [
            [
                Text(marks.arrived * copies[queue] or marks.nothing, GOOD * bool(copies[queue]))
                for queue in queues
            ]
            for _, copies in rows
        ]
        columns = zip(names, totals, *marked, strict=True)
        widths = [max(cell.cell_len for cell in column) for column in columns]
        table = self.table(marks)
        table.add_column(beside(names, widths), beside(totals, widths), no_wrap=True)
        for (first, _), cells in zip(rows, marked, strict=True):
            mark = Text(RETURNED, BAD) if first.returned else beside(cells, widths)
            table.add_row(f"{first.at:%H:%M:%S}", message_of(first), mark)
        return table

    def named(self, rows: Sequence[tuple[Arrival, Counter[str]]], marks: Marks) -> Table:
        """Name the queues of each message, where columns would not fit."""
        table = self.table(marks)
        table.add_column("arrived in", Text(counted(self.totals), STRONG), ratio=1)
        for first, copies in rows:
            arrivals = Text(RETURNED, BAD) if first.returned else Text(counted(copies), GOOD)
            table.add_row(f"{first.at:%H:%M:%S}", message_of(first), arrivals)
        return table

    def table(self, marks: Marks) -> Table:
        """Make a table with time and message, and copies counted at its foot."""
        table = Table(box=None, padding=(0, 2, 0, 0), show_footer=True, expand=True)
        table.add_column("time", Text("copies"), min_width=8)
        returned = Text(f"{self.returned} returned" if self.returned else "", BAD)
        table.add_column("message", returned, no_wrap=True, overflow=marks.cut, ratio=1)
        return table


def beside(cells: Sequence[Text], widths: Sequence[int]) -> Text:
    """Write cells beside one another, each in the middle of its width."""
    for cell, width in zip(cells, widths, strict=True):
        cell.align("center", width)
    return Text(GAP).join(cells)


def counted(copies: Counter[str]) -> str:
    """Write queues, and how many copies each got where it was not one."""
    return ", ".join(
        write_key(queue) + (f" x{number}" if number > 1 else "")
        for queue, number in sorted(copies.items())
    )


def message_of(arrival: Arrival) -> Text:
    """Write what a message was published with, all but its exchange."""
    text = Text(write_key(arrival.routing_key), STRONG)
    text.append(GAP + write_table(arrival.headers) if arrival.headers else "")
    return text.append(GAP + write_body(arrival.body) if arrival.body else "", QUIET)


Wait = Callable[[Callable[[str], object]], Awaited]
"""Waits until a screen is over, and gives why; it is handed what says a thing meanwhile."""


def follow(shared: Shared, wait: Wait[Awaited], console: Console, title: str) -> Awaited:
    """Show what every queue gets until it is time to end: on a screen, or in a pipe in lines."""
    show = follow_on_screen if console.is_terminal else follow_in_lines
    return show(shared, wait, console, title)


@contextmanager
def filled(console: Console, watched: RenderableType) -> Iterator[Live]:
    """Fill the screen, and leave its last state behind, even where the broker goes away."""
    try:
        # Once a second for a window that changes its size; what arrives is shown at once.
        with Live(watched, console=console, screen=True, refresh_per_second=1) as screen:
            yield screen
    except Exception:
        console.print(watched)
        raise
    console.print(watched)


def follow_on_screen(shared: Shared, wait: Wait[Awaited], console: Console, title: str) -> Awaited:
    """Fill the screen with what arrives, and leave its last state behind."""
    watched = Watched(title, shared.topology)
    with filled(console, watched) as screen:

        def on_arrival(arrival: Arrival) -> None:
            watched.enter(arrival)
            screen.refresh()

        def tell(text: str) -> None:
            watched.note = text
            screen.refresh()

        watch(shared, on_arrival)
        return wait(tell)


def follow_in_lines(shared: Shared, wait: Wait[Awaited], console: Console, title: str) -> Awaited:
    """Print a line for each copy."""
    watch(shared, lambda each: console.print(arrived(each, with_queue=True), soft_wrap=True))
    console.print(Text(title), soft_wrap=True)
    return wait(announce)
