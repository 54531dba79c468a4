"""Which queues get which messages on RabbitMQ: predicted, played, compared, explained.

A folder is a concern, with its screen and its command; it imports those above it alone.

    amqp/       nouns and values, and what can go wrong; no rule in it
    rules/      what RabbitMQ does, as pure functions: a topology and a message, hence a route
    view/       what all screens and commands share
    broker/     a RabbitMQ, found or started: up, status, down
    play/       a topology on a broker, and what came of it
    files/      what is read and written: lessons, cases, topologies of any source
    demo/       a scenario predicted, played, shown
    code/       a scenario as a plain pika script
    walk/       a lesson step by step: guess, then see
    terminals/  receive, send and watch: a topology that several programs share
    workers/    one queue that three workers share: a story in acts
    match/      one binding, one message: does it take it, and why
    ask/        a message through a topology of your own
    convert/    a topology from one form to another, and files to begin with
    pictures/   a topology to look at: an image, a page, a drawing in the terminal
    analysis/   all messages at once: what reaches a queue, what a change does
    check/      recorded cases held against the model and a broker
    versions/   the same asked of several RabbitMQs, side by side
    verify/     random trials held against the model and a broker, and shrunk
    __main__    finds the room of a command
"""

TYPE_CHECKING = False  # as typing has it, which is slow to import
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from routing.amqp.errors import BadUse, NoBroker, Refused, RoutingError
    from routing.amqp.topology import (
        Binding,
        Exchange,
        ExchangeBinding,
        Message,
        Scenario,
        Topology,
    )
    from routing.amqp.values import Repeated, Typed
    from routing.files.reading import read_source
    from routing.files.source import Source
    from routing.rules.predict import Route, route

__version__ = "0.1.0"

__all__ = [
    "BadUse",
    "Binding",
    "Exchange",
    "ExchangeBinding",
    "Message",
    "NoBroker",
    "Refused",
    "Repeated",
    "Route",
    "RoutingError",
    "Scenario",
    "Source",
    "Topology",
    "Typed",
    "play_file",
    "read_source",
    "route",
]

MODULES = {
    "routing.amqp.errors": ("BadUse", "NoBroker", "Refused", "RoutingError"),
    "routing.amqp.values": ("Repeated", "Typed"),
    "routing.files.reading": ("read_source",),
    "routing.files.source": ("Source",),
    "routing.rules.predict": ("Route", "route"),
}
"""Where the names are from; all others are from the nouns."""


def play_file(file: str) -> "NoReturn":
    """Carry out demo for a lesson's file that is run by itself, with the words that follow it."""
    import sys
    from importlib import import_module
    from os.path import relpath

    import_module("routing.view.signals").end_at_once()
    words = ["demo", relpath(file), *sys.argv[1:]]
    raise SystemExit(import_module("routing.__main__").main(words))


def __getattr__(name: str) -> "Any":
    """Import a public name when it is first asked for, so that a demo pays for none."""
    if name not in __all__:
        raise AttributeError(f"module 'routing' has no attribute {name!r}")
    from importlib import import_module

    room = next((room for room, names in MODULES.items() if name in names), "routing.amqp.topology")
    globals()[name] = getattr(import_module(room), name)
    return globals()[name]


def __dir__() -> list[str]:
    """List what can be imported."""
    return sorted(__all__)
