"""Messages against queues: a mark for each copy, and under each message the reasons."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_binding, write_exchange, write_key, write_message
from routing.amqp.topology import Scenario
from routing.rules.compare import Row
from routing.rules.predict import Verdict
from routing.rules.trace import told
from routing.view.beside import Beside
from routing.view.lived import life_lines, rests_otherwise
from routing.view.marks import Marks, marks_for

MOST_COLUMNS = 5
"""With more queues than this, the rows name their queues instead of marking columns."""

MESSAGE = "message"
"""The heading of the messages."""

LEAST_MESSAGE = 24
"""A message gets at least this width, or the columns of the queues give way to it."""

NUMBER = 2
GAP = 2

ARRIVED = "bold green"
DIFFERS = "bold red reverse"


@dataclass(frozen=True)
class Routed:
    """The rows of one scenario, as wide as the terminal allows.

    why: whether every binding is explained, and not only those that match.
    """

    scenario: Scenario
    rows: Sequence[Row]
    why: bool = False

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the heading, then message by message the marks and the reasons."""
        layout = lay_out(self.scenario, self.rows, options.max_width)
        marks = marks_for(options)
        headings = [Text(write_key(queue), "dim") for queue in layout.queues]
        yield layout.line("", Text(MESSAGE, "dim"), headings)
        yield Rule(characters=marks.rule, style="dim")
        for row in self.rows:
            cells = marks_of(row, layout.queues, marks)
            title = Text(layout.before(row) + sent_by(row), "bold")
            yield layout.line(str(row.number), title, cells)
            why = explained(row, self.scenario) if self.why else reasons(row, layout, marks)
            for detail in [*differences(row), why, *lived(row, marks)]:
                yield Padding(detail, (0, 0, 0, NUMBER + GAP))


@dataclass(frozen=True)
class Layout:
    """The widths that all lines of one table keep to, and what they all begin with.

    queues: those with a column of their own; none where the rows name their queues instead.
    several: whether the messages are sent to several exchanges.
    """

    message: int
    queues: Sequence[str]
    column: Sequence[int]
    queue_name: int
    binding: int
    several: bool = False

    def before(self, row: Row) -> str:
        """Name the exchange that a message is sent to, where that is not the same for all."""
        return entry_of(row) * self.several

    def line(self, number: str, message: Text, cells: Sequence[Text]) -> Table:
        """Lay out a number, a message and a cell for each queue, or one cell for all of them."""
        table = Table.grid(padding=(0, GAP, 0, 0))
        table.add_column(width=NUMBER, justify="right")
        table.add_column(width=self.message, overflow="fold")
        spans = len(cells) != len(self.column)
        for width in [None] * len(cells) if spans else self.column:
            table.add_column(width=width, justify="left" if spans else "center", overflow="fold")
        table.add_row(number, message, *cells)
        return table


