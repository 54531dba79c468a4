"""receive, send and watch: several terminals that meet on one broker."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from shlex import quote
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.json_form import message_as_json
from routing.amqp.topology import DEFAULT_EXCHANGE, Message, Scenario
from routing.amqp.versions import NEWEST
from routing.broker import Broker, find_running
from routing.broker.advice import advice
from routing.broker.broken import translated
from routing.broker.way import untold
from routing.files.cases import write_predicted
from routing.files.headers_text import read_headers
from routing.files.reading import source_choice
from routing.files.saved import file_of, look
from routing.files.scenario import ForVersion, aside, scenario_meant
from routing.rules.validity import MOST_NAME_BYTES, accept, require_known, validate_message
from routing.terminals.alone import receiving
from routing.terminals.following import Followed, await_next
from routing.terminals.screen import (
    arrived,
    ended,
    ended_alone,
    follow,
    left_behind,
    told,
    waiting,
    whereabouts,
)
from routing.terminals.sending import (
    Sent,
    entry_of,
    longest_name,
    queue_alone,
    require_queue,
    send_alone,
    send_into,
)
from routing.terminals.shared import Arrival, await_stop, names_for, present, receive
from routing.terminals.stopping import stopping
from routing.view.command_line import (
    COMMON,
    Command,
    add_json,
    add_timeout,
    add_version,
    add_vhost,
    announce,
    put,
)
from routing.view.console import stdout_console

RECEIVE: Final = (
    f"{advice('receive QUEUE=hello', 'receive hello')}, "
    f"{advice('receive SCENARIO=topic QUEUE=billing', 'receive billing --scenario topic')}"
)
SEND: Final = (
    f"{advice('send QUEUE=hello', 'send hello')}, "
    f"{advice('send SCENARIO=topic KEY=order.eu', 'send order.eu --scenario topic')}"
)
"""What to type where no queue is named."""


def describe_receive(parser: ArgumentParser) -> None:
    """Add the arguments of receive."""
    parser.add_argument("queue", metavar="QUEUE", help="print what this queue gets, until Ctrl-C")
    add_scenario(parser)
    add_class(parser)


def describe_send(parser: ArgumentParser) -> None:
    """Add the arguments of send."""
    parser.add_argument("key", metavar="KEY", help="the routing key; alone, a queue's name")
    add_scenario(parser)
    parser.add_argument("-x", "--exchange", metavar="X", help="if not that of the first message")
    parser.add_argument("--headers", help="such as region=eu,urgent:bool=true")
    parser.add_argument("--body", metavar="TEXT", default="", help="what the message says")
    add_class(parser)
    add_json(parser)


def describe_watch(parser: ArgumentParser) -> None:
    """Add the arguments of watch."""
    parser.add_argument("scenario", metavar="SOURCE", nargs="?", help=source_choice())
    parser.add_argument(
        "--room", action="store_true", help="what the class of up --listen sends, and where it goes"
    )
    parser.add_argument("--follow", action="store_true", help="go on with it when it is saved")
    add_class(parser)


def add_scenario(parser: ArgumentParser) -> None:
    """Add the option that says which topology is shared."""
    parser.add_argument("--scenario", metavar="SOURCE", help="a lesson, or another source")


def add_class(parser: ArgumentParser) -> None:
    """Add the options that say who meets, where in a source, and on which RabbitMQ."""
    parser.add_argument("--class", dest="class_name", metavar="NAME", help="keeps classes apart")
    add_vhost(parser)
    add_version(parser)
    add_timeout(parser)


def run_receive(options: Namespace) -> int:
    """Print the messages of one queue until Ctrl-C."""
    if options.scenario is None and options.class_name is None:
        return receive_alone(options)
    queue, console = options.queue, stdout_console()
    named = options.scenario is not None
    meant = meant_by(options) if named else alone(queue, RECEIVE, options.class_name)
    known = meant(NEWEST)
    require_queue(known, queue)
    shared_names = names_for(options.class_name, known.name, alone=not named)
    with running(options) as broker, stopping(broker.connection) as stop:
        with present(broker, meant(broker.followed), shared_names) as shared:
            announce(left_behind(known, shared.replaced))
            receive(shared, queue, lambda arrival: console.print(arrived(arrival), soft_wrap=True))
            place = whereabouts(shared.renamed(queue), broker)
            console.print(waiting(place), soft_wrap=not console.is_terminal)
            await_stop(shared, stop)
        console.print(ended(last=shared.last), soft_wrap=True)
    return stop.status


def receive_alone(options: Namespace) -> int:
    """Print the messages of a queue under its own name, where the tutorial's programs meet."""
    queue, console = options.queue, stdout_console()
    queue_alone(queue, RECEIVE)

    def on_arrival(arrival: Arrival) -> None:
        console.print(arrived(arrival), soft_wrap=True)

    with running(options) as broker, stopping(broker.connection) as stop:
        with receiving(broker, queue, on_arrival) as received:
            said = waiting(whereabouts(queue, broker), received.declared)
            console.print(said, soft_wrap=not console.is_terminal)
            received.await_stop(stop)
        console.print(ended_alone(received), soft_wrap=True)
    return stop.status


