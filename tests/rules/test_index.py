"""Does the index give the very bindings that the rules give?"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.amqp.topology import AnyBinding, Binding, ExchangeBinding, Message
from routing.amqp.values import Typed, Value
from routing.amqp.versions import EXACT_NUMBERS, NEWEST, Version
from routing.rules.index import State, Topic, index
from routing.rules.matching import RULES, split_words

VERSIONS = [Version(3, 12, 14), EXACT_NUMBERS, NEWEST]
MODES: list[Value] = [None, "all", "any", "all-with-x", "any-with-x", Typed("longstr", "any")]


def by_rule(
    kind: str, bindings: Iterable[AnyBinding], message: Message, version: Version
) -> list[AnyBinding]:
    """Ask every binding, one by one."""
    return [binding for binding in bindings if RULES[kind](binding, message, version)]


def assert_same(
    kind: str, bindings: Sequence[AnyBinding], messages: Iterable[Message], version: Version
) -> None:
    """Hold the index against the rule, message by message: the same bindings in the same order."""
    found = index(kind, bindings, version)
    for message in messages:
        expected = by_rule(kind, bindings, message, version)
        assert list(map(id, found.matching(message))) == list(map(id, expected)), message


def keyed(keys: Iterable[str]) -> list[AnyBinding]:
    """Bind a queue by each key."""
    return [Binding("x", f"q{number}", key) for number, key in enumerate(keys)]


def all_keys(words: Sequence[str], longest: int) -> list[str]:
    """Write every key of up to so many of these words."""
    return [".".join(key) for length in range(longest + 1) for key in product(words, repeat=length)]


@pytest.mark.parametrize("kind", ["topic", "direct", "fanout"])
def test_does_every_small_key_find_the_same(kind: str) -> None:
    """All binding keys of up to five words at once, asked with all keys of up to five."""
    bindings = keyed(all_keys(["a", "b", "*", "#"], 4) + all_keys(["a", "#"], 5))
    messages = [Message("x", key) for key in all_keys(["a", "b", "c"], 4)]
    assert_same(kind, bindings, messages, NEWEST)


@pytest.mark.parametrize("pattern", all_keys(["a", "*", "#"], 4))
def test_does_one_pattern_alone_find_the_same(pattern: str) -> None:
    """Each pattern in an index of its own, where no other binding can help it."""
    messages = [Message("x", key) for key in all_keys(["a", "b", "*", "#", ""], 3)]
    assert_same("topic", keyed([pattern]), messages, NEWEST)


ODD_KEYS = st.lists(
    st.sampled_from(["a", "b", "*", "#", "", "**", "##", "a*", "é", "x" * 50, " "]), max_size=6
).map(".".join)


@given(st.lists(ODD_KEYS, max_size=12), st.lists(ODD_KEYS, max_size=12))
def test_do_odd_keys_find_the_same(patterns: list[str], keys: list[str]) -> None:
    """Empty words, several dots, letters beside wildcards, published wildcards, repeated keys."""
    messages = [Message("x", key) for key in [*keys, *patterns]]
    for kind in ("topic", "direct"):
        assert_same(kind, keyed(patterns), messages, NEWEST)


REMEMBERED = "routing.rules.index.KEPT"


@given(
    st.lists(ODD_KEYS, max_size=12), st.lists(ODD_KEYS, max_size=12), st.sampled_from([0, 1, 5, 20])
)
def test_does_one_that_remembers_little_find_the_same(
    patterns: list[str], keys: list[str], kept: int
) -> None:
    """Full from the start, or at any word of any key, and asked for each key again and again."""
    messages = [Message("x", key) for key in [*keys, *patterns]]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(REMEMBERED, kept)
        assert_same("topic", keyed(patterns), messages * 3, NEWEST)


def remembered(found: Topic) -> list[State]:
    """Give all states that are held, by whatever leads to them."""
    held = {id(state): state for state in (found.start, *found.states.values())}
    waiting = [*held.values()]
    for state in waiting:
        new = {id(each): each for each in state.after.values() if id(each) not in held}
        held |= new
        waiting += new.values()
    return waiting


def size(states: Iterable[State]) -> int:
    """Count what states hold, as the limit does: the first one's places stand for nothing asked."""
    _, *further = states = [*states]
    places = sum(len(state.places) for state in further)
    return places + sum(len(state.after) + len(state.numbers or ()) for state in states)


