"""Which auto-delete exchanges stay, though everything that they were for has gone.

Source: rabbit_exchange.erl (maybe_auto_delete), rabbit_binding.erl: such an exchange goes with the
last binding that it is the source of, and its going ends the bindings to it.
"""

from collections import defaultdict
from collections.abc import Mapping

from routing.amqp.topology import ExchangeBinding, Topology


def staying(topology: Topology) -> list[str]:
    """List the exchanges that never had a binding, and those that hold one another in a circle."""
    bound = {binding.source for binding in topology.bindings}
    onward: defaultdict[str, set[str]] = defaultdict(set)
    for binding in topology.bindings:
        if isinstance(binding, ExchangeBinding):
            onward[binding.source].add(binding.destination)
    names = [exchange.name for exchange in topology.exchanges]
    return [name for name in names if name not in bound or name in reached(name, onward)]


def reached(name: str, onward: Mapping[str, set[str]]) -> set[str]:
    """Follow bindings between exchanges, as far as they lead."""
    found: set[str] = set()
    ahead = {*onward.get(name, ())}
    while ahead:
        found |= ahead
        ahead = {each for known in ahead for each in onward.get(known, ())} - found
    return found
