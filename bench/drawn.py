"""Bindings and keys drawn at random, the same ones in every run."""

import random
from typing import Final, NamedTuple

from routing.amqp.topology import Binding, Message
from routing.rules.matching import split_words

CHOICE: Final = random.Random(1)  # noqa: S311 - the same bindings in every run

VOCABULARY: Final = {1_000: 4, 10_000: 10, 100_000: 30}
"""How many words there are, so that with so many bindings about five take a key."""

QUEUES: Final = 5_000
KEYS: Final = 500


class Case(NamedTuple):
    """Bindings of one exchange, and messages to look up."""

    bindings: list[Binding]
    messages: list[Message]


def random_key(words: int) -> str:
    """Write a key of 3 to 5 words of a vocabulary."""
    return ".".join(f"word{CHOICE.randrange(words)}" for _ in range(CHOICE.randint(3, 5)))


def with_word(key: str, word: str) -> str:
    """Put a word for one of those of a key."""
    parts = split_words(key)
    parts[CHOICE.randrange(len(parts))] = word
    return ".".join(parts)


def topic_case(count: int) -> Case:
    """Make so many bindings, a fifth of them with wildcards, and messages of the same words."""
    words = VOCABULARY[count]
    patterns = [
        with_wildcard(random_key(words)) if number % 5 == 0 else random_key(words)
        for number in range(count)
    ]
    bindings = [Binding("x", f"q{number % QUEUES}", key) for number, key in enumerate(patterns)]
    return Case(bindings, [Message("x", random_key(words)) for _ in range(KEYS)])


def with_wildcard(key: str) -> str:
    """Put a `*` or a `#` for one of the words."""
    return with_word(key, CHOICE.choice("*#"))
