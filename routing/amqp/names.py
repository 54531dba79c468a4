"""Names that a broker keeps for itself, and what it makes of the others.

Seen on 3.8.9, 3.10.8, 4.0.5 and 4.3.6, but for the plugins' exchange types.
"""

from dataclasses import replace
from typing import Final

from routing.amqp.topology import AnyBinding, Binding, Exchange, Topology

RESERVED: Final = "amq."
"""Names that begin so cannot be declared (rabbit_channel.erl, check_name)."""

PREDECLARED: Final = {
    exchange.name: exchange
    for exchange in (
        Exchange("amq.direct", "direct"),
        Exchange("amq.fanout", "fanout"),
        Exchange("amq.topic", "topic"),
        Exchange("amq.headers", "headers"),
        Exchange("amq.match", "headers"),
        Exchange("amq.rabbitmq.trace", "topic", internal=True),
    )
}
"""The exchanges that are always there, durable ones (rabbit_vhost.erl, do_add)."""

PERHAPS: Final = ("amq.rabbitmq.log", "amq.rabbitmq.event")
"""Exchanges that are there as a broker is set up; the first was seen on 4.3.6, not before."""

PLUGIN_TYPES: Final = frozenset(
    {
        "x-consistent-hash",
        "x-delayed-message",
        "x-jms-topic",
        "x-lvc",
        "x-modulus-hash",
        "x-random",
        "x-recent-history",
        "x-rtopic",
    }
)
"""Exchange types that plugins are known to bring."""

REPLY_TO: Final = "amq.rabbitmq.reply-to"
"""Names that begin so belong to direct reply-to, where no queue is declared at all."""

MADE_UP: Final = f"amq.gen-{'?' * 255}"
"""Stands for the name that a broker makes up for a queue that is declared without one: it is longer
than any key can be."""

LINE_BREAKS: Final = str.maketrans("", "", "\r\n")


def kept(name: str) -> str:
    """Give a name as a broker keeps it from declare and bind; in a publish it stays as it is.

    Source: rabbit_channel.erl, strip_cr_lf.
    """
    return name.translate(LINE_BREAKS) if "\n" in name or "\r" in name else name


def is_reserved(name: str) -> bool:
    """Tell whether a name, as it is kept, is one of the broker's own."""
    return kept(name).startswith(RESERVED)


def as_kept(topology: Topology) -> Topology:
    """Give a topology under the names that a broker keeps; a queue without a name stays so.

    A binding of queue "" is one of the queue that was declared last, and if its key is empty as
    well, by that queue's name.  Source: rabbit_channel.erl, expand_queue_name_shortcut.
    """
    if names_stay(topology):
        return topology
    queues = [kept(queue) for queue in topology.queues]
    last = queues[-1] if queues else ""
    return Topology(
        exchanges=[with_kept_name(each) for each in topology.exchanges],
        queues=queues,
        bindings=[with_kept_names(each, last) for each in topology.bindings],
        unbound=[with_kept_names(each, last) for each in topology.unbound],
    )


def names_stay(topology: Topology) -> bool:
    """Tell quickly of most topologies that a broker keeps all names as they are."""
    bindings = topology.every_binding
    names = [
        *topology.queues,
        *(exchange.name for exchange in topology.exchanges),
        *(binding.source for binding in bindings),
        *(binding.destination for binding in bindings),
    ]
    return all(names) and kept("".join(names)) == "".join(names)


def is_by_queues_name(binding: AnyBinding) -> bool:
    """Tell whether a binding has neither queue nor key, and so the last queue's name for a key."""
    return isinstance(binding, Binding) and not binding.queue and not binding.binding_key


def with_kept_name(exchange: Exchange) -> Exchange:
    """Give an exchange under the name that a broker keeps."""
    name = kept(exchange.name)
    return exchange if name == exchange.name else replace(exchange, name=name)


def with_kept_names(binding: AnyBinding, last: str) -> AnyBinding:
    """Give a binding under the names that a broker keeps.

    last: the queue that was declared last.
    """
    source, destination = kept(binding.source), kept(binding.destination)
    if isinstance(binding, Binding):
        if not binding.queue:
            key = binding.binding_key or last or MADE_UP
            return Binding(source, last, key, binding.arguments)
        destination = destination or binding.queue  # line breaks alone name no queue
    if (source, destination) == (binding.source, binding.destination):
        return binding
    return type(binding)(source, destination, binding.binding_key, binding.arguments)
