"""The twin of the model in JavaScript, asked in an engine, and the model asked the same."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from routing.amqp.json_form import (
    binding_as_json,
    message_as_json,
    read_message,
    read_topology,
    topology_as_json,
)
from routing.amqp.topology import Message, Topology
from routing.amqp.values import Typed, Value, typed, with_pairs
from routing.amqp.versions import Version
from routing.ask.outcome import outcome_of
from routing.ask.written import in_short
from routing.files.reason_json import reason_as_json
from routing.pictures.page.document import SCRIPTS, read
from routing.pictures.page.exact import exact
from routing.rules.predict import Route
from routing.rules.trace import trace

if TYPE_CHECKING:
    from playwright.sync_api import Page

TWIN: Final = "\n".join(map(read, SCRIPTS[:9]))
"""The model, and how patterns lie on keys, and which rule decided; no page in it."""

NOT_COUNTED: Final = "whether it fits into a frame is not counted here"

Case = tuple[Topology, Message, Version]

Engine = Callable[[str, Sequence[Any]], list[Any]]
"""Calls a function, as it is written in JavaScript, with each of some lists of arguments."""

CALL: Final = """
const text = (_, value) => typeof value === "bigint" ? String(value) : value;
const answers = (call, all) => all.map((each) => JSON.stringify(call(...each), text));
"""


def in_page(page: "Page") -> Engine:
    """Give the engine of a browser."""

    def call(function: str, arguments: Sequence[Any]) -> list[Any]:
        source = f"(all) => {{ {TWIN} {CALL} return answers({function}, JSON.parse(all)); }}"
        return [*map(json.loads, page.evaluate(source, json.dumps(arguments)))]

    return call


def in_node() -> Engine | None:
    """Give the engine of node, where there is one."""
    node = shutil.which("node")
    return None if node is None else lambda *words: run_by(node, *words)


def run_by(node: str, function: str, arguments: Sequence[Any]) -> list[Any]:
    """Call a function by node."""
    source = (
        f"{TWIN} {CALL} const all = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        f"console.log(answers({function}, all).join('\\n'))"
    )
    done = subprocess.run(
        [node, "--eval", source], input=json.dumps(arguments), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    return [*map(json.loads, done.stdout.splitlines())]


def answers(engine: Engine, cases: Iterable[Case], function: str = "route") -> list[Any]:
    """Ask the twin."""
    written = [
        [exact(topology_as_json(topology)), exact(message_as_json(message)), list(version)]
        for topology, message, version in cases
    ]
    return [same_floats(each) for each in engine(function, written)]


def answer(route: Route, topology: Topology) -> Any:
    """Give what the twin must say, as `route --json` writes it."""
    path = [
        {
            "exchange": station.visit.exchange.name,
            "type": station.visit.exchange.type,
            "bindings": [
                binding_as_json(each.verdict.binding)
                | {"takes": each.verdict.takes, "reason": reason_as_json(each.verdict.reason)}
                | {"told": each.text}
                for each in station.reasons
            ],
            "notes": station.notes,
            "alternate": station.visit.alternate,
        }
        for station in trace(route, topology)
    ]
    return written(in_short(outcome_of(route)) | {"path": path})


def written(answer: Any) -> Any:
    """Give an answer as it is once it was written as JSON for JavaScript."""
    return same_floats(exact(json.loads(json.dumps(answer))))


def same_floats(answer: Any) -> Any:
    """Write each float in one way: JSON has many for one number."""
    if isinstance(answer, list):
        return [same_floats(each) for each in answer]
    if not isinstance(answer, dict):
        return answer
    if str(answer.get("!type")).startswith("float"):
        return answer | {"value": str(float(answer["value"]))}
    return {name: same_floats(each) for name, each in answer.items()}


def as_read(topology: Topology, message: Message) -> tuple[Topology, Message]:
    """Give both as they are once they were written and read, which says all that JSON can say."""
    read_back = read_topology(json.loads(json.dumps(topology_as_json(topology))))
    sent = read_message(json.loads(json.dumps(message_as_json(message))))
    headers = None if sent.headers is None else plain(sent.headers)
    return (
        replace(
            read_back,
            exchanges=[replace(e, arguments=plain(e.arguments)) for e in read_back.exchanges],
            bindings=[replace(e, arguments=plain(e.arguments)) for e in read_back.bindings],
        ),
        replace(sent, headers=headers),
    )


def plain(table: Mapping[str, Value]) -> Mapping[str, Value]:
    """Give a table with each double as Python has it, as which the page writes it for readers."""
    return with_pairs([(name, plain_value(value)) for name, value in table.items()])


def plain_value(value: Value) -> Value:
    """Give a double as Python has it, and what holds some with these."""
    field = typed(value)
    if field.type == "float64":
        return float(field.value)
    if field.type == "float32":
        return Typed("float32", float(field.value))
    if field.type == "array":
        return [plain_value(each) for each in field.value]
    if not isinstance(value, Mapping):
        nested = field.type == "table" and [(name, plain_value(each)) for name, each in field.value]
        return Typed("table", nested) if nested else value
    return plain(value)
