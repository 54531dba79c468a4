"""Answers as JSON: the same facts in a stable form.

`queues` is the sorted list of those that get the message; `path` has every exchange on the way,
and of each every binding that was asked, with its place, what it does and the reason with its
parts; `told` says it with the key of CC or BCC that decided, and with what was there already.
`undecided` says what is not modelled, and then `queues` are those that get it in any case, or where
an exchange chooses, those that may;
`refused` has the code where RabbitMQ refuses.
"""

from typing import Any

from routing.amqp.json_form import binding_as_json, message_as_json
from routing.ask.answer import Answer
from routing.ask.outcome import Outcome, outcome_of
from routing.files.cases import death_as_json
from routing.files.reason_json import reason_as_json
from routing.rules.hops import Hop
from routing.rules.trace import Reasoned, Station, trace


def answer_as_json(answer: Answer) -> dict[str, Any]:
    """Write an answer with the whole path."""
    stations = trace(answer.route, answer.asked.has.topology)
    return in_short(outcome_of(answer.route)) | {
        "rabbitmq": str(answer.asked.version),
        "publish": message_as_json(answer.route.message),
        "path": [station_as_json(answer, station) for station in stations],
        "left_out": [{"why": why, "place": place_of(spot)} for why, spot in answer.left_out()],
    }


def in_short(outcome: Outcome) -> dict[str, Any]:
    """Write an answer without its path: what a line holds of many."""
    refusal = outcome.refusal
    refused = {"at": refusal.at, "code": refusal.code, "why": refusal.why} if refusal else None
    return {"queues": sorted(outcome.queues), "undecided": outcome.undecided, "refused": refused}


def station_as_json(answer: Answer, station: Station) -> dict[str, Any]:
    """Write one exchange on the way."""
    exchange = station.visit.exchange
    return {
        "exchange": exchange.name,
        "type": exchange.type,
        "bindings": [reasoned_as_json(answer, each) for each in station.reasons],
        "notes": station.notes,
        "alternate": station.visit.alternate,
    }


def reasoned_as_json(answer: Answer, each: Reasoned) -> dict[str, Any]:
    """Write what one binding does with the message."""
    verdict = each.verdict
    return binding_as_json(verdict.binding) | {
        "place": place_of(answer.asked.source.spot(verdict.binding)),
        "takes": verdict.takes,
        "reason": reason_as_json(verdict.reason),
        "told": each.text,
    }


def place_of(spot: object) -> str | None:
    """Write a place, where there is one."""
    return None if spot is None else str(spot)


def hop_as_json(hop: Hop) -> dict[str, Any]:
    """Write a death, and how many came before it."""
    return death_as_json(hop.death) | {"hops": hop.depth}
