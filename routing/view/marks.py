"""The signs that stand for facts; none of them relies on colour."""

from dataclasses import dataclass
from typing import Literal

from rich.console import ConsoleOptions


@dataclass(frozen=True)
class Marks:
    """Signs, as far as the terminal's encoding has them.

    cut: how rich ends what is too long for its column.
    """

    arrived: str
    predicted: str
    nothing: str
    into: str
    matches: str
    misses: str
    rule: str
    cut: Literal["ellipsis", "crop"]


UNICODE = Marks(
    arrived="●",
    predicted="○",
    nothing="·",
    into="→",
    matches="✓",
    misses="✗",
    rule="─",
    cut="ellipsis",
)
ASCII = Marks(
    arrived="X",
    predicted="O",
    nothing=".",
    into="->",
    matches="+",
    misses="-",
    rule="-",
    cut="crop",
)


def marks_for(options: ConsoleOptions) -> Marks:
    """Choose the signs that the terminal can show."""
    return ASCII if options.ascii_only else UNICODE
