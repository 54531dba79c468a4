"""The signs that stand for facts; none of them relies on colour."""

from dataclasses import dataclass

from rich.console import ConsoleOptions


@dataclass(frozen=True)
class Marks:
    """Signs, as far as the terminal's encoding has them."""

    arrived: str
    predicted: str
    nothing: str
    into: str
    matches: str
    misses: str


UNICODE = Marks(arrived="●", predicted="○", nothing="·", into="→", matches="✓", misses="✗")
ASCII = Marks(arrived="X", predicted="O", nothing=".", into="->", matches="+", misses="-")


def marks_for(options: ConsoleOptions) -> Marks:
    """Choose the signs that the terminal can show."""
    return ASCII if options.ascii_only else UNICODE
