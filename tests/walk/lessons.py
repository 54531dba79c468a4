"""The lessons, and what a broker that obeys the rules does with them."""

from importlib import import_module
from io import StringIO

from rich.console import Console, RenderableType

from routing.amqp.topology import Observation, Scenario
from routing.rules.compare import Row
from routing.rules.predict import predict

LESSONS = ["default", "direct", "fanout", "topic", "headers", "journey"]


def lesson(name: str) -> Scenario:
    """Load a scenario by its name."""
    scenario: Scenario = import_module(f"scenarios.{name}").scenario
    return scenario


def rows(scenario: Scenario) -> list[Row]:
    """Give each message with what a broker that obeys the rules does."""
    return [
        Row(number, route, Observation(route.copies, int(route.returned)))
        for number, route in enumerate(predict(scenario), 1)
    ]


def rendered(body: RenderableType, width: int = 80) -> str:
    """Write a body as a pipe of that width gets it."""
    console = Console(width=width, file=StringIO(), record=True)
    console.print(body)
    return console.export_text()
