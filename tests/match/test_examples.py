"""Are the messages told of a binding what they are said to be, and do they differ?"""

from random import Random

import pytest

from routing.amqp.topology import Message
from routing.amqp.values import Typed, Value
from routing.amqp.versions import NEWEST, TRIED, Version
from routing.match.examples import Example, Examples, examples
from routing.match.verdict import bound
from routing.rules.matching import RULES

OLDEST = TRIED[-1]


def found(exchange_type: str, key: str, **arguments: Value) -> Examples:
    """Ask for the messages of a binding."""
    return examples(exchange_type, bound(key, arguments), NEWEST)


def keys(shown: list[Example]) -> list[str]:
    """List the keys of some messages."""
    return [each.message.routing_key for each in shown]


@pytest.mark.parametrize("kind", ["topic", "direct", "fanout"])
def test_is_each_key_what_it_is_said_to_be(kind: str) -> None:
    """Each key for a made-up pattern is held against the rule; no key and no reason comes twice."""
    random = Random(kind)  # noqa: S311
    for _ in range(80):
        key = ".".join(random.choices(["a", "B", "*", "#", "", "eu", "é"], k=random.randrange(6)))
        shown = examples(kind, bound(key), OLDEST)
        for listed, takes in ((shown.taken, True), (shown.left, False)):
            named = keys([*listed])
            assert len(named) == len({*named}) <= 3
            rule = RULES[kind]
            assert all(rule(bound(key), Message("x", each), OLDEST) is takes for each in named)
        assert len({each.verdict.reason.text for each in shown.left}) == len(shown.left)
        assert shown.taken
        assert shown.left or kind == "fanout" or {*key.split(".")} == {"#"}


def test_do_near_misses_differ() -> None:
    """Words less, a word more, other capitals: each has a reason of its own."""
    shown = found("topic", "order.*.paid")
    assert keys([*shown.left]) == ["order.late", "order.late.paid.eu", "Order.late.paid"]
    assert keys([*shown.taken]) == ["order.eu.paid", "order.late.paid", "order.new.paid"]
    assert len({each.verdict.reason.text for each in shown.left}) == 3


@pytest.mark.parametrize("pattern", [".".join("*" * 128), "a" * 255, ".".join(["*"] * 127 + ["#"])])
def test_is_no_key_too_long_to_be_sent(pattern: str) -> None:
    """A pattern of 255 bytes has a key that fits, and one that nearly does."""
    shown = found("topic", pattern)
    assert shown.taken
    assert shown.left
    assert all(len(key.encode()) <= 255 for key in keys([*shown.taken, *shown.left]))


@pytest.mark.parametrize("version", TRIED, ids=str)
@pytest.mark.parametrize("mode", ["all", "any"])
def test_are_headers_what_they_are_said_to_be(mode: str, version: Version) -> None:
    """Of criteria of every type: each set of headers is held against the rule of a version."""
    nested: list[Value] = [[1, "a"], {"b": [2]}]
    values: list[Value] = [
        *("eu", "12", "", 1, -1, 2.5, True, None),
        *(Typed("int8", -128), Typed("uint8", 255), Typed("timestamp", 17), Typed("bool", 1)),
        *(Typed("bytes", b"\x00"), Typed("decimal", (1, 15)), *nested),
    ]
    for value in values:
        asked: dict[str, Value] = {"x-match": mode, "tier": value, "2": "b", "x-other": 1}
        shown = examples("headers", bound("", asked), version)
        for listed, takes in ((shown.taken, True), (shown.left, False)):
            assert len(listed) == 3
            for each in listed:
                assert RULES["headers"](bound("", asked), each.message, version) is takes


def test_what_if_nothing_or_everything_is_taken() -> None:
    """Any of no criteria takes nothing; no criteria take everything; CC is never text."""
    assert not found("headers", "", **{"x-match": "any"}).taken
    assert not found("headers", "").left
    assert not found("headers", "", CC="a").taken
