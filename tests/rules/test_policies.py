"""Which policy has an exchange or a queue, and what does it set there?"""

from collections.abc import Mapping
from typing import Any

import pytest

from routing.amqp.topology import Exchange
from routing.amqp.values import Value
from routing.rules.policies import Doubtful, Policy, policy_of, with_alternates, with_policy

TO_A = {"alternate-exchange": "a"}
TO_B = {"alternate-exchange": "b"}


def policy(name: str = "p", **more: Any) -> Policy:
    """Make a policy for everything."""
    return Policy(**{"name": name, "pattern": "", "definition": TO_A} | more)


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [("", True), ("ord", True), ("^ord", True), ("^rd", False), ("rd", True), ("ers$", True)],
)
def test_is_a_pattern_searched_for(pattern: str, *, fits: bool) -> None:
    """Anywhere in the name, unless it says where."""
    one = policy(pattern=pattern)
    assert policy_of("orders", "exchange", [one]) == (one if fits else None)


@pytest.mark.parametrize(
    ("apply_to", "kinds"),
    [
        ("all", {"exchange", "classic", "quorum", "stream"}),
        ("exchanges", {"exchange"}),
        ("queues", {"classic", "quorum", "stream"}),
        ("classic_queues", {"classic"}),
        ("quorum_queues", {"quorum"}),
        ("streams", {"stream"}),
        ("what", set()),
    ],
)
def test_what_does_a_policy_apply_to(apply_to: str, kinds: set[str]) -> None:
    """Exchanges, queues, queues of one type, or all of them."""
    one = policy(apply_to=apply_to)
    every = ("exchange", "classic", "quorum", "stream")
    assert {kind for kind in every if policy_of("x", kind, [one])} == kinds


def test_which_of_several_counts() -> None:
    """That of the highest priority, below 0 as well; no merging with others."""
    low, high = policy("low", priority=-2), policy("high", priority=-1, definition=TO_B)
    assert policy_of("x", "exchange", [low, high]) == high
    assert policy_of("x", "exchange", [high, low]) == high
    assert (
        policy_of("x", "exchange", [low, policy(priority=1, pattern="y", definition=TO_B)]) == low
    )
    assert policy_of("x", "exchange", []) is None
    for priority, chosen in ((1, 1), (-1, 0), (0.5, 1)):
        both = [policy("none given"), policy("given", priority=priority, definition=TO_B)]
        assert policy_of("x", "exchange", both) == both[chosen]


def test_is_a_tie_told() -> None:
    """Of two with one priority either may count, unless they set the same."""
    one, same = policy("one"), policy("same", definition={**TO_A, "max-length": 9})
    other = policy("other", definition=TO_B)
    assert policy_of("x", "exchange", [one, same]) == one
    with pytest.raises(Doubtful) as doubt:
        policy_of("x", "exchange", [one, same, other])
    assert doubt.value.why == (
        "of the policies one and other, which have one priority, either may count"
    )


def test_is_a_pattern_that_cannot_be_read_told() -> None:
    """Erlang's regular expressions have what Python's have not."""
    with pytest.raises(Doubtful) as doubt:
        policy_of("x", "exchange", [policy(pattern="(?R)")])
    assert doubt.value.why.startswith("the pattern of policy p cannot be read here: ")


def test_which_exchanges_get_an_alternate() -> None:
    """Those that a policy fits and that have none by argument; a doubt concerns one alone."""
    policies = [
        policy(pattern="^[xy]", apply_to="exchanges"),
        policy("tie", pattern="^t", apply_to="exchanges"),
        policy("queues", apply_to="queues", priority=9, definition=TO_B),
        policy("other", pattern="^t", apply_to="exchanges", definition=TO_B),
        policy("nothing", pattern="^n", definition={"max-length": 1}),
    ]
    doubts: dict[str, str] = {}
    given = [
        Exchange("x", "fanout", {"other": 1}, internal=True),
        Exchange("y", "fanout", {"alternate-exchange": 1}),
        Exchange("n", "fanout"),
        Exchange("t", "fanout"),
    ]
    found = list(with_alternates(given, policies, doubts))
    assert found[0] == Exchange("x", "fanout", {"other": 1, **TO_A}, internal=True)
    assert found[1:] == given[1:]
    assert list(doubts) == ["t"]
    assert doubts["t"].startswith("exchange t: of the policies tie and other")


