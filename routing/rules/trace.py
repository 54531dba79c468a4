"""The whole reason for a route: every exchange on the way, every binding, matched or not."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from routing.amqp.notation import write_key
from routing.amqp.topology import DEFAULT_EXCHANGE, Binding, ExchangeBinding, Topology
from routing.rules.predict import Route, Verdict, Visit
from routing.rules.refusal import first_of_each, keys_in


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
    reached: set[tuple[type, str]] = set()
    there = {exchange.name for exchange in topology.exchanges}
    stations = []
    for visit in route.visits:
        reached.add((ExchangeBinding, visit.exchange.name))
        reasons = [reasoned(verdict, route, reached) for verdict in visit.verdicts]
        stations.append(Station(visit, reasons, list(notes_on(visit, route, there))))
    return stations


def reasoned(verdict: Verdict, route: Route, reached: set[tuple[type, str]]) -> Reasoned:
    """Give a binding's reason, and what is left of its effect after those before it."""
    reason = by_key(verdict, route) + verdict.reason.text
    if not verdict.takes:
        return Reasoned(verdict, reason)
    destination = (type(verdict.binding), verdict.binding.destination)
    if destination in reached:
        to_queue = isinstance(verdict.binding, Binding)
        again = "still one copy" if to_queue else "that exchange has seen it already"
        return Reasoned(verdict, f"{reason}; {again}")
    reached.add(destination)
    return Reasoned(verdict, reason)


def by_key(verdict: Verdict, route: Route) -> str:
    """Name the key in CC or BCC that made a binding take the message, if it was one of these."""
    key = verdict.message.routing_key
    if not verdict.takes or key == route.message.routing_key:
        return ""
    header = "CC" if key in keys_in(first_of_each(route.message.headers or {}), "CC") else "BCC"
    return f"by the {header} key {write_key(key)}: "


def notes_on(visit: Visit, route: Route, there: Collection[str]) -> Iterator[str]:
    """Tell what became of the alternate exchange, and of an exchange without bindings."""
    if not visit.verdicts:
        yield "nothing is bound to this exchange"
    name = visit.exchange.alternate
    if name is None:
        return
    alternate = f"alternate exchange {write_key(name)}"
    if visit.alternate is None:
        led = "" if route.copies else ", though it leads to no queue"
        yield f"{alternate} is not used: a binding takes the message{led}"
    elif name == DEFAULT_EXCHANGE or name not in there:
        yield f"no binding takes the message, and there is no {alternate}: it ends here"
    else:
        yield f"no binding takes the message: on to {alternate}"
