"""What differs, for people: a line for each exchange, and beneath it the messages that tell."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_exchange
from routing.analysis.diff.differences import Change, Difference
from routing.analysis.diff.written import Sources, because, queues, written
from routing.view.colours import BAD, DIFFERS, GOOD, QUIET, STRONG

MOST: Final = 10
"""So many messages are shown of one exchange."""


def compared(
    found: Sequence[Difference], besides: Sequence[str], sources: Sources
) -> RenderableType:
    """Show exchange by exchange what differs."""
    wide = max((len(write_exchange(each.exchange)) for each in found), default=0)
    return Group(
        *(part for each in found for part in exchange(each, wide, sources)),
        *(Text(f"{each}.") for each in besides),
    )


def exchange(found: Difference, wide: int, sources: Sources) -> Iterator[RenderableType]:
    """Show one exchange."""
    name = write_exchange(found.exchange)
    style = GOOD if found.relation == "the same" and not found.undecided else DIFFERS
    yield Text.assemble((f"{name:{wide}}  ", STRONG), (said(found), style))
    for each in found.changes[:MOST]:
        yield Padding(changed(each, sources), (0, 0, 0, 2))
    if len(found.changes) > MOST:
        yield Text(f"  and {len(found.changes) - MOST} more: --json lists all", QUIET)
    yield from (Text(f"  not decided, {each}", BAD) for each in found.undecided)


def said(found: Difference) -> str:
    """Say in a word what differs."""
    if found.relation == "internal":
        return "internal now: a message to it is refused (403)"
    if found.relation == "gone":
        return "gone: a message to it closes the channel (404)"
    return found.relation


def changed(change: Change, sources: Sources) -> RenderableType:
    """Show a message with its queues before and after, and what made the difference."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style=QUIET)
    table.add_column(overflow="fold")
    table.add_row("as meant" if change.meant else "such as", Text(written(change.message), STRONG))
    table.add_row("before", Text(queues(change.before)))
    table.add_row("after", Text(queues(change.after)))
    for line in because(change, sources):
        table.add_row("because", Text(line))
    return table
