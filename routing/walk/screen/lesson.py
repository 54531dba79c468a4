"""The screens of a lesson that is walked through."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.style import Style
from rich.syntax import ANSISyntaxTheme, Syntax
from rich.table import Table
from rich.text import Text

from routing.amqp.names import PREDECLARED
from routing.amqp.notation import write_key, write_message
from routing.amqp.topology import Exchange, ExchangeBinding, Message, Scenario
from routing.rules.compare import Row
from routing.view.beside import Line
from routing.view.colours import BAD, GOOD, LITERAL, STRONG
from routing.view.deadly import DeadlyQueues
from routing.view.declared import Declared, title_of, write_destination
from routing.view.explained import Explained
from routing.view.lived import life_lines
from routing.view.marks import Legend, Marks, Sign, marks_for
from routing.view.routed import (
    Layout,
    asked_by,
    differences,
    lay_out,
    mark_of,
    say_copies,
    sent_by,
)
from routing.view.words import InWords
from routing.walk.judged import Clue, Judged
from routing.walk.rules import rules_of
from routing.walk.score import Missed, Score, missed, score

WRONG = "!"
"""Stands beside a queue that was guessed wrong."""

THEME = ANSISyntaxTheme(
    {
        **dict.fromkeys(
            [("String",), ("Literal", "String"), ("Literal", "Number")], Style.parse(LITERAL)
        ),
        ("Keyword",): Style.parse(STRONG),
    }
)

SHARED = {
    "exchanges": "",
    "queues": "So that two programs can use it, a queue is not exclusive; it goes with its last "
    "consumer, or after two minutes without one.",
    "bindings": "",
}
"""What is to be said before the calls that declare."""


def idea(scenario: Scenario, marks: Marks) -> RenderableType:
    """Tell the idea, and draw the way of a message from its producer to a consumer."""
    way = f" {marks.into} ".join(("producer", "exchange", "binding", "queue", "consumer"))
    return Group(
        Text(scenario.lesson, STRONG),
        Text(),
        Text(f"  {way}"),
        Text(),
        Text("A producer never sends to a queue, but to an exchange."),
        Text("Each queue with a binding that matches gets one copy."),
        Text("A consumer takes it out of the queue."),
    )


def exchanges(scenario: Scenario) -> RenderableType:
    """Show the exchanges that have been declared."""
    alternates = {
        title_of(each): f"what no binding takes goes to {write_key(each.alternate)}"
        for each in scenario.exchanges
        if each.alternate is not None
    }
    between = any(isinstance(each, ExchangeBinding) for each in scenario.bindings) or alternates
    others = ", or from other exchanges" if between else ""
    return listed(
        f"An exchange takes messages from producers{others}; its type says by which rule it hands "
        "them on.",
        [(title_of(each), alternates.get(title_of(each), "")) for each in scenario.exchanges],
    )


def queues(scenario: Scenario) -> RenderableType:
    """Show the queues that have been declared."""
    names = [(write_key(each), "") for each in scenario.queues]
    return Group(
        listed("A queue keeps messages until a consumer takes them.", names), *deadly(scenario)
    )


def listed(sentence: str, lines: Sequence[tuple[str, str]]) -> RenderableType:
    """Say what is on the broker now."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for name, note in lines:
        table.add_row(Text(name, STRONG), Text(note))
    return Group(
        Text(sentence), Text(), Text("On the broker now:"), Text(), Padding(table, (0, 0, 0, 2))
    )


def bindings(scenario: Scenario) -> RenderableType:
    """Show the bindings that have been declared."""
    return Group(
        Text("A binding says which messages of an exchange a queue, or another exchange, wants."),
        Text(),
        Text("On the broker now:"),
        Text(),
        Declared(scenario, scenario.messages),
    )


def calls(sources: Sequence[str], said: str) -> RenderableType:
    """Show pika's calls, ready to copy."""
    source = "\n\n".join(sources)
    syntax = Syntax(source, "python", theme=THEME, background_color="default", word_wrap=True)
    return Group(*[Text(said), Text()] * bool(said), syntax)


def question(scenario: Scenario, message: Message) -> RenderableType:
    """Show a message and the bindings; nothing here knows where it goes."""
    return Group(
        *sent(message, scenario),
        Text(),
        Declared(scenario, [message]),
        *deadly(scenario),
    )


