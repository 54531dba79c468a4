"""One scenario: the lesson, what is declared, where each message went, and the verdict."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from routing.amqp.topology import Scenario
from routing.amqp.versions import Version, beyond_tried
from routing.rules.compare import Row
from routing.rules.suspicious import suspicious
from routing.view.colours import BAD, DIFFERS, GOOD, STRONG, TITLE
from routing.view.deadly import DeadlyQueues
from routing.view.declared import Declared
from routing.view.routed import Routed

MOST_NOTES: Final = 6
"""With more notes than this, those who read the table would not find it."""


def show(routed: Routed, version: Version, routed_by: str | None) -> RenderableType:
    """Describe one scenario: the lesson, what is declared, where each message went, the verdict.

    version: that was followed.
    routed_by: product, version and address of the broker; None for a prediction alone.
    """
    blank, scenario = Text(), routed.scenario
    return Group(
        blank,
        title(scenario, alone=routed_by is None),
        Text(scenario.lesson),
        blank,
        Declared(scenario, scenario.messages),
        *[blank] * scenario.is_deadly,
        DeadlyQueues(scenario),
        blank,
        routed,
        blank,
        *noted(scenario),
        caption(routed.rows, version, routed_by),
    )


def title(scenario: Scenario, *, alone: bool) -> Text:
    """Name the scenario, and say where nothing but a prediction is shown."""
    text = Text(scenario.name, TITLE)
    return text.append("  PREDICTION ONLY, no broker was asked", BAD) if alone else text


def noted(scenario: Scenario) -> Iterator[Text]:
    """Say what is suspicious in the scenario, a line each, if anything is."""
    notes = [*suspicious(scenario)]
    for note in notes[:MOST_NOTES]:
        yield Text.assemble(("Note: ", STRONG), f"{note.place}: {note.sentence}")
    if len(notes) > MOST_NOTES:
        yield Text(f"And {len(notes) - MOST_NOTES} more of this kind.")
    if notes:
        yield Text()


def caption(rows: Sequence[Row], version: Version, routed_by: str | None) -> Text:
    """Say what routed, how much, and whether all of it was as predicted."""
    if routed_by is None:
        note = beyond_tried(version)
        return Text(f"For RabbitMQ {version}{note and f' ({note})'}: {count(rows)}.")
    differing = [str(row.number) for row in rows if not row.agrees]
    text = Text(f"{routed_by} routed {count(rows)}: ")
    if not differing:
        return text.append("all as predicted.", GOOD)
    which = f"message {differing[0]}" if len(differing) == 1 else f"messages {', '.join(differing)}"
    return text.append(f"{which} NOT as predicted.", DIFFERS)


def count(rows: Sequence[Row]) -> str:
    """Count messages, copies and returns: those seen, or without a broker those predicted."""
    copies = sum(
        sum((row.observed.copies if row.observed else row.copies).values()) for row in rows
    )
    messages = plural(len(rows), "message", "messages")
    returned = sum(row.observed.returned if row.observed else row.route.returned for row in rows)
    return f"{messages}, {plural(copies, 'copy', 'copies')}, {returned} returned"


def plural(number: int, one: str, more: str) -> str:
    """Put a number before a noun."""
    return f"{number} {one if number == 1 else more}"
