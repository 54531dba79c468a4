"""The lessons, and what a broker that obeys the rules does with them."""

from dataclasses import replace
from io import StringIO

from rich.console import Console, RenderableType

from routing.amqp.topology import Observation, Scenario
from routing.files.lesson import FIRST, lesson
from routing.rules.compare import Row, expected
from routing.rules.life import as_consumed

__all__ = ["ALIVE", "LESSONS", "lesson", "rendered", "rows"]

LESSONS = [*FIRST]
ALIVE = [name for name in FIRST if not lesson(name).is_deadly]
"""Those in which no message dies."""


def rows(scenario: Scenario) -> list[Row]:
    """Give each message with what a broker that obeys the rules does."""
    return [replace(row, observed=seen(row)) for row in expected(scenario)]


def seen(row: Row) -> Observation:
    """Observe what is predicted, to the last header."""
    resting = [(place, as_consumed(copy)) for place, copy in row.life.resting] if row.life else []
    return Observation(row.copies, int(row.route.returned), resting=resting)


def rendered(body: RenderableType, width: int = 80) -> str:
    """Write a body as a pipe of that width gets it."""
    console = Console(width=width, file=StringIO(), record=True)
    console.print(body)
    return console.export_text()
