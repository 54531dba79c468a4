"""diff: which messages go elsewhere, and what made it."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_text
from routing.amqp.topology import Binding
from routing.amqp.versions import NEWEST, Version, version_meant
from routing.analysis.bound import within
from routing.analysis.dead import dead_letters
from routing.analysis.diff.beside import differs_besides
from routing.analysis.diff.differences import Difference, Two, differences
from routing.analysis.diff.weighed import told, weighed
from routing.analysis.diff.written import as_json, markdown
from routing.analysis.messages import Asked
from routing.analysis.net import Net
from routing.ask.answer import NOT_DECIDED, ask
from routing.files.headers_text import read_criteria
from routing.files.reading import MESSAGES, content_of, read_source, source_choice
from routing.files.source import Source
from routing.rules.matching import criteria
from routing.rules.refusal import refuse_criteria
from routing.view.command_line import (
    COMMON,
    OF_SEVERAL,
    Command,
    add_json,
    add_vhost,
    put,
    version_asked_for,
)

SAME: Final = 0
DIFFERENT: Final = 1
"""How `diff` ends."""

Side = tuple[Source, Version]


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.usage = "%(prog)s OLD [NEW] [OPTION ...]"
    parser.add_argument("old", metavar="OLD", help=source_choice())
    parser.add_argument("new", metavar="NEW", nargs="?", help="the same, after the change")
    parser.add_argument(
        "--rabbitmq",
        action="append",
        type=version_asked_for,
        metavar="VERSION",
        help="that both are on; twice: what an upgrade of OLD changes",
    )
    parser.add_argument(
        "--except",
        dest="meant",
        action="append",
        metavar="PATTERN",
        help="keys, or NAME=VALUE headers, that were to change: nothing else may",
    )
    parser.add_argument("--messages", metavar="FILE", help="how many of these; a line each, or -")
    parser.add_argument("-x", dest="exchange", metavar="NAME", help="exchange of --messages")
    add_vhost(parser, OF_SEVERAL)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--markdown", action="store_true", help="a table to paste")
    add_json(form)


def run(options: Namespace) -> int:
    """Tell what differs, and whether anything does that was not meant to."""
    old, new = sides_of(options)
    meant = [meant_by(each, new[1]) for each in options.meant or ()]
    nets = [Net(source.loaded(version).ready) for source, version in (old, new)]
    with within():
        found = [*differences(Two(nets[0], nets[1], meant, {*kept_keys(old[0], new[0])}))]
    besides = [*differs_besides(old, new)]
    unchanged = [
        f"nothing of {text} has changed"
        for number, text in enumerate(options.meant or ())
        if not any(each.meant >> number & 1 for one in found for each in one.changes)
    ]
    weights = [*weights_of(options, old, new)]
    tell(options, found, [*besides, *unchanged, *weights], (old[0], new[0]))
    return status_of(found, bool(besides or unchanged))


def kept_keys(*sources: Source) -> Iterator[str]:
    """Name the exchanges to which dead letters go with the key that they had."""
    for source in sources:
        yield from (exchange for exchange, key in dead_letters(source) if key is None)


def sides_of(options: Namespace) -> tuple[Side, Side]:
    """Read what is compared: two sources on one RabbitMQ, or one on two.

    Raises BadUse where there is only one of both.
    """
    versions = [version_meant(each) for each in options.rabbitmq or ()] or [NEWEST]
    before, *others = versions
    if len(others) != (1 if options.new is None else 0):
        raise BadUse(
            "Name two sources, or one and two versions: diff OLD NEW, or "
            "diff OLD --rabbitmq 3.10 --rabbitmq 4.3."
        )
    old = read_source(options.old, options.vhost)
    new = old if options.new is None else read_source(options.new, options.vhost)
    return (old, before), (new, versions[-1])


def meant_by(text: str, version: Version) -> Asked:
    """Read what was meant to change: a pattern over keys, or criteria over headers.

    Raises BadUse where nothing is named.
    """
    if not text:
        raise BadUse("--except names nothing: say which keys, as order.*.late, or headers, as a=1.")
    if "=" in text:
        binding = Binding("", "", arguments=read_criteria(text))
        if why := next(refuse_criteria(binding, "headers", version), None):
            raise BadUse(f"--except {write_text(text)}: {why.why}; correct that.")
        if not criteria(binding):
            raise BadUse(
                f"--except {write_text(text)} asks for nothing, as names that begin with x- are "
                "passed over; add x-match=all-with-x."
            )
        return Asked(binding, "", "headers", version)
    return Asked(Binding("", "", text), "", "topic", version)


def weights_of(options: Namespace, old: Side, new: Side) -> list[str]:
    """Say how many of real messages it concerns, where some are given."""
    if options.messages is None:
        return []
    content = content_of(options.messages, MESSAGES)
    lines = content.removesuffix(b"\n").split(b"\n") if content else []
    sides = ask(*old), ask(*new)
    return [*told(weighed(sides, lines, options.messages, options.exchange))]


def tell(
    options: Namespace,
    found: Sequence[Difference],
    besides: Sequence[str],
    sources: tuple[Source, Source],
) -> None:
    """Print it in the form that is asked for."""
    if options.json:
        written: dict[str, Any] = {"exchanges": [as_json(each, sources) for each in found]}
        put(json.dumps(written | {"besides": [*besides]}))
    elif options.markdown:
        put("\n".join([*markdown(found, sources), *(f"\n{each}." for each in besides)]))
    else:
        from routing.analysis.diff.screen import compared
        from routing.view.console import stdout_console

        stdout_console().print(compared(found, besides, sources))


def status_of(found: Sequence[Difference], more: bool) -> int:  # noqa: FBT001 - one place calls it
    """Give the status: what differs unmeant counts more than what is not decided."""
    unmeant = any(
        each.relation in ("new", "gone", "internal") or any(not c.meant for c in each.changes)
        for each in found
    )
    if unmeant or more:
        return DIFFERENT
    return NOT_DECIDED if any(each.undecided for each in found) else SAME


COMMANDS: Final[Mapping[str, Command]] = {
    "diff": Command(
        text="Two topologies: which messages go elsewhere, and why; further keys (CC) aside.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 same, 1 other, 5 undecided, {COMMON}",
        examples=(
            "diff topic topic --json",
            "diff direct --rabbitmq 3.10 --rabbitmq 4.3",
        ),
    )
}
