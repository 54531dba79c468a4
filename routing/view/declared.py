"""What a scenario declares, in the order that a message flows: exchange, binding, queue."""

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from routing.model import DEFAULT_EXCHANGE, Exchange, Scenario
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
        for heading in ("exchange", "bound with", "", "queue"):
            table.add_column(heading, overflow="fold")
        for exchange in exchanges_shown(self.scenario):
            title = f"{write_exchange(exchange.name)} ({exchange.type})"
            for binding in bindings_of(self.scenario, exchange.name):
                asked = write_binding(binding, exchange.type)
                table.add_row(*map(Text, (title, asked, into, write_key(binding.queue))))
                title = ""
        for queue in unbound_queues(self.scenario):
            table.add_row("", "(no binding)", "", Text(write_key(queue)))
        yield table


def exchanges_shown(scenario: Scenario) -> list[Exchange]:
    """List the declared exchanges, and the default one where messages go to it."""
    to_default = any(message.exchange == DEFAULT_EXCHANGE for message in scenario.messages)
    default = [Exchange(DEFAULT_EXCHANGE, "direct")] if to_default else []
    return [*default, *scenario.exchanges]


def unbound_queues(scenario: Scenario) -> list[str]:
    """List the queues that none of the exchanges shown can reach."""
    bound = {
        binding.queue
        for exchange in exchanges_shown(scenario)
        for binding in bindings_of(scenario, exchange.name)
    }
    return [queue for queue in scenario.queues if queue not in bound]
