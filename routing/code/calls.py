"""The pika calls of a scenario as Python source, ready to copy.

The very functions that declare on a broker are run on a channel that carries nothing out and
writes down what it is asked to do; so what is shown is what is done, but for the prefix.  Only
queues are shown as two programs can share them, where one program would have them for itself.
"""

from collections.abc import Mapping
from dataclasses import replace
from inspect import signature
from typing import Any, Final, cast

from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.topology import Declaration, Message, Topology
from routing.broker.address import for_pika
from routing.code.literal import literal
from routing.code.sendable import Unsendable, sendable
from routing.play.account import Account
from routing.play.declare import make

WIDTH: Final = 76
"""A call that is longer is written with one argument a line."""

EXPIRES: Final = 120_000
"""Milliseconds after which the broker deletes a queue that nobody has consumed from."""

KEPT: Final = {"exchange_type"}
"""Arguments that are written in any case: what a lesson is about is not left to be assumed."""


class Written(str):
    """An argument that is Python source already."""


class Dictated:
    """Stands in for a channel, and writes down the calls."""

    def __init__(self) -> None:
        """Begin with none."""
        self.calls: list[str] = []

    def __getattr__(self, method: str) -> Any:
        """Give for each method of a channel one that writes its call down."""
        return lambda **arguments: self.calls.append(write_call(method, arguments))


def written(declaration: Declaration, topology: Topology | None = None) -> str:
    """Write the call that makes a declaration, under the scenario's own names.

    topology: has the arguments of queues, if they have some.
    """
    channel = Dictated()
    account = Account(queue_arguments=topology.queue_arguments if topology else {})
    make(cast("BlockingChannel", channel), declaration, prefix="", account=account)
    return "\n".join(channel.calls)


def shared(declaration: Declaration, topology: Topology) -> str:
    """Write the call that makes a declaration which two programs can use.

    topology: has the arguments of queues, if they have some.
    """
    try:
        if isinstance(declaration, str):
            return shared_queue(
                declaration, sendable(topology.queue_arguments.get(declaration, {}))
            )
        return written(replace(declaration, arguments=sendable(declaration.arguments)))
    except Unsendable as why:
        return f"# Left out: {why}."


def shared_queue(queue: str, own: Mapping[str, Any]) -> str:
    """Declare a queue that two programs can use; own: its arguments."""
    arguments = {**own, "x-expires": EXPIRES}
    options = {"queue": queue, "durable": True, "auto_delete": True, "arguments": arguments}
    return write_call("queue_declare", options)


def connected(url: str) -> str:
    """Write how a program connects to the broker at a URL."""
    return "\n".join(
        [
            "import pika",
            "",
            "# Another RabbitMQ?  Change this line.",
            f"BROKER = {literal(for_pika(url))}",
            "connection = pika.BlockingConnection(pika.URLParameters(BROKER))",
            "channel = connection.channel()",
            "channel.confirm_delivery()  # then what nobody takes raises an error",
        ]
    )


def published(message: Message) -> str:
    """Write the call that publishes a message."""
    options: dict[str, Any] = {"exchange": message.exchange, "routing_key": message.routing_key}
    options["body"] = message.body
    if message.headers is not None:
        try:
            headers = literal(sendable(message.headers))
        except Unsendable as why:
            return f"# Left out: {why}."
        options["properties"] = Written(f"pika.BasicProperties(headers={headers})")
    return call(
        "channel.basic_publish", options | ({"mandatory": True} if message.mandatory else {})
    )


def received(queue: str) -> str:
    """Write the call that takes a message out of a queue."""
    return f"print(channel.basic_get(queue={literal(queue)}, auto_ack=True))"


def write_call(method: str, arguments: Mapping[str, Any]) -> str:
    """Write one call, without the arguments that say what pika assumes anyway."""
    assumed = signature(getattr(BlockingChannel, method)).parameters
    needed = {
        name: value
        for name, value in arguments.items()
        if name in KEPT or (value != assumed[name].default and value != {})
    }
    return call(f"channel.{method}", needed)


def call(function: str, arguments: Mapping[str, Any]) -> str:
    """Write a call with its arguments by name, in one line where that is long enough."""
    written = [f"{name}={write_argument(value)}" for name, value in arguments.items()]
    line = f"{function}({', '.join(written)})"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{function}(", *(f"    {each}," for each in written), ")"])


def write_argument(value: Any) -> str:
    """Write an argument; tables stand over several lines where one is too long."""
    if isinstance(value, Written):
        return value
    if not isinstance(value, dict) or len(literal(value)) <= WIDTH - 16:
        return literal(value)
    inner = "".join(f"\n        {literal(k)}: {literal(v)}," for k, v in value.items())
    return f"{{{inner}\n    }}"
