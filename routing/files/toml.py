"""A topology as people write it: TOML, with messages and what is expected of them.

The names are those of RabbitMQ's definitions files; EXAMPLE shows all of them.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.json_form import OF_BINDING, OF_EXCHANGE, OF_MESSAGE, read_message
from routing.amqp.json_parts import each_of, of_kind, require_known, short, take
from routing.amqp.json_value import read_table
from routing.amqp.notation import write_key
from routing.amqp.topology import AnyBinding, Topology
from routing.amqp.values import Typed, Value
from routing.files.cases import Outcome
from routing.files.definitions import read_binding, read_exchange
from routing.files.source import Expected, Source, Spot

EXAMPLE: Final = """\
# A topology, and messages with the queues that must get them.
#
#     exchange-routing route {file} -x orders -k order.eu.paid
#     exchange-routing check {file}

queues = ["billing", "audit", "unrouted"]

[[exchanges]]
name = "orders"
type = "topic"  # direct, fanout, topic or headers
arguments = {{ alternate-exchange = "lost" }}

[[exchanges]]
name = "lost"
type = "fanout"

[[bindings]]
source = "orders"
destination = "billing"
routing_key = "order.*.paid"

[[bindings]]
source = "orders"
destination = "audit"
routing_key = "order.#"

[[bindings]]
source = "lost"
destination = "unrouted"
# destination_type = "exchange"  hands messages on to another exchange
# arguments = {{ x-match = "any", region = "eu" }}  are what a headers exchange asks for

# Arguments of a queue, if it has some:
# [arguments.billing]
# x-dead-letter-exchange = "lost"

[[messages]]
exchange = "orders"
routing_key = "order.eu.paid"
queues = ["billing", "audit"]

[[messages]]
exchange = "orders"
routing_key = "invoice"
headers = {{ region = "eu", urgent = true, weight = {{ "!type" = "int8", value = 1 }} }}
queues = ["unrouted"]
"""

OF_FILE: Final = ("exchanges", "queues", "bindings", "arguments", "messages")
OF_EXPECTED: Final = (*OF_MESSAGE, "queues")

IGNORED: Final = re.compile(r"#\s*lint: ignore ([a-z-]+)")
"""What says in a comment that a finding is meant so."""

FAULT_AT: Final = re.compile(r"(.*?) \(at (?:line (\d+), column (\d+)|end of document)\)")


def read_toml(file: str, text: str) -> Source:
    """Read a topology.

    Raises BadUse where it is no TOML, or something in it is missing, unknown or wrong.
    """
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadUse(f"{write_key(file)}{said_of(str(error))}; correct that.") from error
    except RecursionError as error:
        raise BadUse(f"{write_key(file)} is nested too deep: take levels out.") from error
    except ValueError as error:
        raise BadUse(f"{write_key(file)} has a number of too many digits: shorten it.") from error
    try:
        return read_whole(file, text, as_fields(whole))
    except BadUse as fault:
        raise BadUse(f"{write_key(file)}: {str(fault).rstrip('.')}; correct that.") from fault


def said_of(fault: str) -> str:
    """Say where the TOML is wrong, and how."""
    found = FAULT_AT.fullmatch(fault)
    if not found:
        return f" is no TOML ({fault})"
    where = f", line {found[2]}, column {found[3]}" if found[2] else ", at its end"
    return f"{where}: this is no TOML ({found[1]})"


def read_whole(file: str, text: str, whole: dict[str, Any]) -> Source:
    """Read what the file holds."""
    require_known("the file", whole, OF_FILE)
    exchanges = take(whole, "exchanges", list, [])
    bindings = take(whole, "bindings", list, [])
    messages = take(whole, "messages", list, [])
    bound = [*each_of("binding", bindings, known_binding)]
    spots = tables(file, text, "bindings", len(bound))
    declared = [*each_of("exchange", exchanges, known_exchange)]
    headings = zip(declared, tables(file, text, "exchanges", len(declared)), strict=True)
    return Source(
        shown=write_key(file),
        topology=Topology(
            exchanges=declared,
            queues=[short("a queue", each) for each in take(whole, "queues", list, [])],
            bindings=bound,
        ),
        messages=expected(messages, tables(file, text, "messages", len(messages))),
        arguments=dict(arguments_of(take(whole, "arguments", dict, {}))),
        spots={id(binding): spot for binding, spot in zip(bound, spots, strict=False) if spot},
        places={("exchange", each.name): spot for each, spot in headings if spot},
        ignored=ignored_in(text),
    )


def ignored_in(text: str) -> dict[int | None, list[str]]:
    """Read which findings are meant so: in a table it is about that, before all about the file."""
    found: dict[int | None, list[str]] = {}
    heading = None
    for number, line in enumerate(text.splitlines(), 1):
        heading = number if line.lstrip().startswith("[") else heading
        if said := IGNORED.search(line):
            found.setdefault(heading, []).append(said[1])
    return found


def known_exchange(entry: Any) -> Any:
    """Read one exchange that has no other entries."""
    require_known("an exchange", entry, OF_EXCHANGE)
    require_names(entry)
    return read_exchange(entry)


def known_binding(entry: Any) -> AnyBinding:
    """Read one binding that has no other entries."""
    require_known("a binding", entry, OF_BINDING)
    require_names(entry)
    return read_binding(entry)


def require_names(entry: Any) -> None:
    """Raise BadUse where arguments are written by their type: they have names, each once."""
    if "!type" in of_kind("arguments", entry.get("arguments", {}), dict):
        raise BadUse("arguments are written as a table, and not by their type")


def expected(messages: list[Any], spots: list[Spot | None]) -> list[Expected]:
    """Read messages, and the queues that are expected to get them."""
    read = each_of("message", messages, read_expected)
    return [Expected(*pair, spot) for pair, spot in zip(read, spots, strict=True)]


def read_expected(entry: Any) -> tuple[Any, Outcome | None]:
    """Read one message."""
    require_known("a message", entry, OF_EXPECTED)
    published = {"exchange": "", "routing_key": ""} | entry
    queues = published.pop("queues", None)
    if queues is None:
        return read_message(published), None
    names = [short("a queue", each) for each in of_kind("queues", queues, list)]
    return read_message(published), Outcome(tuple(sorted(names)))


def arguments_of(tables: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Value]]]:
    """Read the arguments of queues."""
    for queue, table in tables.items():
        yield queue, read_table(of_kind(f"arguments of {write_key(queue)}", table, dict))


def tables(file: str, text: str, name: str, count: int) -> list[Spot | None]:
    """Find the lines where tables of this name begin, where each has a heading of its own."""
    heading = re.compile(rf"\s*\[\[\s*{name}\s*\]\]")
    lines = [number for number, line in enumerate(text.splitlines(), 1) if heading.match(line)]
    return [Spot(file, line) for line in lines] if len(lines) == count else [None] * count


def as_fields(value: Any) -> Any:
    """Take each number with a point for a double, as RabbitMQ's own files do.

    Raises BadUse for a date or a time of which the moment is not known.
    """
    if isinstance(value, float):
        return Typed("float64", value)
    if isinstance(value, list):
        return [as_fields(each) for each in value]
    if isinstance(value, dict) and "!type" not in value:
        return {name: as_fields(each) for name, each in value.items()}
    if isinstance(value, date | time) and getattr(value, "tzinfo", None) is None:
        raise BadUse(f"{value} is no moment: write it as 2026-07-01T12:00:00Z")
    return value
