"""What is seen of a whole class: a screen with the newest messages, or in a pipe a line each."""

from collections import deque
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from functools import partial

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_key, write_table
from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.broker import Broker
from routing.terminals.room import Published, follow
from routing.terminals.screen import filled
from routing.terminals.stopping import Stop
from routing.view.colours import BAD, GOOD, QUIET, STRONG
from routing.view.marks import Marks, marks_for

GAP = "  "


COLUMNS = (
    ("time", 8, None),
    ("who", 15, None),
    ("exchange", 16, None),
    ("message", None, 2),
    ("arrived in", None, 3),
)
"""Their headings, how wide they may become, and how they share what is left."""

FURNITURE = 6
"""Lines of the screen that are not messages."""

MOST_ROWS = 200
"""So many messages are kept for a screen, however high."""


def follow_room(broker: Broker, stop: Stop, console: Console) -> None:
    """Show what a class sends until it is time to end."""
    watched = Room(f"Watching the class on {broker.product} {broker.version} at {broker.address}.")
    if not console.is_terminal:
        follow(broker, stop, partial(in_lines, console, watched))
        return
    with filled(console, watched) as screen:

        def show(rows: Sequence[Published], absent: Set[str], passed: int) -> None:
            watched.enter(rows, absent, passed)
            if rows or passed:
                screen.refresh()

        follow(broker, stop, show)


def in_lines(
    console: Console, watched: "Room", rows: Sequence[Published], absent: Set[str], passed: int
) -> None:
    """Print a line for each message; the title first, once nothing can be missed."""
    if not watched.begun:
        console.print(Text(f"{watched.title}\nCtrl-C ends this."), soft_wrap=True)
        watched.begun = True
    for row in rows:
        console.print(line(row, absent, marks_for(console.options)), soft_wrap=True)
    if passed:
        console.print(Text(passed_over(passed)), soft_wrap=True)


def line(row: Published, absent: Set[str], marks: Marks) -> Text:
    """Write one message in one line."""
    time, who, exchange, message, queues = cells(row, absent)
    said = Text(GAP).join([time, who, exchange, message])
    return said.append(f" {marks.into} ").append(queues)


def sent(row: Published) -> Text:
    """Write what a message was published with."""
    text = Text(row.routing_key, STRONG)
    return text.append(GAP + headers_of(row), "not bold") if row.headers else text


def headers_of(row: Published) -> str:
    """Write the headers of a message."""
    try:
        return write_table(row.headers)
    except RecursionError:
        return "(headers nested too deep to show)"


def destination(row: Published, absent: Set[str]) -> Text:
    """Write which queues got a copy.

    absent: names that are no queue's now.
    """
    if not row.queues:
        return Text("returned/dropped: no queue", BAD)
    missing = absent if row.exchange == DEFAULT_EXCHANGE else ()
    reached = [write_key(row.own(queue)) for queue in row.queues if queue not in missing]
    if not reached:
        return Text(f"no queue {write_key(row.own(row.queues[0]))} now", BAD)
    return Text(", ".join(reached), GOOD)


def passed_over(number: int) -> str:
    """Say how many were not shown; some may have gone before they could be counted."""
    return f"{number:,} or more passed over, too many at once"


@dataclass
class Room:
    """The newest messages of a class, as many as fit the screen.

    rows: the cells of each: time, who, exchange, message, queues.
    """

    title: str
    rows: deque[list[Text]] = field(default_factory=lambda: deque(maxlen=MOST_ROWS))
    shown: int = 0
    passed: int = 0
    begun: bool = False

    def enter(self, rows: Sequence[Published], absent: Set[str], passed: int) -> None:
        """Take messages in, and count those that were passed over."""
        self.rows += [cells(row, absent) for row in rows[-MOST_ROWS:]]
        self.shown += len(rows)
        self.passed += passed

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the title, a line for each message that fits, and how many there were."""
        marks = marks_for(options)
        yield Text(self.title, STRONG, no_wrap=True, overflow=marks.cut)
        yield Text("Ctrl-C ends this.", QUIET)
        yield Text()
        table = Table(box=None, padding=(0, 2, 0, 0), expand=True)
        for heading, width, ratio in COLUMNS:
            cut = marks.cut
            table.add_column(heading, no_wrap=True, overflow=cut, max_width=width, ratio=ratio)
        for row in list(self.rows)[-max(1, console.height - FURNITURE) :]:
            table.add_row(*row)
        yield table
        over = f"; {passed_over(self.passed)}" if self.passed else ""
        yield Text(f"{self.shown:,} shown{over}", QUIET, no_wrap=True, overflow=marks.cut)


def cells(row: Published, absent: Set[str]) -> list[Text]:
    """Write one message in a row of the screen."""
    default = row.exchange == DEFAULT_EXCHANGE
    exchange = Text("(default)" if default else write_key(row.own(row.exchange)))
    who = Text(write_key(row.who), STRONG)
    return [Text(f"{row.at:%H:%M:%S}"), who, exchange, sent(row), destination(row, absent)]
