"""What is declared, in the order that a message flows: exchange, binding, queue."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult

from routing.amqp.names import PREDECLARED, kept
from routing.amqp.notation import write_binding, write_exchange, write_key
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.rules.predict import bindings_of
from routing.view.headed import Headed
from routing.view.marks import marks_for

MOST_NAMED = 3
"""So many queues are listed one by one for the default exchange, to which all are bound."""


@dataclass(frozen=True)
class Declared:
    """A table with a line for each binding; messages tell whether the default exchange is used."""

    topology: Topology
    messages: Sequence[Message]

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        headings = ("exchange", "bound with", "", destinations(self.topology))
        yield Headed(headings, [*self.lines(marks_for(options).into)])

    def lines(self, into: str) -> Iterator[tuple[str, ...]]:
        """Write a line for each binding, one for an exchange without, and one for such a queue."""
        for exchange in self.exchanges():
            title = title_of(exchange)
            for asked, destination in onward(self.topology, exchange) or [("(no binding)", "")]:
                yield title, asked, into if destination else "", destination
                title = ""
        for queue in unbound_queues(self.topology, self.exchanges()):
            yield "", "(no binding)", "", write_key(queue)

    def exchanges(self) -> list[Exchange]:
        """List the declared exchanges, and of those that are always there the ones in use."""
        declared = {kept(exchange.name) for exchange in self.topology.exchanges}
        bound = (kept(each.source) for each in self.topology.every_binding)
        used = {*(message.exchange for message in self.messages), *bound} - declared
        always_there = (Exchange(DEFAULT_EXCHANGE, "direct"), *PREDECLARED.values())
        return [*(each for each in always_there if each.name in used), *self.topology.exchanges]


def title_of(exchange: Exchange) -> str:
    """Name an exchange and what is special about it."""
    internal = ", internal" if exchange.internal else ""
    return f"{write_exchange(exchange.name)} ({exchange.type}{internal})"


def destinations(topology: Topology) -> str:
    """Name what bindings lead to."""
    onwards = any(isinstance(each, ExchangeBinding) for each in topology.every_binding)
    alternates = any(exchange.alternate is not None for exchange in topology.exchanges)
    return "queue or exchange" if onwards or alternates else "queue"


def onward(topology: Topology, exchange: Exchange) -> list[tuple[str, str]]:
    """List what leads on from an exchange, and where to: its bindings, then its alternate."""
    bindings = bindings_of(topology, exchange.name)
    if exchange.name == DEFAULT_EXCHANGE and len(bindings) > MOST_NAMED:
        return [("a queue's name", "that queue")]
    ways = [(write_binding(each, exchange.type), write_destination(each)) for each in bindings]
    ways += [
        (f"{write_binding(each, exchange.type)}, taken away again", write_destination(each))
        for each in topology.unbound
        if kept(each.source) == kept(exchange.name)
    ]
    if exchange.alternate is not None:
        ways.append(("(what no binding takes)", f"exchange {write_key(exchange.alternate)}"))
    return ways


def write_destination(binding: AnyBinding) -> str:
    """Write where a binding leads to."""
    noun = "exchange " if isinstance(binding, ExchangeBinding) else ""
    return noun + write_key(binding.destination)


def unbound_queues(topology: Topology, exchanges: Sequence[Exchange]) -> list[str]:
    """List the queues that none of these exchanges leads to by a binding."""
    bound = {
        binding.destination
        for exchange in exchanges
        for binding in bindings_of(topology, exchange.name)
        if isinstance(binding, Binding)
    }
    return [queue for queue in topology.queues if queue not in bound]
