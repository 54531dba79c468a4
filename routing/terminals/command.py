"""receive, send and watch: what these commands of several terminals do and say."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from rich.console import Console
from rich.live import Live
from rich.text import Text

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key, write_sent
from routing.amqp.topology import DEFAULT_EXCHANGE, Message, Scenario
from routing.amqp.versions import parse_version
from routing.broker import Broker, find_running
from routing.broker.connection import translated
from routing.broker.way import Progress
from routing.rules.predict import Route, predict
from routing.rules.validity import accept, require_known, validate
from routing.terminals.headers_text import read_headers
from routing.terminals.screen import Watched, arrived, destined
from routing.terminals.shared import (
    LEASE,
    Arrival,
    Names,
    Shared,
    await_stop,
    consumers_of,
    names_for,
    present,
    receive,
    send,
    watch,
)
from routing.terminals.stopping import Stop, stopping
from routing.view.explained import Explained


@dataclass(frozen=True)
class Command:
    """What one terminal does: exactly one of receive, send and watch is wanted.

    receive: the queue. send: the key. headers, body: of what is sent. class_name: whose names.
    """

    receive: str | None = None
    send: str | None = None
    headers: str | None = None
    body: str | None = None
    watch: bool = False
    class_name: str = "class"


def perform(command: Command, scenarios: Sequence[Scenario], console: Console) -> int:
    """Do it, and return the exit status.

    scenarios: the one whose topology is shared, or none for a queue alone.
    Raises BadUse, NoBroker or Refused where it cannot be done.
    """
    if command.send is not None:
        return perform_send(command, scenarios, console)
    if command.headers is not None or command.body is not None:
        raise BadUse("--headers and --body belong to what is sent: add --send KEY.")
    if command.receive is not None:
        return perform_receive(command, scenarios, command.receive, console)
    return perform_watch(command, scenarios, console)


def perform_receive(
    command: Command, scenarios: Sequence[Scenario], queue: str, console: Console
) -> int:
    """Print the messages of one queue until Ctrl-C."""
    scenario = scenarios[0] if scenarios else queue_alone(queue)
    require_known(f"Scenario {scenario.name}", "queue", queue, scenario.queues)
    names = names_for(command.class_name, scenario.name, alone=not scenarios)
    with running() as broker, stopping(broker.connection) as stop:
        with present(broker, scenario, names) as shared:
            receive(shared, queue, lambda arrival: console.print(arrived(arrival), soft_wrap=True))
            say(console, f"Waiting for messages in {whereabouts(shared.renamed(queue), broker)}.")
            say(console, "Ctrl-C ends this.")
            await_stop(shared, stop)
        say_end(console, shared)
    return stop.status


def perform_watch(command: Command, scenarios: Sequence[Scenario], console: Console) -> int:
    """Show what every queue of a scenario gets until Ctrl-C."""
    scenario = scenarios[0]
    if not scenario.exchanges:
        raise BadUse(
            f"Scenario {scenario.name} uses the default exchange alone, to which RabbitMQ binds no "
            "watcher, so that watching would take messages away: use --receive QUEUE instead."
        )
    names = names_for(command.class_name, scenario.name)
    with running() as broker, stopping(broker.connection) as stop:
        title = f"Watching {whereabouts(names.prefix + '*', broker)}."
        with present(broker, scenario, names) as shared:
            follow = follow_on_screen if console.is_terminal else follow_in_lines
            follow(shared, stop, console, title)
        say_end(console, shared)
    return stop.status


def follow_on_screen(shared: Shared, stop: Stop, console: Console, title: str) -> None:
    """Fill the screen with what arrives, and leave its last state behind."""
    watched = Watched(title, shared.topology)
    # Once a second for a window that changes its size, and at once for what arrives.
    with Live(watched, console=console, screen=True, refresh_per_second=1) as screen:

        def on_arrival(arrival: Arrival) -> None:
            watched.enter(arrival)
            screen.refresh()

        watch(shared, on_arrival)
        await_stop(shared, stop)
    console.print(watched)


def follow_in_lines(shared: Shared, stop: Stop, console: Console, title: str) -> None:
    """Print a line for each copy."""
    watch(shared, lambda each: console.print(arrived(each, with_queue=True), soft_wrap=True))
    say(console, title)
    await_stop(shared, stop)


def perform_send(command: Command, scenarios: Sequence[Scenario], console: Console) -> int:
    """Publish one message; the status tells whether the broker did what was predicted."""
    key = command.send or ""
    headers = read_headers(command.headers) if command.headers else None
    scenario = scenarios[0] if scenarios else queue_alone(key)
    message = Message(entry_of(scenario), key, headers, command.body or "")
    names = names_for(command.class_name, scenario.name, alone=not scenarios)
    validate(replace(scenario, messages=[message]))
    with running() as broker, translated(broker.address):
        if scenarios:
            return send_into(scenario, message, names, broker, console)
        consumers = consumers_of(broker, names.prefix + key)
        there = replace(scenario, queues=[] if consumers is None else [key])
        route = routed(there, message, broker)
        say_destined(console, route, there, {key: consumers or 0})
        came_back = send(broker.connection.channel(), message, names.prefix)
        return say_sent(console, route, came_back, f"nobody declared the queue {write_key(key)}")


def send_into(
    scenario: Scenario, message: Message, names: Names, broker: Broker, console: Console
) -> int:
    """Publish one message to a scenario's shared topology, which is declared before."""
    route = routed(scenario, message, broker)
    shared = Shared(broker, broker.connection.channel(), scenario, names)
    shared.declare()
    say_destined(console, route, scenario, shared.consumers)
    came_back = send(broker.connection.channel(), message, names.prefix)
    shared.leave_messages()
    return say_sent(console, route, came_back, "no binding leads it to a queue")


