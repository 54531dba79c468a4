"""Acts of shared work: which worker took which job, in which try."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from routing.view.colours import BAD, DIFFERS, GOOD, QUIET, STRONG, TITLE
from routing.view.marks import Marks, marks_for
from routing.walk.score import Score
from routing.walk.screen.lesson import missed_table, scored
from routing.workers.story import WORKERS, Act, Delivery, Take, lost, take_of

STORY = "One queue of PDF jobs, three workers; a page takes a minute of the story."


WIDE = 64
"""From so many columns on, the columns of the table stand further apart."""


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
        gap = 2 if options.max_width >= WIDE else 1
        table = Table(box=None, padding=(0, gap, 0, 0), header_style=QUIET)
        for heading in ("job", "pages", "try", *WORKERS):
            table.add_column(heading, justify="center")
        table.add_column("acknowledged", overflow="fold", min_width=len("acknowledged"))
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


def story() -> RenderableType:
    """Tell the story before it is walked through."""
    return Group(
        Text("A queue with several consumers gives each message to one of them.", STRONG),
        Text(),
        Text(STORY),
        Text("Worker 1 subscribes first, then worker 2, then worker 3."),
    )


def asked(
    act: Act, rows: Sequence[Delivery], number: int, before: RenderableType | None
) -> RenderableType:
    """Show how things stand when a job is dealt."""
    return Group(
        Text(act.lesson),
        Text(),
        *([before, Text()] if before else []),
        stand(act, [take_of(row) for row in rows], number),
    )


def question(act: Act, take: Take) -> str:
    """Ask who gets a job."""
    again = " again" * (take.attempt > 1)
    return f"Who gets job {take.job}{again} ({say_pages(act, take.job)})?"


def stand(act: Act, takes: Sequence[Take], number: int) -> Table:
    """Show for each worker what it has acknowledged and what it has in hand, and what waits."""
    minute, before = takes[number].dealt, takes[:number]
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_row(
        Text(f"minute {minute}", STRONG), Text("jobs in hand", QUIET), Text("done", QUIET)
    )
    for worker, name in enumerate(WORKERS):
        own = [take for take in before if take.worker == worker]
        done = [take for take in own if take.acknowledged and take.acknowledged <= minute]
        held = [say_job(act, take.job) for take in own if take not in done]
        died = has_died(act, minute) and act.dies is not None and act.dies[0] == worker
        in_hand = "died" if died else ", ".join(held)
        table.add_row(name, Text(in_hand), Text(", ".join(str(take.job) for take in done)))
    waiting = [take for take in takes[number:] if take.attempt == 1 or has_died(act, minute)]
    table.add_row("waiting", Text(", ".join(say_job(act, take.job) for take in waiting)))
    return table


def has_died(act: Act, minute: int) -> bool:
    """Tell whether a worker has died by then."""
    return act.dies is not None and act.dies[1] <= minute


def say_job(act: Act, job: int) -> str:
    """Name a job, and how long it takes."""
    return f"{job} ({say_pages(act, job)})"


def say_pages(act: Act, job: int) -> str:
    """Write how long a job is."""
    pages = act.pages[job - 1]
    return "1 page" if pages == 1 else f"{pages} pages"


def told(act: Act, row: Delivery, guess: int | None) -> RenderableType:
    """Tell who got a job, whether that was guessed, and why."""
    take = take_of(row)
    verdict = Text()
    if guess is not None:
        right = guess == take.worker
        verdict = Text("  right" if right else "  WRONG", GOOD if right else BAD)
    line = Text.assemble((f"Job {take.job} went to {WORKERS[take.worker]}", STRONG), verdict)
    parts = [line, Text(f"  {why(act, take)}")]
    if not row.agrees:
        parts.append(Text("NOT AS PREDICTED", DIFFERS))
    return Group(*parts)


def why(act: Act, take: Take) -> str:
    """Say why this worker got it."""
    if take.redelivered and act.dies:
        return (
            f"{WORKERS[act.dies[0]]} died in minute {act.dies[1]} before it had acknowledged it: "
            f"redelivered to {WORKERS[take.worker]}, who is free"
        )
    if act.prefetch and take.dealt:
        return (
            f"{WORKERS[take.worker]} had acknowledged its job in minute {take.dealt}, and is free"
        )
    return f"in turn, after {WORKERS[take.worker - 1]}" if take.job > 1 else "it subscribed first"


def ended(act: Act, rows: Sequence[Delivery], before: RenderableType | None) -> RenderableType:
    """Show what became of the last delivery, and the whole act."""
    agrees = all(row.agrees for row in rows)
    return Group(
        *([before, Text()] if before else []),
        Taken(act, rows),
        *([Text(act.see, STRONG)] if agrees else []),
        verdict(act, rows, "The broker"),
    )


def recap(total: Score, missed: Sequence[tuple[int, str, str]]) -> RenderableType:
    """Tell the score, and the rules that were missed."""
    heading = [Text(), Text("Missed most:", STRONG)] * bool(missed)
    return Group(scored(total, "deliveries"), *heading, missed_table(missed))
