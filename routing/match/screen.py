"""The verdict on one message with its picture, or what a binding means with its examples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from routing.amqp.notation import (
    EMPTY_KEY,
    shorten,
    write_binding,
    write_message,
    write_table,
    write_word,
)
from routing.amqp.topology import Binding
from routing.amqp.versions import Version, beyond_tried
from routing.match.compared import Compared, compared
from routing.match.examples import Example, Examples
from routing.match.fit import Column, columns
from routing.match.meaning import meaning
from routing.rules.apart import escaped, tell_apart
from routing.rules.matching import match_mode, split_words
from routing.rules.predict import Verdict
from routing.rules.reasons import EveryMessage
from routing.rules.say import LEAST
from routing.view.beside import Beside, Line
from routing.view.marks import Marks, marks_for

LABELS = ("routing key", "binding key", "")
"""What stands before the three lines of a picture."""

INDENT = 2
LABEL = len(LABELS[0]) + 2
GAP = 2

BESIDES = 60
"""The most columns of a key or of headers in a line."""

TAKES, LEAVES = "bold green", "bold red"


def judged(verdict: Verdict) -> RenderableType:
    """Describe what a binding does with one message: the reason, and the picture of it."""
    parts: list[RenderableType] = [Reasoned(verdict), ""]
    if verdict.exchange_type in ("topic", "headers"):
        picture = Laid(verdict) if verdict.exchange_type == "topic" else Beneath(verdict)
        parts += [Padding(picture, (0, 0, 0, INDENT)), ""]
    return Group(*parts, for_version(verdict.version))


@dataclass(frozen=True)
class Reasoned:
    """Whether the binding takes the message, and why, in a sentence."""

    verdict: Verdict

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the sentence."""
        reason = self.verdict.reason
        does = "takes it: " if self.verdict.takes else "leaves it: "
        # Of a fanout exchange the reason itself says that it takes.
        said = Text(reason.text if isinstance(reason, EveryMessage) else does + reason.text)
        yield Beside([[mark_of(self.verdict, options), said]])


def mark_of(verdict: Verdict, options: ConsoleOptions) -> Text:
    """Give the mark of a verdict."""
    marks = marks_for(options)
    return Text(marks.matches, TAKES) if verdict.takes else Text(marks.misses, LEAVES)


