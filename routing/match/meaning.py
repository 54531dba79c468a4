"""What a binding asks for, in words."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from routing.amqp.notation import shorten, write_key, write_value, write_word
from routing.amqp.topology import AnyBinding
from routing.amqp.values import Value
from routing.rules.matching import (
    WILDCARDS,
    asks_for_presence,
    criteria,
    match_mode,
    skipped,
    split_words,
)

LETTERS = 40
"""The most columns of a word or a value."""


def meaning(exchange_type: str, binding: AnyBinding) -> str:
    """Say what a binding of an exchange of this type asks for."""
    match exchange_type:
        case "topic":
            return of_pattern(split_words(binding.binding_key))
        case "direct":
            return f"{write_key(binding.binding_key)}, letter for letter"
        case "headers":
            return of_criteria(binding)
    return "every message, whatever its key and headers"


def of_pattern(pattern: Sequence[str]) -> str:
    """Say it word for word; wildcards that follow one another are one number of words."""
    if not pattern:
        return "the empty key alone"
    runs = groupby(pattern, key=lambda word: word in WILDCARDS)
    parts = [part for wild, run in runs for part in (counted([*run]) if wild else plain(run))]
    alone = " alone" * (len(parts) == 1 and pattern[0] not in WILDCARDS)
    return ", then ".join(parts) + alone + letters_of(pattern)


def plain(run: Iterator[str]) -> list[str]:
    """Write words that are meant as they are."""
    return [shorten(write_word(word), LETTERS) for word in run]


def counted(run: Sequence[str]) -> list[str]:
    """Say how many words some wildcards take together."""
    stars, more = run.count("*"), "#" in run
    if not stars:
        return ["any number of words, also none"]
    number = "one word" if stars == 1 else f"{stars} words"
    return [f"{number} or more" if more else f"{number}, whichever"]


def letters_of(pattern: Sequence[str]) -> str:
    """Say of a `*` or `#` within a word that it is none of the wildcards."""
    word = next((each for each in pattern if each not in WILDCARDS and set("*#") & set(each)), None)
    if word is None:
        return ""
    return f" (in {shorten(write_word(word), LETTERS)} it is a plain letter: wildcards stand alone)"


def of_criteria(binding: AnyBinding) -> str:
    """Say whether all or any are wanted, and each of them."""
    wanted, of_any = criteria(binding), match_mode(binding).startswith("any")
    over = [shorten(write_key(name), LETTERS) for name in skipped(binding)]
    without = f" ({', '.join(over)} {'is' if len(over) == 1 else 'are'} skipped)" if over else ""
    if not wanted:
        none = "no message, as there is nothing that could be met"
        return (none if of_any else "every message, as nothing is asked for") + without
    parts = [f"header {asked_of(*each)}" for each in wanted.items()]
    return (", or " if of_any else ", and ").join(parts) + without


def asked_of(name: str, value: Value) -> str:
    """Say what is asked of one header."""
    named = shorten(write_key(name), LETTERS)
    if asks_for_presence(value):
        return f"{named} with any value"
    return f"{named} with the value {shorten(write_value(value), LETTERS)}"
