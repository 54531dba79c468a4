"""What is left of a route once names, keys and values are put aside."""

from typing import Any

from routing.rules.predict import Route, Visit

Shape = tuple[Any, ...]


def shape_of(route: Route) -> Shape:
    """Give the refusal, or for each exchange on the way what it does, and whether it comes back."""
    if route.refusal:
        return (route.refusal.at, route.refusal.code)
    return (route.returned, *map(at_exchange, route.visits))


def at_exchange(visit: Visit) -> Shape:
    """Give type, how many bindings take and leave the message, and whether it goes to another."""
    taking = len(visit.taking)
    return (visit.exchange.type, taking, len(visit.bindings) - taking, visit.alternate is not None)
