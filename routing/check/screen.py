"""Routing cases on which file, model and broker do not agree."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_sent
from routing.amqp.topology import Observation
from routing.check.check import Checked
from routing.check.coverage import Coverage
from routing.files.cases import NOWHERE, Outcome
from routing.files.lines import Fault
from routing.rules.refusal import DROPPED
from routing.view.colours import BAD, DIFFERS, GOOD, STRONG, TITLE
from routing.view.declared import Declared
from routing.view.explained import Explained
from routing.view.marks import Marks
from routing.view.routed import say_copies


def disagreement(checked: Checked) -> RenderableType:
    """Show one case: what is declared and published, and who says what about it."""
    case = checked.case
    return Group(
        Text(),
        Text.assemble((case.title, TITLE), f"  {case.place}" * (case.place != NOWHERE)),
        Declared(case.topology, [case.message]),
        Text(f"published to {write_sent(case.message)}", STRONG),
        Padding(answers(checked), (0, 0, 0, 2)),
        Explained(checked.route, case.topology),
    )


def answers(checked: Checked) -> Table:
    """List what the file says, what the model predicts, and what the broker did."""
    table = Table.grid(padding=(0, 2, 0, 0))
    for who, what in sayings(checked):
        table.add_row(who, Text(what))
    return table


def sayings(checked: Checked) -> Iterator[tuple[str, str]]:
    """Tell who says what: the file, the model, the broker."""
    if checked.recorded:
        yield "the file says", say_outcome(checked.recorded)
    yield "the model predicts", checked.route.unknown or say_outcome(checked.predicted)
    if checked.observed:
        yield "the broker did", say_observed(checked.observed)


def went(checked: Checked, marks: Marks) -> Text:
    """Write a message of a source: whether it went as expected and, where it did not, why.

    Only the bindings are shown that made the difference; there may be many others.
    """
    untold = checked.is_open or (checked.recorded is None and checked.observed is None)
    mark = (marks.nothing, BAD) if untold else (marks.matches, GOOD)
    head = f" {checked.case.title}: {write_sent(checked.case.message)}"
    if checked.agrees:
        said = f"not decided: {checked.route.undecided}" if checked.route.undecided else ""
        return Text.assemble(mark, f"{head} {marks.into} {said or say_outcome(checked.predicted)}")
    lines = [head, *(f"{who:18}  {what}" for who, what in sayings(checked)), *checked.why]
    return Text.assemble((marks.misses, BAD), "\n    ".join(lines))


def uncovered(found: Coverage) -> Text:
    """List the bindings that no expected message exercises, and say how many there are."""
    taken = f"{found.bindings - len(found.not_exercised)} of {found.bindings} bindings"
    said = f"{taken} take an expected message: {found.percent:g} %."
    return Text("\n".join([*found.not_exercised, said]))


def say_outcome(outcome: Outcome) -> str:
    """Write queues or a refusal."""
    return say_refusal(outcome.refusal) or say_copies(dict.fromkeys(outcome.queues, 1), 0)


def say_observed(observed: Observation) -> str:
    """Write what a broker did."""
    return say_refusal(observed.refusal) or say_copies(observed.copies, observed.returned)


def say_refusal(refusal: tuple[str, int] | None) -> str:
    """Write a refusal, or nothing where there is none."""
    if refusal and refusal[1] == DROPPED:
        return f"connection dropped at {refusal[0]}"
    return f"refused at {refusal[0]} with {refusal[1]}" if refusal else ""


def told(fault: str) -> Text:
    """Say in a line what is wrong with a line of a file."""
    return Text(f"{fault}.", BAD)


def summary(results: Sequence[Checked], faults: Sequence[Fault], followed: str) -> Text:
    """Say how many cases there were, what they were held against, and how many agree."""
    text = Text(f"{len(results)} cases, {followed}: ")
    without = sum(not checked.case.outcomes for checked in results)
    if without:
        text.append(f"of {without} nothing is expected, ")
    if unrecorded := sum(checked.recorded is None for checked in results) - without:
        text.append(f"{unrecorded} not recorded for it, ")
    if undecided := sum(checked.route.undecided is not None for checked in results):
        text.append(f"{undecided} not decided, ")
    bad = sum(not checked.agrees for checked in results)
    if bad:
        text.append(f"{bad} DO NOT AGREE", DIFFERS)
    elif all(each.recorded is None and each.observed is None for each in results):
        text.append("nothing was held against anything" * bool(results))
    elif results:
        text.append("all agree", GOOD)
    return text.append(left_out(results, faults), BAD).append(".")


def left_out(results: Sequence[Checked], faults: Sequence[Fault]) -> str:
    """Say how many lines could not be read, and how many cases could not be played."""
    unplayed = sum(checked.unplayed is not None for checked in results)
    unread = len(faults) - unplayed
    said = [
        f"{number} {noun if number == 1 else noun + 's'} could not be {done}"
        for number, noun, done in ((unread, "line", "read"), (unplayed, "case", "played"))
        if number
    ]
    joined = " and ".join(said)
    return f", but {joined}" if results and joined else joined
