"""What cannot be decided of a topology unless more is known of the broker."""

from collections.abc import Iterator

from routing.amqp.names import PERHAPS, PLUGIN_TYPES, REPLY_TO
from routing.amqp.notation import write_key
from routing.amqp.topology import ExchangeBinding, Message, Topology
from routing.amqp.versions import ONE_OF_ITS_QUEUES, Version


def unknown_of_topology(topology: Topology, version: Version) -> str | None:
    """Say what is not known of the broker, and would have to be; None where nothing is.

    topology: under the names that a broker keeps.
    """
    return next(unknowns(topology, version), None)


def unknowns(topology: Topology, version: Version) -> Iterator[str]:
    """List what is not known."""
    for exchange in topology.exchanges:
        if of_a_plugin(exchange.type, version):
            name = write_key(exchange.name)
            yield f"a plugin brings the type {exchange.type} of exchange {name}"
        yield from set_up(exchange.name)
        yield from set_up(exchange.alternate)
    for binding in (*topology.bindings, *topology.unbound):
        yield from set_up(binding.source)
        if isinstance(binding, ExchangeBinding):
            yield from set_up(binding.destination)
    if topology.queues.count("") > 1:
        yield "queues that are declared without a name cannot be told apart"
    for queue in topology.queues:
        if queue.startswith(REPLY_TO):
            yield f"queue {write_key(queue)} is direct reply-to, which is not modelled"


def of_a_plugin(exchange_type: str, version: Version) -> bool:
    """Tell whether only a plugin brings exchanges of this type."""
    since = ONE_OF_ITS_QUEUES.get(exchange_type)
    return exchange_type in PLUGIN_TYPES and not (since and version >= since)


def unknown_of_message(message: Message) -> str | None:
    """Say what is not known of where a message is published to."""
    return next(set_up(message.exchange), None)


def set_up(exchange: str | None) -> Iterator[str]:
    """Say of an exchange that it is there as the broker is set up, if it is one of these."""
    if exchange in PERHAPS:
        yield f"exchange {exchange} is there or not, as the broker is set up"
