"""Names that differ by little."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

from routing.amqp.notation import write_key, write_text
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject

LEAST: Final = 5
"""In shorter words one letter is often all that is meant to differ."""

SCHEME: Final = 5
"""More names that have all but one letter in common are meant so."""

Words = tuple[str, ...]


def of_names(subject: Subject) -> Iterator[Finding]:
    """List names of queues, or of exchanges, that may be one name."""
    kinds = {"queue": subject.queues, "exchange": [each.name for each in subject.exchanges]}
    for noun, names in kinds.items():
        for one, other in alike([*dict.fromkeys(names)]):
            said = f"{noun} {write_text(other)} differs from it by little"
            yield Finding("names-alike", f"{noun} {write_key(one)}", said)


def alike(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair names that differ by capitals, spaces or signs, or by one letter of a long word."""
    found: defaultdict[Words, list[str]] = defaultdict(list)
    for name in names:
        words = words_of(name)
        for key in {("".join(words),), *shortened(words)}:
            found[key].append(name)
    told: set[tuple[str, str]] = set()
    for group in found.values():
        if len(group) > SCHEME:
            continue
        for pair in combinations(group, 2):
            if pair not in told and is_slip(*map(words_of, pair)):
                told.add(pair)
                yield pair


def words_of(name: str) -> Words:
    """Part a name into words in small letters, without the spaces and signs between."""
    return tuple(re.split(r"[\W_]+", name.lower()))


def shortened(words: Words) -> Iterator[Words]:
    """List words with one of the long ones as it is, and without one of its letters."""
    for number, word in enumerate(words):
        if len(word) >= LEAST:
            less = (word[:place] + word[place + 1 :] for place in range(len(word)))
            yield from ((*words[:number], each, *words[number + 1 :]) for each in (word, *less))


def is_slip(one: Words, other: Words) -> bool:
    """Tell whether the words of two names are the same, or one of them differs by a slip."""
    if "".join(one) == "".join(other):
        return True
    pairs = [pair for pair in zip(one, other, strict=False) if pair[0] != pair[1]]
    return len(one) == len(other) and len(pairs) == 1 and is_misspelt(*pairs[0])


def is_misspelt(one: str, other: str) -> bool:
    """Tell whether two words differ by a letter, but for the last, which makes a plural."""
    longer, shorter = sorted((one, other), key=len, reverse=True)
    both = enumerate(zip(longer, shorter, strict=False))
    place = next((number for number, pair in both if pair[0] != pair[1]), len(shorter))
    more = len(longer) - len(shorter)
    turned = longer[place : place + 2][::-1] == shorter[place : place + 2]
    rest = 2 if turned and not more else 1
    changed = longer[place : place + rest] + shorter[place : place + rest - more]
    same = longer[place + rest :] == shorter[place + rest - more :]
    return same and place < len(longer) - 1 and changed.isalpha()
