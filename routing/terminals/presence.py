"""Who is present with which topology: the consumers of a queue, and the arguments that it has.

No message ever comes to it, so that arguments which limit messages change nothing there.  But
RabbitMQ holds them against those of every later declaration, and refuses with 406 where one
differs (rabbit_amqqueue.erl, assert_args_equivalence; the same on all four versions).  So they
carry numbers that are made of the topology: who comes with another one is told by the broker.
"""

import json
import re
from hashlib import sha256
from typing import Any, Final

from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.errors import BadUse
from routing.amqp.json_form import topology_as_json
from routing.amqp.json_value import table_as_json
from routing.amqp.topology import Topology
from routing.broker import Broker
from routing.terminals import leases
from routing.terminals.leases import consumers_of, declare_queue

CARRIERS: Final = {
    "exchanges": "x-max-length",
    "queues": "x-max-length-bytes",
    "bindings": "x-message-ttl",
}
"""The arguments that carry a number, by the part of a topology that it is made of."""

OUTLIVES: Final = 1.1
"""How much longer than other leases that of this queue is: as long as one of them lasts, it tells
which topology it belongs to."""

DIFFERS: Final = "PRECONDITION_FAILED - inequivalent arg "
"""With the same code RabbitMQ tells that a limit of queues is reached."""


def fingerprint(topology: Topology) -> dict[str, int]:
    """Give the arguments that tell a topology from others, whatever the order of its parts."""
    written = topology_as_json(topology)
    given = topology.queue_arguments
    written["queues"] = [[queue, table_as_json(given.get(queue, {}))] for queue in topology.queues]
    return {argument: number_of(written[part]) for part, argument in CARRIERS.items()}


def number_of(parts: list[Any]) -> int:
    """Make a number of some parts, of 31 bits, which each of the arguments may have."""
    canonical = sorted({json.dumps(part, sort_keys=True) for part in parts})
    return int.from_bytes(sha256("\n".join(canonical).encode()).digest()[:4], "big") >> 1


def declare_presence(channel: BlockingChannel, name: str, arguments: dict[str, int]) -> None:
    """Declare the queue of those who are present; where they share something else, it is 406."""
    declare_queue(channel, name, leases.LEASE * OUTLIVES, arguments)


def differing(broker: Broker, name: str, topology: Topology) -> list[str] | None:
    """Declare the queue of those who are present, and name the parts in which they differ.

    None where nobody differs.  The broker names one argument at a time, and what it is there; in a
    long virtual host, its words are cut.
    """
    arguments, parts = fingerprint(topology), list[str]()
    while True:
        try:
            with broker.connection.channel() as channel:
                declare_presence(channel, name, arguments)
        except ChannelClosedByBroker as error:
            if DIFFERS not in error.reply_text:
                raise
            said = re.search(r"arg '([\w-]+)' .* current is '(\d+)'", error.reply_text)
            part = next((each for each in CARRIERS if said and CARRIERS[each] == said[1]), None)
            if not said or not part or part in parts:
                return parts
            parts.append(part)
            arguments[said[1]] = int(said[2])
        else:
            return parts or None


def require_same(broker: Broker, name: str, topology: Topology, *, here: bool) -> bool:
    """Tell whether nobody is present with another topology; False where one was left behind.

    here: whether one of those who are present is this program.
    Raises BadUse where somebody is.
    """
    parts = differing(broker, name, topology)
    if parts is None:
        return True
    others = (consumers_of(broker, name) or 0) - here
    if not others and not here:
        return False
    who = f"{others} other programs are" if others > 1 else "Another program is"
    what = f"other {' and '.join(sorted(parts))}" if parts else "another topology"
    raise BadUse(
        f"{who} here as {name.removesuffix(' (present)')}, with {what}: give all of them the same "
        "file, or take another class (--class NAME, with make CLASS=NAME)."
    )