def lay_out(scenario: Scenario, rows: Sequence[Row], width: int) -> Layout:
    """Give each queue a column where they all fit; otherwise let the rows name them."""
    names = [cell_len(write_key(queue)) for queue in scenario.queues]
    least = 1 if all(row.agrees for row in rows) else len("unexpected")
    column = [max(name, least) for name in names]
    several = len({row.route.message.exchange for row in rows}) > 1
    shown = [entry_of(row) * several + sent_by(row) for row in rows]
    message = max([len(MESSAGE), *map(cell_len, shown)])
    space = width - NUMBER - GAP * (2 + len(column)) - sum(column)
    fits = len(column) <= MOST_COLUMNS and space >= min(message, LEAST_MESSAGE)
    asked = [cell_len(asked_by(row, verdict)) for row in rows for verdict in row.route.hits]
    return Layout(
        message=min(message, space if fits else width - NUMBER - 2 * GAP - len("returned")),
        queues=scenario.queues if fits else (),
        column=column if fits else (),
        queue_name=max(names, default=0),
        binding=min(max(asked, default=0), width // 3),
        several=several,
    )


def marks_of(row: Row, queues: Sequence[str], marks: Marks) -> list[Text]:
    """Mark for each queue what arrived there; say `returned` across them where nothing did."""
    if row.agrees and row.route.returned:
        return [Text("returned" if row.observed else "would be returned", "bold yellow")]
    return [mark_of(row, queue, marks) for queue in queues]


def mark_of(row: Row, queue: str, marks: Marks) -> Text:
    """Mark one queue: what arrived, or in a word how that differs from the prediction."""
    predicted = row.copies[queue]
    if row.life and not predicted and queue in row.life.passed and row.agrees:
        return Text(marks.into, "dim")
    if row.observed is None:
        return Text(marks.predicted, ARRIVED) if predicted else Text(marks.nothing, "dim")
    copies = row.observed.copies.get(queue, 0)
    if copies != predicted:
        return Text(difference(copies, marks), DIFFERS)
    return Text(marks.arrived, ARRIVED) if copies else Text(marks.nothing, "dim")


def difference(copies: int, marks: Marks) -> str:
    """Name what a queue got that was predicted otherwise."""
    return {0: "missing", 1: "unexpected"}.get(copies, f"{marks.arrived}{copies}")


def reasons(row: Row, layout: Layout, marks: Marks) -> Beside:
    """List for each copy the binding that asked for it and why, or else the nearest miss."""
    lines = [*hit_lines(row, marks), *miss_lines(row)]
    return Beside(lines, (1, layout.queue_name, layout.binding))


def hit_lines(row: Row, marks: Marks) -> Iterator[Sequence[Text]]:
    """Write a line for each binding that takes the message; a second one adds no second copy."""
    named: set[str] = set()
    for verdict in by_queue(row.route.hits):
        queue = verdict.binding.destination
        again = queue in named
        named.add(queue)
        yield (
            Text() if again else mark_of(row, queue, marks),
            Text("" if again else write_key(queue)),
            Text(asked_by(row, verdict)),
            Text(told(verdict, row.route, "still one copy" if again else "")),
        )


def by_queue(hits: Sequence[Verdict]) -> list[Verdict]:
    """Bring the bindings of one queue together, each queue where its first one stands."""
    order = list(dict.fromkeys(hit.binding.destination for hit in hits))
    return sorted(hits, key=lambda hit: order.index(hit.binding.destination))


def miss_lines(row: Row) -> Iterator[Sequence[Text]]:
    """Write the binding that came nearest to taking a message that nobody takes."""
    miss = row.route.nearest_miss
    if row.route.returned and miss:
        yield (
            Text(),
            Text("nearest"),
            Text(asked_by(row, miss)),
            Text(told(miss, row.route)),
        )


def lived(row: Row, marks: Marks) -> Iterator[Text]:
    """Tell what comes after the route, where messages die in queues."""
    if row.life:
        yield from map(Text, life_lines(row.life, marks))


def explained(row: Row, scenario: Scenario) -> RenderableType:
    """Give the whole reason, hits and misses, which few runs ask for."""
    from routing.view.explained import Explained

    return Explained(row.route, scenario)


def differences(row: Row) -> Iterator[Text]:
    """Put in words what was predicted and what the broker did, where that is not the same."""
    if row.observed and not row.agrees:
        yield Text.assemble(
            ("NOT AS PREDICTED", DIFFERS),
            f"  predicted: {say_copies(row.copies, int(row.route.returned))}; ",
            f"the broker: {say_copies(row.observed.copies, row.observed.returned)}",
        )
        yield from (Text(f"  {each}") for each in rests_otherwise(row.life, row.observed))


def say_copies(copies: Mapping[str, int], returned: int) -> str:
    """Write queues with their counts, and whether the message came back."""
    said = [
        write_key(queue) + (f" ({count} copies)" if count > 1 else "")
        for queue, count in sorted(copies.items())
        if count
    ]
    return ", ".join(said + ["returned"] * bool(returned)) or "nothing"


def sent_by(row: Row) -> str:
    """Write what the message is routed by."""
    first = row.route.visits[0].exchange if row.route.visits else None
    return write_message(row.route.message, first.type if first else "direct")


def entry_of(row: Row) -> str:
    """Write the exchange that a message is sent to, ahead of the message."""
    return f"{write_exchange(row.route.message.exchange)}: "


def asked_by(row: Row, verdict: Verdict) -> str:
    """Write what a binding asks for, and of which exchange where it is not the first one."""
    asked = write_binding(verdict.binding, verdict.exchange_type)
    further = verdict.binding.source != row.route.message.exchange
    return f"{write_exchange(verdict.binding.source)}: {asked}" if further else asked
