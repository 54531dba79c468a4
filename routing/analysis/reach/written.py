"""What reaches a queue, as JSON."""

from collections.abc import Sequence
from typing import Any

from routing.amqp.json_form import binding_as_json, message_as_json
from routing.analysis.reach.reached import Alternative, Reached, Step
from routing.files.source import Source


def reached_as_json(found: Sequence[Reached], source: Source) -> list[dict[str, Any]]:
    """Write what reaches queues from exchanges."""
    return [
        {
            "exchange": each.entry,
            "queue": each.queue,
            "undecided": each.undecided,
            "ways": [way_as_json(way, source) for way in each.alternatives],
        }
        for each in found
    ]


def way_as_json(each: Alternative, source: Source) -> dict[str, Any]:
    """Write one way."""
    other = each.counter_example
    return {
        "steps": [step_as_json(step, source) for step in each.way],
        "example": message_as_json(each.example),
        "counter_example": None if other is None else message_as_json(other),
    }


def step_as_json(step: Step, source: Source) -> dict[str, Any]:
    """Write a step: a binding with its place, or that none of an exchange takes the message."""
    if step.binding is None:
        return {"exchange": step.exchange, "taken_by": None}
    spot = source.spot(step.binding)
    at = None if spot is None else str(spot)
    return {"exchange": step.exchange, "taken_by": binding_as_json(step.binding), "at": at}