def asked(scenario: Scenario) -> str:
    """Ask where a message goes, or where messages die, where it comes to rest."""
    return "Where does a copy come to rest?" if scenario.is_deadly else "Which queues get a copy?"


def deadly(scenario: Scenario) -> list[RenderableType]:
    """Tell in which queues messages die, if there are such."""
    return [Text(), DeadlyQueues(scenario)] * scenario.is_deadly


def sent(message: Message, scenario: Scenario) -> Iterator[RenderableType]:
    """Show what a message is routed by, and where it is sent; its body may say too much."""
    types = {each.name: each for each in (*PREDECLARED.values(), *scenario.exchanges)}
    exchange = types.get(message.exchange, Exchange(message.exchange, "direct"))
    key = write_message(message, exchange.type)
    yield Text.assemble((key, STRONG), f"   sent to {title_of(exchange)}")


def revealed(
    scenario: Scenario, row: Row, judged: Sequence[Judged], marks: Marks
) -> RenderableType:
    """Show where a message went, how the guess did, the reasons, and the rules that were missed."""
    said = list(outcome(row, judged))
    body = row.route.message.body
    return Group(
        *sent(row.route.message, scenario),
        *[Text(f'body "{body}"')] * bool(body),
        Text(),
        *said,
        *[Text()] * bool(said),
        told_of(row, judged, marks),
        *([Text(), *map(Text, life_lines(row.life, marks))] if row.life else []),
        *told_rules(rules_of([each for each in judged if not each.right])),
    )


def legend(row: Row, judged: Sequence[Judged]) -> Legend:
    """Explain the signs on the screen of a message."""
    return Legend([*signs(row, judged)])


def recap_legend(scenario: Scenario) -> Legend:
    """Explain the signs on the last screen."""
    return Legend([*counted(died=scenario.is_deadly)])


def signs(row: Row, judged: Sequence[Judged]) -> Iterator[Sign]:
    """List the signs that tell of a message."""
    yield from counted(died=row.life is not None)
    takes = {clue.takes for each in judged for clue in each.telling if clue.verdict}
    if True in takes:
        yield "matches"
    if False in takes:
        yield "misses"


def counted(*, died: bool) -> Iterator[Sign]:
    """List the signs that tell of copies; died: whether messages die in queues."""
    yield "arrived"
    yield "nothing"
    if died:
        yield "died"


def told_rules(rules: Sequence[str]) -> Iterator[RenderableType]:
    """Write rules, each with what it is."""
    yield from [Text()] * bool(rules)
    for rule in rules:
        yield Padding(Text.assemble(("Rule: ", STRONG), rule), (0, 0, 0, 0))


def outcome(row: Row, judged: Sequence[Judged]) -> Iterator[Text]:
    """Say in a line or two what became of the message, and of the guess."""
    yield from differences(row)
    if not any(each.copies for each in judged):
        yield Text(nowhere(row), BAD)
    if any(each.guessed is not None for each in judged):
        wrong = sum(not each.right for each in judged)
        said = f"{len(judged) - wrong} of {len(judged)} queues right."
        yield Text(said, BAD) if wrong else Text("All right!", GOOD)


def nowhere(row: Row) -> str:
    """Say what became of a message that is in no queue."""
    return "It rests nowhere." if row.route.copies else "Returned: no queue takes it."


def told_of(row: Row, judged: Sequence[Judged], marks: Marks) -> InWords:
    """Write of each queue what it got, and why; patterns stand word below word."""
    told = [
        (line, clue.verdict)
        for each in judged
        for line, clue in zip(lines_of(row, each, marks), each.telling, strict=True)
    ]
    return InWords([line for line, _ in told], [verdict for _, verdict in told], at=4)


def lines_of(row: Row, judged: Judged, marks: Marks) -> Iterator[Line]:
    """Write what one queue got, what was guessed, and line by line why."""
    mark = mark_of(row, judged.queue, marks)
    first: tuple[Text, ...] = (mark, Text(write_key(judged.queue), STRONG), verdict_on(judged))
    for clue in judged.telling:
        yield (*first, *told(row, clue, marks))
        first = (Text(), Text(), Text())


