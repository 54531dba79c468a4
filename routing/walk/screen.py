"""The screens of a lesson that is walked through: few words, and marks besides colour."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_binding, write_exchange, write_key
from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Declaration,
    Exchange,
    ExchangeBinding,
    Scenario,
    declarations,
)
from routing.rules.compare import Row
from routing.rules.life import keeps
from routing.rules.queue_arguments import write_onward
from routing.view.beside import Beside, Line
from routing.view.deadly import DeadlyQueues
from routing.view.declared import Declared, onward, title_of, unbound_queues, write_destination
from routing.view.explained import Explained
from routing.view.lived import life_lines
from routing.view.marks import Marks
from routing.view.routed import (
    ARRIVED,
    Layout,
    asked_by,
    differences,
    lay_out,
    mark_of,
    say_copies,
    sent_by,
)
from routing.walk.steps import Clue, Judged, Kind, Missed, Score, Step, labels, missed, score

WIDTH = 80
"""What the recap is laid out for; a wider terminal leaves air beside it."""

WRONG = "bold red"
RETURNED = "bold yellow"

# The terminal's own colours, which are made for its background.
THEME = ANSISyntaxTheme(
    {
        ("String",): Style(color="green"),
        ("Literal", "String"): Style(color="green"),
        ("Keyword",): Style(color="magenta", bold=True),
        ("Literal", "Number"): Style(color="cyan"),
    }
)

FEET = {
    Kind.IDEA: "Enter on   q quit",
    Kind.DECLARE: "Enter on   b back   q quit",
    Kind.ASK: "a guess, or none   Enter skip   b back one message   q quit",
    Kind.REVEAL: "Enter on   b back one message   w all reasons   q quit",
    Kind.RECAP: "Enter end   b back one message   q quit",
}
"""The keys of each screen."""


def title(scenario: Scenario, step: Step) -> Text:
    """Name the lesson, and how far it has come."""
    text = Text(f" {scenario.name} ", "bold reverse")
    if step.kind is Kind.DECLARE:
        text.append(f"  declaration {step.number + 1} of {len(declarations(scenario))}", "not bold")
    if step.kind in (Kind.ASK, Kind.REVEAL):
        text.append(f"  message {step.number + 1} of {len(scenario.messages)}", "not bold")
    return text


def foot(step: Step, note: str) -> Group:
    """Say what was not understood, if anything, and which keys there are."""
    keys = Text(f" {FEET[step.kind]} ", "reverse", end=" ", no_wrap=True)
    return Group(Text(note, "bold yellow"), keys)


def idea(scenario: Scenario, marks: Marks) -> RenderableType:
    """Tell the idea, and draw the way of a message from its producer to a consumer."""
    exchanges = Declared(scenario, scenario.messages).exchanges()
    return Group(
        Text(scenario.lesson, "bold"),
        Text(),
        Text("A producer never sends to a queue, but to an exchange. Each queue with a"),
        Text("binding that matches gets one copy, and a consumer reads it there."),
        Text(),
        picture(scenario, exchanges, marks),
        *[Text()] * scenario.is_deadly,
        DeadlyQueues(scenario),
    )


def picture(scenario: Scenario, exchanges: Sequence[Exchange], marks: Marks) -> Table:
    """Draw producer, exchanges, bindings, queues and consumer, from left to right."""
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold", expand=False)
    for heading in ("producer", "exchange", "binding", "queue", "consumer"):
        if table.columns:
            table.add_column(marks.into)
        table.add_column(heading, overflow="fold")
    for line in ways(scenario, exchanges, marks):
        table.add_row(*map(Text, line))
    return table


def ways(
    scenario: Scenario, exchanges: Sequence[Exchange], marks: Marks
) -> Iterator[tuple[str, ...]]:
    """Write a line for each binding, and one for each queue that nothing leads to."""
    published = {message.exchange for message in scenario.messages}
    for exchange in exchanges:
        sends = ("sends", marks.into) if exchange.name in published else ("", "")
        named = title_of(exchange)
        for asked, destination in onward(scenario, exchange) or [("(no binding)", "")]:
            queue = next((q for q in scenario.queues if write_key(q) == destination), None)
            reads = read_from(scenario, queue, marks)
            into = marks.into if destination else ""
            yield (*sends, named, marks.into, asked, into, destination, *reads)
            sends, named = ("", ""), ""
    for queue in unbound_queues(scenario, exchanges):
        reads = read_from(scenario, queue, marks)
        yield ("", "", "", "", "(no binding)", "", write_key(queue), *reads)


def read_from(scenario: Scenario, queue: str | None, marks: Marks) -> tuple[str, str]:
    """Say what a consumer does with what comes to a queue; nothing where there is none."""
    if queue in scenario.rejecting:
        return marks.into, "rejects"
    return ("", "") if queue is None or keeps(scenario, queue) else (marks.into, "reads")


def declared(scenario: Scenario, number: int, source: str, marks: Marks) -> RenderableType:
    """Show one declaration, the call that made it, and what is there by now."""
    there = declarations(scenario)[: number + 1]
    return Group(
        Text(said_of(there[-1]), "bold"),
        Text(),
        Syntax(source, "python", theme=THEME, background_color="default", word_wrap=True),
        Text(),
        *death_of(scenario, there[-1]),
        Text("On the broker now:"),
        Padding(inventory(scenario, there, marks), (0, 0, 0, 2)),
    )


def death_of(scenario: Scenario, declaration: Declaration) -> Iterator[Text]:
    """Say what becomes of messages that die in a queue, where that is one in which they do."""
    if not isinstance(declaration, str):
        return
    if declaration in scenario.rejecting:
        yield Text("Its consumer rejects what it gets.")
    if onward := write_onward(scenario.queue_arguments.get(declaration, {})):
        yield Text(f"What dies there goes on to {onward}.")


def said_of(declaration: Declaration) -> str:
    """Say in a line what a declaration is for."""
    match declaration:
        case str():
            return f"Queue {write_key(declaration)} keeps copies until a consumer takes them."
        case Exchange():
            return f"Exchange {write_key(declaration.name)} takes messages from producers."
        case ExchangeBinding():
            return "This binding hands what matches on to another exchange."
        case Binding():
            return f"This binding asks for messages for the queue {write_key(declaration.queue)}."


def inventory(scenario: Scenario, there: Sequence[Declaration], marks: Marks) -> Table:
    """List what has been declared: all exchanges and all queues in a line, each binding in its."""
    types = {exchange.name: exchange.type for exchange in scenario.exchanges}
    table = Table.grid(padding=(0, 2, 0, 0))
    exchanges = [title_of(each) for each in there if isinstance(each, Exchange)]
    queues = [write_key(each) for each in there if isinstance(each, str)]
    for noun, names in (("exchange", exchanges), ("queue", queues)):
        if names:
            table.add_row(noun, Text(", ".join(names)))
    noun = "binding"
    for each in there:
        if isinstance(each, AnyBinding):
            asked = write_binding(each, types[each.source])
            table.add_row(
                noun,
                Text(
                    f"{write_exchange(each.source)}: {asked} {marks.into} {write_destination(each)}"
                ),
            )
            noun = ""
    return table


def question(scenario: Scenario, row: Row) -> RenderableType:
    """Show a message and the bindings, and ask where it goes."""
    return Group(
        *sent(row),
        Text(),
        Declared(scenario, [row.route.message]),
        DeadlyQueues(scenario),
        Text(),
        Text(f"{asked(scenario)} Type numbers, capital letters or names.", "bold"),
        choices(scenario.queues),
    )


def asked(scenario: Scenario) -> str:
    """Ask where a message goes, or where messages die, where it comes to rest."""
    return "Where does a copy come to rest?" if scenario.is_deadly else "Which queues get a copy?"


def sent(row: Row) -> Iterator[RenderableType]:
    """Show a message as it is sent, and where to."""
    message = row.route.message
    yield Padding(Text(sent_by(row), "bold"), (0, 0, 0, 2))
    body = f', body "{message.body}"' if message.body else ""
    yield Text(f"  sent to {write_exchange(message.exchange)}{body}")


def choices(queues: Sequence[str]) -> Columns:
    """List the queues with what may be typed for each."""
    named: dict[str, list[str]] = {}
    for label, queue in labels(queues).items():
        named.setdefault(queue, []).append(label)
    parts = [Text(f"{' '.join(known)} {write_key(queue)}") for queue, known in named.items()]
    return Columns(parts, padding=(0, 3, 0, 0))


def revealed(row: Row, judged: Sequence[Judged], marks: Marks) -> RenderableType:
    """Show where a message went, how the guess did, and the reasons."""
    lines = [line for each in judged for line in lines_of(row, each, marks)]
    said = list(outcome(row, judged))
    life = [Text(), *map(Text, life_lines(row.life, marks))] if row.life else []
    return Group(*sent(row), Text(), *said, *[Text()] * bool(said), Beside(lines), *life)


def outcome(row: Row, judged: Sequence[Judged]) -> Iterator[Text]:
    """Say in a line or two what became of the message, and of the guess."""
    yield from differences(row)
    if not any(each.copies for each in judged):
        yield Text(
            "It rests nowhere." if row.route.copies else "Returned: no queue takes it.", RETURNED
        )
    if any(each.guessed is not None for each in judged):
        wrong = sum(not each.right for each in judged)
        said = f"{len(judged) - wrong} of {len(judged)} queues right."
        yield Text(said, WRONG) if wrong else Text("All right!", ARRIVED)


def lines_of(row: Row, judged: Judged, marks: Marks) -> Iterator[Line]:
    """Write what one queue got, what was guessed, and line by line why."""
    mark = mark_of(row, judged.queue, marks)
    first: tuple[Text, ...] = (mark, Text(write_key(judged.queue), "bold"), verdict_on(judged))
    for clue in judged.telling:
        yield (*first, *told(row, clue, marks))
        first = (Text(), Text(), Text())


def verdict_on(judged: Judged) -> Text:
    """Say whether the guess holds for one queue."""
    if judged.guessed is None:
        return Text()
    if judged.right:
        return Text("right", ARRIVED)
    return Text("WRONG", WRONG)


def told(row: Row, clue: Clue, marks: Marks) -> tuple[Text, Text]:
    """Write a clue: the binding with its mark, and the reason."""
    if clue.verdict is None:
        return Text(), Text(clue.text)
    mark = marks.matches if clue.takes else marks.misses
    asked = asked_by(row, clue.verdict)
    if isinstance(clue.verdict.binding, ExchangeBinding):
        asked += f" {marks.into} {write_destination(clue.verdict.binding)}"
    return Text(f"{mark} {asked}", ARRIVED if clue.takes else ""), Text(clue.text)


def reasons(row: Row, scenario: Scenario) -> RenderableType:
    """Give every exchange on the way of a message, and every binding with its reason."""
    return Group(*sent(row), Text(), Explained(row.route, scenario))


def recap(
    scenario: Scenario, rows: Sequence[Row], told: Mapping[int, Sequence[Judged]], marks: Marks
) -> RenderableType:
    """Show all messages once more, the score, and what was missed most."""
    layout = lay_out(scenario, rows, WIDTH)
    headings = [Text(write_key(queue), "bold") for queue in layout.queues]
    return Group(
        layout.line("", Text("message", "bold"), headings),
        *(recap_line(row, told[row.number - 1], layout, marks) for row in rows),
        Text(),
        scored(score(told), marks),
        *missed_lines(rows, missed(told), marks),
    )


def recap_line(row: Row, judged: Sequence[Judged], layout: Layout, marks: Marks) -> Table:
    """Mark for each queue what arrived, and where the guess was wrong."""
    cells = [recap_cell(row, each, marks) for each in judged]
    if not layout.queues:
        wrong = [write_key(each.queue) for each in judged if not each.right]
        returned = not any_copy(judged) and not row.route.copies
        said = say_copies({each.queue: each.copies for each in judged}, returned)
        cells = [Text(said + (f"  {marks.misses} {', '.join(wrong)}" if wrong else ""))]
    return layout.line(str(row.number), Text(layout.before(row) + sent_by(row)), cells)


def any_copy(judged: Iterable[Judged]) -> bool:
    """Tell whether any queue got a copy."""
    return any(each.copies for each in judged)


def recap_cell(row: Row, judged: Judged, marks: Marks) -> Text:
    """Mark one queue: a copy or none, and a second sign where the guess was wrong."""
    text = mark_of(row, judged.queue, marks)
    return text if judged.right else Text.assemble(text, (marks.misses, WRONG))


def scored(total: Score, marks: Marks) -> Text:
    """Say how many messages were guessed right."""
    if not total.guessed:
        return Text("Nobody guessed this time.", "bold")
    wrong = "" if total.right == total.guessed else f"   {marks.misses} guessed wrong"
    return Text(f"Score: {total.right} of {total.guessed} messages right.{wrong}", "bold")


def missed_lines(
    rows: Sequence[Row], most: Sequence[Missed], marks: Marks
) -> Iterator[RenderableType]:
    """Repeat the rules that were missed most, each with an example."""
    if not most:
        return
    yield Text("Missed most:", "bold")
    yield Beside([missed_line(each, rows[each.number], marks) for each in most])


def missed_line(each: Missed, row: Row, marks: Marks) -> Line:
    """Write how often a rule was missed, and the first message that it was missed with."""
    asked, reason = told(row, each.clue, marks)
    times = Text("once" if each.times == 1 else f"{each.times} times")
    example = Text(f"message {row.number}: {reason.plain}")
    return times, Text(write_key(each.queue), "bold"), asked, example
