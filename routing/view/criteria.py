"""The arguments of a headers exchange's binding, one beneath another, each with what was sent.

asked for, all of it   sent
✓  type="invoice"      type="invoice"
✗  pages=1             "1"             a string is not an integer
"""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

from routing.amqp.notation import CUT, shorten, write_table
from routing.amqp.topology import AnyBinding
from routing.rules.matching import match_mode
from routing.rules.predict import Verdict
from routing.view.beside import Beside
from routing.view.colours import BAD, GOOD, QUIET
from routing.view.compared import ABSENT, Compared, compared
from routing.view.marks import Marks, marks_for

BESIDES = 60
"""The most columns of the headers that are not asked for."""


@dataclass(frozen=True)
class Criteria:
    """A line for each argument: whether it is met, what is asked, what was sent, and a word.

    It stands alone, under a line that tells of the binding and its reason.
    """

    verdict: Verdict

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield a line for each, and what was sent besides."""
        binding, marks = self.verdict.binding, marks_for(options)
        lines = [argument_line(each, marks) for each in compared(self.verdict)]
        how = "one is enough" if match_mode(binding).startswith("any") else "all of it"
        heading = [Text(each, QUIET) for each in ("", f"asked for, {how}", "sent", "")]
        if lines:
            yield Beside([heading, *lines])
        headers = self.verdict.message.headers or {}
        if besides := {name: v for name, v in headers.items() if name not in binding.arguments}:
            yield Text(f"   not asked for: {shorten(write_table(besides), BESIDES)}")


def how_many(binding: AnyBinding) -> str:
    """Write how many of its criteria a binding wants to be met."""
    mode = binding.arguments.get("x-match")
    return "all of:" if mode is None else write_table({"x-match": mode})


def one_by_one(verdict: Verdict, marks: Marks) -> Iterator[tuple[Text, Text]]:
    """Write each criterion of a headers exchange's binding, with its mark, and what was sent else.

    Nothing where there are not two to tell apart, or where one is too long to be written whole.
    """
    if verdict.exchange_type != "headers":
        return
    found = [*compared(verdict)]
    if len(found) < 2 or any(CUT in each.asked + each.sent for each in found):  # noqa: PLR2004
        return
    for each in found:
        mark, asked, *_ = argument_line(each, marks)
        told = "" if each.is_same else each.sent if each.sent == ABSENT else f"sent {each.sent}"
        note = f": {each.note}" if each.note else ""
        yield Text.assemble(mark or " ", " ", asked), Text(f"{told}{note}")


def argument_line(each: Compared, marks: Marks) -> tuple[Text, Text, Text, Text]:
    """Write the mark of an argument that plays a part, the argument, what was sent, and a word."""
    mark = {True: Text(marks.matches, GOOD), False: Text(marks.misses, BAD), None: Text()}
    return (mark[each.met], Text(each.asked), Text(each.sent), Text(each.note))
