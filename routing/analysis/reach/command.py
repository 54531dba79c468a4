"""reach: what reaches a queue, or can never."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from typing import Final

from routing.amqp.json_form import message_as_json
from routing.amqp.notation import write_exchange, write_key, write_sent
from routing.amqp.topology import DEFAULT_EXCHANGE, Message
from routing.analysis.bound import NotDecided, within
from routing.analysis.dead import dead_letters, entries_to
from routing.analysis.net import Net
from routing.analysis.reach.both import smallest_reaching
from routing.analysis.reach.reached import Reached, reached
from routing.analysis.reach.written import reached_as_json
from routing.analysis.ways import reached_from_any
from routing.ask.answer import NOBODY, NOT_DECIDED, ROUTED
from routing.files.reading import read_source, source_choice
from routing.files.source import Source
from routing.rules.validity import require_known
from routing.view.command_line import (
    COMMON,
    OF_SEVERAL,
    PROGRAM,
    Command,
    add_json,
    add_version,
    add_vhost,
    put,
    version_of,
)


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.usage = "%(prog)s SOURCE -q QUEUE (or -x, --never, --both)"
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    asked = parser.add_mutually_exclusive_group(required=True)
    asked.add_argument("-q", dest="queue", metavar="QUEUE", help="what reaches it, and from where")
    asked.add_argument("-x", dest="exchange", metavar="NAME", help="what comes out of an exchange")
    asked.add_argument("--never", action="store_true", help="the queues that nothing reaches")
    asked.add_argument("--both", nargs=2, metavar="QUEUE", help="a message that reaches both")
    add_vhost(parser, OF_SEVERAL)
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Answer what is asked, and give the status."""
    source = read_source(options.source, options.vhost)
    version = version_of(options)
    net = Net(source.loaded(version).ready)
    require_there(options, source, net)
    with within():
        if options.both:
            return tell_both(net, options)
        if options.never:
            return tell_never(net, source, options)
        pairs = pairs_of(net, source, options)
        return tell([reached(net, *pair) for pair in pairs], net, source, options)


def require_there(options: Namespace, source: Source, net: Net) -> None:
    """Raise BadUse where what is asked about is not there."""
    where = f"{PROGRAM} reach: in {source.shown}"
    for queue in options.both or ([] if options.queue is None else [options.queue]):
        require_known(where, "queue", queue, queues_of(net))
    if options.exchange is not None:
        require_known(where, "exchange", options.exchange, net.ready.exchanges)


def queues_of(net: Net) -> list[str]:
    """Name all queues: each is bound to the default exchange."""
    return [each.destination for each in net.onward[DEFAULT_EXCHANGE]]


def pairs_of(net: Net, source: Source, options: Namespace) -> list[tuple[str, str]]:
    """List from which exchange to which queue it is asked; the default one leads to each."""
    if options.queue is not None:
        entries = dict.fromkeys(
            [*entries_to(net, dead_letters(source), (True, options.queue)), DEFAULT_EXCHANGE]
        )
        return [(name, options.queue) for name in entries]
    after = net.queues_after((False, options.exchange))
    return [(options.exchange, queue) for queue in dict.fromkeys(after)]


def tell(found: Sequence[Reached], net: Net, source: Source, options: Namespace) -> int:
    """Print what reaches queues, and give the status."""
    if options.json:
        put(json.dumps(reached_as_json(found, source)))
    else:
        from routing.analysis.reach.screen import shown
        from routing.view.console import stdout_console

        stdout_console().print(shown(found, net, source) if found else "Nothing comes out of it.")
    if any(each.undecided for each in found):
        return NOT_DECIDED
    by_name = options.exchange is None
    counted = (each for each in found if not (by_name and each.entry == DEFAULT_EXCHANGE))
    return ROUTED if any(each.alternatives for each in counted) else NOBODY


def tell_both(net: Net, options: Namespace) -> int:
    """Print a message that reaches both queues, from each exchange where there is one."""
    found: dict[str, Message | None] = {}
    undecided: dict[str, str] = {}
    for name in net.entries:
        try:
            found[name] = smallest_reaching(net, name, options.both)
        except NotDecided as why:
            undecided[name] = str(why)
    sent = [message for message in found.values() if message]
    if options.json:
        put(
            json.dumps(
                {"messages": [message_as_json(each) for each in sent], "undecided": undecided}
            )
        )
    else:
        told = [f"{write_sent(each)} reaches both" for each in sent]
        told += [f"{write_exchange(name)}: not decided: {why}" for name, why in undecided.items()]
        put("\n".join(told) or "No message with one key reaches both.")
    return ROUTED if sent else NOT_DECIDED if undecided else NOBODY


def tell_never(net: Net, source: Source, options: Namespace) -> int:
    """Print the queues that nothing reaches but what is sent to the default exchange by name."""
    never: list[str] = []
    undecided: dict[str, str] = {}
    dead = {*dead_letters(source)}
    for queue in queues_of(net):
        try:
            if not reached_from_any(net, entries_to(net, dead, (True, queue)), (True, queue)):
                never.append(queue)
        except NotDecided as why:
            undecided[queue] = str(why)
    if options.json:
        put(json.dumps({"never": never, "undecided": undecided}))
    else:
        only = "only what is sent to the default exchange with its name"
        told = [f"{write_key(each)}: {only}" for each in never]
        told += [f"{write_key(each)}: not decided: {why}" for each, why in undecided.items()]
        put("\n".join(told) or "Something reaches every queue.")
    return NOT_DECIDED if undecided else NOBODY if never else ROUTED


COMMANDS: Final[Mapping[str, Command]] = {
    "reach": Command(
        text="What reaches a queue, in a few patterns, with examples; further keys (CC) aside.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 yes, 4 nothing, 5 undecided, {COMMON}",
        examples=("reach topic -q audit", "reach headers --both print ledger"),
    )
}
