"""What the user sees on standard error while a broker is fetched and started."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from routing.broker import Broker, find
from routing.broker.advice import advice
from routing.broker.listen import own_addresses
from routing.broker.node.record import Kept
from routing.broker.node.room import CLASS, Room
from routing.broker.several import brokers_of_their_own
from routing.broker.stock import Stocked
from routing.broker.way import Progress
from routing.view.colours import QUIET
from routing.view.command_line import announce

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.progress import Progress as Bar


@contextmanager
def broker_found(rabbitmq: str | None = None, timeout: float | None = None) -> Iterator[Broker]:
    """Yield the broker that is found; what is shown of the search has gone by then.

    rabbitmq: the version that it must have, or how that begins.
    timeout: seconds within which what is done with it ends after a fault.
    Raises whatever finding one raises.
    """
    with ExitStack() as stack:
        with shown() as report:
            broker = stack.enter_context(find(os.environ, report, asked=rabbitmq, timeout=timeout))
        yield broker


@contextmanager
def brokers_found(asked: Sequence[str], timeout: float | None = None) -> Iterator[list[Broker]]:
    """Yield a private broker of each version; what is shown of the search has gone by then.

    asked: versions, or how they begin.
    Raises whatever starting them raises.
    """
    with ExitStack() as stack:
        with shown() as report:
            brokers = stack.enter_context(brokers_of_their_own(asked, report, timeout))
        yield brokers


@contextmanager
def shown() -> Iterator[Callable[[Progress], None]]:
    """Yield a function that shows progress: as a bar on a terminal, elsewhere as plain lines."""
    with bar_shown() if sys.stderr.isatty() else lines_shown() as report:
        yield report


@contextmanager
def bar_shown() -> Iterator[Callable[[Progress], None]]:
    """Show a bar that is there only while there is something to wait for."""
    with ExitStack() as stack:
        bars: list[Bar] = []
        one_at_a_time = Lock()

        def report(progress: Progress) -> None:
            with one_at_a_time:
                if progress.lasting:
                    announce(progress.step)
                    return
                if not bars:
                    bars.append(stack.enter_context(new_bar()))
                move(bars[0], progress)

        yield report


def new_bar() -> "Bar":
    """Make a bar with a text before it, imported only where one is needed."""
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    from routing.view.console import Output

    text = TextColumn("{task.description}", markup=False)
    return Bar(text, BarColumn(), console=Output(stderr=True), transient=True)


def move(bar: "Bar", progress: Progress) -> None:
    """Show how far a step has come; a step of unknown length moves to and fro."""
    total = None if progress.fraction is None else 1.0
    mine = [task for task in bar.tasks if task.fields["of"] == progress.of]
    for task in mine:
        if task.description == progress.step and task.total == total:
            bar.update(task.id, completed=progress.fraction or 0)
            return
        bar.remove_task(task.id)
    bar.add_task(progress.step, total=total, completed=int(progress.fraction or 0), of=progress.of)


@contextmanager
def lines_shown() -> Iterator[Callable[[Progress], None]]:
    """Show a line for each step that begins."""
    steps: list[str] = []

    def report(progress: Progress) -> None:
        if progress.step not in steps:
            steps.append(progress.step)
            announce(progress.step)

    yield report


def stocked(stock: Sequence[Stocked], uses: str, why: str) -> "RenderableType":
    """Show which RabbitMQs can be had, which are here, and which one a run would use."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, padding=(0, 2, 0, 0), header_style=QUIET)
    for heading in ("RabbitMQ", "from", "here"):
        table.add_column(heading, overflow="fold")
    for each in stock:
        table.add_row(*map(Text, (each.version, each.source, "yes" if each.here else "no")))
    return Group(Text(), table, Text(), Text(f"A run uses {uses}: {why}."))


def room_shown(node: Kept, room: Room) -> "RenderableType":
    """Say who can reach a room, with what, and what the teacher has of it."""
    from rich.text import Text

    return Text(
        f"\nA room for a class: {reached_by(room)} can connect to port {room.port}, and with the "
        "password that follows use all that is the class's, and nothing that is yours. "
        f"What is sent is {'' if room.certificate else 'not '}encrypted.\n\n"
        f"{pages(node, room)}{handed_out(room)}"
        f"{advice('watch ROOM=1', 'watch --room')} shows who sends what. Each student types:"
    )


def handed_out(room: Room) -> str:
    """Tell which file a class needs, and how it is known to be the right one."""
    if not (room.certificate and room.fingerprint):
        return ""
    half = len(room.fingerprint) // 2 + 1
    return (
        f"Give each student this file, to lie where they type the line:\n  {room.certificate}\n"
        f"Its SHA-256 fingerprint, to compare:\n"
        f"  {room.fingerprint[:half]}\n  {room.fingerprint[half:]}\n"
    )


def pages(node: Kept, room: Room) -> str:
    """Tell the addresses of both management pages, if there are any."""
    if not room.management:
        return ""
    user, password = node.login
    return (
        f"The class's page: {room.management} (user {CLASS}, the same password)\n"
        f"Your page, from here alone: {node.management}\n  user {user}  password {password}\n"
    )


def reached_by(room: Room) -> str:
    """Say which machines reach the address of a room."""
    if room.local:
        return f"this machine alone reaches {room.listen}; its programs"
    if room.everywhere:
        found = " and ".join(own_addresses()) or "none now"
        return f"EVERY machine of EVERY network that this one is in (by {found})"
    return f"every machine that reaches {room.listen}"
