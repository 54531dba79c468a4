"""Names that differ by little."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from routing.amqp.notation import write_key, write_text
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject

SIGNS: Final = ".-_:/"

LEAST: Final = 5
"""In shorter names one letter is often all that is meant to differ."""


def of_names(subject: Subject) -> Iterator[Finding]:
    """List names of queues, or of exchanges, that may be one name."""
    kinds = {"queue": subject.queues, "exchange": [each.name for each in subject.exchanges]}
    for noun, names in kinds.items():
        for one, other in alike([*dict.fromkeys(names)]):
            said = f"{noun} {write_text(other)} differs from it by little"
            yield Finding("names-alike", f"{noun} {write_key(one)}", said)


def alike(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair names that differ by capitals, spaces or signs, or by one letter."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name in names:
        for key in {plain(name), *shortened(plain(name))}:
            found[key].append(name)
    told: set[tuple[str, str]] = set()
    for group in found.values():
        for pair in combinations(group, 2):
            if pair not in told and is_slip(*pair):
                told.add(pair)
                yield pair


def plain(name: str) -> str:
    """Write a name in small letters, without spaces and the signs that part words."""
    return "".join(each for each in name.lower() if each not in SIGNS and not each.isspace())


def shortened(name: str) -> Iterator[str]:
    """List what is left of a name without one of its letters."""
    if len(name) >= LEAST:
        yield from (name[:place] + name[place + 1 :] for place in range(len(name)))


def is_slip(one: str, other: str) -> bool:
    """Tell whether two names differ by no more than a slip: a number is none, nor is a plural."""
    one, other = plain(one), plain(other)
    if one == other:
        return True
    longer, shorter = sorted((one, other), key=len, reverse=True)
    places = [n for n in range(len(shorter)) if longer[n] != shorter[n]]
    place = places[0] if places else len(shorter)
    changed = (
        {longer[place], *shorter[place : place + 1]} if len(one) == len(other) else {longer[place]}
    )
    rest = longer[place + 1 :] == shorter[place + (len(one) == len(other)) :]
    at_end = place == len(longer) - 1
    return rest and not at_end and all(each.isalpha() for each in changed)
