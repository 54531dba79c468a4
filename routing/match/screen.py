"""The verdict on one message with its picture, or what a binding means with its examples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.text import Text

from routing.amqp.notation import shorten, write_binding, write_message
from routing.amqp.topology import Binding
from routing.amqp.versions import Version, beyond_tried
from routing.match.examples import Example, Examples
from routing.match.meaning import meaning
from routing.rules.predict import Verdict
from routing.rules.reasons import EveryMessage
from routing.rules.say import LEAST
from routing.view.beside import Beside
from routing.view.colours import BAD, GOOD, QUIET, STRONG
from routing.view.compared import compared
from routing.view.criteria import Criteria
from routing.view.marks import Legend, Sign, marks_for
from routing.view.words import DOT, LEAD, Cell, above, below, cells

LABEL = len("binding key ")
"""What stands before a line of a picture."""

INDENT = 2

BESIDES = 60
"""The most columns of a key or of headers in a line."""


def judged(verdict: Verdict) -> RenderableType:
    """Describe what a binding does with one message: the reason, and the picture of it."""
    parts: list[RenderableType] = [Reasoned(verdict), ""]
    if verdict.exchange_type in ("topic", "headers"):
        picture = Laid(verdict) if verdict.exchange_type == "topic" else Criteria(verdict)
        parts += [Padding(picture, (0, 0, 0, INDENT)), ""]
    return Group(*parts, Legend(signs_of(verdict)), for_version(verdict.version))


def signs_of(verdict: Verdict) -> set[Sign]:
    """List the marks of a verdict, and those of its criteria."""
    by_headers = verdict.exchange_type == "headers"
    met = [each.met for each in compared(verdict)] if by_headers else []
    signs: dict[bool, Sign] = {True: "matches", False: "misses"}
    return {signs[each] for each in (verdict.takes, *met) if each is not None}


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
    return Text(marks.matches, GOOD) if verdict.takes else Text(marks.misses, BAD)


@dataclass(frozen=True)
class Laid:
    """The words of a key, and under each the word of the pattern that is held against it."""

    verdict: Verdict

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the picture: two lines, and two more for what they have no room for."""
        room, marks = max(options.max_width - LABEL, LEAST), marks_for(options)
        key, wanted = cells([self.verdict], room - len(LEAD), ascii_only=options.ascii_only)
        start = 0
        for end in ends_of_rows(key, room):
            if start:
                yield ""
            yield Text("routing key ").append_text(above(self.verdict, key[start:end], marks))
            pattern = below(self.verdict, wanted[start:end], marks)
            yield Text("binding key ").append_text(pattern)
            start = end


def ends_of_rows(line: Sequence[Cell], room: int) -> Iterator[int]:
    """Put as many columns side by side as there is room for: tell where each row ends."""
    taken = 0
    for place, cell in enumerate(line):
        if taken and taken + len(DOT) + cell.width > room:
            yield place
            taken = 0
        taken += len(DOT if taken else LEAD) + cell.width
    yield len(line)


def explained(
    exchange_type: str, binding: Binding, found: Examples, version: Version
) -> RenderableType:
    """Describe what a binding means, with messages that it takes, and some that it nearly takes."""
    asked = "" if exchange_type == "fanout" else write_binding(binding, exchange_type)
    means = Text.assemble((exchange_type, QUIET), (f"  {asked}".rstrip(), STRONG))
    parts: list[RenderableType] = [means, Text(f"takes {meaning(exchange_type, binding)}")]
    for title, nothing, listed in (
        ("It takes, for instance:", "No message was found that it takes.", found.taken),
        ("It nearly takes, but leaves:", "None was found that it leaves.", found.left),
    ):
        parts += ["", Text(title if listed else nothing)]
        parts += [Padding(Listed(exchange_type, listed), (0, 0, 0, INDENT))] * bool(listed)
    signs = {sign for each in (*found.taken, *found.left) for sign in signs_of(each.verdict)}
    return Group(*parts, "", Legend(signs), for_version(version))


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
    return Text(f"For RabbitMQ {version}{note and f' ({note})'}.", QUIET)
