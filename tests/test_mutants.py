"""Does the tool that plants changes in the rules see which of them no test sees?"""

import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest

from mutants.__main__ import main, tell
from mutants.changes import Mutant, mutants_of
from mutants.fast_tests import READING, RULES, Known, cases, judged_anew, judged_in_place
from mutants.fates import Fate, fates, function_of, in_place, limit, plant
from mutants.same import Listed, read_listed, write_entry

TOY = '''"""What is changed here."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

Name = str
LEAST = 3


def most(numbers: "list[int]", bound: int = 9) -> str:
    """Tell of the largest number."""
    found = max(numbers)
    if found < bound and not numbers[1:]:
        return f"{found} is small"
    while found > bound:
        found = found - LEAST
    return "large"
'''


def test_what_is_changed() -> None:
    """Values, bounds, operators, texts, branches and returns; no docstring, type or import."""
    made = {(each.place, each.before, each.after) for each in mutants_of("toy", TOY)}
    condition = "if found < bound and (not numbers[1:]):"
    assert made == {
        ("toy", "LEAST = 3", "LEAST = 4"),
        (
            "toy",
            "def most(numbers: 'list[int]', bound: int=9) -> str:",
            "def most(numbers: 'list[int]', bound: int=10) -> str:",
        ),
        ("toy.most", "found = max(numbers)", "found = min(numbers)"),
        *(
            ("toy.most", condition, f"if {other}:")
            for other in (
                "True",
                "False",
                "found < bound or not numbers[1:]",
                "found < bound",
                "not numbers[1:]",
                "found <= bound and (not numbers[1:])",
                "found < bound and numbers[1:]",
                "found < bound and (not numbers[:])",
                "found < bound and (not numbers[2:])",
            )
        ),
        ("toy.most", "return f'{found} is small'", "return None"),
        ("toy.most", "return f'{found} is small'", "return f'{found}'"),
        ("toy.most", "while found > bound:", "while False:"),
        ("toy.most", "while found > bound:", "while found >= bound:"),
        ("toy.most", "found = found - LEAST", "found = found + LEAST"),
        ("toy.most", "return 'large'", "return ''"),
    }


def test_is_a_line_that_stands_twice_told_apart() -> None:
    """By which of the two is changed."""
    text = "def f(x):\n    while x:\n        x.go(1)\n        x.go(1)\n"
    told = [each.after for each in mutants_of("toy", text) if each.before == "x.go(1)"]
    assert told == ["pass", "x.go(2)", "pass  # the 2. such line", "x.go(2)  # the 2. such line"]


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Mutant]:
    """Give the mutants of a module that can be imported."""
    (tmp_path / "toy.py").write_text(TOY)
    monkeypatch.syspath_prepend(tmp_path)
    return mutants_of("toy", TOY)


def mostly_seen() -> bool:
    """Be a test that asks for something, and hangs where that hangs."""
    limit(0.1)
    most = import_module("toy").most
    asked = ([1], [8, 1], [9], [10, 1])
    return [most(numbers) for numbers in asked] == ["1 is small", "large", "large", "large"]


def by_fate(mutants: Sequence[Mutant], test: Callable[[], bool]) -> dict[Fate, set[str]]:
    """Bring together what mutants are that have one fate."""

    def judge(mutant: Mutant) -> bool:
        plant("toy", mutant.program())
        return test()

    found: dict[Fate, set[str]] = {}
    for mutant, fate in fates([(each, partial(judge, each)) for each in mutants], jobs=2):
        found.setdefault(fate, set()).add(mutant.after)
    return found


def test_is_what_no_test_sees_found(toy: list[Mutant]) -> None:
    """A useless test leaves everything, a better one less, and what hangs comes to an end."""
    assert by_fate(toy[:4], lambda: True) == {"survived": {each.after for each in toy[:4]}}
    found = by_fate(toy, mostly_seen)
    assert found["killed by the limit"] == {"found = found + LEAST"}
    assert found["survived"] == {
        "LEAST = 4",
        "found = min(numbers)",
        "while False:",
        "while found >= bound:",
    }
    assert len(found["killed"]) == len(toy) - 5
    assert "toy" not in sys.modules


