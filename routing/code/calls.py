"""The pika calls of a scenario as Python source, ready to copy.

The very functions that declare on a broker are run on a channel that carries nothing out and
writes down what it is asked to do; so what is shown is what is done, but for the prefix.
"""

from inspect import signature
from typing import Any, Final, cast

from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.notation import write_value
from routing.amqp.topology import Declaration
from routing.play.declare import make

WIDTH: Final = 76
"""A call that is longer is written with one argument a line."""

KEPT: Final = {"exchange_type"}
"""Arguments that are written in any case: what a lesson is about is not left to be assumed."""


class Dictated:
    """Stands in for a channel, and writes down the calls."""

    def __init__(self) -> None:
        """Begin with none."""
        self.calls: list[str] = []

    def __getattr__(self, method: str) -> Any:
        """Give for each method of a channel one that writes its call down."""
        return lambda **arguments: self.calls.append(write_call(method, arguments))


def source_of(declaration: Declaration) -> str:
    """Write the call that makes a declaration, under the scenario's own names."""
    channel = Dictated()
    make(cast("BlockingChannel", channel), declaration, prefix="", made=[])
    return "\n".join(channel.calls)


def write_call(method: str, arguments: dict[str, Any]) -> str:
    """Write one call, without the arguments that say what pika assumes anyway."""
    assumed = signature(getattr(BlockingChannel, method)).parameters
    needed = [
        f"{name}={write_argument(value)}"
        for name, value in arguments.items()
        if name in KEPT or (value != assumed[name].default and value != {})
    ]
    line = f"channel.{method}({', '.join(needed)})"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"channel.{method}(", *(f"    {each}," for each in needed), ")"])


def write_argument(value: Any) -> str:
    """Write an argument; tables stand over several lines where one is too long."""
    if not isinstance(value, dict) or len(write_value(value)) <= WIDTH - 16:
        return write_value(value)
    inner = "".join(f"\n        {write_value(k)}: {write_value(v)}," for k, v in value.items())
    return f"{{{inner}\n    }}"
