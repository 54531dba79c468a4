"""What was done, what it took, and which promise did not hold; shown as a table."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.table import Table
from rich.text import Text

PAGE: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Done:
    """One thing that was done.

    took: seconds.
    memory: in words, with its unit.
    left: in words; "nothing" where nothing was.
    broken: a sentence for each promise that did not hold.
    """

    what: str
    took: float
    memory: str
    left: str
    broken: Sequence[str] = ()


def memory_of(pid: int) -> float:
    """Tell how much of a process is in memory, in MB; 0 where it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()[1]
    except OSError:
        return 0
    return int(pages) * PAGE / 1e6


def broken(**promises: object) -> list[str]:
    """Name the promises that did not hold: those with something to say."""
    return [f"{name.replace('_', ' ')}: {said}" for name, said in promises.items() if said]


def table(done: Sequence[Done]) -> Table:
    """Put below one another what was done."""
    shown = Table(title="Crowd and length")
    shown.add_column("what")
    shown.add_column("seconds", justify="right")
    shown.add_column("memory")
    shown.add_column("left")
    shown.add_column("promises")
    for each in done:
        said = "; ".join(each.broken) or "kept"
        row = (each.what, f"{each.took:.0f}", each.memory, each.left)
        shown.add_row(*map(Text, row), Text(said, "bold red" if each.broken else "green"))
    return shown
