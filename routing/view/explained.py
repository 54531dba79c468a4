"""The whole reason for one message's route, hits and misses."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.padding import Padding
from rich.text import Text

from routing.amqp.notation import write_binding
from routing.amqp.topology import Topology
from routing.rules.predict import Route
from routing.rules.trace import Reasoned, Station, trace
from routing.view.beside import Beside, Line
from routing.view.declared import title_of, write_destination
from routing.view.marks import Marks, marks_for


@dataclass(frozen=True)
class Explained:
    """Every exchange on the way, and under it every binding with its reason."""

    route: Route
    topology: Topology

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield each exchange's name, its bindings, and what else there is to say."""
        marks = marks_for(options)
        if self.route.refusal:
            yield Text(f"refused with {self.route.refusal.code}: {self.route.refusal.why}")
        for station in trace(self.route, self.topology):
            yield Text(f"at {title_of(station.visit.exchange)}", "dim")
            yield Padding(bindings_at(station, marks), (0, 0, 0, 2))
            yield from notes_at(station)


def bindings_at(station: Station, marks: Marks) -> Beside:
    """List the bindings of one exchange, those that match and those that do not."""
    return Beside([binding_line(reasoned, marks) for reasoned in station.reasons])


def binding_line(reasoned: Reasoned, marks: Marks) -> Line:
    """Write whether a binding takes the message, the binding, and why."""
    verdict = reasoned.verdict
    return (
        Text(marks.matches, "bold green") if verdict.takes else Text(marks.misses, "dim"),
        Text(write_binding(verdict.binding, verdict.exchange_type)),
        Text(marks.into),
        Text(write_destination(verdict.binding)),
        Text(reasoned.text),
    )


def notes_at(station: Station) -> Iterator[Padding]:
    """List what else there is to say of one exchange."""
    for note in station.notes:
        yield Padding(Text(note), (0, 0, 0, 2))