def test_must_every_survivor_be_explained(toy: list[Mutant]) -> None:
    """One that is listed with a reason is; one that is not, or without a reason, is told."""
    told: list[tuple[Mutant, Fate]] = [(each, "survived") for each in toy[:2]]
    listed = read_listed("\n\n".join(write_entry(Listed(each.key, "so")) for each in toy[:2]))
    assert [*tell(told, listed)] == []
    [said] = tell(told, listed[1:])
    assert said.splitlines()[0] == "# routing/rules/toy.py:9, and no test sees it"
    assert read_listed(said) == [Listed(toy[0].key)]
    assert len([*tell(told, [*listed[1:], *read_listed(said)])]) == 1


def test_is_an_old_entry_told(toy: list[Mutant]) -> None:
    """What a test sees by now, and what can be changed so no longer."""
    entries = [Listed(toy[0].key, "so"), Listed(("toy.most", "gone", "away"), "so")]
    seen, gone = tell([(toy[0], "killed")], entries)
    assert seen.startswith("# listed, but a test sees it by now: take it out\n[[same]]\n")
    assert gone.startswith("# listed, but no such change can be made: take it out\n[[same]]\n")


HOLDER = """
from functools import cache, cached_property

@cache
def kept():
    return 1

class Holder:
    @property
    def asked(self):
        return [one for one in (1,)]

    @cached_property
    def once(self):
        return 1

    @staticmethod
    def alone():
        return 1

    def outer(self):
        def inner():
            return 1
        return inner()
"""


def test_is_a_function_changed_for_all_who_know_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever holds it, without another import, and that one alone."""
    (tmp_path / "holder.py").write_text(HOLDER)
    monkeypatch.syspath_prepend(tmp_path)
    holder = import_module("holder")

    def answers() -> list[int]:
        it = holder.Holder()
        holder.kept.cache_clear()
        return [holder.kept(), *it.asked, it.once, it.alone(), it.outer()]

    assert answers() == [1] * 5
    mutants = [each for each in mutants_of("holder", HOLDER) if "2" in each.after]
    assert len(mutants) == 5
    for place, mutant in enumerate(mutants):
        function = function_of(holder, mutant.place.split(".")[1:])
        before = function.__code__
        in_place("holder", mutant)()
        assert answers() == [2 if each == place else 1 for each in range(5)]
        function.__code__ = before
    for gone in (["Holder", "gone"], ["gone"]):
        with pytest.raises(LookupError):
            function_of(holder, gone)


def test_do_the_recorded_cases_see_a_change_of_a_rule() -> None:
    """The fast tests themselves, on one change that they see and one that they do not come to."""
    place, text = "matching.direct", (RULES / "matching.py").read_text()
    mutants = [each for each in mutants_of("matching", text) if each.place == place][:1]
    tests = cases()
    for called, fate in ((place, "killed"), ("matching.fanout", "survived")):
        known = Known(dict.fromkeys(tests, 0.1), {name: [called] for name in tests})
        found = fates(judged_in_place(known, mutants, tests), jobs=1)
        assert [became for _, became in found] == [fate]


def test_is_a_change_seen_that_tests_are_made_with() -> None:
    """It stands there before they are read, where something of it is called, or is no function."""
    place, text = "matching.direct", (RULES / "matching.py").read_text()
    mutants = [each for each in mutants_of("matching", text) if each.place == place][:1]
    known = Known({"case 0": 0.1}, {READING: [place]})
    assert all(map(known.is_read_anew, mutants))
    known.seconds.update(dict.fromkeys(cases(), 0.1))
    assert [fate for _, fate in fates(judged_anew(known, mutants), jobs=1)] == ["killed"]
    assert not any(map(Known().is_read_anew, mutants))
    constant = next(each for each in mutants_of("toy", TOY) if each.before == "LEAST = 3")
    assert Known().is_read_anew(constant)


def test_is_a_module_that_is_not_there_told(capsys: pytest.CaptureFixture[str]) -> None:
    """With status 2, and which there are."""
    assert main(["mtaching"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("There is no module mtaching in routing/rules: name apart, compare, ")
