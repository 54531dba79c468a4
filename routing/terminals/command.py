"""receive, send and watch: several terminals that meet on one broker."""

import json
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.json_form import message_as_json
from routing.amqp.topology import DEFAULT_EXCHANGE, Message
from routing.amqp.versions import NEWEST
from routing.broker import Broker, find_running
from routing.broker.advice import advice
from routing.broker.connection import translated
from routing.broker.way import untold
from routing.files.cases import write_predicted
from routing.files.headers_text import read_headers
from routing.files.reading import source_choice
from routing.files.scenario import ForVersion, aside, scenario_meant
from routing.rules.validity import require_known, validate_message
from routing.terminals.screen import arrived, ended, follow, told, waiting, whereabouts
from routing.terminals.sending import Sent, entry_of, queue_alone, send_alone, send_into
from routing.terminals.shared import await_stop, names_for, present, receive
from routing.terminals.stopping import stopping
from routing.view.command_line import COMMON, Command, add_json, add_version, add_vhost, announce
from routing.view.console import stdout_console


def describe_receive(parser: ArgumentParser) -> None:
    """Add the arguments of receive."""
    parser.add_argument("queue", metavar="QUEUE", help="print what this queue gets, until Ctrl-C")
    add_scenario(parser)
    add_class(parser)


def describe_send(parser: ArgumentParser) -> None:
    """Add the arguments of send."""
    parser.add_argument("key", metavar="KEY", help="the routing key; alone, a queue's name")
    add_scenario(parser)
    parser.add_argument("-x", "--exchange", help="if not that of the first message")
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
    add_class(parser)


def add_scenario(parser: ArgumentParser) -> None:
    """Add the option that says which topology is shared."""
    parser.add_argument("--scenario", metavar="SOURCE", help="a lesson, or another source")


def add_class(parser: ArgumentParser) -> None:
    """Add the options that say who meets, where in a source, and on which RabbitMQ."""
    parser.add_argument(
        "--class", dest="class_name", default="class", metavar="NAME", help="keeps classes apart"
    )
    add_vhost(parser)
    add_version(parser)


def run_receive(options: Namespace) -> int:
    """Print the messages of one queue until Ctrl-C."""
    queue, console = options.queue, stdout_console()
    named = options.scenario is not None
    meant = meant_by(options) if named and queue else alone(queue)
    known = meant(NEWEST)
    require_known(f"Scenario {known.name}", "queue", queue, known.queues)
    shared_names = names_for(options.class_name, known.name, alone=not named)
    with running(options.rabbitmq) as broker, stopping(broker.connection) as stop:
        with present(broker, meant(broker.followed), shared_names) as shared:
            receive(shared, queue, lambda arrival: console.print(arrived(arrival), soft_wrap=True))
            place = whereabouts(shared.renamed(queue), broker)
            console.print(waiting(place), soft_wrap=True)
            await_stop(shared, stop)
        console.print(ended(last=shared.last), soft_wrap=True)
    return stop.status


def run_watch(options: Namespace) -> int:
    """Show what every queue of a scenario gets until Ctrl-C, or what a whole class sends."""
    if options.room:
        return run_room(options)
    if options.scenario is None:
        raise BadUse("Watch what? Name a lesson or another source, or give --room for all.")
    meant, console = meant_by(options), stdout_console()
    known = meant(NEWEST)
    if not known.exchanges:
        raise BadUse(
            f"Scenario {known.name} uses the default exchange alone, to which RabbitMQ binds no "
            "watcher, so that watching would take messages away: "
            f"use {advice('receive QUEUE=...', 'receive QUEUE')} instead."
        )
    shared_names = names_for(options.class_name, known.name)
    with running(options.rabbitmq) as broker, stopping(broker.connection) as stop:
        title = f"Watching {whereabouts(shared_names.prefix + '*', broker)}."
        with present(broker, meant(broker.followed), shared_names) as shared:
            follow(shared, stop, console, title)
        console.print(ended(last=shared.last), soft_wrap=True)
    return stop.status


def run_room(options: Namespace) -> int:
    """Show what the class in a room sends until Ctrl-C."""
    from routing.terminals.room import room_opened
    from routing.terminals.room_screen import follow_room

    if options.scenario is not None:
        raise BadUse(f"--room shows all that the class sends: leave {options.scenario} out.")
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
    meant = meant_by(options) if named else alone(key)
    known = meant(NEWEST)
    place = f"Scenario {known.name}"
    exchange = entry_of(known) if options.exchange is None else options.exchange
    exchanges = [DEFAULT_EXCHANGE, *(each.name for each in known.exchanges)]
    require_known(place, "exchange", exchange, exchanges)
    message = Message(exchange, key, headers, options.body)
    validate_message(f"{place}, message 1", message)
    shared_names = names_for(options.class_name, known.name, alone=not named)
    send = send_into if named else send_alone
    with running(options.rabbitmq) as broker, translated(broker.address):
        sent = send(meant(broker.followed), message, shared_names, broker)
    if options.json:
        print(json.dumps(written(sent)))
    else:
        stdout_console().print(told(sent), soft_wrap=True)
    return 0 if sent.agrees else 1


def meant_by(options: Namespace) -> ForVersion:
    """Read the scenario that is named, and say what is left out of it, if anything is."""
    meant = scenario_meant(options.scenario, options.vhost)
    announce(aside(options.scenario, meant(NEWEST)))
    return meant


def alone(queue: str) -> ForVersion:
    """Give the topology of one queue."""
    scenario = queue_alone(queue)
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
def running(rabbitmq: str | None) -> Iterator[Broker]:
    """Yield the broker on which terminals can meet."""
    with find_running(os.environ, untold, rabbitmq) as broker:
        yield broker


COMMANDS: Final[Mapping[str, Command]] = {
    "receive": Command(
        text="Print what a queue gets; the first to come declares it, the last deletes it.",
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
    ),
    "watch": Command(
        text="Show what every queue of a lesson gets, or a whole class; and take nothing away.",
        describe=describe_watch,
        run=run_watch,
        statuses="0 ended by Ctrl-C, 2 bad use, 3 no broker",
        examples=("watch topic", "watch headers --class monday"),
    ),
}
