"""Runs the scenarios that are named, or all of them: `python -m scenarios topic headers`."""

from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from routing.amqp.topology import Scenario
from routing.demo.command import main

LESSONS = ("default", "direct", "fanout", "topic", "headers", "journey")
"""The order of a first walk; modules that are added come after these, by name."""


def names() -> list[str]:
    """List the modules of this folder that hold a scenario."""
    found = {module.name for module in iter_modules([str(Path(__file__).parent)])} - {"__main__"}
    return [name for name in LESSONS if name in found] + sorted(found.difference(LESSONS))


def load(name: str) -> Scenario:
    """Import one module, and take its scenario."""
    scenario: Scenario = import_module(f"scenarios.{name}").scenario
    return scenario


if __name__ == "__main__":
    raise SystemExit(main({name: partial(load, name) for name in names()}))
