"""Questions against versions: what each RabbitMQ did, and where that changed, why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from routing.versions.question import Answer, Question, why_changed
from routing.view.colours import DIFFERS, GOOD, QUIET, STRONG, TITLE
from routing.view.marks import marks_for
from routing.view.routed import GAP

LEAST_TITLE = 18
"""A question gets at least this width, or the columns of the versions give way to it."""

LEGEND = (
    "A number is the reply code with which the broker refuses; 503 and 541 cost the connection."
)


@dataclass(frozen=True)
class Asked:
    """One question, and what each version answers, in the order of the versions."""

    question: Question
    answers: Sequence[Answer]

    @property
    def changes(self) -> bool:
        """Whether not all versions do the same."""
        return len({answer.did for answer in self.answers}) > 1

    @property
    def agrees(self) -> bool:
        """Whether every version did what was predicted of it."""
        return all(answer.agrees for answer in self.answers)


@dataclass(frozen=True)
class SideBySide:
    """A row for each question, a column for each version."""

    versions: Sequence[str]
    rows: Sequence[Asked]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the heading, then question by question the answers and the reasons."""
        title, column = self.widths(options.max_width)
        headings = [Text(version, QUIET) for version in self.versions]
        yield line(title, column, Text(), headings)
        yield Rule(characters=marks_for(options).rule, style=QUIET)
        for row in self.rows:
            yield line(title, column, Text(row.question.title, STRONG), list(cells(row)))
            for detail in details(row, self.versions):
                yield Padding(detail, (0, 0, 0, GAP))

    def widths(self, width: int) -> tuple[int, int]:
        """Give the width of a question, and that of a version."""
        told = [answer.did for row in self.rows if row.changes for answer in row.answers]
        most = (width - LEAST_TITLE) // len(self.versions) - GAP
        column = min(max(map(cell_len, [*told, *self.versions])), most)
        longest = max((cell_len(row.question.title) for row in self.rows), default=0)
        return min(longest, width - len(self.versions) * (column + GAP)), column


def line(title: int, column: int, question: Text, cells: Sequence[Text]) -> Table:
    """Lay out a question, and a cell for each version or one cell for all of them."""
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(width=title, overflow="fold")
    for _ in cells:
        table.add_column(width=column if len(cells) > 1 else None, overflow="fold")
    table.add_row(question, *cells)
    return table


def cells(row: Asked) -> Iterator[Text]:
    """Write each answer, those marked that are new or not as predicted; one for all if the same."""
    if not row.changes:
        yield Text(f"all: {row.answers[0].did}", "" if row.agrees else DIFFERS)
        return
    before = row.answers[0].did
    for answer in row.answers:
        style = "" if answer.did == before else STRONG
        yield Text(answer.did, style if answer.agrees else DIFFERS)
        before = answer.did


def details(row: Asked, versions: Sequence[str]) -> Iterator[Text]:
    """Say why an answer changed, and where one is not as predicted, that."""
    for version, answer in zip(versions, row.answers, strict=True):
        if not answer.agrees:
            said = f"  on {version} {answer.predicted} was predicted"
            yield Text.assemble(("NOT AS PREDICTED", DIFFERS), said)
    if row.question.why:
        yield Text(f"{row.question.why} ({row.question.source})")
    else:
        for (_, before), (version, after) in pairwise(zip(versions, row.answers, strict=True)):
            if before.did != after.did:
                yield Text(why_changed(before, after, version))


def lesson(versions: Sequence[str], rows: Sequence[Asked]) -> RenderableType:
    """Show what changed from version to version."""
    table = SideBySide(versions, rows)
    return Group(
        Text(),
        Text("versions", TITLE),
        Text("What changed for who declares, binds and publishes, asked of each RabbitMQ now."),
        Text(),
        table,
        Text(),
        Text(LEGEND),
        verdict(versions, rows, "question"),
    )


def compared(
    name: str, versions: Sequence[str], rows: Sequence[Asked], shown: Sequence[Asked]
) -> RenderableType:
    """Show where the messages of a lesson, or of a file, go on each version.

    shown: the rows that are shown; the others are but counted.
    """
    table: list[RenderableType] = [SideBySide(versions, shown), Text()] if shown else []
    title = Text(name, TITLE)
    return Group(Text(), title, Text(), *table, verdict(versions, rows, "message"))


def verdict(versions: Sequence[str], rows: Sequence[Asked], noun: str) -> Text:
    """Say what was asked of whom, how much of it changes, and whether all was as predicted."""
    changed = sum(row.changes for row in rows)
    named = " and ".join([", ".join(versions[:-1]), versions[-1]] if versions[1:] else versions)
    changes = f"{changed} not the same everywhere" if changed else "the same everywhere"
    counted = f"{len(rows)} {noun}{'s' * (len(rows) != 1)}"
    text = Text(f"{counted} on RabbitMQ {named}: {changes}, ")
    differing = sum(not row.agrees for row in rows)
    if not differing:
        return text.append("all as predicted.", GOOD)
    return text.append(f"{differing} NOT as predicted.", DIFFERS)
