"""What cannot be decided of a topology unless more is known of the broker."""

from collections.abc import Iterator

from routing.amqp.names import PERHAPS, PLUGIN_TYPES, REPLY_TO
from routing.amqp.notation import write_key
from routing.amqp.topology import Exchange, ExchangeBinding, Message, Topology
from routing.amqp.versions import Version
from routing.rules.refusal import is_known


def unknown_of_topology(topology: Topology, version: Version) -> str | None:
    """Say what is not known of the broker, and would have to be; None where nothing is.

    topology: under the names that a broker keeps.
    """
    return next(unknowns(topology, version), None)


def unknowns(topology: Topology, version: Version) -> Iterator[str]:
    """List what is not known."""
    for exchange in topology.exchanges:
        if why := unknown_of_exchange(exchange, version):
            yield why
    yield from (set_up(each) for each in exchanges_named(topology) if each in PERHAPS)
    if topology.queues.count("") > 1:
        yield "queues that are declared without a name cannot be told apart"
    for queue in topology.queues:
        if queue.startswith(REPLY_TO):
            yield f"queue {write_key(queue)} is direct reply-to, which is not modelled"


def unknown_of_exchange(exchange: Exchange, version: Version) -> str | None:
    """Say of an exchange that a plugin decides what it does, if that is so."""
    if exchange.type not in PLUGIN_TYPES or is_known(exchange.type, version):
        return None
    return f"a plugin brings the type {exchange.type} of exchange {write_key(exchange.name)}"


def exchanges_named(topology: Topology) -> Iterator[str | None]:
    """List the exchanges that are declared, bound, or alternates."""
    for exchange in topology.exchanges:
        yield from (exchange.name, exchange.alternate)
    for binding in topology.every_binding:
        yield binding.source
        if isinstance(binding, ExchangeBinding):
            yield binding.destination


def unknown_of_message(message: Message) -> str | None:
    """Say what is not known of where a message is published to."""
    return set_up(message.exchange) if message.exchange in PERHAPS else None


def set_up(exchange: str | None) -> str:
    """Say of an exchange that it is there as the broker is set up."""
    return f"exchange {exchange} is there or not, as the broker is set up"
