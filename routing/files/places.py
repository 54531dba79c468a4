"""Where the parts of a lesson stand in its Python file."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from traceback import FrameSummary
from typing import Any, Final

from routing.amqp import topology

NOUNS: Final[dict[str, Any]] = {
    name: each
    for name, each in vars(topology).items()
    if isinstance(each, type) and issubclass(each, topology.Noun) and each is not topology.Noun
}
"""What a lesson is made of, by name."""


def parsed(path: Path) -> ast.Module:
    """Read a Python file; one that is no Python any longer has nothing in it."""
    try:
        return ast.parse(path.read_bytes())
    except (OSError, ValueError, SyntaxError):
        return ast.Module([], [])


def noun_of(call: ast.expr | None) -> str:
    """Name the noun that is made, if it is one that is written."""
    if not isinstance(call, ast.Call):
        return ""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    return name if name in NOUNS else ""


def made(tree: ast.Module) -> Iterator[ast.Call]:
    """List where nouns are made."""
    return (each for each in ast.walk(tree) if isinstance(each, ast.Call) and noun_of(each))


def made_at(tree: ast.Module, frame: FrameSummary) -> ast.Call | None:
    """Find the noun whose making a frame was about."""
    here = (frame.lineno, frame.colno, frame.end_lineno, frame.end_colno)
    ends = ("lineno", "col_offset", "end_lineno", "end_col_offset")
    return next(
        (call for call in made(tree) if tuple(getattr(call, e) for e in ends) == here), None
    )


def assigned(tree: ast.Module, name: str) -> ast.expr | None:
    """Find what a name is given at last."""
    values = None
    for each in tree.body:
        targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
        if any(getattr(target, "id", None) == name for target in targets):
            values = getattr(each, "value", None)
    return values


def by_place(noun: str) -> list[str]:
    """List what a noun takes without a name."""
    return [each.name for each in fields(NOUNS[noun]) if not each.kw_only]


def members_of(value: ast.expr | None) -> list[ast.expr]:
    """List what is written in a list, or the names in a table that is written by itself."""
    if isinstance(value, ast.Dict):
        names = [each for each in value.keys if each]
        return names if len(names) == len(value.keys) else []
    return value.elts if isinstance(value, ast.List | ast.Tuple) else []


def line_of(tree: ast.Module, call: ast.expr | None, part: tuple[str, int | None]) -> int | None:
    """Find the line of a field of a noun, or of a member of its list or table; or of the noun."""
    noun = noun_of(call)
    if not isinstance(call, ast.Call) or not noun:
        return call.lineno if call else None
    given: dict[str | None, ast.expr] = dict(zip(by_place(noun), call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords}
    name, place = part
    value = given.get(name)
    if isinstance(value, ast.Name) and place is not None:
        value = assigned(tree, value.id) or value
    members = members_of(value)
    apart = place is not None and not any(isinstance(each, ast.Starred) for each in members)
    found = members[place] if apart and place is not None and place < len(members) else value
    return found.lineno if found else call.lineno
