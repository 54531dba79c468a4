"""draw: a picture of a topology."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.ask.answer import ask
from routing.ask.command import message_of
from routing.files.reading import read_source, source_choice
from routing.files.source import Source
from routing.pictures.draw.around import around
from routing.pictures.draw.dot import dot
from routing.pictures.draw.drawn import drawn
from routing.pictures.draw.grouped import grouped, is_large
from routing.pictures.draw.html import html
from routing.pictures.draw.lit import Lit, lit_by
from routing.pictures.draw.mermaid import markdown, mermaid
from routing.pictures.draw.picture import Picture
from routing.pictures.draw.svg import svg
from routing.pictures.draw.written import picture_as_json
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
from routing.view.new_file import save


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.usage = "%(prog)s SOURCE [OPTION ...]"
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    parser.add_argument("--save", metavar="FILE", help=f"a new file: {', '.join(FORMS)}")
    parser.add_argument("-x", dest="exchange", metavar="NAME", help="light a message's way")
    parser.add_argument("-k", dest="key", metavar="KEY", help="its key")
    said = "its headers; or NAME:TYPE=VALUE, @JSONFILE"
    parser.add_argument("-H", dest="header", action="append", metavar="NAME=VALUE", help=said)
    near = "only what leads to a queue or an exchange, and on"
    parser.add_argument("--around", metavar="NAME", help=near)
    add_vhost(parser, OF_SEVERAL)
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Draw a source, and print or save the picture."""
    write = form_of(options.save)
    source = read_source(options.source, options.vhost)
    picture = part_of(drawn(source, version_of(options), lit_of(source, options)), source, options)
    if write:
        save(write(picture), Path(options.save))
        put(f"Saved as {write_key(options.save)}.")
    elif options.json:
        put(as_json(picture), end="")
    else:
        from routing.pictures.draw.screen import Shown
        from routing.view.console import stdout_console

        stdout_console().print(Shown(picture))
    return 0


def lit_of(source: Source, options: Namespace) -> Lit | None:
    """Follow the message that is named, if one is."""
    if options.key is None and not options.header and options.exchange is None:
        return None
    return lit_by(ask(source, version_of(options)).answer(message_of(options, options.key or "")))


def part_of(picture: Picture, source: Source, options: Namespace) -> Picture:
    """Give the part that is asked for; where that is large, with its queues counted."""
    if options.around is not None:
        names = dict.fromkeys(node.place[1] for node in picture.nodes)
        where = f"{PROGRAM} draw: in {source.shown}"
        require_known(where, "queue or exchange", options.around, names)
        picture = around(picture, options.around)
    return grouped(picture, options.around) if is_large(picture) else picture


def form_of(file: str | None) -> Callable[[Picture], str] | None:
    """Choose the form by the ending of a file.

    Raises BadUse where nothing is written so.
    """
    if file is None:
        return None
    ending = Path(file).suffix.lower()
    if ending not in FORMS:
        *others, last = FORMS
        known = f"{', '.join(others)} or {last}"
        raise BadUse(f"{write_key(file)} does not end as a picture does: end it in {known}.")
    return FORMS[ending]


def as_text(picture: Picture) -> str:
    """Write it as a pipe gets it."""
    from routing.pictures.draw.screen import Shown
    from routing.view.console import plain

    return plain(Shown(picture))


def as_json(picture: Picture) -> str:
    """Write it as JSON."""
    return json.dumps(picture_as_json(picture)) + "\n"


FORMS: Final[Mapping[str, Callable[[Picture], str]]] = {
    ".svg": svg,
    ".html": html,
    ".md": markdown,
    ".mmd": mermaid,
    ".dot": dot,
    ".txt": as_text,
    ".json": as_json,
}
"""What writes each form, by the ending of a file."""


COMMANDS: Final[Mapping[str, Command]] = {
    "draw": Command(
        text="Draw a topology: exchanges, queues, what leads where; or save it as a picture.",
        describe=describe,
        run=run,
        statuses=f"0 drawn, {COMMON}",
        examples=(
            "draw journey",
            "draw topic -x orders -k order.eu.paid",
        ),
    )
}
