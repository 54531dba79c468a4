"""convert: a topology in another form.  new: a file to begin with."""

import re
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.code.command import WITH_PASSWORD, broker_url, print_as_utf_8
from routing.code.script import script
from routing.code.sendable import sendable_part
from routing.convert.begun import BEGUN
from routing.convert.definitions import Note, commands, definitions
from routing.convert.held import is_unicode
from routing.convert.lesson import lesson_text, scenario_of
from routing.convert.refused import refused
from routing.convert.toml import toml
from routing.files.reading import read_source, source_choice
from routing.files.source import Source
from routing.view.command_line import Command, announce, harmless, put
from routing.view.new_file import save


def describe(parser: ArgumentParser) -> None:
    """Add the arguments of convert."""
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    parser.add_argument("--to", required=True, choices=[*FORMS], help="what it is to become")
    parser.add_argument("--vhost", metavar="V", help="the vhost that is read and written")
    parser.add_argument("--save", metavar="FILE", help="write it to a new file")


def run(options: Namespace) -> int:
    """Print the source in another form, or save it; tell what that cannot hold."""
    source = read_source(options.source, options.vhost)
    notes = [f"{each}." for each in source.doubts.values()]
    text = FORMS[options.to](source, options.vhost or "/", notes.append)
    if not is_unicode(text):
        raise BadUse(f"{source.shown} has text that is no Unicode: correct that.")
    if options.save is not None:
        save(text, Path(options.save), *[WITH_PASSWORD] * (options.to == "code"))
    else:
        print_as_utf_8(text)
    for each in dict.fromkeys([*notes, *refused(source)]):
        announce(each)
    return 0


def pika_script(source: Source, _: str, note: Note) -> str:
    """Write the plain pika script; what it cannot send stands in its comments, too."""
    scenario = scenario_of(source, note)
    for each in sendable_part(scenario)[1]:
        note(each)
    return script(scenario, broker_url())


FORMS: Final[Mapping[str, Callable[[Source, str, Note], str]]] = {
    "json": definitions,
    "toml": toml,
    "py": lesson_text,
    "code": pika_script,
    "rabbitmqadmin": commands,
}
"""What writes each form: from a source, a vhost, and what takes a word on what is lost."""


def describe_new(parser: ArgumentParser) -> None:
    """Add the arguments of new."""
    parser.add_argument("file", metavar="FILE", help="mine.toml, or mine.py for a lesson")


def run_new(options: Namespace) -> int:
    """Write a file to begin with."""
    ending, name = Path(options.file).suffix, write_key(options.file)
    stem = re.sub(r"[^\w-]+", "-", Path(options.file).stem, flags=re.ASCII)
    if ending not in BEGUN:
        raise BadUse(f"{name} ends neither in .toml nor in .py: name one that does.")
    save(BEGUN[ending].format(file=harmless(options.file), name=stem), Path(options.file))
    put(f"Saved; the first lines of {name} say what to do with it.")
    return 0


COMMANDS: Final[Mapping[str, Command]] = {
    "convert": Command(
        text="Write a topology in another form; what that cannot hold is told.",
        describe=describe,
        run=run,
        statuses="0 written, 2 bad use, 3 no broker, 130 Ctrl-C",
        examples=("convert topic --to toml", "convert journey --to json"),
    ),
    "new": Command(
        text="Write a file to begin with: a topology with messages, or a lesson.",
        describe=describe_new,
        run=run_new,
        statuses="0 written, 2 bad use, 130 Ctrl-C",
        examples=("new mine.toml", "new mine.py"),
    ),
}
