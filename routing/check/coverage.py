"""The bindings of sources that no expected message exercises."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor
from typing import Any

from routing.amqp.json_form import binding_as_json
from routing.amqp.topology import AnyBinding
from routing.amqp.versions import Version
from routing.check.check import Checked
from routing.files.source import Source


@dataclass(frozen=True)
class Coverage:
    """How many bindings there are, and those that take no message of which anything is expected."""

    bindings: int
    untaken: Sequence[tuple[Source, AnyBinding]]

    @property
    def percent(self) -> float:
        """The share of those that take one, never rounded up."""
        taken = self.bindings - len(self.untaken)
        return floor(1000 * taken / self.bindings) / 10 if self.bindings else 100.0


def coverage(sources: Sequence[Source], results: Sequence[Checked], version: Version) -> Coverage:
    """Tell which bindings that a broker of this version has take no expected message."""
    expected = [each.route for each in results if each.is_expected and each.recorded]
    taken = {id(hit.binding) for route in expected for at in route.visits for hit in at.taking}
    bindings = [
        (source, binding)
        for source in sources
        for binding in source.loaded(version).topology.bindings
    ]
    return Coverage(len(bindings), [each for each in bindings if id(each[1]) not in taken])


def as_json(found: Coverage) -> dict[str, Any]:
    """Write it for programs."""
    return {
        "bindings": found.bindings,
        "percent": found.percent,
        "not exercised": [
            {"at": str(source.spot(binding) or source.shown), **binding_as_json(binding)}
            for source, binding in found.untaken
        ],
    }
