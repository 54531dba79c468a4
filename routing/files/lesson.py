"""A lesson by its name, or out of a file: a Python module that holds a `scenario`."""

import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.topology import Scenario
from routing.rules.validity import require_known, validate

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


def names() -> list[str]:
    """List the lessons that have a name: that of the file, with - for _."""
    found = {path.stem.replace("_", "-") for path in FOLDER.glob("[!_]*.py")}
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
    scenario = load(path, shown)
    try:
        validate(scenario)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise BadUse(f"{shown} has a value that AMQP cannot carry: {error}.") from error
    return scenario


def path_of(word: str) -> tuple[Path, str]:
    """Find the file of a lesson, and how it is called in a sentence.

    Raises BadUse where there is none.
    """
    if not word:
        raise BadUse(f"Which lesson?  Name one: {choice()}.")
    if word.endswith(".py") or os.sep in word:
        if not os.path.isfile(word):  # noqa: PTH113 - false for a name of any kind
            near = [str(path) for path in Path(word).parent.glob("*.py") if path.is_file()]
            require_known("Bad use", "file", word, names(), near)
        return Path(word), word
    if word.replace("_", "-") not in names():
        require_known("Bad use", "scenario", word, names(), near_by(word))
    file = f"{word.replace('-', '_')}.py"
    return FOLDER / file, f"scenarios/{file}"


def near_by(word: str) -> list[str]:
    """List the file of that name in this folder, if there is one."""
    return [f"{word}.py"] if os.path.isfile(f"{word}.py") else []  # noqa: PTH113 - as above


def load(path: Path, shown: str) -> Scenario:
    """Run a lesson's file; it is written by hand, so that any error in it is the user's to mend."""
    try:
        found = run(path)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        text = " ".join(str(error).split())
        said = text if isinstance(error, BadUse) else f"{type(error).__name__}: {text}."
        raise BadUse(f"{shown}{line_of(error, path)}: {said}") from error
    if not isinstance(found, Scenario):
        raise BadUse(
            f"{shown} has no scenario: write `scenario = Scenario(...)` in it, "
            "as in the lessons that are there."
        )
    return found


def run(path: Path) -> object:
    """Run a file as a module, and give its scenario, if it has one."""
    spec = spec_from_file_location(f"lesson_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadUse("this is no Python file: its name must end in .py.")
    module = module_from_spec(spec)
    sys.path.append(str(path.parent.absolute()))  # a lesson may import what lies beside it
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.pop()
    return getattr(module, "scenario", None)


def line_of(error: BaseException, path: Path) -> str:
    """Find the line of a lesson's file that an error comes from."""
    line = None
    if isinstance(error, SyntaxError) and error.filename == str(path.absolute()):
        line = error.lineno
    traceback = error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == str(path.absolute()):
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f", line {line}" if line else ""
