"""Why the model has a message in a queue, or not in it, of which something else is said."""

from collections.abc import Iterator
from typing import Final

from routing.amqp.notation import write_key
from routing.amqp.topology import Binding
from routing.check.expected import Expectation
from routing.files.cases import Case, Outcome
from routing.rules.loaded import missing
from routing.rules.predict import Route, Verdict

MOST_MISSES: Final = 3
"""So many bindings of one queue tell why they leave a message: those that came nearest."""


def reasons(case: Case, route: Route, said: Outcome) -> list[str]:
    """Say of each queue on which the model and what is said differ why the model has it so."""
    if route.refusal or route.unknown:
        return route.why
    return [
        *(told(case, each) for each in route.hits if each.binding.destination not in said.queues),
        *(
            why
            for queue in said.queues
            if queue not in route.queues
            for why in absent(case, route, queue)
        ),
    ]


def absent(case: Case, route: Route, queue: str) -> Iterator[str]:
    """Say why a queue gets no copy."""
    misses = [
        each
        for each in route.verdicts
        if isinstance(each.binding, Binding) and each.binding.queue == queue
    ]
    misses.sort(key=lambda each: each.reason.nearness, reverse=True)
    if misses:
        yield from (f"{told(case, each)} (to {write_key(queue)})" for each in misses[:MOST_MISSES])
    elif queue not in case.topology.queues:
        yield missing("queue", queue)
    else:
        nearest = f"; nearest: {told(case, route.nearest_miss)}" if route.nearest_miss else ""
        yield f"no exchange on the way has a binding of queue {write_key(queue)}{nearest}"


def told(case: Case, verdict: Verdict) -> str:
    """Say what a binding does with the message, and where it stands."""
    spot = case.source.spot(verdict.binding) if isinstance(case, Expectation) else None
    return f"{spot}: {verdict}" if spot else str(verdict)
