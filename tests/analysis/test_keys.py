"""Is no key forgotten, and none made up?"""

import pytest

from routing.amqp.topology import MOST_BYTES, Binding, Message
from routing.amqp.versions import NEWEST
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.keys import Keys, pattern_of
from routing.rules.matching import RULES


def classes(*patterns: str, only: int = 0, kind: str = "topic") -> dict[int, str]:
    """Give the classes of some patterns, each with its key."""
    keys = Keys({1 << n: pattern_of(kind, each) for n, each in enumerate(patterns)})
    return {taking: keys.key_of(words) for taking, words in keys.classes(Bound(), only)}


def test_is_each_key_of_its_class() -> None:
    """By the rule."""
    patterns = ["order.*.paid", "order.#", "#.eu", "*.*", "", "#"]
    found = classes(*patterns)
    assert len(found) > 8
    for taking, key in found.items():
        for number, pattern in enumerate(patterns):
            takes = RULES["topic"](Binding("x", "q", pattern), Message("x", key), NEWEST)
            assert takes is bool(taking >> number & 1), (key, pattern)


def test_are_keys_short_and_do_they_read_well() -> None:
    """The fewest words, and empty ones only where nothing else will do."""
    assert classes("order.*.paid", only=1) == {1: "order.eu.paid"}
    assert classes("order.#", only=1) == {1: "order"}
    assert classes("a..b", only=1) == {1: "a..b"}
    assert classes("*", only=1) == {1: "eu"}


def test_is_a_word_of_a_pattern_none_of_the_others() -> None:
    """Where bindings ask for the usual words, others are taken."""
    found = classes("eu", "paid", "a.*", "b")
    assert found[0b0100] not in ("a.eu", "a.paid")
    assert "eu" in found.values()


@pytest.mark.parametrize("word", ["a" * 126, "ü" * 63])
def test_is_a_key_too_long_for_amqp_none(word: str) -> None:
    """Two patterns that only keys of more than 255 bytes would fit have none in common."""
    assert 0b11 in classes(f"{word}.#", f"#.{word}")  # once: one word for both
    assert 0b11 in classes(f"{word}.*", f"*.{'b' * 126}")
    assert 0b11 not in classes(f"{word}.*.#", f"#.{'b' * 126}.*.*.*")


def test_is_the_longest_key_found() -> None:
    """Words of no letter at all leave room for it, where those of one do not."""
    pattern = ".".join(["*"] * 130)
    [key] = classes(pattern, only=1).values()
    assert len(key.encode()) <= MOST_BYTES
    assert RULES["topic"](Binding("x", "q", pattern), Message("x", key), NEWEST)


def test_is_the_empty_key_no_empty_word() -> None:
    """A star takes a word, if an empty one between two dots; the empty key has none."""
    found = classes("*", "#.")
    assert all(key for taking, key in found.items() if taking & 1)
    assert classes("", "*")[0b01] == ""


def test_are_wildcards_letters_for_direct() -> None:
    """A direct exchange takes them as they are."""
    assert classes("a.*", kind="direct") == {1: "a.*", 0: ""}


def test_is_a_search_given_up_that_would_not_end() -> None:
    """With the number of cases that were looked at."""
    hostile = ["#." + ".".join(["a", *["*"] * n]) for n in range(30)]
    keys = Keys({1 << n: pattern_of("topic", each) for n, each in enumerate(hostile)})
    with pytest.raises(NotDecided, match="more than 1,000 cases"):
        list(keys.classes(Bound(1000)))
