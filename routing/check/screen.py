"""Routing cases on which file, model and broker do not agree."""

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_sent
from routing.amqp.topology import Observation
from routing.check.check import Checked
from routing.files.cases import NOWHERE, Outcome
from routing.files.lines import Fault
from routing.rules.refusal import DROPPED
from routing.view.declared import Declared
from routing.view.explained import Explained
from routing.view.routed import say_copies


def disagreement(checked: Checked) -> RenderableType:
    """Show one case: what is declared and published, and who says what about it."""
    case = checked.case
    return Group(
        Text(),
        Text.assemble((case.title, "bold reverse"), f"  {case.place}" * (case.place != NOWHERE)),
        Declared(case.topology, [case.message]),
        Text(f"published to {write_sent(case.message)}", "bold"),
        Padding(answers(checked), (0, 0, 0, 2)),
        Explained(checked.route, case.topology),
    )


def answers(checked: Checked) -> Table:
    """List what the file says, what the model predicts, and what the broker did."""
    table = Table.grid(padding=(0, 2, 0, 0))
    if checked.recorded:
        table.add_row("the file says", Text(say_outcome(checked.recorded)))
    table.add_row("the model predicts", Text(say_outcome(checked.predicted)))
    if checked.observed:
        table.add_row("the broker did", Text(say_observed(checked.observed)))
    return table


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


def told(fault: Fault) -> Text:
    """Say in a line what is wrong with a line of a file."""
    return Text(f"{fault}.", "yellow")


def summary(results: Sequence[Checked], faults: Sequence[Fault], followed: str) -> Text:
    """Say how many cases there were, what they were held against, and how many agree."""
    text = Text(f"{len(results)} cases, {followed}: ")
    if unrecorded := sum(checked.recorded is None for checked in results):
        text.append(f"{unrecorded} not recorded for it, ")
    if undecided := sum(checked.route.undecided is not None for checked in results):
        text.append(f"{undecided} not decided, ")
    bad = sum(not checked.agrees for checked in results)
    if bad:
        text.append(f"{bad} DO NOT AGREE", "bold red reverse")
    elif results:
        text.append("all agree", "bold green")
    return text.append(left_out(results, faults), "yellow").append(".")


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