def verdict_on(judged: Judged) -> Text:
    """Say whether the guess holds for one queue."""
    if judged.guessed is None:
        return Text()
    if judged.right:
        return Text("right", GOOD)
    return Text("WRONG", BAD)


def told(row: Row, clue: Clue, marks: Marks) -> tuple[Text, Text, Text]:
    """Write a clue: a mark, the binding, and the reason."""
    if clue.verdict is None:
        return Text(), Text(), Text(clue.text)
    asked = asked_by(row, clue.verdict)
    if isinstance(clue.verdict.binding, ExchangeBinding):
        asked += f" {marks.into} {write_destination(clue.verdict.binding)}"
    mark = Text(marks.matches, GOOD) if clue.takes else Text(marks.misses, BAD)
    return mark, Text(asked), Text(clue.text)


def reasons(row: Row, scenario: Scenario) -> RenderableType:
    """Give every exchange on the way of a message, and every binding with its reason."""
    return Group(*sent(row.route.message, scenario), Text(), Explained(row.route, scenario))


@dataclass(frozen=True)
class Recap:
    """All messages once more, the score, and the rules that were missed most.

    guessed: whether somebody could.
    """

    scenario: Scenario
    rows: Sequence[Row]
    told: Mapping[int, Sequence[Judged]]
    guessed: bool = True

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, the score and the rules."""
        marks = marks_for(options)
        layout = lay_out(self.scenario, self.rows, options.max_width)
        headings = [Text(write_key(queue), STRONG) for queue in layout.queues]
        yield layout.line("", Text("message", STRONG), headings)
        for row in self.rows:
            yield recap_line(row, self.told[row.number - 1], layout, marks)
        yield Text()
        if self.guessed:
            total = score(self.told)
            wrong = f"   {WRONG} guessed wrong" * (total.right < total.guessed)
            yield scored(total, "messages").append(wrong)
        yield from missed_lines(self.rows, missed(self.told))


def recap_line(row: Row, judged: Sequence[Judged], layout: Layout, marks: Marks) -> RenderableType:
    """Mark for each queue what arrived, and where the guess was wrong; or say so in words."""
    cells = [recap_cell(row, each, marks) for each in judged]
    returned = not any_copy(judged) and not row.route.copies
    if returned or not layout.queues:
        wrong = [write_key(each.queue) for each in judged if not each.right]
        said = say_copies({each.queue: each.copies for each in judged}, returned)
        cells = [Text(said + (f"  {WRONG} {', '.join(wrong)}" if wrong else ""))]
    return layout.line(str(row.number), Text(layout.before(row) + sent_by(row)), cells)


def any_copy(judged: Iterable[Judged]) -> bool:
    """Tell whether any queue got a copy."""
    return any(each.copies for each in judged)


def recap_cell(row: Row, judged: Judged, marks: Marks) -> Text:
    """Mark one queue: a copy or none, and a second sign where the guess was wrong."""
    text = mark_of(row, judged.queue, marks)
    return text if judged.right else Text.assemble(text, (WRONG, BAD))


def scored(total: Score, noun: str) -> Text:
    """Say how many guesses were right."""
    if not total.guessed:
        return Text("Nobody guessed this time.", STRONG)
    return Text(f"Score: {total.right} of {total.guessed} {noun} right.", STRONG)


def missed_lines(rows: Sequence[Row], most: Sequence[Missed]) -> Iterator[RenderableType]:
    """Repeat the rules that were missed most, each with an example."""
    if not most:
        return
    sent = {row.number - 1: sent_by(row) for row in rows}
    yield Text("Missed most:", STRONG)
    yield missed_table(
        (
            each.times,
            each.rule,
            f"message {each.number + 1}, {sent[each.number]}: "
            f"{write_key(each.judged.queue)} {'got a copy' if each.judged.copies else 'got none'}",
        )
        for each in most
    )


def missed_table(missed: Iterable[tuple[int, str, str]]) -> Table:
    """Write how often each rule was missed, and below it where first."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for times, rule, example in missed:
        table.add_row(Text("once" if times == 1 else f"{times} times"), Text(rule, STRONG))
        table.add_row("", Text(example))
    return table
