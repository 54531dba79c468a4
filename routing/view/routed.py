"""Messages against queues: a mark for each copy, and under each message the reasons."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.text import Text

from routing.amqp.notation import write_binding, write_exchange, write_key, write_message
from routing.amqp.topology import Scenario
from routing.rules.compare import Row
from routing.rules.predict import Verdict
from routing.rules.trace import told
from routing.view.beside import Beside, Grid, longest_word
from routing.view.colours import BAD, DIFFERS, GOOD, QUIET, STRONG
from routing.view.lived import life_lines, rests_otherwise
from routing.view.marks import Legend, Marks, Sign, marks_for

MOST_COLUMNS = 5
"""With more queues than this, the rows name their queues instead of marking columns."""

MESSAGE = "message"
"""The heading of the messages."""

LEAST_MESSAGE = 24
"""A message gets at least this width, or the columns of the queues give way to it."""

NUMBER = 2
"""The number of a message gets at least this width."""

GAP = 2

RETURNED = {True: "returned", False: "would be returned"}
"""What stands for a message that nobody takes, where a broker was asked and where not."""

EACH = "every message"
"""The heading of what is told once, of all messages."""


@dataclass(frozen=True)
class Routed:
    """The rows of one scenario, as wide as the terminal allows.

    why: whether every binding is explained, and not only those that match.
    legend: whether the signs are explained below.
    """

    scenario: Scenario
    rows: Sequence[Row]
    why: bool = False
    legend: bool = False

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the heading, then message by message the marks and the reasons."""
        layout = lay_out(self.scenario, self.rows, options.max_width)
        marks = marks_for(options)
        headings = [Text(write_key(queue), QUIET) for queue in layout.queues]
        yield layout.line("", Text(MESSAGE, QUIET), headings)
        yield Rule(characters=marks.rule, style=QUIET)
        once = frozenset() if self.why else told_once(self.rows)
        if once:
            yield layout.detail(Text(EACH, STRONG))
            yield layout.detail(Beside([*once_lines(self.rows[0], once, marks)], layout.least))
        for row in self.rows:
            cells = marks_of(row, layout.queues, marks)
            title = Text(layout.before(row) + sent_by(row), STRONG)
            yield layout.line(str(row.number), title, cells)
            why = explained(row, self.scenario) if self.why else reasons(row, layout, marks, once)
            for detail in [*differences(row), why, *lived(row, marks)]:
                yield layout.detail(detail)
        if self.legend:
            yield ""
            yield Legend([*self.signs(layout)])

    def signs(self, layout: "Layout") -> Iterator[Sign]:
        """List the signs that are to be seen."""
        yield "arrived" if any(row.observed for row in self.rows) else "predicted"
        if layout.queues:
            yield "nothing"
        if any(row.life and row.life.passed for row in self.rows):
            yield "died"
        if self.why:
            yield from ("matches", "misses")


@dataclass(frozen=True)
class Layout:
    """The widths that all lines of one table keep to, and what they all begin with.

    number: as wide as that of the last message.
    queues: those with a column of their own; none where the rows name their queues instead.
    least: how wide the mark, the queue and the binding are at the least before a reason.
    several: whether the messages are sent to several exchanges.
    """

    number: int
    message: int
    queues: Sequence[str]
    column: Sequence[int]
    least: Sequence[int]
    several: bool = False

    def before(self, row: Row) -> str:
        """Name the exchange that a message is sent to, where that is not the same for all."""
        return entry_of(row) * self.several

    def line(self, number: str, message: Text, cells: Sequence[Text]) -> Grid:
        """Lay out a number, a message and a cell for each queue, or one cell for all of them.

        Where no queue has a column, a cell that has no room beside the message stands below it.
        """
        spans = len(cells) != len(self.column) or not self.column
        beside = bool(self.column) or self.has_room(message, cells)
        widths: list[int | None] = [self.number, self.message if self.column else None]
        sides: list[JustifyMethod] = ["right", "left"]
        for width in ([None] * len(cells) if spans else self.column) if beside else []:
            widths.append(width)
            sides.append("left" if spans else "center")
        first = [Text(number), message, *(cells if beside else [])]
        below = [[Text(), cell] for cell in cells if not beside]
        return Grid([first, *below], widths, sides=sides)

    def has_room(self, message: Text, cells: Sequence[Text]) -> bool:
        """Tell whether cells have room beside a message."""
        return sum(GAP + each.cell_len for each in (message, *cells)) <= self.message + GAP

    def detail(self, detail: RenderableType) -> RenderableType:
        """Put what belongs to a message below it."""
        indent = self.number + GAP
        if isinstance(detail, Beside):
            return replace(detail, indent=indent)
        return Padding(detail, (0, 0, 0, indent))


