"""Is it told in words what a binding asks for?"""

import pytest

from routing.amqp.values import Value
from routing.match.meaning import meaning
from routing.match.verdict import bound


@pytest.mark.parametrize(
    ("pattern", "means"),
    [
        ("order.#", "order, then any number of words, also none"),
        ("order.*.paid", "order, then one word, whichever, then paid"),
        ("*.*", "2 words, whichever"),
        ("#.*", "one word or more"),
        ("*.#.*.eu", "2 words or more, then eu"),
        ("#.#", "any number of words, also none"),
        ("", "the empty key alone"),
        ("order", "order alone"),
        ("a.", "a, then (an empty word)"),
        ("o*r", "o*r alone (in o*r it is a plain letter: wildcards stand alone)"),
    ],
)
def test_what_does_a_pattern_mean(pattern: str, means: str) -> None:
    """Word for word, and wildcards beside one another as one number of words."""
    assert meaning("topic", bound(pattern)) == means


@pytest.mark.parametrize(
    ("arguments", "means"),
    [
        ({"a": 1}, "header a with the value 1"),
        ({"a": "1", "b": None}, 'header a with the value "1", and header b with any value'),
        ({"x-match": "any", "a": 1, "b": 2}, "header a with the value 1, or header b with the"),
        ({}, "every message, as nothing is asked for"),
        ({"x-match": "any", "x-a": 1}, "no message, as there is nothing that could be met (x-a is"),
        ({"x-a": 1, "x-b": 2}, "every message, as nothing is asked for (x-a, x-b are skipped)"),
    ],
)
def test_what_do_criteria_mean(arguments: dict[str, Value], means: str) -> None:
    """All of them or any one, and which names are skipped."""
    assert meaning("headers", bound("", arguments)).startswith(means)