@dataclass(frozen=True)
class Laid:
    """The words of a key, and under each the word of the pattern that is held against it."""

    verdict: Verdict

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the picture: three lines, and three more for what they have no room for."""
        words = split_words(self.verdict.message.routing_key)
        pattern = split_words(self.verdict.binding.binding_key)
        room, marks = max(options.max_width - LABEL, LEAST), marks_for(options)
        laid = columns(pattern, words, self.verdict.reason)
        cells = [Cell.of(each, room, ascii_only=options.ascii_only) for each in laid]
        for number, row in enumerate(in_rows(cells, room) or [[]]):
            sent, wanted, failed = lines_of(row, marks)
            if number:
                yield ""
            yield line(LABELS[0], Text(sent if words else EMPTY_KEY))
            yield line(LABELS[1], Text(wanted if pattern else EMPTY_KEY))
            if failed.strip():
                yield line(LABELS[2], Text(failed, LEAVES))


def line(label: str, text: Text) -> Text:
    """Put a label before a line."""
    return Text.assemble((label.ljust(LABEL), "dim"), text)


@dataclass(frozen=True)
class Cell:
    """A column as it is written."""

    sent: str
    wanted: str
    fails: bool
    goes_on: bool

    @property
    def width(self) -> int:
        """How wide it is."""
        return max(cell_len(self.sent), cell_len(self.wanted), 1)

    @classmethod
    def of(cls, column: Column, most: int, *, ascii_only: bool) -> "Cell":
        """Write a column; words that differ differ to the eye, too."""
        both = ("" if each is None else write_word(each) for each in (column.sent, column.wanted))
        # What the terminal's encoding lacks is escaped, and so is wider.
        sent, wanted = map(escaped, both) if ascii_only else both
        apart = column.fails and sent and wanted
        pair = (
            tell_apart(sent, wanted, most)
            if apart
            else (shorten(sent, most), shorten(wanted, most))
        )
        return cls(*pair, column.fails, column.goes_on)


def in_rows(cells: Iterable[Cell], room: int) -> list[list[Cell]]:
    """Put as many columns side by side as there is room for."""
    rows: list[list[Cell]] = []
    taken = room
    for cell in cells:
        taken += GAP + cell.width
        if taken > room:
            rows.append([])
            taken = cell.width
        rows[-1].append(cell)
    return rows


def lines_of(row: Sequence[Cell], marks: Marks) -> tuple[str, str, str]:
    """Write columns as three lines: what was sent, what is wanted, and what is not as wanted.

    A `#` goes on as a line over all the words that it takes.
    """
    sent = wanted = failed = ""
    for cell, after in zip_longest(row, row[1:]):
        width = cell.width + GAP * (after is not None)
        under = marks.rule if after and after.goes_on else " "
        own = marks.rule * cell.width if cell.goes_on else cell.wanted
        sent += padded(cell.sent, width, " ")
        wanted += padded(own, width, under)
        failed += padded(marks.misses if cell.fails else "", width, " ")
    return sent.rstrip(), wanted.rstrip(), failed.rstrip()


def padded(text: str, width: int, by: str) -> str:
    """Fill a text up to a width in columns."""
    return text + by * (width - cell_len(text))


@dataclass(frozen=True)
class Beneath:
    """The arguments of a binding one beneath another, each with what was sent."""

    verdict: Verdict

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a line for each, and what was sent besides."""
        binding, marks = self.verdict.binding, marks_for(options)
        lines = [argument_line(each, marks) for each in compared(self.verdict)]
        how = "one is enough" if match_mode(binding).startswith("any") else "all of it"
        heading = [Text(each, "dim") for each in ("", f"asked for, {how}", "sent", "")]
        if lines:
            yield Beside([heading, *lines])
        headers = self.verdict.message.headers or {}
        if besides := {name: v for name, v in headers.items() if name not in binding.arguments}:
            yield Text(f"   not asked for: {shorten(write_table(besides), BESIDES)}")


def argument_line(each: Compared, marks: Marks) -> Line:
    """Write the mark of an argument, the argument, what was sent, and a word on that."""
    mark = {
        True: Text(marks.matches, TAKES),
        False: Text(marks.misses, LEAVES),
        None: Text(marks.nothing),
    }
    return (mark[each.met], Text(each.asked), Text(each.sent), Text(each.note))


def explained(
    exchange_type: str, binding: Binding, found: Examples, version: Version
) -> RenderableType:
    """Describe what a binding means, with messages that it takes, and some that it nearly takes."""
    asked = "" if exchange_type == "fanout" else write_binding(binding, exchange_type)
    means = Text.assemble((exchange_type, "dim"), (f"  {asked}".rstrip(), "bold"))
    parts: list[RenderableType] = [means, Text(f"takes {meaning(exchange_type, binding)}")]
    for title, nothing, listed in (
        ("It takes, for instance:", "No message was found that it takes.", found.taken),
        ("It nearly takes, but leaves:", "None was found that it leaves.", found.left),
    ):
        parts += ["", Text(title if listed else nothing)]
        parts += [Padding(Listed(exchange_type, listed), (0, 0, 0, INDENT))] * bool(listed)
    return Group(*parts, "", for_version(version))


@dataclass(frozen=True)
class Listed:
    """Messages one beneath another, each with its mark and its reason."""

    exchange_type: str
    examples: Sequence[Example]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a line for each."""
        yield Beside(
            [
                (
                    mark_of(each.verdict, options),
                    Text(shorten(write_message(each.message, self.exchange_type), BESIDES)),
                    Text(each.verdict.reason.text),
                )
                for each in self.examples
            ]
        )


def for_version(version: Version) -> Text:
    """Say which RabbitMQ this is told of."""
    note = beyond_tried(version)
    return Text(f"For RabbitMQ {version}{note and f' ({note})'}.", "dim")
