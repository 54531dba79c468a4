"""Is what was hardly meant so noticed, and nothing else?"""

from typing import Any

import pytest

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Scenario
from routing.rules.suspicious import Note, suspicious

TYPES = ("direct", "fanout", "topic", "headers")


def notes(*parts: Binding | ExchangeBinding | Message) -> list[Note]:
    """List what is noticed; there is an exchange of each type, by its name."""
    scenario = Scenario(
        name="shop",
        lesson="Anything.",
        exchanges=[*(Exchange(each, each) for each in TYPES), Exchange("random", "x-local-random")],
        queues=["q"],
        bindings=[each for each in parts if not isinstance(each, Message)],
        messages=[each for each in parts if isinstance(each, Message)],
    )
    return [*suspicious(scenario)]


@pytest.mark.parametrize(
    ("part", "code", "sentence"),
    [
        (
            Binding("headers", "q", arguments={name: "any", "n": 1}),
            "x-match-misspelt",
            f"{shown} {does}; x-match says how much must be met.",
        )
        for name, shown, does in (
            ("x_match", "x_match", "asks for a header"),
            ("X-Match", "X-Match", "asks for a header"),
            ("xmatch", "xmatch", "asks for a header"),
            ("x-match ", '"x-match "', "is passed over"),
        )
    ]
    + [
        (
            Binding("topic", "q", "school#"),
            "wildcard-in-word",
            "# in school# is a plain letter; put a dot between.",
        ),
        (
            ExchangeBinding("topic", "fanout", "a*.b"),
            "wildcard-in-word",
            "* in a* is a plain letter; put a dot between.",
        ),
        (
            Binding("direct", "q", "error.*"),
            "wildcard-in-direct",
            "direct takes error.* to the letter; topic has wildcards.",
        ),
        (
            Binding("headers", "q", "error"),
            "key-ignored",
            "headers ignores its key error; leave it out.",
        ),
        (
            Binding("fanout", "q", "error"),
            "key-ignored",
            "fanout ignores its key error; leave it out.",
        ),
        (
            Binding("fanout", "q", arguments={"a": 1}),
            "arguments-ignored",
            "fanout keeps its arguments, but never looks at them.",
        ),
        (
            Binding("topic", "q", "#", {"a": 1}),
            "arguments-ignored",
            "topic keeps its arguments, but never looks at them.",
        ),
        (
            Binding("direct", "q", "a", {"a": 1}),
            "arguments-ignored",
            "direct keeps its arguments, but never looks at them.",
        ),
        (
            Message("topic", "order.*"),
            "wildcard-sent",
            "order.* is sent to the letter; only binding keys have wildcards.",
        ),
    ],
)
def test_is_what_is_suspicious_noticed(
    part: Binding | ExchangeBinding | Message, code: str, sentence: str
) -> None:
    """With a code, the place, and what it does or what to do."""
    noun = "message" if isinstance(part, Message) else "binding"
    exchange = part.exchange if isinstance(part, Message) else part.source
    assert notes(part) == [Note(code, f"{noun} 1 ({exchange})", sentence)]


@pytest.mark.parametrize(
    "part",
    [
        Binding("topic", "q", "*.order.#"),
        Binding("topic", "q", ""),
        Binding("direct", "q", "C#"),
        Binding("fanout", "q"),
        Binding("headers", "q", arguments={"x-match": "any-with-x", "x-team": 1, "match": 2}),
        Binding("random", "q", "a*", {"a": 1}),
        Message("fanout", "a.*"),
        Message("headers", "a"),
        Message("direct", "*"),
        Message("", "*"),
        Message("topic", "C#.order"),
    ],
)
def test_is_what_may_well_be_meant_left_alone(part: Any) -> None:
    """Wildcards and arguments where they count, and keys of messages that nobody looks at."""
    assert notes(part) == []


def test_are_places_counted_as_elsewhere() -> None:
    """From 1, as the scenario lists them."""
    found = notes(Binding("fanout", "q"), Binding("fanout", "q", "a"), Binding("direct", "q", "#"))
    assert [each.place for each in found] == ["binding 2 (fanout)", "binding 3 (direct)"]
