"""Is what a broker visits for a message counted rightly, and without going all the ways itself?"""

from time import thread_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, Message, Scenario, Topology
from routing.amqp.versions import NEWEST
from routing.rules.cost import MOST_VISITS, TOO_COSTLY, Trie, cost, tries
from routing.rules.validity import accept

KEYS = st.lists(st.sampled_from(("a", "b", "*", "#", "")), max_size=6).map(".".join)


def gone(trie: Trie, words: list[str]) -> int:
    """Go through the trie as rabbit_exchange_type_topic.erl of 3.10.8 does, way by way."""
    visits = 0

    def match(place: int, words: list[str]) -> None:
        nonlocal visits
        visits += 1 if words else 1 + trie.ends[place]
        following = trie.following[place]
        for word in (words[0], "*") if words else ():
            if word in following:
                match(following[word], words[1:])
        if "#" in following:
            skip_any(following["#"], words)

    def skip_any(place: int, words: list[str]) -> None:
        for left in range(len(words) + 1):
            match(place, words[left:])

    match(0, words)
    return visits


@given(st.lists(KEYS, max_size=5), KEYS)
def test_is_every_visit_counted(binding_keys: list[str], routing_key: str) -> None:
    """What is counted is what RabbitMQ's own way through the trie visits."""
    trie = Trie(binding_keys)
    words = routing_key.split(".") if routing_key else []
    assert sum(trie.visits(routing_key)) == gone(trie, words)


def stars(number: int) -> str:
    """Write a key of so many `*`."""
    return ".".join("*" * number)


def topology(*binding_keys: str, exchange: str = "x") -> Topology:
    """Bind a queue to a topic exchange with each of the keys."""
    bindings = [Binding(exchange, "q", key) for key in binding_keys]
    return Topology(exchanges=[Exchange("x", "topic")], queues=["q"], bindings=bindings)


def test_does_each_star_more_double_the_cost() -> None:
    """It is known at once for as many of them as a key has room for."""
    costs = [sum(Trie([stars(n)]).visits(stars(n))) for n in range(129)]
    assert costs == [2 ** (n + 1) - 1 + 2**n for n in range(129)]
    assert sum(Trie([".".join("#" * 128)]).visits(".".join("a" * 128))) > 2**200


@pytest.mark.parametrize(
    ("message", "is_costly"),
    [
        (Message("x", stars(17)), False),
        (Message("x", stars(19)), True),
        (Message("x", "a", {"CC": ["b", stars(19)]}), True),
        (Message("x", "a", {"BCC": [stars(19)]}), True),
        (Message("x", "a", {"CC": [stars(17)] * 2, "BCC": [stars(17)]}), True),
        (Message("x", "a", {"CC": stars(19), "BCC": [1, None]}), False),
        (Message("x", "a", {"CC": 7}), False),
        (Message("x", "a", {"CC": [stars(100_000)] * 100}), True),
    ],
)
def test_is_a_message_costly_with_all_of_its_keys(message: Message, *, is_costly: bool) -> None:
    """Those in CC and BCC count as well, and what is too much is not counted to its end."""
    begun = thread_time()
    assert (cost(tries(topology(stars(17), stars(19))), message) > MOST_VISITS) == is_costly
    assert thread_time() - begun < 2


def test_is_the_count_exact_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A first key that costs just as much does not hide what a second one costs."""
    monkeypatch.setattr("routing.rules.cost.MOST_VISITS", 3)
    assert cost(tries(topology("a")), Message("x", "a")) == 3
    assert cost(tries(topology("a")), Message("x", "a", {"CC": ["a"]})) > 3


def test_do_all_topic_exchanges_count_and_no_others() -> None:
    """Such as is always there, and not declared; and bindings that are taken away again."""
    message = Message("x", stars(19))
    assert cost(tries(topology(stars(19), exchange="amq.topic")), message) > MOST_VISITS
    before = Topology(exchanges=[Exchange("x", "topic")], unbound=[Binding("x", "q", stars(19))])
    assert cost(tries(before), message) > MOST_VISITS
    direct = Topology(exchanges=[Exchange("y", "direct")], bindings=[Binding("y", "q", stars(19))])
    assert cost(tries(direct), message) == 0


def test_do_bindings_count_that_are_taken_back() -> None:
    """They were there."""
    taken_back = [Binding("x", "q", stars(19))]
    declared = Topology(exchanges=[Exchange("x", "topic")], queues=["q"], unbound=taken_back)
    assert cost(tries(declared), Message("x", stars(19))) > MOST_VISITS


def test_is_the_most_itself_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not yet, so that it is counted on from there."""
    among, most = tries(topology(stars(3))), sum(Trie([stars(3)]).visits(stars(3)))
    monkeypatch.setattr("routing.rules.cost.MOST_VISITS", most)
    assert cost(among, Message("x", stars(3))) == most
    assert cost(among, Message("x", stars(3), {"CC": ["a"]})) > most


def test_what_is_too_costly() -> None:
    """A million visits: what that means, and what to do."""
    assert MOST_VISITS == 1_000_000
    assert TOO_COSTLY == (
        "RabbitMQ would be busy with it for longer than a few seconds, or for ever, as a topic "
        "exchange would visit more than 1,000,000 places of its trie: publish fewer words * and "
        "#, or shorter keys, or bind with fewer #"
    )


def lesson_of(size: int) -> Scenario:
    """Make a lesson of a binding and a message with so many `*`, and of a message with fewer."""
    declared = topology(stars(size))
    return Scenario(
        name="slow",
        lesson="",
        exchanges=declared.exchanges,
        queues=declared.queues,
        bindings=declared.bindings,
        messages=[Message("x", stars(1)), Message("x", stars(size))],
    )


def test_is_a_lesson_accepted_that_costs_the_most(monkeypatch: pytest.MonkeyPatch) -> None:
    """Just as much, and not one visit more."""
    lesson = lesson_of(3)
    most = cost(tries(lesson), lesson.messages[1])
    monkeypatch.setattr("routing.rules.validity.MOST_VISITS", most)
    accept(lesson, NEWEST)
    monkeypatch.setattr("routing.rules.validity.MOST_VISITS", most - 1)
    with pytest.raises(BadUse, match="message 2: RabbitMQ would be busy"):
        accept(lesson, NEWEST)


def test_is_a_lesson_refused_that_would_not_end() -> None:
    """Before anything is played, with the number of the message and what to do."""
    lesson = lesson_of(30)
    with pytest.raises(BadUse) as raised:
        accept(lesson, NEWEST)
    assert str(raised.value) == (
        "Scenario slow, message 2: RabbitMQ would be busy with it for longer than a few seconds, "
        "or for ever, as a topic exchange would visit more than 1,000,000 places of its trie: "
        "publish fewer words * and #, or shorter keys, or bind with fewer #."
    )
