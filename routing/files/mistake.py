"""What a person wrote wrong in a lesson: whatever its file raises, as one sentence with its place.

The sentence names the file and the line; that may be a file beside the lesson, which it imports.
"""

import ast
import builtins
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import MISSING, fields
from difflib import get_close_matches
from pathlib import Path
from textwrap import shorten
from traceback import FrameSummary, extract_tb
from types import TracebackType
from typing import Final

import routing
from routing.amqp.errors import BadUse
from routing.files.places import NOUNS, by_place, line_of, made_at, noun_of, parsed

Told = tuple[int | None, str]
"""The line, where it is known, and what is wrong there."""

SAME: Final = (
    {"binding_key", "routing_key", "key"},
    {"exchange", "source"},
    {"queue", "destination"},
    {"arguments", "headers"},
    {"type", "exchange_type"},
)
"""What is called by one of these names here is called by another one elsewhere."""

LITERALS: Final = {"null": "None", "nil": "None"}

MOST_SAID: Final = 300
"""So many letters of an error's own words are told."""

NEAR: Final = 0.75
"""How near a name must be to be the one that was meant: ord is not for orders."""


def mistake(error: BaseException, path: Path, shown: str) -> str:
    """Say what is wrong in a lesson, and where.

    path: the file that was run.
    shown: how that is called in a sentence.
    """
    folder = path.absolute().parent
    frame = frame_in(error.__traceback__, folder)
    file = Path(frame.filename) if frame else path.absolute()
    if isinstance(error, SyntaxError) and Path(error.filename or "").parent == folder:
        file = Path(str(error.filename))
        line, said = told_of_syntax(error)
    else:
        line, said = told(error, frame)
    called = shown if file == path.absolute() else str(Path(shown).with_name(file.name))
    return f"{at(called, line)}: {said}"


def at(shown: str, line: int | None) -> str:
    """Write a place in a file."""
    return f"{shown}, line {line}" if line else shown


def frame_in(traceback: TracebackType | None, folder: Path) -> FrameSummary | None:
    """Find the innermost frame of a file in a folder."""
    frames = reversed(extract_tb(traceback))
    return next((each for each in frames if Path(each.filename).parent == folder), None)


def told(error: BaseException, frame: FrameSummary | None) -> Told:
    """Say what is wrong, by what was raised."""
    line = frame.lineno if frame else None
    match error:
        case BadUse():
            return line_of_part(error, frame) or line, str(error)
        case SystemExit():
            return line, "the program would end here, but a lesson is only read: take this out."
        case EOFError():
            return line, "nobody types anything in while a lesson is read: take this out."
        case NameError(name=str(name)):
            return line, told_of_name(name, error)
        case ModuleNotFoundError(name=str(name)):
            return line, f"there is no module {name}: install it, or correct the name."
        case ImportError():
            return line, told_of_import(error)
        case TypeError() if frame and (wrong := told_of_call(frame)):
            return wrong
    return line, raised(error)


def raised(error: BaseException) -> str:
    """Write an error by its kind and its words."""
    words = ""
    with suppress(Exception, SystemExit):  # an error's own words may go wrong as well
        words = shortened(" ".join(str(error).split()))
    return f"{type(error).__name__}{words and f': {words}'}."


def shortened(words: str) -> str:
    """Leave out the end of what nobody reads to its end."""
    return words if len(words) <= MOST_SAID else f"{words[:MOST_SAID]}..."


def line_of_part(error: BadUse, frame: FrameSummary | None) -> int | None:
    """Find the line of what an error is about, in the noun that could not be made."""
    if not frame or not error.part:
        return None
    tree = parsed(Path(frame.filename))
    return line_of(tree, made_at(tree, frame), error.part)


def told_of_syntax(error: SyntaxError) -> Told:
    """Say what Python cannot read; it may be because of letters in another encoding."""
    if "'utf-8' codec" in error.msg:
        return error.lineno, "this is not UTF-8: save the file as UTF-8."
    written = shorten(error.text or "", 60, placeholder="...")
    shown = written and f": `{written}`"
    return error.lineno, f"this is no Python ({error.msg}){shown}; correct that."


def told_of_name(name: str, error: NameError) -> str:
    """Say of a name that nothing has it, and which was meant."""
    known = [*routing.__all__, *dir(builtins), *names_at(error)]
    if name in routing.__all__:
        return f"{name} is not imported: write it behind `from routing import`."
    if near := LITERALS.get(name) or nearest(name, known):
        return f"there is no name {name}; did you mean {near}?"
    return f"there is no name {name}: put text in quotes, and anything else above this line."


def names_at(error: BaseException) -> list[str]:
    """List the names that are known where an error was raised."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    return [*map(str, traceback.tb_frame.f_globals)] if traceback else []


def told_of_import(error: ImportError) -> str:
    """Say what a module does not have, and what was meant."""
    found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error))
    if not found:
        return raised(error)
    name, module = found.groups()
    near = nearest(name, dir(sys.modules.get(module)))
    return f"{module} has no {name}; {f'did you mean {near}?' if near else 'correct the name.'}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Find the name that was meant."""
    return next(iter(get_close_matches(name, [*known], 1, NEAR)), None)


def told_of_call(frame: FrameSummary) -> Told | None:
    """Say what is wrong with the values that a noun is given, if these are written one by one."""
    call = made_at(parsed(Path(frame.filename)), frame)
    if not call or any(isinstance(each, ast.Starred) for each in call.args):
        return None
    if any(each.arg is None for each in call.keywords):
        return None
    noun = noun_of(call)
    known = [each.name for each in fields(NOUNS[noun])]
    for keyword in call.keywords:
        if keyword.arg not in known:
            return keyword.lineno, told_of_keyword(noun, str(keyword.arg), known)
    said = told_of_places(noun, call) or told_of_lacking(noun, call)
    return (call.lineno, said) if said else None


def told_of_keyword(noun: str, name: str, known: list[str]) -> str:
    """Say what a noun does not have, and what it has instead."""
    alike = {each for group in SAME if name in group for each in group}
    if called := next((each for each in known if each in alike), None):
        return f"{noun} has no {name}, but calls it {called}."
    near = next(iter(get_close_matches(name, known, 1)), None)
    advice = f"did you mean {near}?" if near else f"known: {', '.join(known)}."
    return f"{noun} has no {name}; {advice}"


def told_of_places(noun: str, call: ast.Call) -> str | None:
    """Say which values stand where there is no place for them, or that one is given twice."""
    places, given = by_place(noun), len(call.args)
    if given > len(places):
        named = f"{', '.join(places)}, and no more" if places else "nothing"
        return (
            f"{noun} takes {named} without a name, but has {given} values so: "
            "write the name and = before them."
        )
    twice = [each.arg for each in call.keywords if each.arg in places[:given]]
    return (
        f"{noun} has {twice[0]} twice, by its place and by its name; keep one." if twice else None
    )


def told_of_lacking(noun: str, call: ast.Call) -> str | None:
    """Say which values are not there, but must be."""
    given = {*by_place(noun)[: len(call.args)], *(each.arg for each in call.keywords)}
    needed = [
        each.name
        for each in fields(NOUNS[noun])
        if each.default is MISSING and each.default_factory is MISSING
    ]
    lacking = [name for name in needed if name not in given]
    written = ", ".join(f"{name}=..." for name in lacking)
    return f"{noun} lacks {' and '.join(lacking)}: write {written} in it." if lacking else None
