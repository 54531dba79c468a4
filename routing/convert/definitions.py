"""Definitions that RabbitMQ imports, and the commands of rabbitmqadmin that declare the same."""

import json
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from routing.amqp.json_form import binding_as_json
from routing.amqp.json_value import read_value
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import Exchange
from routing.amqp.values import Value
from routing.convert.held import NotHeld, held_argument, is_unicode
from routing.files.source import Source
from routing.rules.policies import Doubtful, Policy, policy_of, sets

Note = Callable[[str], None]
"""Takes a sentence on what is lost."""

Entries = Mapping[str, list[dict[str, Any]]]
"""The parts of a definitions file, without a vhost."""

NOUNS: Final = {"policies": "policy"}
"""What one of a part is called, where the name of the part has more than an s behind it."""

LASTING: Final = {"durable": True, "auto_delete": False}


def definitions(source: Source, vhost: str, note: Note) -> str:
    """Write a definitions file; a vhost that is not there on every broker is made as well."""
    operators = [operator_entry(each, note) for each in source.operator_policies]
    parts = {**entries_of(source, note), **({"parameters": operators} if operators else {})}
    entries = {
        part: [{**entry, "vhost": vhost} for entry in those] for part, those in parts.items()
    }
    whole = {"vhosts": [{"name": vhost}]} | entries if vhost != "/" else entries
    return printable(json.dumps(whole, ensure_ascii=False, indent=2), json_escape) + "\n"


def printable(text: str, escape: Callable[[str], str]) -> str:
    """Escape what would do something to a terminal; what is no Unicode stays, to be found."""
    if text.isprintable():
        return text
    if "\n" in text:
        return "\n".join(printable(line, escape) for line in text.split("\n"))
    return "".join(e if e.isprintable() or not is_unicode(e) else escape(e) for e in text)


def json_escape(sign: str) -> str:
    """Write a sign as JSON does in ASCII."""
    return json.dumps(sign)[1:-1]


def entries_of(source: Source, note: Note) -> Entries:
    """Give exchanges, queues, bindings and policies, as far as definitions hold them."""
    topology = source.topology
    if source.messages:
        note("Definitions hold no messages.")
    if topology.unbound:
        note("Definitions hold no bindings that are taken away again.")
    if topology.rejecting:
        note("Definitions hold no consumers that reject.")
    return {
        "exchanges": [exchange_entry(e, source.policies, note) for e in topology.exchanges],
        "queues": [
            {"name": queue, **LASTING}
            | arguments_of(f"queue {write_key(queue)}", source.arguments.get(queue, {}), note)
            for queue in topology.queues
        ],
        "bindings": [*binding_entries(source, note)],
        "policies": [policy_entry(each, note) for each in source.policies],
    }


def exchange_entry(exchange: Exchange, policies: Sequence[Policy], note: Note) -> dict[str, Any]:
    """Write one exchange, without the alternate that its policy gives it anyway."""
    try:
        policy = policy_of(exchange.name, "exchange", policies)
    except Doubtful:
        policy = None
    given = (sets(policy, "exchange") if policy else {}).items()
    own = {n: value for n, value in exchange.arguments.items() if (n, value) not in given}
    entry = {"name": exchange.name, "type": exchange.type, "internal": exchange.internal}
    place = f"exchange {write_exchange(exchange.name)}"
    return entry | LASTING | arguments_of(place, own, note)


def binding_entries(source: Source, note: Note) -> Iterator[dict[str, Any]]:
    """Write the bindings; without one of its criteria a binding would be another one."""
    for number, binding in enumerate(source.topology.bindings, 1):
        try:
            arguments = {name: held_argument(name, v) for name, v in binding.arguments.items()}
        except NotHeld as why:
            spot = source.spot(binding)
            note(f"{f'{spot}: ' if spot else ''}left out, binding {number}: {why}.")
        else:
            yield binding_as_json(replace(binding, arguments={})) | {"arguments": arguments}


def policy_entry(policy: Policy, note: Note) -> dict[str, Any]:
    """Write one policy."""
    sets = {name: read_value(value) for name, value in policy.definition.items()}
    arguments = arguments_of(f"policy {write_key(policy.name)}", sets, note)["arguments"]
    return {
        "name": policy.name,
        "pattern": policy.pattern,
        "apply-to": policy.apply_to,
        "definition": arguments,
        "priority": policy.priority,
    }


def operator_entry(policy: Policy, note: Note) -> dict[str, Any]:
    """Write one operator policy, which is a parameter."""
    value = policy_entry(policy, note)
    return {"component": "operator_policy", "name": value.pop("name"), "value": value}


def arguments_of(place: str, table: Mapping[str, Value], note: Note) -> dict[str, Any]:
    """Give the arguments of an exchange or a queue, without those that are not held."""
    kept = {}
    for name, value in table.items():
        try:
            kept[name] = held_argument(name, value)
        except NotHeld as why:
            note(f"Left out of {place}: {why}.")
    return {"arguments": kept}


def commands(source: Source, vhost: str, note: Note) -> str:
    """Write a command of rabbitmqadmin for each thing, in the syntax of its first version."""
    if source.operator_policies:
        note("Commands of rabbitmqadmin make no operator policies.")
    begin = ["rabbitmqadmin", *[f"--vhost={vhost}"] * (vhost != "/"), "declare"]
    return "".join(
        f"{line}\n"
        for part, entries in entries_of(source, note).items()
        for line in lines_of([*begin, NOUNS.get(part, part[:-1])], entries, note)
    )


def lines_of(begin: list[str], entries: Iterable[Mapping[str, Any]], note: Note) -> Iterator[str]:
    """Write one command a line, without what is meant anyway."""
    for entry in entries:
        given = [
            each for each in entry.items() if each[0] != "durable" and each[1] not in ({}, False)
        ]
        line = shlex.join([*begin, *(f"{name}={word(each)}" for name, each in given)])
        if line.isprintable():
            yield line
        else:
            note(f"Left out: a name with a line break or the like: {json.dumps(line)}.")


def word(value: Any) -> str:
    """Write a value in a command: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
