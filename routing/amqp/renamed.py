"""A topology with its exchanges under other names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias, TypeVar

from routing.amqp.topology import AnyBinding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value, as_bytes

AnyTopology = TypeVar("AnyTopology", bound=Topology)

Rename: TypeAlias = Callable[[str], str]
"""Gives the other name of an exchange, which may be the same."""


def exchanges_renamed(topology: AnyTopology, rename: Rename) -> AnyTopology:
    """Give every exchange another name, wherever it is named."""
    return replace(
        topology,
        exchanges=[exchange_renamed(each, rename) for each in topology.exchanges],
        bindings=[binding_renamed(each, rename) for each in topology.bindings],
        unbound=[binding_renamed(each, rename) for each in topology.unbound],
    )


def exchange_renamed(exchange: Exchange, rename: Rename) -> Exchange:
    """Give an exchange another name, and its alternate, too."""
    arguments = alternate_renamed(exchange.arguments, rename)
    return replace(exchange, name=rename(exchange.name), arguments=arguments)


def binding_renamed(binding: AnyBinding, rename: Rename) -> AnyBinding:
    """Give the exchanges of a binding other names."""
    if isinstance(binding, ExchangeBinding):
        destination = rename(binding.destination)
        return replace(binding, source=rename(binding.source), destination=destination)
    return replace(binding, exchange=rename(binding.exchange))


def message_renamed(message: Message, rename: Rename) -> Message:
    """Publish a message to an exchange of another name."""
    return replace(message, exchange=rename(message.exchange))


def alternate_renamed(arguments: Mapping[str, Value], rename: Rename) -> dict[str, Value]:
    """Give an alternate exchange among arguments another name."""
    alternate = arguments.get("alternate-exchange")
    if isinstance(alternate, str):
        return {**arguments, "alternate-exchange": rename(alternate)}
    if isinstance(alternate, Typed) and alternate.type == "longstr":
        name = as_bytes(alternate.value).decode(errors="surrogateescape")
        sent = rename(name).encode(errors="surrogateescape")
        return {**arguments, "alternate-exchange": Typed("longstr", sent)}
    return dict(arguments)
