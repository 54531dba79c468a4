"""The signs that stand for facts, each for one; none of them relies on colour."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final, Literal

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from routing.view.colours import QUIET

Sign = Literal["arrived", "predicted", "nothing", "died", "matches", "misses"]
"""A mark that a legend explains."""


@dataclass(frozen=True)
class Marks:
    """Signs, as far as the terminal's encoding has them.

    died: in a queue, out of which a message went on, or was lost.
    matches, misses: of a binding, a word or a header, and never of a guess, which is right or
    wrong in words.
    onto: leads on to where what no binding takes, or what dies, goes.
    onward: goes on from a `#` over the words that it takes.
    cut: how rich ends what is too long for its column.
    """

    arrived: str
    predicted: str
    nothing: str
    died: str
    into: str
    onto: str
    matches: str
    misses: str
    rule: str
    onward: str
    cut: Literal["ellipsis", "crop"]


UNICODE = Marks(
    arrived="●",
    predicted="○",
    nothing="·",
    died="†",
    into="→",
    onto="⇢",
    matches="✓",
    misses="✗",
    rule="─",
    onward="─",
    cut="ellipsis",
)
ASCII = Marks(
    arrived="O",
    predicted="o",
    nothing=".",
    died="x",
    into="->",
    onto="..>",
    matches="+",
    misses="-",
    rule="_",
    onward="=",
    cut="crop",
)


def marks_for(options: ConsoleOptions) -> Marks:
    """Choose the signs that the terminal can show."""
    return ASCII if options.ascii_only else UNICODE


MEANINGS: Final[dict[Sign, str]] = {
    "arrived": "a copy",
    "predicted": "a predicted copy",
    "nothing": "none",
    "died": "died there",
    "matches": "fits",
    "misses": "does not fit",
}


@dataclass(frozen=True)
class Legend:
    """A line that tells what the signs of a screen mean; signs: those that are on it."""

    signs: Collection[Sign]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the line, if there is anything to tell."""
        marks = marks_for(options)
        told = [
            f"{getattr(marks, sign)} {MEANINGS[sign]}" for sign in MEANINGS if sign in self.signs
        ]
        if told:
            yield Text("   ".join(told), QUIET)
