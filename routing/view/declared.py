"""What a scenario declares, in the order that a message flows: exchange, binding, queue."""

from collections.abc import Iterator
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from routing.model import DEFAULT_EXCHANGE, Binding, Exchange, ExchangeBinding, Scenario
from routing.notation import write_binding, write_exchange, write_key
from routing.predict import bindings_of
from routing.view.marks import marks_for


@dataclass(frozen=True)
class Declared:
    """A table with a line for each binding."""

    scenario: Scenario

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table."""
        into = marks_for(options).into
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for heading in ("exchange", "bound with", "", self.destinations()):
            table.add_column(heading, overflow="fold")
        for exchange in exchanges_shown(self.scenario):
            title = f"{write_exchange(exchange.name)} ({exchange.type})"
            for asked, destination in onward(self.scenario, exchange):
                table.add_row(*map(Text, (title, asked, into, destination)))
                title = ""
        for queue in unbound_queues(self.scenario):
            table.add_row("", "(no binding)", "", Text(write_key(queue)))
        yield table

    def destinations(self) -> str:
        """Name what bindings lead to."""
        onwards = any(isinstance(each, ExchangeBinding) for each in self.scenario.bindings)
        alternates = any(exchange.alternate is not None for exchange in self.scenario.exchanges)
        return "queue or exchange" if onwards or alternates else "queue"


def onward(scenario: Scenario, exchange: Exchange) -> Iterator[tuple[str, str]]:
    """List what leads on from an exchange, and where to: its bindings, then its alternate."""
    for binding in bindings_of(scenario, exchange.name):
        to = "exchange " if isinstance(binding, ExchangeBinding) else ""
        yield write_binding(binding, exchange.type), to + write_key(binding.destination)
    if exchange.alternate is not None:
        yield "(what no binding takes)", f"exchange {write_key(exchange.alternate)}"


def exchanges_shown(scenario: Scenario) -> list[Exchange]:
    """List the declared exchanges, and the default one where messages go to it."""
    to_default = any(message.exchange == DEFAULT_EXCHANGE for message in scenario.messages)
    default = [Exchange(DEFAULT_EXCHANGE, "direct")] if to_default else []
    return [*default, *scenario.exchanges]


def unbound_queues(scenario: Scenario) -> list[str]:
    """List the queues that none of the exchanges shown can reach."""
    bound = {
        binding.destination
        for exchange in exchanges_shown(scenario)
        for binding in bindings_of(scenario, exchange.name)
        if isinstance(binding, Binding)
    }
    return [queue for queue in scenario.queues if queue not in bound]
