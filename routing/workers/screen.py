"""Acts of shared work: which worker took which job, in which try."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from routing.view.colours import BAD, DIFFERS, GOOD, QUIET, STRONG, TITLE
from routing.view.marks import Marks, marks_for
from routing.workers.story import WORKERS, Act, Delivery, Take, lost

STORY = "One queue of PDF jobs, three workers; a page takes a minute of the story."


def opening() -> Text:
    """Describe the story that all acts share."""
    return Text(STORY)


def performed(act: Act, rows: Sequence[Delivery], dealt_by: str) -> RenderableType:
    """Describe one act: the lesson, who took which job, what to see, the verdict.

    dealt_by: product, version and address of the broker.
    """
    blank = Text()
    agrees = all(row.agrees for row in rows)
    return Group(
        blank,
        Text(act.title, TITLE),
        Text(act.lesson),
        blank,
        Taken(act, rows),
        blank,
        # What was to be seen is told only where it happened.
        *([Text(act.see, STRONG)] if agrees else []),
        verdict(act, rows, dealt_by),
    )


def verdict(act: Act, rows: Sequence[Delivery], dealt_by: str) -> Text:
    """Say what dealt, how much, whether a job was lost, and whether all was as predicted."""
    seen = seen_in(rows)
    missed = ", ".join(map(str, lost(act, seen)))
    fate = f"LOST {missed}" if missed else "none lost"
    text = Text(f"{dealt_by} dealt {len(act.pages)} jobs in {len(seen)} deliveries, {fate}: ")
    if all(row.agrees for row in rows):
        return text.append("all as predicted.", GOOD)
    return text.append("NOT as predicted.", DIFFERS)


def seen_in(rows: Sequence[Delivery]) -> list[Take]:
    """List the deliveries that were seen."""
    return [row.seen for row in rows if row.seen]


@dataclass(frozen=True)
class Taken:
    """A table with a line for each delivery, and under it what each worker did in all."""

    act: Act
    rows: Sequence[Delivery]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table, and the totals under a rule of the same columns."""
        marks = marks_for(options)
        table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
        for heading in ("job", "pages", "try", *WORKERS):
            table.add_column(heading, justify="center")
        table.add_column("acknowledged", overflow="fold")
        for row in self.rows:
            table.add_row(*numbers(self.act, row), *cells(row, marks), outcome(self.act, row))
        table.add_row(*[Rule(characters=marks.rule, style=QUIET)] * len(table.columns))
        for name, values in totals(seen_in(self.rows)).items():
            table.add_row("", "", "", *values, Text(name, QUIET))
        yield table


def numbers(act: Act, row: Delivery) -> list[str]:
    """Write the job, its pages, and which try this was."""
    take = row.seen or row.predicted
    return [str(take.job), str(act.pages[take.job - 1]), str(take.attempt)] if take else []


def cells(row: Delivery, marks: Marks) -> list[Text]:
    """Mark for each worker whether it took the job, or in a word how that was predicted."""
    return [cell(row, worker, marks) for worker in range(len(WORKERS))]


def cell(row: Delivery, worker: int, marks: Marks) -> Text:
    """Mark one worker: a job done, one that it died with, or none."""
    took = row.seen is not None and row.seen.worker == worker
    expected = row.predicted is not None and row.predicted.worker == worker
    if took != expected:
        return Text("unexpected" if took else "missing", DIFFERS)
    if not took or row.seen is None:
        return Text(marks.nothing, QUIET)
    if row.seen.acknowledged is None:
        return Text("died", BAD)
    return Text(marks.arrived, GOOD)


def outcome(act: Act, row: Delivery) -> Text:
    """Say what came of a delivery, and where that differs, what was predicted."""
    seen, predicted = say(act, row.seen), say(act, row.predicted)
    text = Text(seen)
    return text if seen == predicted else text.append(f"\npredicted: {predicted}", DIFFERS)


def say(act: Act, take: Take | None) -> str:
    """Say when a job was acknowledged, if it was, and how the broker had marked it."""
    if take is None:
        return "no such delivery"
    if take.acknowledged is not None:
        when = f"minute {take.acknowledged}"
    elif act.dies and act.dies[0] == take.worker:
        when = f"never: died in minute {act.dies[1]}"
    else:
        when = "never"
    return f"{when}, marked as redelivered" if take.redelivered else when


def totals(takes: Sequence[Take]) -> dict[str, list[str]]:
    """Count each worker's finished jobs, and tell the minute in which it finished the last."""
    done = [
        [take.acknowledged for take in takes if take.worker == worker and take.acknowledged]
        for worker in range(len(WORKERS))
    ]
    return {
        "jobs done": [str(len(minutes)) for minutes in done],
        "minute of the last": [str(max(minutes, default="-")) for minutes in done],
    }
