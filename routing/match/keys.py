"""Keys that a binding may take, or nearly take, made from its own words; the rule decides."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import count, cycle, islice
from typing import Final

from routing.amqp.topology import MOST_BYTES
from routing.rules.matching import split_words

SPARE: Final = ("eu", "paid", "late", "new", "us", "red", "info")
"""Words for wildcards to take."""

TRIES: Final = 6


def taken_keys(exchange_type: str, binding_key: str) -> list[str]:
    """Make keys that the binding may take, the shortest first."""
    if exchange_type == "direct":
        return [binding_key]
    pattern = split_words(binding_key) if exchange_type == "topic" else ["#"]
    # The last one is no longer than the pattern itself.
    shortest = ["a" if word == "*" else word for word in pattern if word != "#"]
    return fitting(map(".".join, [*(fill(pattern, n) for n in range(TRIES)), shortest]))


def near_keys(exchange_type: str, binding_key: str) -> list[list[str]]:
    """Make keys that the binding may nearly take, from one that it takes, by what is done to it.

    Words less, a word more, other capitals, another word, two words more.
    """
    pattern = split_words(binding_key)
    words = fill(pattern, 1) if exchange_type == "topic" else pattern
    new, newer = islice((each for each in spare_words(pattern) if each not in words), 2)
    places = range(len(words))
    # What the pattern names itself tells more than what one of its wildcards took.
    named = [place for place in places if words[place] in pattern]
    changed = [
        [[*words[:place], *words[place + 1 :]] for place in reversed(places)]
        + [[*words[:place]] for place in reversed(places)],
        [[*words, new], [new, *words]],
        [with_word(words, place, other_case(words[place])) for place in named],
        [with_word(words, place, new) for place in reversed(named)],
        [[*words, new, newer]],
    ]
    return [fitting(map(".".join, kind)) for kind in changed]


def fitting(keys: Iterable[str]) -> list[str]:
    """Keep each key once, and none that is too long to be sent."""
    return [key for key in dict.fromkeys(keys) if len(key.encode()) <= MOST_BYTES]


def fill(pattern: Sequence[str], number: int) -> list[str]:
    """Put words in place of wildcards: another one each time, and for `#` so many."""
    spare = islice(cycle(islice(spare_words(pattern), len(SPARE))), number, None)
    words: list[str] = []
    for word in pattern:
        wanted = {"*": 1, "#": number}.get(word)
        taken = islice(spare, wanted or 0)
        words += [word] if wanted is None else taken
    return words


def spare_words(pattern: Sequence[str]) -> Iterator[str]:
    """Give words without end that the pattern does not have, in other capitals neither."""
    own = {word.lower() for word in pattern}
    made = (f"{word}{number or ''}" for number in count() for word in SPARE)
    return (word for word in made if word not in own)


def with_word(words: Sequence[str], place: int, word: str) -> list[str]:
    """Put another word in place of one."""
    return [*words[:place], word, *words[place + 1 :]]


def other_case(word: str) -> str:
    """Write a word in other capitals, if it has any."""
    return word.lower() if word.capitalize() == word else word.capitalize()
