"""RabbitMQ's definitions files, as brokers export them and as people edit them.

Read as RabbitMQ imports them (rabbit_definitions.erl): what is missing has a default, unknown
entries are passed over.  Users and permissions are never looked at, and of parameters the operator
policies alone.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, TypeVar

from routing.amqp.errors import BadUse
from routing.amqp.json_form import DESTINATIONS
from routing.amqp.json_parts import brief, of_kind, take, take_short
from routing.amqp.json_value import read_value
from routing.amqp.names import PREDECLARED, RESERVED
from routing.amqp.notation import write_key
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Exchange,
    ExchangeBinding,
    Topology,
)
from routing.amqp.values import Typed, Value, text_of, typed
from routing.amqp.versions import Version, parse_version
from routing.files.json_places import Placed
from routing.files.source import Source, Spot
from routing.rules.policies import Policy, with_alternates
from routing.rules.validity import require_known

PARTS: Final = ("exchanges", "queues", "bindings", "policies")
"""What is read of a file; some of it may be missing."""

NO_ARGUMENTS: Final = Version(3, 8, 9)
"""Up to here rabbitmqctl exports bindings without their arguments (#2500; seen on 3.8.9)."""

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Read:
    """A definitions file, as far as it is read: the entries of one vhost, and where each stands."""

    file: str
    text: str
    placed: Placed
    vhost: str | None

    def entries(self, part: str) -> Iterator[tuple[dict[str, Any], Spot]]:
        """List the entries of a part."""
        given = self.placed.value.get(part)
        values = [] if given is None else told(write_key(self.file), part, given, list)
        for number, (value, start) in enumerate(
            zip(values, self.placed.starts.get(part, ()), strict=False), 1
        ):
            spot = spot_at(self.file, self.line_ends, start)
            entry = told(spot, f"{part} {number}", value, dict)
            if self.vhost is None or entry.get("vhost", self.vhost) == self.vhost:
                yield as_imported(entry), spot

    @cached_property
    def line_ends(self) -> list[int]:
        """List where lines end."""
        return [found.start() for found in re.finditer("\n", self.text)]


def told(place: Spot | str, noun: str, value: Any, kind: type[Any]) -> Any:
    """Require that what stands at a place is of a kind.

    Raises BadUse with the place where it is not.
    """
    try:
        return of_kind(noun, value, kind)
    except BadUse as fault:
        raise BadUse(f"{place}: {fault}; correct it.") from fault


def as_imported(entry: dict[str, Any]) -> dict[str, Any]:
    """Give an entry with its arguments of the types that an import makes of them."""
    table = entry.get("arguments")
    if not isinstance(table, dict) or not any(isinstance(v, list | dict) for v in table.values()):
        return entry
    return entry | {"arguments": {name: typed_within(each) for name, each in table.items()}}


def typed_within(value: Any, *, within: bool = False) -> Any:
    """Take whole numbers within lists and tables for long ones, and order tables by their names.

    Source: rabbit_misc.erl, to_amqp_table; elsewhere the size of a number plays no part.
    """
    if isinstance(value, list):
        return [typed_within(each, within=True) for each in value]
    if isinstance(value, dict) and "!type" not in value:
        return {name: typed_within(value[name], within=True) for name in sorted(value)}
    whole = isinstance(value, int) and not isinstance(value, bool)
    return {"!type": "int64", "value": value} if within and whole else value


def spot_at(file: str, ends: list[int], start: int) -> Spot:
    """Give line and column; the line is enough where there are several."""
    line = bisect_right(ends, start)
    begins = ends[line - 1] + 1 if line else 0
    return Spot(file, line + 1, None if len(ends) > 1 else start - begins + 1)


def read_definitions(file: str, text: str, placed: Placed, vhost: str | None) -> Source:
    """Read one vhost of a definitions file.

    Raises BadUse where something in it is not what RabbitMQ takes, or the vhost is not there.
    """
    read = Read(file, text, placed, vhost_of(file, placed.value, vhost))
    placed_policies = [*each_placed(read, "policies", read_policy)]
    policies = [each for each, _ in placed_policies]
    placed_exchanges = [*each_placed(read, "exchanges", read_exchange)]
    exchanges = [each for each, _ in placed_exchanges]
    placed_queues = [*each_placed(read, "queues", read_queue)]
    queues = dict(each for each, _ in placed_queues)
    placed_bindings = [*each_placed(read, "bindings", read_binding)]
    bindings = [binding for binding, _ in placed_bindings]
    doubts = dict(without_arguments(placed.value, exchanges, bindings))
    doubts |= dict(unlisted(read, exchanges, bindings))
    doubts |= dict(half_told(placed.value, exchanges, bindings))
    return Source(
        shown=write_key(file),
        topology=Topology(
            exchanges=[*with_alternates(exchanges, policies, doubts)],
            queues=[*queues],
            bindings=bindings,
        ),
        arguments={queue: given for queue, given in queues.items() if given},
        transient=[each["name"] for each, _ in read.entries("queues") if lasts_not(each)],
        policies=policies,
        operator_policies=[*filter(None, each_read(read, "parameters", read_operator_policy))],
        spots={id(binding): spot for binding, spot in placed_bindings},
        places={
            **{("exchange", each.name): spot for each, spot in placed_exchanges},
            **{("queue", name): spot for (name, _), spot in placed_queues},
            **{("policy", each.name): spot for each, spot in placed_policies},
        },
        doubts=doubts,
        exported=exported_by(placed.value),
        without_vhost=without_vhost(read),
    )


def without_vhost(read: Read) -> tuple[str, Spot] | None:
    """Find an entry that names no vhost, where others do: RabbitMQ 4 imports no such file."""
    entries = [
        (f"{part.removesuffix('s')} {number}", entry, spot)
        for part in PARTS
        if part != "policies"  # which have one in an export of a single vhost, too
        for number, (entry, spot) in enumerate(read.entries(part), 1)
    ]
    lacking = [(about, spot) for about, entry, spot in entries if "vhost" not in entry]
    return lacking[0] if lacking and len(lacking) < len(entries) else None


def exported_by(whole: Mapping[str, Any]) -> Version | None:
    """Tell which RabbitMQ has exported the file, if one has."""
    said = whole.get("rabbitmq_version") or whole.get("rabbit_version")
    return parse_version(said) if isinstance(said, str) and said[:1].isdecimal() else None


def without_arguments(
    whole: Mapping[str, Any], exchanges: Sequence[Exchange], bindings: Sequence[AnyBinding]
) -> Iterator[tuple[str, str]]:
    """Tell of which exchanges it is not known what their bindings ask for."""
    version = exported_by(whole)
    if not version or version > NO_ARGUMENTS or any(each.arguments for each in bindings):
        return
    by_headers = headers_exchanges(exchanges)
    for name in dict.fromkeys(each.source for each in bindings):
        if name in by_headers:
            yield (
                name,
                f"exchange {write_key(name)}: rabbitmqctl of RabbitMQ {version} leaves the "
                "arguments of bindings out; its management page exports them",
            )


def headers_exchanges(exchanges: Sequence[Exchange]) -> set[str]:
    """Name the exchanges whose bindings ask for headers."""
    there = {each.name: each.type for each in (*PREDECLARED.values(), *exchanges)}
    return {name for name, kind in there.items() if kind == "headers"}


def half_told(
    whole: Mapping[str, Any], exchanges: Sequence[Exchange], bindings: Sequence[AnyBinding]
) -> Iterator[tuple[str, str]]:
    """Tell of which exchanges a binding asks for more than an export tells of it."""
    if not exported_by(whole):
        return
    by_headers = headers_exchanges(exchanges)
    for binding in bindings:
        for name, value in binding.arguments.items() if binding.source in by_headers else ():
            if why := untold(typed(value)):
                said = f"a binding asks for {write_key(name)}, {why}; TOML has the types of values"
                yield binding.source, f"exchange {write_key(binding.source)}: {said}"


def untold(field: Typed) -> str | None:
    """Say what an export does not tell of a value, which the broker that exports it compares."""
    if field.type in {"array", "table"} and has_whole_number(field):
        return "with whole numbers in a list or table, and an export does not tell their sizes"
    if field.type == "longstr" and any(unicodedata.category(c) == "Cc" for c in text_of(field)):
        return "text with control characters, as which rabbitmqctl writes a list of numbers, too"
    return None


def has_whole_number(field: Typed) -> bool:
    """Look for a whole number in a list or table, however deep."""
    if field.type == "array":
        return any(has_whole_number(typed(each)) for each in field.value)
    if field.type == "table":
        return any(has_whole_number(typed(each)) for _, each in field.value)
    return "int" in field.type


def unlisted(
    read: Read, exchanges: Sequence[Exchange], bindings: Sequence[AnyBinding]
) -> Iterator[tuple[str, str]]:
    """Tell which exchanges an export leaves out: the internal ones.

    Every rabbitmqctl does so, and the management page of 4.3.6 (seen there, and not on 4.0.5).
    """
    if not exported_by(read.placed.value):
        return
    listed = {DEFAULT_EXCHANGE, *PREDECLARED, *(each.name for each in exchanges)}
    named = [each.source for each in bindings]
    named += [each.destination for each in bindings if isinstance(each, ExchangeBinding)]
    for name in dict.fromkeys(named):
        if name not in listed:
            yield (
                name,
                f"{write_key(read.file)} does not list exchange {write_key(name)}, which a binding "
                "names: an export leaves internal exchanges out; add it with its type",
            )


def objects_in(whole: Mapping[str, Any], part: str) -> list[dict[str, Any]]:
    """List the objects of a part; what else stands there is told where it is read."""
    listed = whole.get(part)
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def vhost_of(file: str, whole: Mapping[str, Any], asked: str | None) -> str | None:
    """Choose the vhost: the one that is asked for, or the only one; None where none is named.

    Raises BadUse where there are several to choose from, or it is not there.
    """
    entries = [e for part in PARTS for e in objects_in(whole, part) if not always_there(e)]
    named = dict.fromkeys(each["vhost"] for each in entries if isinstance(each.get("vhost"), str))
    listed = [each.get("name") for each in objects_in(whole, "vhosts")]
    known = list(dict.fromkeys([*named, *(each for each in listed if isinstance(each, str))]))
    if asked is not None:
        if known:
            require_known(write_key(file), "vhost", asked, known)
        return asked
    if len(named) > 1:
        names = ", ".join(write_key(each) for each in named)
        raise BadUse(f"{write_key(file)} has several vhosts: choose one of {names} with --vhost.")
    return next(iter(named), None)


def always_there(entry: Mapping[str, Any]) -> bool:
    """Tell whether an import skips an entry: 4.3.6 lists amq.rabbitmq.log, of vhost / alone."""
    return str(entry.get("name", "")).startswith(RESERVED)


def each_placed(
    read: Read, part: str, reader: Callable[[dict[str, Any]], Thing]
) -> Iterator[tuple[Thing, Spot]]:
    """Read the entries of a part; what is wrong with one is told with its place."""
    for entry, spot in read.entries(part):
        try:
            yield reader(entry), spot
        except BadUse as fault:
            said = str(fault).rstrip(".")
            raise BadUse(f"{spot}: in {part}, {said}; correct it.") from fault


def each_read(read: Read, part: str, reader: Callable[[dict[str, Any]], Thing]) -> Iterable[Thing]:
    """Read the entries of a part whose places are not wanted."""
    return (thing for thing, _ in each_placed(read, part, reader))


def read_exchange(entry: dict[str, Any]) -> Exchange:
    """Read one exchange; its type is direct where none is given (rabbit_exchange.erl)."""
    return Exchange(
        take_short(entry, "name"),
        take(entry, "type", str),
        read_arguments(entry),
        take(entry, "internal", bool, default=False),
    )


def read_queue(entry: dict[str, Any]) -> tuple[str, Mapping[str, Value]]:
    """Read one queue and its arguments; newer files have its type beside them."""
    arguments = read_arguments(entry)
    kind = take(entry, "type", str, None)
    if kind in {"classic", "quorum", "stream"}:
        arguments = {"x-queue-type": kind} | arguments
    return take_short(entry, "name"), arguments


def lasts_not(entry: Mapping[str, Any]) -> bool:
    """Tell whether a queue is not durable, as it is where that is not said."""
    return entry.get("durable") is False


def read_binding(entry: dict[str, Any]) -> AnyBinding:
    """Read one binding."""
    kind = take(entry, "destination_type", str, "queue")
    if kind not in DESTINATIONS:
        raise BadUse(f"destination_type is {brief(kind)}, not queue or exchange")
    key = take_short(entry, "routing_key") if "routing_key" in entry else ""
    source, destination = take_short(entry, "source"), take_short(entry, "destination")
    return DESTINATIONS[kind](source, destination, key, read_arguments(entry))


def read_policy(entry: dict[str, Any]) -> Policy:
    """Read one policy."""
    priority = entry.get("priority") or 0
    return Policy(
        take(entry, "name", str),
        take(entry, "pattern", str),
        take(entry, "definition", dict, {}),
        take(entry, "apply-to", str, "all"),
        priority if isinstance(priority, int | float) else 0,
    )


def read_operator_policy(entry: dict[str, Any]) -> Policy | None:
    """Read a policy that is among the parameters; nothing else of these is looked at."""
    if entry.get("component") != "operator_policy":
        return None
    return read_policy(take(entry, "value", dict) | {"name": entry.get("name")})


def read_arguments(entry: dict[str, Any]) -> dict[str, Value]:
    """Read arguments, which some files leave out, and some write as an empty list."""
    table = entry.get("arguments") or {}
    of_kind("arguments", table, dict)
    if any(value is None for value in table.values()):
        raise BadUse("an argument is null, which RabbitMQ does not take (null_not_allowed)")
    return {name: read_value(value) for name, value in table.items()}