def test_what_does_a_policy_add_to_a_queue() -> None:
    """What the arguments do not say themselves, key by key, under the arguments' names."""
    every = {
        "dead-letter-exchange": "x",
        "dead-letter-routing-key": "k",
        "overflow": "reject-publish",
        "max-length": 3,
        "alternate-exchange": "a",
        "ha-mode": "all",
    }
    found = with_policy("q", {"x-dead-letter-exchange": "own"}, [policy(definition=every)])
    assert found == {
        "x-dead-letter-exchange": "own",
        "x-dead-letter-routing-key": "k",
        "x-overflow": "reject-publish",
        "x-max-length": 3,
    }
    assert with_policy("q", {}, [policy(definition=every)])["x-dead-letter-exchange"] == "x"
    assert with_policy("q", {"a": 1}, []) == {"a": 1}


TTL, LENGTH, DELIVERIES = "x-message-ttl", "x-max-length", "x-delivery-limit"


@pytest.mark.parametrize(
    ("arguments", "definition", "operator", "found"),
    [
        ({}, {"message-ttl": 5}, {}, {TTL: 5}),
        ({}, {}, {"message-ttl": 5}, {TTL: 5}),
        ({TTL: 5}, {"message-ttl": 6}, {"message-ttl": 7}, {TTL: 5}),
        ({TTL: 7}, {"message-ttl": 5}, {"message-ttl": 6}, {TTL: 5}),
        ({TTL: 7}, {"message-ttl": 6}, {"message-ttl": 5}, {TTL: 5}),
        ({TTL: 0}, {"message-ttl": 6}, {}, {TTL: 0}),
        ({LENGTH: 2}, {"max-length": 1}, {}, {LENGTH: 1}),
        ({"x-max-length-bytes": 2}, {"max-length-bytes": 1}, {}, {"x-max-length-bytes": 1}),
        ({TTL: 7}, {"message-ttl": "5"}, {}, {TTL: 7}),
        ({}, {"overflow": "a"}, {"overflow": "b"}, {"x-overflow": "b"}),
        ({}, {"delivery-limit": 3, "dead-letter-strategy": "at-least-once"}, {}, {}),
    ],
)
def test_which_of_two_values_counts(
    arguments: Mapping[str, Value],
    definition: Mapping[str, Value],
    operator: Mapping[str, Value],
    found: Mapping[str, Value],
) -> None:
    """The lower limit, and else the argument, then the operator's policy, then the other one."""
    policies, operators = [policy(definition=definition)], [policy(definition=operator)]
    assert with_policy("q", arguments, policies, operators) == found


@pytest.mark.parametrize(
    ("argument", "limit", "counts"), [(3, 2, 2), (2, 3, 2), (-1, 2, 2), (2, -1, 2), (-1, -2, -1)]
)
def test_which_limit_of_deliveries_counts(argument: int, limit: int, counts: int) -> None:
    """Of a quorum queue; a negative one is none."""
    arguments: Mapping[str, Value] = {"x-queue-type": "quorum", DELIVERIES: argument}
    found = with_policy("q", arguments, [policy(definition={"delivery-limit": limit})])
    assert found[DELIVERIES] == counts


def test_what_is_for_quorum_queues_alone() -> None:
    """The limit of deliveries, and whether a dead letter is kept until it is taken."""
    both = policy(definition={"delivery-limit": 3, "dead-letter-strategy": "at-least-once"})
    quorum = {"x-queue-type": "quorum"}
    assert with_policy("q", quorum, [both]) == {
        **quorum,
        DELIVERIES: 3,
        "x-dead-letter-strategy": "at-least-once",
    }
    assert with_policy("q", {}, [both]) == {}


@pytest.mark.parametrize(
    ("kind", "adds"), [(None, True), ("classic", True), ("quorum", False), ("unheard", True)]
)
def test_is_the_type_of_a_queue_looked_at(kind: str | None, *, adds: bool) -> None:
    """It is classic where nothing else is said."""
    arguments = {} if kind is None else {"x-queue-type": kind}
    one = policy(apply_to="classic_queues", definition={"overflow": "drop-head"})
    assert ("x-overflow" in with_policy("q", arguments, [one])) == adds
