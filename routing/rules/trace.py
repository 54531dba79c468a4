"""The whole reason for a route: every exchange on the way, every binding, matched or not."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from routing.amqp.names import PREDECLARED, kept
from routing.amqp.notation import shorten, write_key
from routing.amqp.topology import Binding, ExchangeBinding, Topology
from routing.rules.predict import Route, Verdict, Visit
from routing.rules.refusal import first_of_each, keys_in
from routing.rules.say import fitted

Reached = set[tuple[type, str]]
"""The queues and exchanges that have got the message so far."""


@dataclass(frozen=True)
class Reasoned:
    """One binding, and why it takes the message or leaves it."""

    verdict: Verdict
    text: str


@dataclass(frozen=True)
class Station:
    """One exchange on the way: what its bindings do, and what became of its alternate."""

    visit: Visit
    reasons: list[Reasoned]
    notes: list[str]


def trace(route: Route, topology: Topology) -> list[Station]:
    """Tell the whole reason for a route, exchange by exchange."""
    reached: Reached = {(ExchangeBinding, route.message.exchange)}
    there = {*PREDECLARED, *(kept(exchange.name) for exchange in topology.exchanges)}
    stations = []
    for visit in route.visits:
        reasons = [reasoned(verdict, route, reached) for verdict in visit.verdicts]
        notes = list(notes_on(visit, route, there, reached))
        stations.append(Station(visit, reasons, notes))
    return stations


def reasoned(verdict: Verdict, route: Route, reached: Reached) -> Reasoned:
    """Give a binding's reason, and what is left of its effect after those before it."""
    again = ""
    if verdict.takes:
        destination = (type(verdict.binding), verdict.binding.destination)
        to_queue = isinstance(verdict.binding, Binding)
        if destination in reached:
            again = "still one copy" if to_queue else "that exchange has seen it already"
        reached.add(destination)
    return Reasoned(verdict, told(verdict, route, again))


def told(verdict: Verdict, route: Route, again: str = "") -> str:
    """Say why a binding takes the message or leaves it, by which key, and what is left of that."""
    header = added_by(verdict, route)
    after = again and f"; {again}"

    def said(letters: int, items: int) -> str:
        key = shorten(write_key(verdict.message.routing_key), min(letters, 40))
        by_key = f"by the {header} key {key}: " if header else ""
        return by_key + verdict.reason.said(letters, items) + after

    return fitted(said)


def added_by(verdict: Verdict, route: Route) -> str:
    """Name the header, CC or BCC, whose key made a binding take the message, if it was one."""
    key = verdict.message.routing_key
    if key == route.message.routing_key:
        return ""
    return "CC" if key in keys_in(first_of_each(route.message.headers or {}), "CC") else "BCC"


def notes_on(visit: Visit, route: Route, there: Collection[str], reached: Reached) -> Iterator[str]:
    """Tell what became of the alternate exchange, and of an exchange without bindings."""
    if not visit.bindings:
        yield "nothing is bound to this exchange"
    if visit.exchange.alternate is not None:
        yield fitted(lambda letters, _: what_alternate_does(visit, route, there, reached, letters))
        if visit.alternate is not None:
            reached.add((ExchangeBinding, visit.alternate))


def what_alternate_does(
    visit: Visit, route: Route, there: Collection[str], reached: Reached, letters: int
) -> str:
    """Tell whether the alternate exchange gets the message, and what keeps it from that."""
    name = visit.exchange.alternate or ""
    named = shorten(write_key(name), letters) if name else "without a name"
    alternate = f"alternate exchange {named}"
    if visit.alternate is None:
        led = "" if route.copies else ", though it leads to no queue"
        return f"{alternate} is not used: a binding takes the message{led}"
    nobody = "no binding takes the message"
    if name == visit.exchange.name:
        return f"{nobody}, and the alternate exchange is this one: it ends here"
    if name in there and (ExchangeBinding, name) in reached:
        return f"{nobody}, and {alternate} has seen it already"
    if name in there:
        return f"{nobody}: on to {alternate}"
    return f"{nobody}, and there is no {alternate}: it ends here"
