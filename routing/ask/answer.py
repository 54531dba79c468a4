"""A message's route through a source, on a RabbitMQ of one version."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Final

from routing.amqp.notation import write_key
from routing.amqp.topology import AnyBinding, Exchange, Message
from routing.amqp.versions import Version
from routing.files.source import Source, Spot
from routing.rules.loaded import Loaded
from routing.rules.predict import Route, Visit, route_through

ROUTED: Final = 0
NOT_THERE: Final = 2
NOBODY: Final = 4
NOT_DECIDED: Final = 5
"""How `route` ends."""

NEAR: Final = 3
"""Of the bindings of an exchange that leave a message, the nearest so many are shown."""


@dataclass(frozen=True)
class Asked:
    """A source as a RabbitMQ of one version has it, ready for questions."""

    source: Source
    has: Loaded

    @property
    def version(self) -> Version:
        """The version that is followed."""
        return self.has.ready.version

    def route(self, message: Message) -> Route:
        """Predict where a message goes."""
        return route_through(self.has.ready, message)

    def answer(self, message: Message) -> "Answer":
        """Predict where a message goes, ready to be told."""
        return Answer(self, self.route(message))


@dataclass(frozen=True)
class Answer:
    """Where one message goes."""

    asked: Asked
    route: Route

    @property
    def status(self) -> int:
        """Give the exit status."""
        if self.route.message.exchange not in self.asked.has.ready.exchanges:
            return NOT_DECIDED if self.route.undecided else NOT_THERE
        if self.route.undecided:
            return NOT_DECIDED
        return ROUTED if self.route.queues else NOBODY

    @property
    def fate(self) -> str:
        """Say what becomes of the message; of an exchange that is not there, which may be meant."""
        certain = ", ".join(map(write_key, sorted(self.route.queues)))
        if self.route.undecided and certain:
            arrives = f"arrives in {certain} in any case"
            return f"{self.route.fate}; {arrives if self.route.unknown else f'it may be {certain}'}"
        if self.status != NOT_THERE:
            return self.route.fate
        close = get_close_matches(self.route.message.exchange, self.asked.has.ready.exchanges, n=1)
        return self.route.fate + (f"; did you mean {write_key(close[0])}?" if close else "")

    def left_out(self) -> Iterator[tuple[str, Spot | None]]:
        """List the bindings that are not there, of the exchanges on the way, and why."""
        names = {visit.exchange.name for visit in self.route.visits}
        for each in self.asked.has.left_out:
            if not isinstance(each.part, str | Exchange) and each.part.source in names:
                yield each.why, self.asked.source.spot(each.part)


def ask(source: Source, version: Version) -> Asked:
    """Load a source as a RabbitMQ of this version does."""
    return Asked(source, source.loaded(version))


def shown_at(visit: Visit, *, every: bool) -> tuple[list[AnyBinding], int]:
    """Choose the bindings that are worth showing, and count the others: all that take, few more."""
    leaving = [verdict for verdict in visit.verdicts if not verdict.takes]
    if every or len(leaving) <= NEAR:
        return [verdict.binding for verdict in visit.verdicts], 0
    nearest = sorted(leaving, key=lambda each: -each.reason.nearness)[:NEAR]
    shown = {id(each.binding) for each in nearest} | {id(each.binding) for each in visit.taking}
    return [each for each in visit.bindings if id(each) in shown], len(leaving) - NEAR
