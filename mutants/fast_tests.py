"""The tests of the rules that need no broker, read once, and which of them can see a change."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias

import hypothesis
import pytest

from mutants.changes import Mutant, noting
from mutants.fates import Judge, end, in_child, in_place, limit, plant

ROOT: Final = Path(__file__).parents[1]
RULES: Final = ROOT / "routing/rules"
PACKAGE: Final = "routing.rules"
VECTORS: Final = ROOT / "tests/vectors"
TESTS: Final = ("tests/rules", "tests/amqp")
FEWER: Final = 8
OPTIONS: Final = (
    *("--exitfirst", "--noconftest", "--capture=no", f"--rootdir={ROOT}"),
    *("--override-ini=addopts=", "-p", "no:cacheprovider", "-p", "no:terminal"),
)

Tests: TypeAlias = Mapping[str, Callable[[], bool]]
"""Each recorded case and each test by its name, with what tells whether it passes."""

READING: Final = "reading"
"""Among the calls that are known: those while a file with tests is read."""


@dataclass(frozen=True)
class Known:
    """What was seen of each test on what was not changed.

    seconds: how long it takes.
    calls: which functions of the rules it calls, as predict.route.
    """

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def can_see(self, test: str, mutant: Mutant) -> bool:
        """Tell whether a test comes to where a mutant is changed; an import comes to all else."""
        return self.is_read_anew(mutant) or mutant.place in self.calls.get(test, ())

    def is_read_anew(self, mutant: Mutant) -> bool:
        """Tell whether a mutant can be seen as soon as files are read, not only when tests run."""
        return not mutant.called or mutant.place in self.calls.get(READING, ())


def none_sees(known: Known, mutant: Mutant, tests: Tests) -> bool:
    """Tell whether all tests pass that can see a mutant: the quickest first, and none that hangs.

    Each has ten times what it takes, and a second.
    """
    for name in sorted(tests, key=lambda name: known.seconds.get(name, 0)):
        if name in known.seconds and known.can_see(name, mutant):
            limit(1 + 10 * known.seconds[name])
            if not tests[name]():
                return False
    return True


def judged_anew(known: Known, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Judge]]:
    """Give what judges mutants that stand there before a file with tests is read."""

    def none_sees_anew(mutant: Mutant) -> bool:
        plant(f"{PACKAGE}.{mutant.module}", mutant.program())
        count_own_time()
        limit(10)
        judge = partial(none_sees, known, mutant)
        own = own_files(mutant.module)
        return (not own or with_tests(own, judge)) and judge(cases()) and with_tests(TESTS, judge)

    return ((each, partial(none_sees_anew, each)) for each in mutants)


def judged_in_place(
    known: Known, mutants: Iterable[Mutant], tests: Tests
) -> Iterator[tuple[Mutant, Judge]]:
    """Give what judges mutants of which no test knows before it runs: all that is read remains."""

    def none_sees_in_place(mutant: Mutant, exchange: Callable[[], None]) -> bool:
        exchange()
        count_own_time()
        return none_sees(known, mutant, tests)

    for each in mutants:
        exchange = in_place(f"{PACKAGE}.{each.module}", each)
        yield each, partial(none_sees_in_place, each, exchange)


def own_files(module: str) -> list[str]:
    """List the files with the tests of a module, which see most of its mutants."""
    files = ROOT.glob("tests/rules/test_*.py")
    return [str(each) for each in files if module.startswith(each.stem.removeprefix("test_"))]


@dataclass
class Collecting:
    """Has tests read by pytest, and run by something else: act tells whether they pass."""

    act: Callable[[Tests], bool]
    passed: bool = False

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Leave out what a broker would be needed for."""
        items[:] = [each for each in items if not any("broker" in f for f in each.fixturenames)]
        make_up_less(items)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Hand over all that was read."""
        self.passed = self.act(
            {each.nodeid: partial(passes, session, each) for each in session.items}
        )
        return True


def passes(session: pytest.Session, item: pytest.Item) -> bool:
    """Run one test."""
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
    return session.testsfailed == 0


def with_tests(paths: Iterable[str], act: Callable[[Tests], bool]) -> bool:
    """Read the tests of these folders and files, and act on them; tell whether all was well."""
    collecting = Collecting(act)
    done = pytest.main([*OPTIONS, *(str(ROOT / path) for path in paths)], [collecting])
    if done == pytest.ExitCode.INTERRUPTED:
        raise KeyboardInterrupt
    return collecting.passed and done == pytest.ExitCode.OK


def make_up_less(items: Sequence[pytest.Function]) -> None:
    """Have each file that makes up pairs of bindings and messages, PAIRS of them, make up fewer.

    What no test sees comes to all of them, and that a thousand times.
    """
    for module in {item.module for item in items}:
        pairs = getattr(module, "PAIRS", {})
        pairs |= {kind: number // FEWER for kind, number in pairs.items()}


def cases() -> Tests:
    """Read every recorded case, each to be held against the model, on each version."""
    from routing.amqp.versions import TRIED
    from routing.check.check import check
    from routing.files.cases import Case
    from routing.files.lines import only_cases, read_file

    def agrees(case: Case) -> bool:
        return all(check([case], version)[0].agrees for version in TRIED)

    files = sorted(VECTORS.glob("*.jsonl"))
    read = (case for file in files for case in only_cases(read_file(str(file))))
    return {f"case {number}": partial(agrees, case) for number, case in enumerate(read)}


CALLED: Final[set[str]] = set()
"""Where the rules note which of their functions are called."""


@contextmanager
def noted(known: Known, name: str) -> Iterator[None]:
    """Note each function of the rules that is called meanwhile, and how long it takes."""
    CALLED.clear()
    began = time.process_time()
    yield
    known.seconds[name] = time.process_time() - began
    known.calls[name] = sorted(CALLED)


def count_own_time() -> None:
    """Let no test count the time of what else runs on the machine."""
    time.perf_counter = time.monotonic = time.thread_time = time.process_time


def measured() -> Known | None:
    """Run all that is fast on what was not changed; None where that does not pass."""
    with TemporaryDirectory() as folder:
        file = Path(folder) / "known.json"
        child = in_child(partial(measure, file))
        try:
            passed = os.waitpid(child, 0)[1] == 0
        except KeyboardInterrupt:
            end(child)
            raise
        return Known(**json.loads(file.read_text())) if passed else None


def measure(file: Path) -> bool:
    """Write what is seen of each test into a file; tell whether all of them pass."""
    for module in sorted(RULES.glob("[a-z]*.py")):
        plant(f"{PACKAGE}.{module.stem}", noting(module.stem, module.read_text(encoding="utf-8")))
    count_own_time()
    known = Known()

    def run(tests: Tests) -> bool:
        everything = {**cases(), **tests}
        called = sorted(CALLED)
        for name, test_passes in everything.items():
            with noted(known, name):
                if not test_passes():
                    return False
        known.calls[READING] = called
        return True

    passed = with_tests(TESTS, run)
    file.write_text(json.dumps(vars(known)))
    return passed


def warm_up() -> None:
    """Import what every process needs, but nothing that knows a rule; leave nothing to chance."""
    for name in ("difflib", "pika", "rich.table"):
        import_module(name)
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=phases
    )
    hypothesis.settings.load_profile("mutants")
