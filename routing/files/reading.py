"""A source read, whatever it is: definitions, TOML, a lesson, or a broker's management page."""

import ast
import json
import os
import re
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key
from routing.files.definitions import read_definitions
from routing.files.json_places import read_placed
from routing.files.lesson import lesson, names, path_of
from routing.files.source import Expected, Source, Spot
from routing.files.toml import read_toml

STDIN: Final = "-"

MOST_BYTES: Final = 100_000_000
"""No file is larger that a broker has written."""

HALF: Final = re.compile(r"\\u[dD][89a-fA-F]")
"""How half of a surrogate pair is written, and so the whole pair."""

MESSAGES: Final = "a file of messages, one a line"
"""What can be given for messages."""

FORMS: Final = "definitions as JSON, a topology as TOML, or a lesson as Python"

Thing = TypeVar("Thing")


def source_choice() -> str:
    """Say what can be given for a source, as the help texts do."""
    return f".json, .toml, .py, -, http://HOST:15672, {', '.join(names())}"


def read_source(word: str | os.PathLike[str], vhost: str | None = None) -> Source:
    """Read a source.

    word: a path, a URL, - for standard input, or the name of a lesson.
    Raises BadUse where it is not there, or not well written, NoBroker where a broker is silent.
    """
    word = os.fspath(word)
    if word.startswith(("http://", "https://")):
        from routing.files.management import definitions_of  # with what is slow to import

        shown, content = definitions_of(word, vhost)
        return of_text(shown, content, vhost)
    if is_lesson(word):
        return of_lesson(word)
    return of_text(word, content_of(word), vhost)


def is_lesson(word: str) -> bool:
    """Tell whether a word means a lesson: a name, or a Python file."""
    path = os.sep in word or word.endswith((".json", ".toml")) or word == STDIN
    return word.endswith(".py") or not path


def content_of(file: str, wanted: str = FORMS) -> bytes:
    """Read a file.

    wanted: what could be named in its place.
    Raises BadUse where that cannot be done, or would not end.
    """
    try:
        if file == STDIN:
            content = sys.stdin.buffer.read(MOST_BYTES + 1)
        else:
            require_file(file)
            with Path(file).open("rb") as opened:
                content = opened.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise BadUse(f"{write_key(file)} cannot be read ({said}): name {wanted}.") from error
    if len(content) > MOST_BYTES:
        raise BadUse(f"{write_key(file)} has more than {MOST_BYTES} bytes: name a smaller file.")
    return content


def require_file(file: str) -> None:
    """Raise BadUse for a pipe that somebody may never write to; the shell's own are fine."""
    if stat.S_ISFIFO(Path(file).stat().st_mode) and not file.startswith("/dev/"):
        raise BadUse(f"{write_key(file)} is a pipe: use - and let it be standard input.")


def of_text(file: str, content: bytes, vhost: str | None) -> Source:
    """Read what a file holds, by its ending, and otherwise as JSON."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadUse(
            f"{write_key(file)} is not UTF-8 (byte {error.start + 1}): save it as UTF-8."
        ) from error
    return read_toml(file, text) if file.endswith(".toml") else of_json(file, text, vhost)


def of_json(file: str, text: str, vhost: str | None) -> Source:
    """Read definitions.

    Raises BadUse with line and column where it is no JSON.
    """
    try:
        placed = read_placed(text)
    except json.JSONDecodeError as error:
        what = "it is empty" if not text.strip() else f"{error.msg.removesuffix(' at')}"
        where = f"{write_key(file)}:{error.lineno}:{error.colno}"
        raise BadUse(f"{where}: this is no JSON ({what}){hint(error)}; correct that.") from error
    except RecursionError as error:
        raise BadUse(f"{write_key(file)} is nested too deep: name {FORMS}.") from error
    except ValueError as error:
        raise BadUse(f"{write_key(file)} has a number of too many digits: shorten it.") from error
    if placed is None:
        raise BadUse(f"{write_key(file)} holds no JSON object: name {FORMS}.")
    if HALF.search(text):
        require_unicode(file, placed.value)
    return read_definitions(file, text, placed, vhost)


def require_unicode(file: str, value: object) -> None:
    """Raise BadUse where there is half of a surrogate pair, which JSON can write."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise BadUse(
            f"{write_key(file)} holds {half!a}, which is no Unicode: correct it."
        ) from error


def hint(error: json.JSONDecodeError) -> str:
    """Say what it may be that stands where JSON was expected."""
    rest = error.doc[error.pos :].lstrip()
    if rest.startswith("$"):
        return ": a placeholder, to be filled in first"
    if rest.startswith(("/", "#")):
        return ": JSON has no comments"
    return ": a comma too many" if rest.startswith(("]", "}")) else ""


def of_lesson(word: str) -> Source:
    """Read a lesson, and find where its bindings stand."""
    scenario = lesson(word)
    path, shown = path_of(word)
    exchanges = spots_in(scenario.exchanges, ("Exchange",), path, shown)
    return Source(
        shown=shown,
        topology=scenario,
        messages=[
            Expected(message, spot=spot)
            for message, spot in spots_in(scenario.messages, ("Message",), path, shown)
        ],
        spots={
            id(binding): spot
            for binding, spot in spots_in(
                scenario.bindings, ("Binding", "ExchangeBinding"), path, shown
            )
            if spot
        },
        places={("exchange", each.name): spot for each, spot in exchanges if spot},
        arguments=scenario.queue_arguments,
    )


def spots_in(
    parts: Sequence[Thing], nouns: Sequence[str], path: Path, shown: str
) -> Iterator[tuple[Thing, Spot | None]]:
    """Find each part in a Python file, where each is written out by itself."""
    lines = [
        node.lineno
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in nouns
    ]
    spots = [Spot(shown, line) for line in sorted(lines)]
    yield from zip(parts, spots if len(spots) == len(parts) else [None] * len(parts), strict=True)
