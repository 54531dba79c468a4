"""Is every lesson's screen true at every width: nothing lost, and no word broken?"""

import re
from collections.abc import Sequence

import pytest
from length import first
from rich.cells import cell_len
from rich.console import Console

from routing.amqp.notation import write_binding, write_key
from routing.amqp.topology import Observation, Scenario
from routing.amqp.versions import NEWEST
from routing.demo.screen import show
from routing.files.lesson import FIRST, lesson
from routing.rules.compare import Row
from routing.rules.predict import predict
from routing.view.routed import Routed, hits_told

WIDTHS = range(40, 121, 9)


def drawn(scenario: Scenario, rows: Sequence[Row], width: int, *, why: bool = False) -> list[str]:
    """Print a lesson in so many columns."""
    console = Console(width=width, highlight=False, color_system=None)
    with console.capture() as capture:
        console.print(show(Routed(scenario, rows, why, legend=True), NEWEST, "RabbitMQ 9 at b:1"))
    return [line.rstrip() for line in capture.get().splitlines()]


def played(scenario: Scenario) -> list[Row]:
    """Make rows in which the broker did all that was predicted."""
    return [
        Row(number, route, Observation(route.copies, int(route.returned)))
        for number, route in enumerate(predict(scenario), 1)
    ]


def words_of(lines: Sequence[str]) -> set[str]:
    """List the words of some lines."""
    return {word for line in lines for word in line.split() if set(word) != {"─"}}


def rows_in(lines: list[str]) -> list[list[str]]:
    """Cut a table into its rows: a heading, what is told of every message, and message by message.

    The number of a message stands where nothing else does.
    """
    begin = next(n for n, line in enumerate(lines) if line.startswith("────")) + 1
    body = lines[begin : next(n for n, line in enumerate(lines) if line.startswith("● a copy"))]
    starts = [n for n, line in enumerate(body) if re.match(r"[ \d]\d ", line)]
    ends = [*starts[1:], len(body)]
    return [body[: starts[0]], *(body[a:b] for a, b in zip(starts, ends, strict=True))]


def copies_marked(lines: Sequence[str], row: Sequence[str], queues: Sequence[str]) -> int:
    """Count the queues that are marked in a row, or named in it."""
    heading = next(line for line in lines if line.strip().startswith("message"))
    in_columns = len(heading.split()) == 1 + len(queues)
    return row[0].count("●") if in_columns else sum(line.count("●") for line in row)


@pytest.mark.parametrize("name", FIRST)
def test_is_every_copy_marked_and_every_reason_whole(name: str) -> None:
    """Each queue that got one has its mark, or is named; and what is told stands there whole."""
    scenario = lesson(name)
    rows = played(scenario)
    for width in WIDTHS:
        lines = drawn(scenario, rows, width)
        assert max(map(cell_len, lines)) <= width
        once, *parts = rows_in(lines)
        for row, part in zip(rows, parts, strict=True):
            copies = sum(row.route.copies.values())
            assert copies_marked(lines, part, scenario.queues) == copies
            assert ("returned" in words_of(part)) is row.route.returned
            for verdict, reason in hits_told(row):
                said = {*reason.split(), write_key(verdict.binding.destination)}
                assert said <= words_of(once + part)


@pytest.mark.parametrize("why", [False, True])
@pytest.mark.parametrize("name", first(("headers", "surprises", "dead-letters"), FIRST))
def test_is_no_word_broken(name: str, *, why: bool) -> None:
    """Each word of the lesson, the declarations and the reasons stands whole at every width."""
    scenario = lesson(name)
    rows = played(scenario)
    types = {each.name: each.type for each in scenario.exchanges}
    asked = {write_binding(each, types[each.source]) for each in scenario.bindings}
    needed = {word for text in (scenario.lesson, *asked, *scenario.queues) for word in text.split()}
    whole = words_of(drawn(scenario, rows, 300, why=why))
    for width in WIDTHS:
        shown = words_of(drawn(scenario, rows, width, why=why))
        assert needed <= shown
        assert shown <= whole | needed | {"as", "above"}, width


@pytest.mark.parametrize("name", FIRST)
def test_does_what_is_told_beforehand_fit(name: str) -> None:
    """Some lines of 80 columns, three at the most."""
    lines = lesson(name).lesson.splitlines()
    assert len(lines) <= 3
    assert max(map(len, lines)) <= 80