HOSTILE = ["#.a.#.b.#", "#.b.#.a.#", "*.a.#", "#.*.b", "#.a.*.*.*.*", "#.a.*.*.*.*", "#"]


@pytest.mark.parametrize("kept", [0, 1, 10, 300])
def test_is_as_much_remembered_as_may_be(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys for which ever more would be worth it: all is remembered until the limit, then nothing.

    What reaches the limit may go beyond it: by a step to a new state with its places, at most.
    """
    monkeypatch.setattr(REMEMBERED, kept)
    found = Topic(keyed(HOSTILE))
    largest = 1 + sum(len(split_words(key)) for key in HOSTILE)
    for key in all_keys(["a", "b", "c"], 6):
        found.matching(Message("x", key))
        assert size(remembered(found)) == found.kept < kept + largest
    assert found.kept >= kept


def test_is_nothing_remembered_where_nothing_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that is reached is a limit: not one step more."""
    monkeypatch.setattr(REMEMBERED, 0)
    found = Topic(keyed(HOSTILE))
    found.matching(Message("x", "a.b.u.a"))
    assert size(remembered(found)) == found.kept == 0


def test_do_words_of_no_binding_share_what_is_remembered() -> None:
    """Nothing more is remembered for further keys of such words; a published "*" is one of them."""
    found = Topic(keyed([*HOSTILE, "literal.words"]))
    found.matching(Message("x", "u.a.u.a.u"))
    kept = found.kept
    for key in ("v.a.w.a.*", "literal.a..a.words", *(f"{n}.a.{n}.a.{-n}" for n in range(100))):
        found.matching(Message("x", key))
        assert (found.kept, [*found.literal]) == (kept, ["literal.words"]), key


def test_is_what_was_asked_before_not_asked_again() -> None:
    """A key that was asked is gone through without looking into the trie again."""
    found = Topic(keyed(HOSTILE))
    message = Message("x", "a.b.u.a")
    expected = found.matching(message)
    found.following.clear()
    found.ends.clear()
    assert found.matching(message) == expected != []


def test_is_the_same_state_reached_by_several_ways() -> None:
    """Words that lead to the same places lead to the same state, so that states stay few."""
    found = Topic(keyed(["#.a"]))
    for key in all_keys(["a", "b"], 6):
        found.matching(Message("x", key))
    assert len(remembered(found)) == 3


VALUES: list[Value] = [
    None,
    True,
    False,
    0,
    1,
    -1,
    1000,
    2**40,
    0.0,
    -0.0,
    1.0,
    0.1,
    float("nan"),
    float("inf"),
    "",
    "1",
    "true",
    "none",
    "é",
    b"1",
    "é".encode(),
    Decimal("1"),
    Decimal("1.0"),
    Decimal("0.1"),
    datetime.fromtimestamp(1, UTC),
    datetime.fromtimestamp(1000, UTC),
    *(Typed(kind, 1) for kind in ("int8", "uint8", "int16", "uint16", "int32", "uint32")),
    *(Typed(kind, 1) for kind in ("int64", "int64L", "float32", "float64", "timestamp", "bool")),
    Typed("float32", 0.1),
    Typed("timestamp", 1000),
    Typed("decimal", (1, 10)),
    Typed("bytes", b"1"),
    Typed("void", None),
    [],
    {},
    [1, "1"],
    [1.0, "1"],
    [Typed("int64", 1)],
    [Typed("int64L", 1)],
    [None],
    [[1], {"a": 1}],
    {"a": 1},
    {"a": 1.0},
    {"a": 1, "b": None},
    {"b": None, "a": 1},
]
"""One value of every type at least, and pairs that are the same or nearly so."""


@pytest.mark.parametrize("version", VERSIONS, ids=str)
@pytest.mark.parametrize("mode", [None, "any"])
def test_does_every_value_find_the_same(mode: Value, version: Version) -> None:
    """Every value wanted, against every value sent, for all and for any, on both sides of 3.13."""
    bindings = [Binding("x", "q", "", with_mode({"h": value}, mode)) for value in VALUES]
    messages = [Message("x", headers={"h": value}) for value in VALUES]
    assert_same("headers", bindings, messages, version)


def with_mode(wanted: Mapping[str, Value], mode: Value) -> dict[str, Value]:
    """Add an x-match to criteria; None adds none."""
    return {**wanted} if mode is None else {**wanted, "x-match": mode}


NAMES = ["h", "i", "j", "H", "x-h", "X-h", "x-match-not", ""]
WANTED = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=4)
SENT = st.none() | st.dictionaries(
    st.sampled_from([*NAMES, "other", "x-match"]), st.sampled_from(VALUES), max_size=6
)
CRITERIA = st.builds(with_mode, WANTED, st.sampled_from(MODES))


