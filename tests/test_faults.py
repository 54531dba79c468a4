"""Does each run end in time after a fault, in one sentence, and leave nothing behind?"""

import asyncio
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from nodes import all_started
from rich.console import Console

from routing.__main__ import main
from routing.broker.programs.installation import Installation
from soak.cell import Ground, Outcome
from soak.faults import on_node, table
from soak.matrix import ALARMS, ALL_ALONG, ALONE, FAULTS, FULL, KILL, SHORT, Cell, cells
from soak.proxy import LASTING
from soak.victims import killed, without_its_node

QUICK = 6.0
"""Seconds within which a run has to end whose broker is gone, so that nobody waits for long."""

SLACK = 2.0
"""How often longer it may take here, where other tests keep the machine busy."""


def timeout(cell: Cell) -> float:
    """Give a run little time where it has to use all of it, and the usual time elsewhere."""
    return QUICK if cell.fault in (*LASTING, *ALARMS) else 15.0


@pytest.fixture(scope="module")
def outcomes(
    installation: Installation, tmp_path_factory: pytest.TempPathFactory
) -> dict[Cell, Outcome]:
    """Do all cells of the short form on one node, most of them at the same time."""
    found: dict[Cell, Outcome] = {}

    def tell(outcome: Outcome) -> None:
        found[outcome.cell] = outcome

    async def work(folder: Path) -> None:
        ground = Ground(folder, timeout, tell)
        with all_started([installation]) as [node]:
            await on_node([each for each in SHORT if each.fault != KILL], node, ground)
            await killed([each for each in SHORT if each.fault == KILL], node, ground)
        await without_its_node(ALONE, ground)

    asyncio.run(work(tmp_path_factory.mktemp("runs")))
    return found


@pytest.mark.parametrize("cell", [*SHORT, ALONE], ids=str)
def test_is_each_promise_kept(outcomes: dict[Cell, Outcome], cell: Cell) -> None:
    """In time, with the right status, with one sentence, nothing unseen, and nothing left."""
    outcome = outcomes[cell]
    assert not outcome.broken(SLACK * timeout(cell)), f"{outcome.out}\n{outcome.err}"


def test_is_each_fault_met_here() -> None:
    """The short form has one of each; only a full disk needs a disk of its own, and a minute."""
    assert {each.fault for each in SHORT} == set(FAULTS) - {FULL}
    assert set(SHORT) <= set(cells())


GOOD = Outcome(
    Cell("demo", "binding", "silence"), 3, 1.0, "", "The broker is silent after queue.bind (q): "
    "waiting 3 s more ...\nThe broker has not answered for 2 s: run this again.\n"
)  # fmt: skip
BROKEN = {
    "never came": replace(GOOD, seconds=None),
    "took 9.0 s": replace(GOOD, seconds=9.0),
    "ended with 1": replace(GOOD, status=1),
    "showed a traceback": replace(GOOD, err=GOOD.err + "Traceback (most recent call last):\n."),
    "said no single sentence": replace(GOOD, err=GOOD.err + "And another one.\n"),
    "reported what it did not see": replace(GOOD, out="3 returned: all as predicted."),
    "did not say what": replace(GOOD, cell=Cell("demo", ALL_ALONG, "disk")),
    "left routing-1.orders": replace(GOOD, left=["routing-1.orders"]),
}


@pytest.mark.parametrize("promise", BROKEN)
def test_is_a_broken_promise_seen(promise: str) -> None:
    """Each by what it would look like, and none where all are kept."""
    assert not GOOD.broken(4.0)
    assert any(promise in each for each in BROKEN[promise].broken(4.0))


def test_has_a_run_more_time_that_goes_on() -> None:
    """Twice as much, where it does its work once more, and ends well."""
    again = replace(GOOD, cell=Cell("verify", "collect", "406"), status=0, err="", seconds=7.0)
    assert not again.broken(4.0)
    assert replace(again, seconds=9.0).broken(4.0) == ["took 9.0 s"]
    assert replace(GOOD, seconds=7.0).broken(4.0) == ["took 7.0 s"]


def test_does_the_table_show_it() -> None:
    """Status and seconds, and whether a promise is broken."""
    console = Console(file=StringIO(), width=80)
    console.print(table([GOOD, replace(BROKEN["took 9.0 s"], cell=SHORT[0])], 4.0))
    assert isinstance(console.file, StringIO)
    assert console.file.getvalue().split() == [
        *("exchange", "binding"),
        *("demo", "silence", "3", "9.0!", "3", "1.0"),
    ]


@pytest.mark.parametrize("text", ["0", "0.5", "-1", "x", "nan", "inf", "3601", ""])
@pytest.mark.parametrize("way", ["--timeout={}", "amqp://127.0.0.1:1/?timeout={}"])
def test_is_a_bad_timeout_told(
    way: str, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a sentence, before anything is looked for."""
    word = way.format(text)
    monkeypatch.setenv("AMQP_URL", word if "amqp" in way else "amqp://127.0.0.1:1")
    assert main(["demo", "topic", *([word] if word.startswith("--") else [])]) == 2
    assert capsys.readouterr().err == (
        f"A timeout of {text!r} is not a number of seconds from 1 to 3600.\n"
    )
