"""An answer for people, as `demo --why` shows a message: by exchange, with every reason."""

from collections.abc import Iterator, Sequence
from functools import partial

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from routing.amqp.notation import write_key, write_sent
from routing.ask.answer import Answer, shown_at
from routing.ask.instead import Change
from routing.ask.messages import Counted
from routing.rules.hops import Hop
from routing.view.colours import BAD, GOOD, QUIET, STRONG
from routing.view.explained import Explained
from routing.view.lived import hop_line


def answered(answer: Answer, *, every: bool) -> RenderableType:
    """Show where a message goes, and why: all bindings, or those that take it and few more."""
    return Group(
        Text(f"published to {write_sent(answer.route.message)}", STRONG),
        fate(answer),
        *([] if answer.route.refusal else [explained(answer, every=every)]),
        *left_out(answer),
    )


def explained(answer: Answer, *, every: bool) -> RenderableType:
    """Show every exchange on the way."""
    return Padding(
        Explained(
            answer.route,
            answer.asked.has.topology,
            shown=partial(shown_at, every=every),
            spot=answer.asked.source.spot,
        ),
        (0, 0, 0, 2),
    )


def fate(answer: Answer) -> Text:
    """Say what becomes of the message."""
    style = GOOD if answer.status == 0 else BAD
    return Text(
        answer.fate if answer.route.queues or not answer.route.visits else short(answer), style
    )


def short(answer: Answer) -> str:
    """Say that nobody takes it; the nearest binding stands below."""
    return answer.fate.partition("; nearest: ")[0]


def left_out(answer: Answer) -> Iterator[RenderableType]:
    """List the bindings that are not there, though the source names them."""
    for why, spot in answer.left_out():
        where = "" if spot is None else f"{spot}: "
        yield Padding(Text(f"left out, {where}{why}", BAD), (0, 0, 0, 2))


def asked_of(answer: Answer, queue: str, found: Sequence[Change]) -> RenderableType:
    """Say whether a queue gets the message, and what would have to change if not."""
    name = write_key(queue)
    if queue in answer.route.queues:
        return Text(f"queue {name} gets it", GOOD)
    if not found:
        return Text(f"queue {name} does not get it, and no message was found that it would get")
    lines = [Text(f"queue {name} does not get it; it would with", BAD)]
    return Group(*lines, *(Padding(Text(each.words), (0, 0, 0, 2)) for each in found))


def dead(found: Sequence[Hop]) -> RenderableType:
    """Show what comes of each death, one hop further in than the one before."""
    return Group(Text("then, if it dies there:", STRONG), *(hop_line(hop) for hop in found))


def counts(counted: Counted) -> RenderableType:
    """Show how many of many messages each queue gets."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    table.add_column("queue", overflow="fold")
    table.add_column("messages", justify="right")
    for queue, number in sorted(counted.queues.items()):
        table.add_row(Text(write_key(queue)), str(number))
    said = f"{counted.messages} messages, {counted.nobody} that nobody takes"
    return Group(table, Text(f"{said}, {counted.undecided} not decided."))