@settings(max_examples=300)
@given(st.lists(CRITERIA, max_size=12), st.lists(SENT, max_size=6), st.sampled_from(VERSIONS))
def test_do_many_criteria_find_the_same(
    criteria: list[dict[str, Value]],
    sent: list[Mapping[str, Value] | None],
    version: Version,
) -> None:
    """Criteria of every mode side by side, empty and repeated ones too, and keys that differ."""
    bindings = [Binding("x", f"q{n}", f"k{n}", each) for n, each in enumerate(criteria)]
    messages = [
        Message("x", "k1", headers) for headers in [*sent, *({**each} for each in criteria)]
    ]
    assert_same("headers", bindings, messages, version)


FEW = st.dictionaries(st.sampled_from("hij"), st.sampled_from([None, 1, 1.0, "1"]), max_size=3)


@settings(max_examples=300)
@given(
    st.lists(st.builds(with_mode, FEW, st.sampled_from(MODES)), max_size=20),
    st.lists(FEW, max_size=6),
    st.sampled_from(VERSIONS),
)
def test_do_criteria_that_overlap_find_the_same(
    criteria: list[dict[str, Value]], sent: list[dict[str, Value]], version: Version
) -> None:
    """Few names and few values, so that many bindings want the same and half of it is met."""
    bindings = [Binding("x", "q", arguments=each) for each in criteria]
    assert_same("headers", bindings, [Message("x", headers=each) for each in sent], version)


@pytest.mark.parametrize("kind", RULES)
def test_are_order_and_repeated_bindings_kept(kind: str) -> None:
    """What was declared twice is listed twice, and queues and exchanges stay in their order."""
    keys = ["a", "#", "*", "a", "b", "#.a", "a.#", "#"]
    bindings = [
        end
        for number, key in enumerate(keys * 2)
        for end in (
            Binding("x", f"q{number % 3}", key, {"h": number % 2, "x-match": "any"}),
            ExchangeBinding("x", f"e{number % 3}", key, {"h": number % 2}),
        )
    ]
    assert_same(kind, bindings, [Message("x", key, {"h": 1}) for key in keys], NEWEST)


@pytest.mark.parametrize("kind", RULES)
def test_does_an_index_of_nothing_find_nothing(kind: str) -> None:
    """Without bindings no message is taken."""
    assert index(kind, []).matching(Message("x", "a", {"h": 1})) == []


@pytest.mark.parametrize("kind", RULES)
def test_does_an_index_stay_as_it_was(kind: str) -> None:
    """Asking changes nothing: neither a key that nobody wants, nor a list that is emptied."""
    bindings = keyed(["a", "#", "b"])
    found = index(kind, bindings)
    expected = found.matching(Message("x", "a"))
    found.matching(Message("x", "a")).clear()
    found.matching(Message("x", "nobody.wants.this", {"nobody": 1}))
    assert found.matching(Message("x", "a")) == expected
    assert expected == by_rule(kind, bindings, Message("x", "a"), NEWEST)


@pytest.mark.parametrize("kind", RULES)
def test_may_bindings_be_given_one_by_one(kind: str) -> None:
    """By an iterator, which can be gone through only once."""
    bindings = keyed(["a", "#", "b"])
    found, message = index(kind, iter(bindings)), Message("x", "a")
    expected = by_rule(kind, bindings, message, NEWEST)
    assert found.matching(message) == found.matching(message) == expected