def run_watch(options: Namespace) -> int:
    """Show what every queue of a scenario gets until Ctrl-C, or what a whole class sends."""
    if options.room:
        return run_room(options)
    if options.scenario is None:
        raise BadUse("Watch what? Name a lesson or another source, or give --room for all.")
    word, console = options.scenario, stdout_console()
    files = [file_of(word)] if options.follow else []
    seen = look(files)
    meant = meant_by(options)
    known = watchable(meant(NEWEST), word)
    names_for(options.class_name, known.name)  # bad names are told before a broker is looked for
    with running(options) as broker, stopping(broker.connection) as stop:
        followed = Followed(files, partial(read_again, options, broker), seen)
        scenario: Scenario | None = meant(broker.followed)
        while scenario:
            names = names_for(options.class_name, scenario.name)
            title = f"Watching {whereabouts(names.prefix + '*', broker)}."
            with present(broker, scenario, names) as shared:
                announce(left_behind(scenario, shared.replaced))
                wait = partial(await_next, followed, scenario, shared, stop)
                scenario = follow(shared, wait, console, title)
        console.print(ended(last=shared.last), soft_wrap=True)
    return stop.status


def read_again(options: Namespace, broker: Broker) -> Scenario:
    """Read a scenario that was saved, as a broker can play it.

    Raises BadUse where it cannot.
    """
    meant = scenario_meant(options.scenario, options.vhost)
    scenario = watchable(meant(broker.followed), options.scenario)
    accept(scenario, broker.followed)
    return scenario


def watchable(scenario: Scenario, word: str) -> Scenario:
    """Require a scenario in which something can be watched."""
    if scenario.exchanges:
        return scenario
    raise BadUse(
        f"Scenario {scenario.name} uses the default exchange alone, to which RabbitMQ binds no "
        f"watcher, so that watching would take messages away: use {receive_from(word)} instead."
    )


def run_room(options: Namespace) -> int:
    """Show what the class in a room sends until Ctrl-C."""
    from routing.terminals.room import room_opened
    from routing.terminals.room_screen import follow_room

    if options.scenario is not None:
        raise BadUse(f"--room shows all that the class sends: leave {options.scenario} out.")
    if options.follow:
        raise BadUse("--room follows no file: leave --follow out.")
    with (
        room_opened() as broker,
        translated(broker.address),
        stopping(broker.connection) as stop,
    ):
        follow_room(broker, stop, stdout_console())
    return stop.status


def run_send(options: Namespace) -> int:
    """Publish one message; the status tells whether the broker did what was predicted."""
    key, named = options.key, options.scenario is not None
    headers = read_headers(options.headers) if options.headers else None
    meant = meant_by(options) if named else alone(key, SEND, options.class_name)
    known = meant(NEWEST)
    place = f"Scenario {known.name}"
    exchange = entry_of(known) if options.exchange is None else options.exchange
    exchanges = [DEFAULT_EXCHANGE, *(each.name for each in known.exchanges)]
    require_known(place, "exchange", exchange, exchanges)
    message = Message(exchange, key, headers, options.body)
    most = MOST_NAME_BYTES if named else longest_name(options.class_name)
    validate_message(f"{place}, message 1", message, most)
    shared_names = names_for(options.class_name, known.name, alone=not named)
    send = send_into if named else send_alone
    with running(options) as broker, translated(broker.address):
        sent = send(meant(broker.followed), message, shared_names, broker)
    announce(left_behind(known, sent.replaced))
    if options.json:
        put(json.dumps(written(sent)))
    else:
        console = stdout_console()
        console.print(told(sent), soft_wrap=not console.is_terminal)
    return 0 if sent.agrees else 1


def meant_by(options: Namespace) -> ForVersion:
    """Read the scenario that is named, and say what is left out of it, if anything is."""
    meant = scenario_meant(options.scenario, options.vhost)
    announce(aside(options.scenario, meant(NEWEST)))
    return meant


def receive_from(word: str) -> str:
    """Spell the command that receives from a queue of a scenario."""
    return advice(
        f"receive SCENARIO={quote(word)} QUEUE=...", f"receive QUEUE --scenario {quote(word)}"
    )


def alone(queue: str, example: str, class_name: str | None) -> ForVersion:
    """Give the topology of one queue; an example says what else to type where it has no name."""
    scenario = queue_alone(queue, example, class_name)
    return lambda _: scenario


def written(sent: Sent) -> dict[str, object]:
    """Give what came of a message for programs to read."""
    return {
        "publish": message_as_json(sent.route.message),
        "predicted": write_predicted(sent.route),
        "returned": sent.came_back,
        "agrees": sent.agrees,
        "why": sent.route.why,
    }


@contextmanager
def running(options: Namespace) -> Iterator[Broker]:
    """Yield the broker on which terminals can meet."""
    with find_running(os.environ, untold, options.rabbitmq, options.timeout) as broker:
        yield broker


COMMANDS: Final[Mapping[str, Command]] = {
    "receive": Command(
        text="Print what a queue gets; a missing one is declared, and deleted in the end.",
        describe=describe_receive,
        run=run_receive,
        statuses="0 ended by Ctrl-C, 2 bad use, 3 no broker",
        examples=("receive hello", "receive billing --scenario topic"),
    ),
    "send": Command(
        text="Publish one message, and say where it must arrive, and why.",
        describe=describe_send,
        run=run_send,
        statuses=f"0 as predicted, 1 not so, {COMMON}",
        examples=("send hello --body 'Hello World!'", "send order.eu.paid --scenario topic"),
        left="what it declared goes within two minutes",
    ),
    "watch": Command(
        text="Show what every queue of a lesson gets, or a whole class; and take nothing away.",
        describe=describe_watch,
        run=run_watch,
        statuses="0 ended by Ctrl-C, 2 bad use, 3 no broker",
        examples=("watch topic", "watch headers --class monday"),
    ),
}
