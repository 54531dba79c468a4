"""What a page knows of a source: what is declared, its messages, and what a broker did with them.

The forms are those of recorded cases (tests/vectors/README.md), in which `convert` and `route`
write as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing.amqp.json_form import message_as_json, topology_as_json
from routing.amqp.json_value import value_as_json
from routing.amqp.topology import Scenario
from routing.amqp.values import Typed, Value
from routing.amqp.versions import Version
from routing.files.cases import seen_in, write_outcome
from routing.files.source import Source
from routing.pictures.page.exact import exact
from routing.rules.compare import Row
from routing.rules.dead_letters import Death


@dataclass(frozen=True)
class Lesson:
    """A source, with messages to ask about.

    scenario: its messages, under the names that the source has, and what is to be said.
    rows: each message's route, and what the broker did with it, if one was asked.
    version: that was followed.
    """

    source: Source
    scenario: Scenario
    rows: Sequence[Row]
    version: Version


def lesson_as_json(lesson: Lesson) -> dict[str, Any]:
    """Write a source as the page reads it."""
    source = lesson.source
    topology = topology_as_json(replace(source.topology, unbound=()))  # which play no part
    parts = [*source.topology.exchanges, *source.topology.bindings]
    for part, written in zip(parts, [*topology["exchanges"], *topology["bindings"]], strict=True):
        written["arguments"] = arguments(part.arguments)
    return {
        "name": lesson.scenario.name,
        "lesson": paragraphs(lesson.scenario.lesson),
        **exact(topology),
        "arguments": {queue: exact(arguments(t)) for queue, t in source.arguments.items()},
        "rejecting": list(source.topology.rejecting),
        "doubts": dict(source.doubts),
        "messages": [message(lesson, row) for row in lesson.rows],
    }


def paragraphs(text: str) -> list[str]:
    """Join the lines of a text, which are a terminal's, but for those that end a sentence."""
    return [each.replace("\n", " ") for each in re.split(r"(?<=[.?!:])\n", text)]


def arguments(table: Mapping[str, Value]) -> Any:
    """Write arguments, also where one of them is called as what says a type."""
    return value_as_json(Typed("table", list(table.items())))


def message(lesson: Lesson, row: Row) -> dict[str, Any]:
    """Write a message, and what the broker did with it."""
    written = {"publish": exact(message_as_json(lesson.scenario.messages[row.number - 1]))}
    if row.life:
        written["deaths"] = [*map(death, row.life.own_deaths)]
    if row.observed is None:
        return written
    outcome = {str(lesson.version): write_outcome(seen_in(row.observed))}
    return written | {"outcome": outcome, "agrees": row.agrees}


def death(death: Death) -> dict[str, Any]:
    """Write a death: where, of what, and what comes of it."""
    return {"queue": death.copy.queue, "reason": death.reason, "told": death.told}
