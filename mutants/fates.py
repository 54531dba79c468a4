"""What becomes of each mutant: planted in a process of its own, where tests see it or do not.

Nothing is written anywhere: a changed module lives in its process alone.
"""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_loader
from inspect import unwrap
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final, Literal

from mutants.changes import Mutant

Fate = Literal["killed", "killed by the limit", "survived"]

Judge = Callable[[], bool]
"""Plants a mutant, and tells whether all tests pass nevertheless."""

MOST_MEMORY: Final = 4 * 1024**3
"""Bytes; a mutant that loops may collect something all the while."""


TELLING: Final = ("co_qualname", "co_firstlineno", "co_freevars")
"""What the program of a function has in common with that of its mutant, and with no other's."""


class Planted(MetaPathFinder, Loader):
    """Gives one module of a package as a program that its file does not hold."""

    def __init__(self, name: str, program: CodeType) -> None:
        """Name the module, and what it is."""
        self.name, self.program = name, program

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        """Find that module, and leave all others to their files."""
        return spec_from_loader(name, self) if name == self.name else None

    def create_module(self, _spec: ModuleSpec) -> None:
        """Leave it to Python."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the program."""
        exec(self.program, vars(module))  # noqa: S102 - our own module, changed


def plant(name: str, program: CodeType) -> None:
    """Have this process import a module as this program, and all that may know it anew."""
    top = name.partition(".")[0]
    for known in [*sys.modules]:
        if known.partition(".")[0] == top:
            del sys.modules[known]
    sys.meta_path.insert(0, Planted(name, program))


def in_place(name: str, mutant: Mutant) -> Callable[[], None]:
    """Give what has a function of an imported module do what the mutant does, for all its callers.

    Raises LookupError where there is no such function.
    """
    function = function_of(import_module(name), mutant.place.split(".")[1:])
    here = function.__code__
    for code in codes(mutant.program()):
        if all(getattr(code, told) == getattr(here, told) for told in TELLING):
            return partial(setattr, function, "__code__", code)
    raise LookupError(mutant.place)


def function_of(holder: object, names: Sequence[str]) -> FunctionType:
    """Find the function of a module or class in which a place lies; one in it is a part of it.

    Raises LookupError where there is none.
    """
    found: Any = vars(holder)[names[0]]
    if isinstance(found, type):
        return function_of(found, names[1:])
    for within in ("fget", "func", "__func__"):  # of a property, kept or not, a static method
        found = getattr(found, within, found)
    function = unwrap(found)
    if not isinstance(function, FunctionType):
        raise LookupError(".".join(names))
    return function


def codes(code: CodeType) -> Iterator[CodeType]:
    """Give a program and all functions and classes in it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def limit(seconds: float) -> None:
    """End this process when it has used so much more of a processor; another limit is lifted."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def in_child(act: Judge) -> int:
    """Do something in a process that prints nothing; its status is 0 where that gave True."""
    child = os.fork()
    if child:
        return child
    passed = False
    try:
        with suppress(ValueError):  # not every system has this limit
            resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        silent = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(silent, descriptor)
        passed = act()
    finally:
        os._exit(not passed)


def fates(judges: Iterable[tuple[Mutant, Judge]], jobs: int) -> Iterator[tuple[Mutant, Fate]]:
    """Judge each mutant, so many at a time; yield each with its fate as soon as it has one."""
    running: dict[int, Mutant] = {}
    try:
        for mutant, judge in judges:
            if len(running) == jobs:
                yield next_fate(running)
            running[in_child(judge)] = mutant
        while running:
            yield next_fate(running)
    finally:
        for child in running:
            end(child)


def end(child: int) -> None:
    """End a process that is not waited for any longer."""
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def next_fate(running: dict[int, Mutant]) -> tuple[Mutant, Fate]:
    """Wait for one of the processes to end, and say what that means for its mutant."""
    child, status = os.wait()
    code = os.waitstatus_to_exitcode(status)
    limited: Fate = "killed by the limit" if code == -signal.SIGPROF else "killed"
    return running.pop(child), limited if code else "survived"
