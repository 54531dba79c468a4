"""route: a message through a topology of your own."""

import gc
import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import IO, Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.json_form import read_headers as read_json_headers
from routing.amqp.json_parts import of_kind
from routing.amqp.topology import MOST_BYTES, Message
from routing.amqp.values import Value
from routing.ask.answer import NOBODY, NOT_DECIDED, NOT_THERE, Answer, Asked, ask
from routing.ask.beside import beside
from routing.ask.instead import changes
from routing.ask.messages import Counted, answering, numbered
from routing.ask.then import hops_after
from routing.ask.underway import size_of, told_underway
from routing.ask.written import answer_as_json, hop_as_json
from routing.files.headers_text import read_headers
from routing.files.lines import read_json
from routing.files.reading import content_of, read_source, source_choice
from routing.rules.validity import require_key, require_known
from routing.view.command_line import (
    COMMON,
    PROGRAM,
    Command,
    add_json,
    add_version,
    add_vhost,
    put,
    version_of,
)

LARGE: Final = 2_000_000
"""Bytes from which on it is worth while to have several processes."""

MOST_PROCESSES: Final = 4

WORST: Final = (NOT_THERE, NOT_DECIDED, NOBODY, 0)
"""Of several answers, the status is the first of these that one has."""


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.usage = "%(prog)s SOURCE [OPTION ...]"
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    more = "; may be said again"
    parser.add_argument("-x", dest="exchange", metavar="NAME", help="exchange; else the default")
    parser.add_argument("-k", dest="key", action="append", metavar="KEY", help=f"key{more}")
    form = f"or NAME:TYPE=VALUE, @JSONFILE{more}"
    parser.add_argument("-H", dest="header", action="append", metavar="NAME=VALUE", help=form)
    parser.add_argument("-q", dest="queue", metavar="QUEUE", help="why it, or why not; what if")
    parser.add_argument("--then", action="store_true", help="where to if it dies there")
    parser.add_argument("--why", action="store_true", help="every binding")
    parser.add_argument("--messages", metavar="FILE", help="many: a key or JSON a line; or -")
    add_vhost(parser)
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Answer what is asked, and give the status."""
    version = version_of(options)
    asked = ask(read_source(options.source, options.vhost), version)
    if options.queue is not None:
        where = f"{PROGRAM} route: in {asked.source.shown}"
        require_known(where, "queue", options.queue, asked.has.topology.queues)
    if options.messages is not None:
        return tell_many(asked, options)
    answers = [asked.answer(message) for message in messages_of(asked, options)]
    for answer in answers:
        tell(answer, options)
    return next(each for each in WORST if each in {answer.status for answer in answers})


def messages_of(asked: Asked, options: Namespace) -> list[Message]:
    """Make the messages that are asked about; those of the source where none is named.

    Raises BadUse where it has none, either.
    """
    if options.key or options.header or options.exchange is not None:
        return [message_of(options, key) for key in options.key or [""]]
    if not asked.source.messages:
        raise BadUse(f"Which message?  {asked.source.shown} has none: name one with -x and -k.")
    return [each.message for each in asked.source.messages]


def message_of(options: Namespace, key: str) -> Message:
    """Make the message that is asked about.

    Raises BadUse where it cannot be sent.
    """
    exchange = options.exchange or ""
    require_key(PROGRAM, "the exchange", exchange, MOST_BYTES)
    require_key(PROGRAM, "the routing key", key, MOST_BYTES)
    headers = headers_of(options.header) if options.header else None
    return Message(exchange, key, headers, mandatory=False)


def headers_of(given: list[str]) -> Mapping[str, Value]:
    """Read headers as they are typed, or the JSON of a file.

    Raises BadUse where they are not well written.
    """
    if not given[0].startswith("@"):
        return read_headers(",".join(given))
    if len(given) > 1:
        raise BadUse("Headers come from a file or from words: leave one of both out.")
    content = content_of(given[0][1:], "a JSON file of headers")
    try:
        return read_json_headers(of_kind("headers", read_json(content), dict))
    except BadUse as fault:
        raise BadUse(f"{given[0][1:]}: {str(fault).rstrip('.')}; correct that.") from fault


def tell(answer: Answer, options: Namespace) -> None:
    """Print one answer."""
    ready, message = answer.asked.has.ready, answer.route.message
    missed = options.queue is not None and options.queue not in answer.route.queues
    found = changes(ready, message, options.queue) if missed else []
    after = hops_after(answer) if options.then else []
    if options.json:
        told = answer_as_json(answer)
        told |= {"then": [hop_as_json(hop) for hop in after]} if options.then else {}
        told |= {"instead": [each.as_json for each in found]} if missed else {}
        put(json.dumps(told))
        return
    from routing.ask.screen import answered, asked_of, dead
    from routing.view.console import stdout_console

    console = stdout_console()
    console.print(answered(answer, every=options.why))
    if options.queue is not None:
        console.print(asked_of(answer, options.queue, found))
    if options.then:
        console.print(dead(after))


def tell_many(asked: Asked, options: Namespace) -> int:
    """Print a line for each of many messages, or count them by queue."""
    counted, out = Counted(), sys.stdout  # which a bar on the terminal would take for its own
    answer = answering(asked, options.messages, options.exchange, tell=options.json)
    with (
        without_collecting(),
        opened(options.messages) as file,
        beside(answer, processes_for(file)) as answers,
        told_underway(file, answers_shown=options.json) as parts,
    ):
        for answered in answers(numbered(parts)):
            counted.add(answered.counted)
            for told in answered.told:
                put(told, file=out)
            if answered.fault:
                raise BadUse(answered.fault)
    if not options.json:
        from routing.ask.screen import counts
        from routing.view.console import stdout_console

        stdout_console().print(counts(counted))
    return NOT_DECIDED if counted.undecided else NOBODY if counted.nobody else 0


@contextmanager
def without_collecting() -> Iterator[None]:
    """Look for no garbage in circles: there is none, and looking takes a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def processes_for(file: IO[bytes]) -> int:
    """Tell how many processes are to answer a file: several, where it is a large one."""
    large = (size_of(file) or 0) >= LARGE and hasattr(os, "fork")
    return min(os.cpu_count() or 1, MOST_PROCESSES) if large else 1


@contextmanager
def opened(file: str) -> Iterator[IO[bytes] | Any]:
    """Open a file of messages, or standard input."""
    if file == "-":
        yield sys.stdin.buffer if sys.stdin else BytesIO()
        return
    try:
        with open(file, "rb") as lines:  # noqa: PTH123 - a path of any kind, whose fault is told
            yield lines
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise BadUse(f"{file!a} cannot be read ({said}): name a file with messages.") from error


COMMANDS: Final[Mapping[str, Command]] = {
    "route": Command(
        text="A message through a topology of your own: where does it go, why, and what if.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 routed, 4 nobody, 5 undecided, {COMMON}",
        examples=(
            "route topic -x orders -k order.eu.paid",
            "route topic -x orders -k order.eu -q audit --json",
        ),
    )
}
