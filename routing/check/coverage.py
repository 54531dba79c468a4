"""The bindings of sources that no expected message exercises."""

from collections.abc import Sequence
from dataclasses import dataclass

from routing.amqp.notation import write_exchange, write_key, write_table
from routing.amqp.topology import AnyBinding, Binding
from routing.amqp.versions import Version
from routing.check.check import Checked
from routing.files.source import Source


@dataclass(frozen=True)
class Coverage:
    """How many bindings there are, and those that take no message of which anything is expected.

    percent: the share of the others, never rounded up.
    not_exercised: each in words, its place first.
    """

    bindings: int
    percent: float
    not_exercised: Sequence[str]


def coverage(sources: Sequence[Source], results: Sequence[Checked], version: Version) -> Coverage:
    """Tell which bindings that a broker of this version has take no expected message."""
    expected = [each.route for each in results if each.is_expected and each.recorded]
    taken = {id(hit.binding) for route in expected for at in route.visits for hit in at.taking}
    parts = [
        (each, binding) for each in sources for binding in each.loaded(version).topology.bindings
    ]
    left = [told(*part) for part in parts if id(part[1]) not in taken]
    share = 1000 * (len(parts) - len(left)) // len(parts) / 10 if parts else 100.0
    return Coverage(len(parts), share, left)


def told(source: Source, binding: AnyBinding) -> str:
    """Say where a binding stands, and what it joins."""
    kind = "" if isinstance(binding, Binding) else "exchange "
    ends = f"{write_exchange(binding.source)} to {kind}{write_key(binding.destination)}"
    asked = f"{write_key(binding.binding_key)}  {write_table(binding.arguments)}".rstrip()
    return f"{source.spot(binding) or source.shown}: no expected message for {ends}, {asked}"
