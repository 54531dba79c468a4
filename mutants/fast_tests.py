"""The tests of the rules that need no broker, and which of them can see a change at all."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import hypothesis
import pytest

from mutants.changes import Mutant, noting
from mutants.fates import end, in_child, limit, plant

ROOT: Final = Path(__file__).parents[1]
RULES: Final = ROOT / "routing/rules"
PACKAGE: Final = "routing.rules"
VECTORS: Final = ROOT / "tests/vectors"
TESTS: Final = ("tests/rules", "tests/amqp")
FEWER: Final = 8
OPTIONS: Final = ("--exitfirst", "--noconftest", "-p", "no:cacheprovider", f"--rootdir={ROOT}")


@dataclass(frozen=True)
class Known:
    """What was seen of each test on what was not changed; the recorded cases are one of them.

    seconds: how long it takes.
    calls: which functions of the rules it calls, as predict.route.
    """

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    calls: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def can_see(self, test: str, mutant: Mutant) -> bool:
        """Tell whether a test comes to where a mutant is changed; an import comes to all else."""
        return not mutant.called or mutant.place in self.calls.get(test, ())


class Measuring:
    """A run of all tests on what was not changed."""

    def __init__(self, known: Known) -> None:
        """Take what is to be filled."""
        self.known = known

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self, collector: pytest.Collector) -> Iterator[None]:
        """Note what is called while a file is read: all of its tests may go by that."""
        with noted(self.known.calls[collector.nodeid]):
            return (yield)

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Leave out what a broker would be needed for."""
        items[:] = [each for each in items if not any("broker" in f for f in each.fixturenames)]
        make_up_less(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Note what each test calls, and how long it takes."""
        calls = self.known.calls[item.nodeid]
        calls += self.known.calls[item.nodeid.partition("::")[0]]
        began = time.process_time()
        with noted(calls):
            done = yield
        self.known.seconds[item.nodeid] = time.process_time() - began
        return done


class Judging:
    """A run of those tests that can see a mutant: the quickest first, and none that hangs."""

    def __init__(self, known: Known, mutant: Mutant) -> None:
        """Take what is known, and what is planted."""
        self.known, self.mutant = known, mutant

    def pytest_collection_modifyitems(self, items: list[pytest.Function]) -> None:
        """Choose and sort."""
        make_up_less(items)
        seconds = self.known.seconds
        chosen = [each for each in items if each.nodeid in seconds]
        items[:] = [each for each in chosen if self.known.can_see(each.nodeid, self.mutant)]
        items.sort(key=lambda item: seconds[item.nodeid])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Give each test ten times what it takes, and a second."""
        limit(1 + 10 * self.known.seconds[item.nodeid])
        return (yield)


def make_up_less(items: Sequence[pytest.Function]) -> None:
    """Have each file that makes up pairs of bindings and messages, PAIRS of them, make up fewer.

    What no test sees comes to all of them, and that a thousand times.
    """
    for module in {item.module for item in items}:
        pairs = getattr(module, "PAIRS", {})
        pairs |= {kind: number // FEWER for kind, number in pairs.items()}


CALLED: Final[set[str]] = set()
"""Where the rules note which of their functions are called."""


@contextmanager
def noted(calls: list[str]) -> Iterator[None]:
    """Note each function of the rules that is called meanwhile."""
    CALLED.clear()
    yield
    calls += sorted(CALLED)


def cases_agree() -> bool:
    """Hold every recorded case against the model, on each version."""
    from routing.amqp.versions import TRIED
    from routing.check.check import check
    from routing.files.lines import only_cases, read_file

    files = sorted(VECTORS.glob("*.jsonl"))
    cases = (case for file in files for case in only_cases(read_file(str(file))))
    return all(check([case], version)[0].agrees for case in cases for version in TRIED)


CASES: Final = cases_agree.__name__


def tests_pass(watch: object, paths: list[str]) -> bool:
    """Run the tests of these folders and files."""
    done = pytest.main([*OPTIONS, *(str(ROOT / path) for path in paths)], [watch])
    return done in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED)


def seen_by_none(known: Known, mutant: Mutant) -> bool:
    """Tell whether all that can see a mutant passes: cases, its module's own tests, the others."""
    count_own_time()
    limit(10 + 10 * known.seconds[CASES])
    if known.can_see(CASES, mutant) and not cases_agree():
        return False
    watch = Judging(known, mutant)
    return all(tests_pass(watch, [file]) for file in files_for(known, mutant))


def files_for(known: Known, mutant: Mutant) -> list[str]:
    """List the files with tests that can see a mutant: its module's own first, then the quick."""
    seconds: defaultdict[str, float] = defaultdict(float)
    for test in known.seconds.keys() - {CASES}:
        if known.can_see(test, mutant):
            seconds[test.partition("::")[0]] += known.seconds[test]

    def late(file: str) -> tuple[bool, float]:
        about = Path(file).stem.removeprefix("test_")
        return not mutant.module.startswith(about), seconds[file]

    return sorted(seconds, key=late)


def count_own_time() -> None:
    """Let no test count the time of what else runs on the machine."""
    time.perf_counter = time.monotonic = time.process_time


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
    """Write what is seen of each test into a file."""
    for module in sorted(RULES.glob("[a-z]*.py")):
        plant(f"{PACKAGE}.{module.stem}", noting(module.stem, module.read_text(encoding="utf-8")))
    count_own_time()
    known = Known()
    began = time.process_time()
    with noted(known.calls[CASES]):
        passed = cases_agree()
    known.seconds[CASES] = time.process_time() - began
    passed = passed and tests_pass(Measuring(known), [*TESTS])
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