def lay_out(scenario: Scenario, rows: Sequence[Row], width: int) -> Layout:
    """Give each queue a column where they all fit; otherwise let the rows name them."""
    names = [cell_len(write_key(queue)) for queue in scenario.queues]
    least = 1 if all(row.agrees for row in rows) else len("unexpected")
    returned = max((len(said_returned(row)) for row in rows if row.route.returned), default=0)
    # The word spans the columns: one alone has to be as wide.
    column = [max(name, least, returned * (len(names) == 1)) for name in names]
    several = len({row.route.message.exchange for row in rows}) > 1
    sent = [entry_of(row) * several + sent_by(row) for row in rows]
    message = max([len(MESSAGE), *map(cell_len, sent)])
    queues = sum(GAP + each for each in column)
    number = max(NUMBER, len(str(len(rows))))
    space = width - number - 2 * GAP - max(queues, GAP + returned)
    whole = max(LEAST_MESSAGE, *map(longest_word, sent), 0)
    fits = 0 < len(column) <= MOST_COLUMNS and space >= min(message, whole)
    asked = [cell_len(asked_by(row, verdict)) for row in rows for verdict in row.route.hits]
    return Layout(
        number=number,
        message=min(message, space) if fits else width - number - GAP,
        queues=scenario.queues if fits else (),
        column=column if fits else (),
        least=(1, max(names, default=0), min(max(asked, default=0), width // 3)),
        several=several,
    )


def marks_of(row: Row, queues: Sequence[str], marks: Marks) -> list[Text]:
    """Mark for each queue what arrived there; say `returned` across them where nothing did."""
    if row.agrees and row.route.returned:
        return [Text(said_returned(row), BAD)]
    return [mark_of(row, queue, marks) for queue in queues]


def said_returned(row: Row) -> str:
    """Say of a message that nobody takes that it came back, or would."""
    return RETURNED[row.observed is not None]


def mark_of(row: Row, queue: str, marks: Marks) -> Text:
    """Mark one queue: what arrived, or in a word how that differs from the prediction."""
    predicted = row.copies[queue]
    if row.life and not predicted and queue in row.life.passed and row.agrees:
        return Text(marks.died, QUIET)
    if row.observed is None:
        return Text(marks.predicted, GOOD) if predicted else Text(marks.nothing, QUIET)
    copies = row.observed.copies.get(queue, 0)
    if copies != predicted:
        return Text(difference(copies, marks), DIFFERS)
    return Text(marks.arrived, GOOD) if copies else Text(marks.nothing, QUIET)


def difference(copies: int, marks: Marks) -> str:
    """Name what a queue got that was predicted otherwise."""
    return {0: "missing", 1: "unexpected"}.get(copies, f"{marks.arrived}{copies}")


def told_once(rows: Sequence[Row]) -> frozenset[int]:
    """Find the bindings, by their ids, that take every message, each for the same reason.

    None where a message is alone, or where the broker did not do all that was predicted.
    """
    if not rows[1:] or not all(row.agrees for row in rows):
        return frozenset()
    taken = [{(id(hit.binding), text) for hit, text in hits_told(row)} for row in rows]
    return frozenset(each for each, _ in set.intersection(*taken))


def once_lines(row: Row, once: Collection[int], marks: Marks) -> Iterator[Sequence[Text]]:
    """Write the lines of what is told once, of all messages, as those of one of them."""
    others = {id(hit.binding) for hit in row.route.hits} - {*once}
    return hit_lines(row, marks, others, named=False)


def reasons(row: Row, layout: Layout, marks: Marks, once: Collection[int]) -> Beside:
    """List for each copy the binding that asked for it and why, or else the nearest miss.

    once: the bindings of which it is told above.
    """
    lines = [*hit_lines(row, marks, once, named=not layout.queues), *miss_lines(row)]
    return Beside(lines, layout.least)


def hits_told(row: Row) -> Iterator[tuple[Verdict, str]]:
    """Give each binding that takes a message, and why; a second one of a queue adds no copy."""
    named: set[str] = set()
    for verdict in by_queue(row.route.hits):
        again = "still one copy" if verdict.binding.destination in named else ""
        named.add(verdict.binding.destination)
        yield verdict, told(verdict, row.route, again)


def hit_lines(
    row: Row, marks: Marks, known: Collection[int], *, named: bool
) -> Iterator[Sequence[Text]]:
    """Write a line for each binding that takes the message, with its queue where that is new.

    named: whether queues are named, too, of which all is known.
    """
    seen: set[str] = set()
    for verdict, text in hits_told(row):
        queue = verdict.binding.destination
        is_known = id(verdict.binding) in known
        if is_known and not (named and queue not in seen):
            continue
        again = queue in seen
        seen.add(queue)
        yield (
            Text() if again else mark_of(row, queue, marks),
            Text("" if again else write_key(queue)),
            Text("" if is_known else asked_by(row, verdict)),
            Text("as above" if is_known else text),
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
