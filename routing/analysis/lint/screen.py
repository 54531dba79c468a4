"""Findings for people: a line for where, and what."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from routing.analysis.lint.codes import CODES
from routing.analysis.lint.finding import Finding
from routing.view.colours import BAD, DIFFERS, GOOD, QUIET, STRONG


def shown(found: Sequence[Finding], source: str) -> RenderableType:
    """Show each finding, and how many there are."""
    count = f"{len(found)} finding{'' if len(found) == 1 else 's'}"
    said = Text(f"{source}: {count}.", DIFFERS if found else GOOD)
    return Group(*(part for each in found for part in one(each)), said)


def one(each: Finding) -> Sequence[RenderableType]:
    """Show one finding."""
    where = f"{each.spot}: " if each.spot else ""
    style = QUIET if each.kind.severity == "note" else BAD
    head = Text.assemble(where, (f"{each.kind.severity} {each.code}", style))
    said = Text.assemble((each.about, STRONG), f": {each.sentence}.")
    return head, Padding(said, (0, 0, 0, 2), expand=False)


def explained(code: str) -> RenderableType:
    """Show what a code stands for."""
    kind = CODES[code]
    told = {"why": kind.reason, "do": kind.remedy, "wrong": kind.wrong, "right": kind.right}
    lines = (Text(f"{name:7}{text}") for name, text in told.items())
    return Group(Text.assemble((code, STRONG), f"  {kind.severity}"), *lines)
