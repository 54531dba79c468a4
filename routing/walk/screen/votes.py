"""The screens of a vote: how the hands fell, and only later what they should have been."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_key
from routing.amqp.topology import Message, Scenario
from routing.rules.compare import Row
from routing.view.colours import BAD, QUIET, STRONG
from routing.view.declared import Declared
from routing.view.marks import ASCII, Marks
from routing.view.routed import differences, mark_of
from routing.walk.judged import Judged
from routing.walk.question import labels
from routing.walk.rules import rules_of
from routing.walk.screen.lesson import Recap, deadly, nowhere, sent, told_of, told_rules
from routing.walk.votes import Gain, Hands

BAR = 30
"""Columns for all hands."""


def how_many() -> RenderableType:
    """Say what the number of voters is for."""
    return Group(
        Text("Type the number; without it, the largest count of hands stands for all."),
        Text("No names are asked for, and nothing is stored."),
    )


def talk(
    scenario: Scenario, message: Message, hands: Hands | None, voters: int, marks: Marks
) -> RenderableType:
    """Show how the hands fell, and the bindings; nothing here knows where the message goes."""
    return Group(
        *sent(message, scenario),
        Text(),
        bars(scenario.queues, hands or {}, voters, marks),
        Text(),
        Declared(scenario, [message]),
        *deadly(scenario),
    )


def bars(queues: Sequence[str], hands: Hands, voters: int, marks: Marks) -> Table:
    """Draw a bar for each queue, and one for none."""
    table = Table.grid(padding=(0, 2, 0, 0))
    named = [
        f"{label} {write_key(each)}" for label, each in zip(labels(queues), queues, strict=True)
    ]
    for name, queue in zip([*named, "none"], [*queues, None], strict=True):
        count = hands.get(queue, 0)
        table.add_row(Text(name), bar(count, voters, marks), Text(str(count), justify="right"))
    return table


def bar(count: int, voters: int, marks: Marks) -> Text:
    """Draw so many of all."""
    sign = "#" if marks is ASCII else "█"
    return Text((sign * round(BAR * count / max(1, voters))).ljust(BAR))


def seen(
    scenario: Scenario, row: Row, votes: Sequence[Hands | None], marks: Marks
) -> RenderableType:
    """Show what the broker did, beside both votes."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("left", "left", "right", "right"):
        table.add_column(justify=justify)
    table.add_row("", "", Text("first vote", QUIET), Text("second vote", QUIET))
    for queue in [*scenario.queues, None]:
        counts = [Text("" if hands is None else str(hands.get(queue, 0))) for hands in votes]
        mark = Text() if queue is None else mark_of(row, queue, marks)
        table.add_row(mark, Text("none" if queue is None else write_key(queue), STRONG), *counts)
    copies = row.observed.copies if row.observed else {}
    return Group(
        *sent(row.route.message, scenario),
        Text(),
        *differences(row),
        *[Text(nowhere(row), BAD), Text()] * (not any(copies.values())),
        table,
    )


def explained(
    scenario: Scenario, row: Row, judged: Sequence[Judged], marks: Marks
) -> RenderableType:
    """Give the reason for each queue, and the rules."""
    return Group(
        *sent(row.route.message, scenario),
        Text(),
        told_of(row, judged, marks),
        *told_rules(rules_of(judged)),
    )


def ended(recap: Recap, gains: Sequence[Gain], voters: int) -> RenderableType:
    """Show all messages once more, and what the talks have brought."""
    return Group(
        Recap(recap.scenario, recap.rows, recap.told, guessed=False), *gained(gains, voters)
    )


def gained(gains: Sequence[Gain], voters: int) -> Iterator[RenderableType]:
    """Tell for each rule how many decisions were right in each vote."""
    if not gains:
        yield Text("No message was voted on twice.", STRONG)
        return
    yield Text(f"Right, of {voters} votes on each queue:", STRONG)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_row(
        Text("first", QUIET), Text("second", QUIET), Text("gain", QUIET), Text("rule", QUIET)
    )
    for each in gains:
        first, second = round(100 * each.first), round(100 * each.second)
        table.add_row(f"{first} %", f"{second} %", f"{second - first:+}", Text(each.rule))
    yield table
