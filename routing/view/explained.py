"""The whole reason for one message's route, hits and misses."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from routing.amqp.notation import write_binding
from routing.amqp.topology import AnyBinding, Topology
from routing.rules.predict import Route, Visit
from routing.rules.trace import Reasoned, Station, trace
from routing.view.beside import Line
from routing.view.colours import BAD, GOOD, QUIET
from routing.view.criteria import how_many, one_by_one
from routing.view.declared import title_of, write_destination
from routing.view.marks import Marks, marks_for
from routing.view.words import InWords


def all_of(visit: Visit) -> tuple[Sequence[AnyBinding], int]:
    """Choose all bindings of an exchange."""
    return visit.bindings, 0


def nowhere(_: AnyBinding) -> None:
    """Tell of no place."""


@dataclass(frozen=True)
class Explained:
    """Every exchange on the way, and under it every binding with its reason.

    shown: chooses the bindings of an exchange that are listed, and counts the others.
    spot: tells where a binding is written, if that is known.
    """

    route: Route
    topology: Topology
    shown: Callable[[Visit], tuple[Sequence[AnyBinding], int]] = all_of
    spot: Callable[[AnyBinding], object] = nowhere

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield each exchange's name, its bindings, and what else there is to say."""
        marks = marks_for(options)
        if self.route.refusal:
            yield Text(f"refused with {self.route.refusal.code}: {self.route.refusal.why}")
        for station in trace(self.route, self.topology):
            yield Text(f"at {title_of(station.visit.exchange)}", QUIET)
            bindings, others = self.shown(station.visit)
            yield Padding(self.bindings_at(station, bindings, marks), (0, 0, 0, 2))
            yield from notes_at(station, others)

    def bindings_at(
        self, station: Station, bindings: Sequence[AnyBinding], marks: Marks
    ) -> InWords:
        """List bindings of one exchange, those that match and those that do not."""
        listed = {id(binding) for binding in bindings}
        told = [
            (line, reasoned.verdict)
            for reasoned in station.reasons
            if id(reasoned.verdict.binding) in listed
            for line in binding_lines(reasoned, marks, self.spot(reasoned.verdict.binding))
        ]
        return InWords([line for line, _ in told], [verdict for _, verdict in told], at=1)


def binding_lines(reasoned: Reasoned, marks: Marks, spot: object) -> Iterator[Line]:
    """Write whether a binding takes the message, the binding, and why; and where it is written.

    Criteria, where there are several, stand below it.
    """
    verdict = reasoned.verdict
    where = "" if spot is None else f"  {spot}"
    parts = [*one_by_one(verdict, marks)]
    binding = verdict.binding
    yield (
        Text(marks.matches, GOOD) if verdict.takes else Text(marks.misses, BAD),
        Text(how_many(binding) if parts else write_binding(binding, verdict.exchange_type)),
        Text(marks.into),
        Text(write_destination(binding)),
        Text.assemble(reasoned.text, (where, QUIET)),
    )
    for criterion, sent in parts:
        yield Text(), criterion, Text(), Text(), sent


def notes_at(station: Station, others: int) -> Iterator[Padding]:
    """List what else there is to say of one exchange."""
    more = [f"and {others} more that leave it"] if others else []
    for note in [*more, *station.notes]:
        yield Padding(Text(note), (0, 0, 0, 2))
