"""A lesson by its name, or out of a file: a Python module that holds a `scenario`."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from types import ModuleType
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import Scenario
from routing.files.undisturbed import undisturbed
from routing.rules.validity import require_known, validate
from routing.view.unforeseen import words_of

FOLDER: Final = Path(__file__).parents[2] / "scenarios"
"""Where the lessons with a name are: beside the package, wherever that is."""

FIRST: Final = (
    "default",
    "direct",
    "fanout",
    "topic",
    "headers",
    "journey",
    "dead-letters",
    "surprises",
)
"""The order of a first walk; lessons that are added come after these, by name."""

WHOLE: Final = ("", None)
"""No part of a scenario, but all of it."""


def names() -> list[str]:
    """List the lessons that have a name: that of the file, with - for _."""
    found = {called(path) for path in FOLDER.glob("[!_]*.py")}
    return [name for name in FIRST if name in found] + sorted(found.difference(FIRST))


def choice() -> str:
    """Say what can be given for a lesson, as the help texts do."""
    return f"{', '.join(names())}, or a file"


def lesson(word: str) -> Scenario:
    """Load one lesson.

    word: a name, or the path of a file.
    Raises BadUse where it is not there, or not well written.
    """
    path, shown = path_of(word)
    scenario = scenario_in(load(path, shown), path, shown)
    try:
        validate(scenario)
        require_own_name(scenario, path)
    except BadUse as error:
        raise BadUse(f"{at(path, shown, 'scenario', error.part or WHOLE)}: {error}") from error
    except Exception as error:
        raise BadUse(f"{shown} has a value that AMQP cannot carry: {words_of(error)}.") from error
    return scenario


def require_own_name(scenario: Scenario, path: Path) -> None:
    """Raise BadUse for a copy of a lesson that has a name, and has that still."""
    name, own = scenario.name, called(path)
    if path.absolute().parent == FOLDER and name != own and name in names():
        error = BadUse(
            f"the lesson in scenarios/{file_of(name)} is called {name}, too, and terminals would "
            f'meet by that name: write name="{own}".'
        )
        error.part = ("name", None)
        raise error


def called(path: Path) -> str:
    """Give the name of the lesson in a file: with - for _."""
    return path.stem.replace("_", "-")


def file_of(name: str) -> str:
    """Give the name of the file of a lesson."""
    return f"{name.replace('-', '_')}.py"


def path_of(word: str) -> tuple[Path, str]:
    """Find the file of a lesson, and how it is called in a sentence.

    Raises BadUse where there is none.
    """
    if not word:
        raise BadUse(f"Which lesson?  Name one: {choice()}.")
    if word.endswith(".py") or os.sep in word:
        if os.path.isdir(word):  # noqa: PTH112 - false for a name of any kind, as the next one
            raise BadUse(f"{word} is a folder: name a file in it.")
        if not os.path.isfile(word):  # noqa: PTH113
            near = [str(path) for path in Path(word).parent.glob("*.py") if path.is_file()]
            require_known("Bad use", "file", word, names(), near)
        return Path(word), word
    if os.path.isdir(word):  # noqa: PTH112 - as above
        raise BadUse(f"{word} is a folder: name a file in it.")
    if os.path.isfile(word):  # noqa: PTH113 - as above
        raise BadUse(
            f"{word} is no lesson: its file ends in .py; another source is a .toml or a .json."
        )
    if word.replace("_", "-") not in names():
        require_known("Bad use", "scenario", word, names(), near_by(word))
    return FOLDER / file_of(word), f"scenarios/{file_of(word)}"


def near_by(word: str) -> list[str]:
    """List the file of that name in this folder, if there is one."""
    return [f"{word}.py"] if os.path.isfile(f"{word}.py") else []  # noqa: PTH113 - as above


def load(path: Path, shown: str) -> Mapping[str, object]:
    """Run a lesson's file; it is written by hand, so that any error in it is the user's to mend."""
    try:
        return run(path)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        from routing.files.mistake import mistake  # seldom needed, and slow to import

        raise BadUse(mistake(error, path, shown)) from error


def run(path: Path) -> Mapping[str, object]:
    """Run a file as a module, and give the names in it.

    It is compiled anew, as what Python keeps of it is as good as the second in which it was saved.
    """
    content = path.read_bytes()
    if b"\0" in content:
        raise BadUse("this is no text in UTF-8: save it as that, or name another file.")
    file = path.absolute()
    module = ModuleType(f"lesson_{path.stem}")
    module.__file__ = str(file)
    with alone(str(file.parent)):
        sys.modules[module.__name__] = module  # where a dataclass, say, looks for itself
        exec(compile(content, file, "exec"), vars(module))  # noqa: S102 - a lesson is a program
    return vars(module)


@contextmanager
def alone(folder: str) -> Iterator[None]:
    """Let a lesson import what lies beside it, and hear nothing; what it says is no result.

    What it imported from there is forgotten: another may lie there, or beside another lesson.
    """
    before, path = {*sys.modules}, [*sys.path]
    keeps, stdin = sys.dont_write_bytecode, sys.stdin
    sys.path.append(folder)
    sys.dont_write_bytecode = True
    try:
        with Path(os.devnull).open() as sys.stdin, redirect_stdout(sys.stderr), undisturbed():
            yield
    finally:
        sys.path[:] = path
        sys.dont_write_bytecode, sys.stdin = keeps, stdin
        for name in {*sys.modules} - before:
            file = getattr(sys.modules[name], "__file__", None)
            if file and Path(file).parent == Path(folder):
                del sys.modules[name]


def scenario_in(found: Mapping[str, object], path: Path, shown: str) -> Scenario:
    """Give the scenario among the names of a lesson; raises BadUse where there is none."""
    scenario = found.get("scenario")
    if isinstance(scenario, Scenario):
        return scenario
    place = at(path, shown, "scenario")
    if isinstance(scenario, tuple) and len(scenario) == 1 and isinstance(scenario[0], Scenario):
        raise BadUse(f"{place}: a comma behind the Scenario makes a list of it; take it away.")
    if "scenario" in found:
        kind = type(scenario).__name__
        raise BadUse(f"{place}: scenario is of type {kind}, but must be a Scenario(...).")
    if called := [name for name, value in found.items() if holds_scenarios(value)]:
        raise BadUse(
            f"{at(path, shown, called[0])}: {' or '.join(called)} must be called scenario, "
            "and be one Scenario(...)."
        )
    raise BadUse(
        f"{shown} has no scenario: write `scenario = Scenario(...)` in it, "
        "as exchange-routing new does in a new file."
    )


def holds_scenarios(value: object) -> bool:
    """Tell whether a value is a scenario, or a list of some."""
    members = value if isinstance(value, list | tuple) else [value]
    return any(isinstance(each, Scenario) for each in members)


def at(path: Path, shown: str, name: str, part: tuple[str, int | None] = WHOLE) -> str:
    """Tell where a name of a lesson gets what it has, or a part of that."""
    from routing.files import places  # seldom needed, and slow to import

    tree = places.parsed(path)
    line = places.line_of(tree, places.assigned(tree, name), part)
    return f"{shown}, line {line}" if line else shown
