"""Which messages does a binding take?  By table, and by enumeration."""

from decimal import Decimal
from itertools import product

import pytest

from routing.amqp.topology import Binding, Message
from routing.amqp.values import Typed, Value
from routing.rules.matching import direct, fanout, headers, topic


def takes_key(rule: object, binding_key: str, routing_key: str) -> bool:
    """Ask one of the rules that go by keys."""
    assert callable(rule)
    return bool(rule(Binding("x", "q", binding_key), Message("x", routing_key)))


def takes_headers(arguments: dict[str, Value], sent: dict[str, Value] | None) -> bool:
    """Ask the headers rule."""
    return headers(Binding("x", "q", arguments=arguments), Message("x", headers=sent))


@pytest.mark.parametrize(
    ("binding_key", "routing_key", "taken"),
    [
        ("error", "error", True),
        ("error", "Error", False),
        ("error", "error.disk", False),
        ("error.*", "error.disk", False),
        ("error.*", "error.*", True),
        ("#", "anything", False),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_does_direct_compare_to_the_letter(
    binding_key: str, routing_key: str, *, taken: bool
) -> None:
    """A direct binding takes the very same key, and wildcards are letters."""
    assert takes_key(direct, binding_key, routing_key) is taken


def test_does_fanout_look_at_anything() -> None:
    """A fanout binding takes a message whatever its key, headers and arguments are."""
    binding = Binding("x", "q", "football", {"x-match": "all", "round": "final"})
    assert fanout(binding, Message("x", "tennis", {"round": "first"}))
    assert fanout(binding, Message("x"))


@pytest.mark.parametrize(
    ("binding_key", "routing_key", "taken"),
    [
        ("order.*.paid", "order.eu.paid", True),
        ("order.*.paid", "order.paid", False),
        ("order.*.paid", "order.eu.de.paid", False),
        ("order.#", "order", True),
        ("order.#", "order.eu.paid.late", True),
        ("order.#", "orders", False),
        ("#.paid", "paid", True),
        ("#.paid", "order.paid.late", False),
        ("#", "", True),
        ("*", "", False),
        ("*", "a", True),
        ("*", ".", False),
        ("*.*", ".", True),
        ("a.", "a.", True),
        ("a.*", "a.", True),
        ("a.*", "a", False),
        ("a*", "ab", False),
        ("a*", "a*", True),
        ("##", "a", False),
        ("##", "##", True),
        ("*", "#", True),
        ("a", "*", False),
        ("a", "#", False),
        ("#.a.#", "b.a.c", True),
        ("#.a.#", "b.c", False),
        ("*.#", "", False),
        ("#.*", "a.b", True),
        ("#.#.#", "", True),
        ("Order", "order", False),
    ],
)
def test_does_a_topic_pattern_take_the_key(
    binding_key: str, routing_key: str, *, taken: bool
) -> None:
    """`*` is exactly one word, `#` zero or more, both only as whole words."""
    assert takes_key(topic, binding_key, routing_key) is taken


def spell_out(pattern: list[str], most: int, alphabet: list[str]) -> set[tuple[str, ...]]:
    """Spell out every key of at most so many words that a pattern stands for."""
    keys: set[tuple[str, ...]] = {()}
    for word in pattern:
        choices: set[tuple[str, ...]] = {(word,)}
        if word == "*":
            choices = {(letter,) for letter in alphabet}
        if word == "#":
            choices = {key for n in range(most + 1) for key in product(alphabet, repeat=n)}
        keys = {key + choice for key in keys for choice in choices if len(key + choice) <= most}
    return keys


def test_does_topic_take_just_the_keys_that_a_pattern_spells_out() -> None:
    """Over a small alphabet, a pattern takes a key exactly when the key is one of its spellings."""
    alphabet, most = ["a", "b", ""], 4
    keys = [key for n in range(most + 1) for key in product(alphabet, repeat=n) if key != ("",)]
    patterns = [p for n in range(4) for p in product(["a", "b", "*", "#"], repeat=n)]
    for pattern in patterns:
        spelled = spell_out(list(pattern), most, alphabet)
        for key in keys:
            taken = takes_key(topic, ".".join(pattern), ".".join(key))
            assert taken is (key in spelled), (pattern, key)


def test_does_topic_stay_fast_on_many_wildcards() -> None:
    """A key of 128 words against 128 hashes is decided without trying every split."""
    assert takes_key(topic, ".".join("#" * 128), ".".join("a" * 128))
    assert not takes_key(topic, ".".join("#" * 126) + ".b", ".".join("a" * 128))


def in_mode(mode: str | None, criteria: dict[str, Value]) -> dict[str, Value]:
    """Add x-match to criteria, or leave it out."""
    return {**criteria, "x-match": mode} if mode else criteria


EVERY_MODE = [None, "all", "any", "all-with-x", "any-with-x"]


@pytest.mark.parametrize(
    ("sent", "taken_by"),
    [
        ({"a": 1, "b": 2}, [None, "all", "any", "all-with-x", "any-with-x"]),
        ({"a": 1, "b": 2, "c": 3}, [None, "all", "any", "all-with-x", "any-with-x"]),
        ({"a": 1}, ["any", "any-with-x"]),
        ({"a": 1, "b": 3}, ["any", "any-with-x"]),
        ({"a": 2, "b": 1}, []),
        ({}, []),
        (None, []),
    ],
)
def test_how_many_criteria_must_be_met(
    sent: dict[str, Value] | None, taken_by: list[str | None]
) -> None:
    """All of them, also where x-match is left out; or any one of them."""
    for mode in EVERY_MODE:
        arguments = in_mode(mode, {"a": 1, "b": 2})
        assert takes_headers(arguments, sent) is (mode in taken_by), mode


@pytest.mark.parametrize(
    ("mode", "with_x", "without_x", "nothing"),
    [
        (None, True, True, True),
        ("all", True, True, True),
        ("any", False, False, False),
        ("all-with-x", True, False, False),
        ("any-with-x", True, False, False),
    ],
)
def test_do_criteria_count_whose_names_start_with_x(
    mode: str | None, *, with_x: bool, without_x: bool, nothing: bool
) -> None:
    """Only in the -with-x modes; otherwise nothing is left, and "all" of nothing is always met."""
    arguments = in_mode(mode, {"x-type": "report"})
    assert takes_headers(arguments, {"x-type": "report"}) is with_x
    assert takes_headers(arguments, {"x-type": "other"}) is without_x
    assert takes_headers(arguments, None) is nothing


def test_does_a_capital_x_count() -> None:
    """Only a lower-case `x-` is passed over."""
    assert not takes_headers({"X-type": "report"}, {})


VALUES: list[Value] = [
    None,
    True,
    False,
    1,
    0,
    2,
    "1",
    "True",
    "",
    Decimal("1.5"),
    [1],
    ["1"],
    [1, 2],
    [2, 1],
    {},
    {"a": 1},
    {"a": True},
    {"a": 1, "b": 2},
    {"b": 2, "a": 1},
]


@pytest.mark.parametrize("wanted", range(1, len(VALUES)))
@pytest.mark.parametrize("sent", range(len(VALUES)))
def test_are_values_equal_only_to_themselves(wanted: int, sent: int) -> None:
    """Every value here differs from every other one: type, order and nesting count."""
    assert takes_headers({"h": VALUES[wanted]}, {"h": VALUES[sent]}) is (wanted == sent)


def test_what_does_a_criterion_of_none_ask() -> None:
    """That the header is there, with whatever value."""
    assert all(takes_headers({"h": None}, {"h": value}) for value in VALUES)
    assert not takes_headers({"h": None}, {"other": 1})
    assert not takes_headers({"h": None}, None)


def test_does_the_routing_key_matter_to_headers() -> None:
    """The keys of binding and message play no part."""
    assert headers(Binding("x", "q", "one", {"h": 1}), Message("x", "two", {"h": 1}))


@pytest.mark.parametrize(
    ("mode", "taken"), [(b"any", True), (b"any-with-x", True), (b"all", False)]
)
def test_may_x_match_be_a_long_string_of_bytes(mode: bytes, *, taken: bool) -> None:
    """It is the same on the wire as text."""
    assert takes_headers({"x-match": Typed("longstr", mode), "a": 1, "b": 2}, {"a": 1}) is taken
