"""Why a pattern takes the words of a key, or does not.

At each `#` a pattern falls into parts.  The first part has its place at the beginning of the key
and the last one at its end; those between stand as early as they can: if they fit, they fit so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final

from routing.amqp.topology import AnyBinding, Message
from routing.rules.apart import differ_in_case
from routing.rules.matching import split_words
from routing.rules.reasons import (
    Fits,
    Nowhere,
    NoWordLeft,
    Reason,
    TooFewWords,
    TooManyWords,
    WrongWord,
)

Words = Sequence[str]


KEPT: Final = 10_000
"""Reasons that are kept: of thousands of messages many have the same key."""


def explain_topic(binding: AnyBinding, message: Message) -> Reason:
    """Tell which words each wildcard takes, or what stands in the pattern's way."""
    return reason_of(binding.binding_key, message.routing_key)


@lru_cache(KEPT)
def reason_of(binding_key: str, routing_key: str) -> Reason:
    """Tell it of two keys."""
    pattern, words = split_words(binding_key), split_words(routing_key)
    obstacle = next(obstacles(pattern, words), None)
    if obstacle:
        return replace(obstacle, nearness=nearness(pattern, words))
    return Fits(list(taken(segments(pattern), words)))


def nearness(pattern: Words, words: Words) -> float:
    """Measure how many words of a pattern that does not fit stand in the key, in their order."""
    needed = [word for word in pattern if word != "#"]
    met = [0] * (len(words) + 1)
    for wanted in needed:
        longer = met[:]
        for at, word in enumerate(words, 1):
            longer[at] = max(longer[at - 1], met[at], met[at - 1] + (wanted in ("*", word)))
        met = longer
    return met[-1] / (len(needed) + 1)


def segments(pattern: Words) -> list[Words]:
    """Split a pattern at each `#`: the first part begins the key, the last one ends it."""
    parts: list[list[str]] = [[]]
    for word in pattern:
        if word == "#":
            parts.append([])
        else:
            parts[-1].append(word)
    return [*parts]


def obstacles(pattern: Words, words: Words) -> Iterator[Reason]:
    """List what keeps a pattern from fitting, that first which is told; nothing where it fits."""
    first, *others = segments(pattern)
    needed = [word for word in pattern if word != "#"]
    yield from wrong_words(first, words)
    if len(words) < len(needed) and (len(words) < len(first) or not words):
        yield NoWordLeft(needed[len(words)])
    if others:
        yield from wrong_words(others[-1][::-1], words[::-1], from_end=True)
    if len(words) < len(needed):
        yield TooFewWords(len(words), len(needed))
    elif others:
        yield from nowhere([first, *others], words)
    elif len(words) > len(needed):
        yield TooManyWords(words[len(needed) :])


def wrong_words(wanted: Words, words: Words, *, from_end: bool = False) -> Iterator[Reason]:
    """List the words of a key that differ from those of a pattern, which have a fixed place."""
    for place, (word, sent) in enumerate(zip(wanted, words, strict=False), 1):
        if word not in ("*", sent):
            yield WrongWord(place, from_end, sent, word)


def nowhere(parts: Sequence[Words], words: Words) -> Iterator[Reason]:
    """Tell which part between two `#` finds no place, where each stands as early as it can."""
    starts = placed(parts, words)
    if len(starts) == len(parts):
        return
    part, ends = parts[len(starts)], len(words) - len(parts[-1])
    begins = starts[-1] + len(parts[len(starts) - 1])
    if next(places(part, words, 0, len(words)), None) is None:
        begins, ends = 0, len(words)
    in_case = next(places(part, words, begins, ends, in_case=True), None) is not None
    yield Nowhere(part, begins, ends + 1, len(words), in_case)


def placed(parts: Sequence[Words], words: Words) -> list[int]:
    """Give the place where each part of a pattern begins, as early as it can; as far as they fit.

    The first part and the last one must fit where they stand.
    """
    *early, last = parts
    ends = len(words) - len(last)
    starts: list[int] = []
    begins = 0
    for part in early:
        at = next(places(part, words, begins, ends), None)
        if at is None:
            return starts
        starts.append(at)
        begins = at + len(part)
    return [*starts, ends]


def places(
    part: Words, words: Words, begins: int, ends: int, *, in_case: bool = False
) -> Iterator[int]:
    """Give each place within a part of a key where a part of a pattern can begin.

    in_case: whether it would do to differ in capitals.
    """
    for at in range(begins, ends - len(part) + 1):
        pairs = zip(part, words[at:], strict=False)
        if all(w in ("*", sent) or (in_case and differ_in_case(sent, w)) for w, sent in pairs):
            yield at


def taken(parts: Sequence[Words], words: Words) -> Iterator[tuple[str, Words]]:
    """Give each wildcard of a pattern that fits with the words that it takes."""
    ends = 0
    for number, (part, at) in enumerate(zip(parts, placed(parts, words), strict=True)):
        if number:
            yield "#", words[ends:at]
        ends = at + len(part)
        for word, sent in zip(part, words[at:ends], strict=True):
            if word == "*":
                yield word, [sent]
