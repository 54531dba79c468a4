"""How good are the tests of the rules?  Changes planted in routing/rules/, one at a time.

    make mutants
    make mutants ONLY='matching index'

A change that no test sees is told as an entry for mutants/same.toml.  Either a test is missing,
or it is the same program: then the entry belongs into that file, with the reason as because.
"""

import os
import resource
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import perf_counter
from typing import Final

from mutants.changes import Mutant, mutants_of
from mutants.fast_tests import (
    RULES,
    TESTS,
    Known,
    cases,
    judged_anew,
    judged_in_place,
    measured,
    warm_up,
    with_tests,
)
from mutants.fates import Fate, Judge, fates
from mutants.same import Listed, read_listed, rotten, unexplained, write_entry

SAME: Final = Path(__file__).with_name("same.toml")

Fates = Sequence[tuple[Mutant, Fate]]


def main(only: Sequence[str]) -> int:
    """Plant, judge and tell; the status is 0 where the list is just what survives."""
    began = perf_counter()
    there = sorted(file.stem for file in RULES.glob("[a-z]*.py"))
    for name in {*only} - {*there}:
        return wrong(f"There is no module {name} in routing/rules: name {', '.join(there)}.")
    chosen = [name for name in there if not only or name in only]
    mutants = [each for name in chosen for each in planned(name)]
    listed = [each for each in read_listed(SAME.read_text()) if not only or each.module in chosen]
    warm_up()
    known = measured()
    if known is None:
        return wrong("The tests do not pass as it is: make test tells what to mend first.")
    told = judged(known, mutants)
    complaints = [*tell(told, listed)]
    print("\n\n".join(complaints), end="\n\n" if complaints else "")
    print(f"{summary(told, listed)}; {spent(perf_counter() - began)}.")
    return 1 if complaints else 0


def judged(known: Known, mutants: Sequence[Mutant]) -> list[tuple[Mutant, Fate]]:
    """Judge all, first those that can be seen as soon as files are read."""
    told: list[tuple[Mutant, Fate]] = []

    def judge(judges: Iterable[tuple[Mutant, Judge]]) -> bool:
        for mutant, fate in fates(judges, os.cpu_count() or 1):
            told.append((mutant, fate))
            show_progress(told, len(mutants))
        return True

    anew = [each for each in mutants if known.is_read_anew(each)]
    rest = [each for each in mutants if not known.is_read_anew(each)]
    judge(judged_anew(known, anew))
    if not with_tests(
        TESTS, lambda tests: judge(judged_in_place(known, rest, {**cases(), **tests}))
    ):
        raise RuntimeError("not all were judged")
    return told


def wrong(sentence: str) -> int:
    """Say what was wrong with the use."""
    print(sentence, file=sys.stderr)
    return 2


def planned(name: str) -> list[Mutant]:
    """Make the mutants of a module."""
    return mutants_of(name, (RULES / f"{name}.py").read_text(encoding="utf-8"))


def show_progress(told: Fates, total: int) -> None:
    """Show how far it is, on a terminal in one line, elsewhere every now and then."""
    done = len(told)
    if sys.stderr.isatty() or done % 100 == 0 or done == total:
        text = f"{done} of {total} changes, {len(surviving(told))} unseen"
        end = "\r" if sys.stderr.isatty() and done < total else "\n"
        print(text, end=end, file=sys.stderr, flush=True)


def tell(told: Fates, listed: Sequence[Listed]) -> Iterator[str]:
    """Give what is not as the list says: survivors in the order of their lines, and what is old."""
    survivors = sorted(surviving(told), key=lambda mutant: (mutant.module, mutant.line))
    for mutant in unexplained(survivors, listed):
        where = f"# routing/rules/{mutant.module}.py:{mutant.line}, and no test sees it"
        yield f"{where}\n{write_entry(Listed(mutant.key))}"
    yield from rotten([mutant for mutant, _ in told], survivors, listed)


def surviving(told: Fates) -> list[Mutant]:
    """Pick those that no test saw."""
    return [mutant for mutant, fate in told if fate == "survived"]


def summary(told: Fates, listed: Sequence[Listed]) -> str:
    """Count."""
    count = Counter(fate for _, fate in told)
    left = len(unexplained(surviving(told), listed))
    killed = count["killed"] + count["killed by the limit"]
    return (
        f"{len(told)} mutants: {killed} killed ({count['killed by the limit']} by the limit), "
        f"{count['survived'] - left} listed, {left} unexplained"
    )


def spent(seconds: float) -> str:
    """Say what it took."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    processor = sum(each.ru_utime for each in used)
    return f"{seconds:.0f} s, {processor:.0f} s of a processor"


if __name__ == "__main__":
    try:
        raise SystemExit(main(" ".join(sys.argv[1:]).split()))
    except KeyboardInterrupt:
        raise SystemExit(128 + signal.SIGINT) from None
