"""Every command, at every step, with every fault, as a table: `make faults`.

    .venv/bin/python -m soak.faults [--timeout S] [--sentences] [WORD ...]

A word is a command, a step or a fault; without any it is all of them.  The exit status is 1 where a
promise is broken.
"""

import asyncio
import re
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Final

from nodes import Node, all_started
from rich.console import Console
from rich.table import Table
from rich.text import Text

from routing.broker.node.private import kinds
from routing.broker.programs.installation import Installation
from routing.broker.way import first, untold
from soak.cell import Ground, Outcome, Place, done
from soak.matrix import ALARMS, FAULTS, FULL, KILL, PRIVATE, STEPS, Cell, cells
from soak.victims import alarm, killed, on_a_small_disk, without_its_node

AT_ONCE: Final = 16
"""Cells that are done at the same time: most of the time they wait."""

TIMEOUT: Final = 15.0
"""Seconds within which each run has to end."""

WIDTH: Final = 110


async def one_by_one(wanted: Sequence[Cell], places: Sequence[Place], ground: Ground) -> None:
    """Do cells, as many at the same time as there are places."""
    left = [*wanted][::-1]

    async def one_after_another(place: Place) -> None:
        while left:
            await done(left.pop(), place, ground)

    await asyncio.gather(*map(one_after_another, places))


async def on_node(wanted: Sequence[Cell], node: Node, ground: Ground) -> None:
    """Do the cells for which a node lives on, those last for which it is short of something."""
    simple = [each for each in wanted if each.fault not in ALARMS]
    with ExitStack() as stack:
        vhosts = [stack.enter_context(node.vhost()) for _ in range(min(AT_ONCE, len(simple)))]
        await one_by_one(simple, [Place(node, each) for each in vhosts], ground)
    for which in ALARMS:
        if ill := [each for each in wanted if each.fault == which]:
            await warned(ill, which, node, ground)


async def warned(wanted: Sequence[Cell], which: str, node: Node, ground: Ground) -> None:
    """Do cells on a node that is short of something.

    It does not read from whom it has told so, and notices only afterwards that they have gone.
    """
    told: list[Outcome] = []
    with node.vhost() as vhost:
        place = Place(node, vhost)
        with alarm(node, which):
            await one_by_one(wanted, [place] * AT_ONCE, replace(ground, tell=told.append))
        left = await place.left(frozenset({"leases"}))
    for each in told:
        ground.tell(replace(each, left=left))


async def killed_and_full(
    wanted: Sequence[Cell], installation: Installation, ground: Ground
) -> None:
    """Do the cells for which a node does not live on."""
    if full := [each for each in wanted if each.fault == FULL]:
        async with on_a_small_disk(ground.folder) as (small, fill):
            await fill()
            for cell in full:
                await done(cell, Place(small, "/"), ground)
    dying = [each for each in wanted if each.fault == KILL]
    for step in STEPS:
        if its := [each for each in dying if each.step == step and each.command not in PRIVATE]:
            with all_started([installation]) as [node]:
                await killed(its, node, ground)
    for cell in dying:
        if cell.command in PRIVATE:
            await without_its_node(cell, ground)


async def all_done(wanted: Sequence[Cell], installation: Installation, ground: Ground) -> None:
    """Do all cells."""
    lives_on = [each for each in wanted if each.fault not in (FULL, KILL)]
    if lives_on:
        with all_started([installation]) as [node]:
            await on_node(lives_on, node, ground)
    await killed_and_full(wanted, installation, ground)


def installed() -> Installation:
    """Give the newest RabbitMQ to start."""
    attempts = [(kind.name, lambda kind=kind: kind.prepare(untold)) for kind in kinds("4.3")]
    found = first(attempts, untold, "4.3")
    assert isinstance(found, Installation)
    return found


def chosen(words: Sequence[str]) -> Iterator[Cell]:
    """List the cells that are of one of the commands, steps and faults that words name."""
    every = [*cells()]
    kinds_of_words = [
        {word for word in words if word in {getattr(cell, kind) for cell in every}}
        for kind in ("command", "step", "fault")
    ]
    for cell in every:
        parts = (cell.command, cell.step, cell.fault)
        if all(not some or part in some for part, some in zip(parts, kinds_of_words, strict=True)):
            yield cell


def table(outcomes: Sequence[Outcome], limit: float) -> Table:
    """Show status and seconds: a row for each fault of a command, a column for each step."""
    shown = Table(box=None, padding=(0, 1, 0, 0))
    steps = [step for step in STEPS if any(each.cell.step == step for each in outcomes)]
    for heading in ("", "", *steps):
        shown.add_column(heading)
    for command in dict.fromkeys(each.cell.command for each in outcomes):
        its = [each for each in outcomes if each.cell.command == command]
        for fault in FAULTS:
            row = {each.cell.step: each for each in its if each.cell.fault == fault}
            if row:
                cells = [said(row[step], limit) if step in row else Text("") for step in steps]
                shown.add_row(command, fault, *cells)
        shown.add_section()
    return shown


def said(outcome: Outcome, limit: float) -> Text:
    """Write the status, the seconds, and a mark where a promise is broken."""
    seconds = "never" if outcome.seconds is None else f"{outcome.seconds:.1f}"
    broken = bool(outcome.broken(limit))
    return Text(f"{outcome.status} {seconds}{'!' * broken}", "bold red" if broken else "")


def sentences(outcomes: Sequence[Outcome]) -> list[str]:
    """List what was said, each once, without what is another each time."""
    changing = r"127\.0\.0\.1:\d+|/of (one test|cell)[ ,\w]*|routing-\w{8}|watch\.\w{8}"
    found = {re.sub(changing, "~", line) for each in outcomes for line in each.sentences}
    return sorted(found)


def main() -> int:
    """Do what is chosen, and show it."""
    parser = ArgumentParser(prog="soak.faults", description=__doc__.partition("\n")[0])
    parser.add_argument("words", nargs="*", metavar="WORD", help="a command, a step, a fault")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, help="of each run, in seconds")
    parser.add_argument("--sentences", action="store_true", help="list all that is said")
    options = parser.parse_args()
    wanted, outcomes, begun = (
        list(chosen(" ".join(options.words).split())),
        list[Outcome](),
        monotonic(),
    )
    console = Console(highlight=False)
    console.width = max(console.width, WIDTH)

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        for broken in outcome.broken(options.timeout):
            console.print(f"{outcome.cell}: {broken}", markup=False)
            console.print(Text(outcome.err[-2000:]))

    async def work(folder: Path) -> None:
        ground = Ground(folder, lambda _: options.timeout, tell)
        await all_done(wanted, installed(), ground)

    with TemporaryDirectory() as folder:
        asyncio.run(work(Path(folder)))
    console.print(table(outcomes, options.timeout))
    for line in sentences(outcomes) if options.sentences else ():
        console.print(Text(f"- {line}"))
    broken = sum(bool(each.broken(options.timeout)) for each in outcomes)
    seconds = monotonic() - begun
    console.print(f"{len(outcomes)} cells in {seconds:.0f} s, {broken} with a broken promise (!).")
    return 1 if broken or len(outcomes) < len(wanted) else 0


if __name__ == "__main__":
    raise SystemExit(main())
