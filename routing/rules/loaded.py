"""A topology as a broker has it once it has loaded a file: what cannot be there is left out.

One foreign thing does not poison the rest: it concerns the messages whose way touches it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.amqp.names import PERHAPS, PREDECLARED, RESERVED, as_kept
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Topology,
)
from routing.amqp.versions import Version
from routing.rules.predict import Prepared, prepared
from routing.rules.refusal import refuse_binding, refuse_exchange
from routing.rules.unknown import unknown_of_exchange

SKIPPED: Final = "an import skips a name with amq. before it"


@dataclass(frozen=True)
class LeftOut:
    """Something that the broker has not, though the file names it.

    part: the exchange, queue or binding as it was given.
    dangles: whether it is a binding of which an end is not there.
    """

    part: Exchange | AnyBinding | str
    why: str
    dangles: bool = False


@dataclass(frozen=True)
class Loaded:
    """What a broker of one version has of a topology, ready for messages, and what it has not."""

    ready: Prepared
    topology: Topology
    left_out: Sequence[LeftOut]

    @property
    def decided(self) -> Topology:
        """The topology without the exchanges of which it is not decided what they do.

        A broker of any kind can have it.
        """
        doubts, has = self.ready.doubts, as_kept(self.topology)
        return Topology(
            exchanges=[each for each in has.exchanges if each.name not in doubts],
            queues=has.queues,
            bindings=[
                each
                for each in has.bindings
                if each.source not in doubts
                and (isinstance(each, Binding) or each.destination not in doubts)
            ],
        )


def loaded(topology: Topology, version: Version, doubts: Mapping[str, str] | None = None) -> Loaded:
    """Load a topology as RabbitMQ imports definitions (rabbit_definitions.erl, apply_defs).

    doubts: why what an exchange does is not decided, by its name, where more than this is known;
        one that is not among the exchanges is an internal one of unknown type.
    """
    has, left_out, found = taken(topology, version, doubts)
    ready = prepared(has, version)
    return Loaded(replace(ready, refusal=None, unknown=None, doubts=found), has, left_out)


def taken(
    topology: Topology, version: Version, doubts: Mapping[str, str] | None = None
) -> tuple[Topology, Sequence[LeftOut], Mapping[str, str]]:
    """Tell what an import takes of a topology, what not, and what is not decided, as loaded does.

    That is all of it but what messages need, and takes half of the time.
    """
    left_out: list[LeftOut] = []
    exchanges = {each.name: each for each in kept_exchanges(topology.exchanges, left_out)}
    for name in doubts or ():
        if name not in PREDECLARED:
            exchanges.setdefault(name, Exchange(name, "fanout", internal=True))
    queues = dict.fromkeys(kept_queues(topology.queues, left_out))
    there = {**PREDECLARED, **exchanges}
    bindings = []
    found = dict(doubts_of(exchanges, version)) | dict(doubts or {})
    for binding in topology.bindings:
        if why := dangling(binding, there, queues):
            left_out.append(LeftOut(binding, why, dangles=True))
        elif binding.source == DEFAULT_EXCHANGE:
            continue  # is there for each queue, named or not
        elif refusal := next(refuse_binding(binding, there, queues, version), None):
            left_out.append(LeftOut(binding, f"RabbitMQ {version} refuses it: {refusal.why}"))
            found.setdefault(binding.source, f"{refusal.why}, which RabbitMQ {version} refuses")
        else:
            bindings.append(binding)
    has = Topology(exchanges=[*exchanges.values()], queues=[*queues], bindings=bindings)
    return has, left_out, found


def kept_exchanges(exchanges: Sequence[Exchange], left_out: list[LeftOut]) -> Iterator[Exchange]:
    """Give the exchanges that an import makes: of two of one name the first."""
    seen = set()
    for exchange in exchanges:
        if exchange.name == DEFAULT_EXCHANGE or exchange.name in PREDECLARED:
            continue  # is there already, and stays as it is
        if exchange.name in PERHAPS:
            continue  # 4.3.6 exports it, and makes it by itself
        if exchange.name.startswith(RESERVED):
            left_out.append(LeftOut(exchange, SKIPPED))
        elif exchange.name in seen:
            left_out.append(LeftOut(exchange, "there is one of that name already"))
        else:
            seen.add(exchange.name)
            yield exchange


def kept_queues(queues: Sequence[str], left_out: list[LeftOut]) -> Iterator[str]:
    """Give the queues that an import makes."""
    for queue in queues:
        if queue.startswith(RESERVED):
            left_out.append(LeftOut(queue, SKIPPED))
        else:
            yield queue


def doubts_of(exchanges: Mapping[str, Exchange], version: Version) -> Iterator[tuple[str, str]]:
    """Tell of which exchanges it is not decided what they do, and why."""
    for exchange in exchanges.values():
        refusal = next(refuse_exchange(exchange, PREDECLARED, version), None)
        if why := unknown_of_exchange(exchange, version) or (refusal and refusal.why):
            yield exchange.name, why


def dangling(
    binding: AnyBinding, exchanges: Mapping[str, Exchange], queues: Mapping[str, None]
) -> str | None:
    """Say which end of a binding is not there."""
    if binding.source not in exchanges and binding.source != DEFAULT_EXCHANGE:
        return f"there is no exchange {write_exchange(binding.source)}"
    to_exchange = isinstance(binding, ExchangeBinding)
    if binding.destination in (exchanges if to_exchange else queues):
        return None
    return missing("exchange" if to_exchange else "queue", binding.destination)


def missing(noun: str, name: str) -> str:
    """Say that something is not there."""
    return f"there is no {noun} {write_key(name)}"