def routed(scenario: Scenario, message: Message, broker: Broker) -> Route:
    """Predict where a message goes on this broker's version.

    Raises BadUse where the broker would refuse it.
    """
    version = parse_version(broker.version)
    played = replace(scenario, messages=[message])
    accept(played, version)
    return predict(played, version)[0]


def entry_of(scenario: Scenario) -> str:
    """Name the exchange that a scenario's messages are published to: that of its first."""
    if scenario.messages:
        return scenario.messages[0].exchange
    return scenario.exchanges[0].name if scenario.exchanges else DEFAULT_EXCHANGE


def queue_alone(queue: str) -> Scenario:
    """Make a topology of one queue, as in hello world."""
    if not queue:
        raise BadUse("Which queue? Name it, as in make receive QUEUE=hello, or name a SCENARIO.")
    alone = Scenario(name=queue, lesson="", queues=[queue])
    validate(alone)
    return alone


@contextmanager
def running() -> Iterator[Broker]:
    """Yield the broker on which terminals can meet."""
    with find_running(os.environ, untold) as broker:
        yield broker


def untold(_: Progress) -> None:
    """Say nothing: connecting to what runs already is quick."""


def whereabouts(name: str, broker: Broker) -> str:
    """Tell what it is called on which broker."""
    return f"{write_key(name)} on {broker.product} {broker.version} at {broker.address}"


def say(console: Console, sentence: str) -> None:
    """Print a sentence, which is no markup."""
    console.print(Text(sentence), soft_wrap=True)


def say_end(console: Console, shared: Shared) -> None:
    """Say that this has ended, and what stays."""
    stays = "nobody else was here, so all of it is deleted" if shared.last else "others are here"
    say(console, f"Ended: {stays}.")


def say_destined(
    console: Console, route: Route, scenario: Scenario, consumers: dict[str, int]
) -> None:
    """Say where a message must arrive, and why."""
    say(console, f"To {write_sent(route.message)}:")
    console.print(destined(route, consumers, LEASE))
    console.print(Explained(route, scenario))


def say_sent(console: Console, route: Route, came_back: str | None, why: str) -> int:
    """Say what the broker did, and return whether that differs from the prediction."""
    if came_back is None:
        say(console, "Sent: RabbitMQ took it.")
    else:
        say(console, f"Returned by RabbitMQ ({came_back}): {why}.")
    if route.returned == (came_back is not None):
        return 0
    say(console, "NOT as predicted: what is bound there differs from what is written here.")
    return 1
