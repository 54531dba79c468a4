"""How does a message end that dies in queues, and what is not decided of that?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from routing import Binding, Exchange, Message, Topology
from routing.amqp.topology import Observation, Resting
from routing.amqp.versions import NEWEST, TRIED, Version
from routing.rules.compare import Row, rows_of
from routing.rules.life import PATIENCE, Life, as_consumed, keeps, lives, rejections

DEAD: Mapping[str, Any] = {"x-dead-letter-exchange": "dead"}
TTL: Mapping[str, Any] = {"x-message-ttl": 0}
UNTRIED = Version(3, 13, 1)


def topology(
    arguments: Mapping[str, Any] = DEAD,
    back: Sequence[tuple[str, str]] = (("grave", "a"),),
    *,
    rejecting: Sequence[str] = (),
    **more: Mapping[str, Any],
) -> Topology:
    """Give a queue q with these arguments, and an exchange with bindings for what dies there."""
    return Topology(
        exchanges=[Exchange("in", "fanout"), Exchange("dead", "direct")],
        queues=["q", "r", "grave"],
        bindings=[Binding("in", "q"), *(Binding("dead", queue, key) for queue, key in back)],
        queue_arguments={"q": arguments, **more},
        rejecting=rejecting,
    )


def only(given: Topology, key: str = "a", version: Version = NEWEST) -> Life:
    """Publish one message."""
    [life] = lives(given, [Message("in", key)], version)
    return life


def told(life: Life) -> list[str]:
    """List the deaths with what comes of each."""
    return [
        f"{each.reason} in {each.copy.queue}: {'; '.join(each.told)}" for _, each in life.deaths
    ]


@pytest.mark.parametrize("version", TRIED, ids=str)
@pytest.mark.parametrize(
    ("given", "deaths", "end"),
    [
        (topology({}), [], ["q"]),
        (topology(rejecting=["q"]), ["rejected in q: on to queue grave"], ["grave"]),
        (topology({**DEAD, **TTL}), ["expired in q: on to queue grave"], ["grave"]),
        (topology({**DEAD, "x-max-length": 0}), ["maxlen in q: on to queue grave"], ["grave"]),
        (topology({**DEAD, "x-max-length": 1}), [], ["q"]),
        (
            topology({**DEAD, "x-max-length": 0}, rejecting=["q"]),
            ["rejected in q: on to queue grave"],
            ["grave"],
        ),
        (
            topology(
                {**DEAD, "x-max-length": 0, "x-overflow": "reject-publish-dlx"}, rejecting=["q"]
            ),
            ["maxlen in q: on to queue grave"],
            ["grave"],
        ),
        (
            topology(
                {**DEAD, "x-max-length": 1, "x-overflow": "reject-publish-dlx"}, rejecting=["q"]
            ),
            ["rejected in q: on to queue grave"],
            ["grave"],
        ),
        (
            topology({**DEAD, **TTL}, rejecting=["q"]),
            ["rejected in q: on to queue grave"],
            ["grave"],
        ),
        (topology(TTL), ["expired in q: queue q has no dead-letter exchange: gone"], []),
        (
            topology({**TTL, "x-dead-letter-exchange": "ded"}),
            ["expired in q: there is no exchange ded: gone"],
            [],
        ),
        (topology({**DEAD, **TTL}, []), ["expired in q: no queue takes it from dead: gone"], []),
        (
            topology({**DEAD, **TTL, "x-dead-letter-routing-key": "b"}, [("r", "b")]),
            ["expired in q: on to queue r"],
            ["r"],
        ),
        (
            topology({**DEAD, **TTL}, [("r", "a")], r={"x-max-length": 0, **DEAD}),
            ["expired in q: on to queue r", "maxlen in r: "],
            [],
        ),
        (topology(back=[("q", "a")], rejecting=["q"]), ["rejected in q: on to queue q"] * 3, ["q"]),
    ],
)
def test_where_does_a_message_come_to_rest(
    given: Topology, deaths: list[str], end: list[str], version: Version
) -> None:
    """At the end of its way: each death leads on, or it is told why not; each version does this."""
    life = only(given, version=version)
    assert (life.undecided, life.queues) == (None, end)
    assert len(told(life)) == len(deaths)
    assert all(each.startswith(begin) for each, begin in zip(told(life), deaths, strict=True))


def test_with_which_key_and_headers() -> None:
    """Its own key, or the one that the queue gives; x-death counts queue and reason."""
    life = only(topology({**DEAD, **TTL, "x-dead-letter-routing-key": "b"}, [("r", "b")]))
    [resting] = [as_consumed(copy) for _, copy in life.resting]
    assert (resting.exchange, resting.routing_key) == ("dead", "b")
    assert resting.headers["x-death"] == [
        {"count": 1, "reason": "expired", "queue": "q", "exchange": "in", "routing-keys": ["a"]}
    ]


def test_when_does_a_consumer_give_up() -> None:
    """Once x-death says that it has rejected a message three times; it keeps it then."""
    life = only(topology(back=[("q", "a")], rejecting=["q"]))
    counts = [copy.deaths[0]["count"] for _, death in life.deaths for copy in death.copies]
    assert counts == [1, 2, 3]
    assert PATIENCE == 3


def test_which_circle_ends() -> None:
    """One in which nothing was rejected: at the first return, in the queue where it would be."""
    circle = topology({**DEAD, **TTL}, [("r", "a"), ("q", "a")], r={**DEAD, **TTL})
    life = only(circle)
    assert life.queues == []
    assert [list(death.cycles) for _, death in life.deaths] == [["q"], ["r", "q"]]


def test_a_circle_without_end_that_nobody_breaks() -> None:
    """Before 4.0, a rejection that is long over keeps a circle of expiry going: not decided."""
    round_: Mapping[str, Any] = {**TTL, "x-dead-letter-exchange": "on"}
    given = topology(back=[("r", "a")], rejecting=["q"], r=round_, grave={**DEAD, **TTL})
    on = [Exchange("on", "direct")], [Binding("on", "grave", "a")]
    given = replace(given, exchanges=[*given.exchanges, *on[0]], bindings=[*given.bindings, *on[1]])
    assert only(given).undecided is None
    old = only(given, version=Version(3, 10, 8))
    assert old.undecided == "it has died 30 times by then, and goes round for ever"
    assert len(old.deaths) == 30


def test_who_makes_room_in_a_queue_that_is_full() -> None:
    """The oldest; or with reject-publish-dlx, the new one; each is told where it is published."""
    messages = [Message("in", "a"), Message("in", "b"), Message("in", "c")]
    full = {**DEAD, "x-max-length": 2}
    first, second, third = lives(topology(full), messages, NEWEST)
    assert [each.queues for each in (first, second, third)] == [["q"]] * 3
    assert [*first.deaths, *second.deaths] == []
    [(place, death)] = third.deaths
    assert (place, death.copy.routing_key, [c.queue for c in death.copies]) == (0, "a", ["grave"])
    newest = lives(topology({**full, "x-overflow": "reject-publish-dlx"}), messages, NEWEST)[2]
    assert (newest.queues, [place for place, _ in newest.deaths]) == ([], [2])


def test_two_copies_at_once_into_a_queue_that_keeps_one() -> None:
    """Which one stays is not decided, nor is what comes after it."""
    given = topology({**DEAD, **TTL}, [("r", "a"), ("r", "b")], r={"x-max-length": 1})
    given = replace(
        given,
        queues=[*given.queues, "s", "t"],
        bindings=[*(Binding("in", queue) for queue in "rst"), *given.bindings],
        queue_arguments={**given.queue_arguments, **{queue: {"x-max-length": 1} for queue in "st"}},
    )
    first, second = lives(given, [Message("in", "a"), Message("in", "c")], NEWEST)
    assert first.undecided == "two copies come to queue r at once, which keeps the last"
    assert second.undecided == first.undecided


def test_a_version_on_which_no_death_was_tried() -> None:
    """Says so, where one comes; a message that does not die is decided."""
    life = only(topology({**DEAD, **TTL}), version=UNTRIED)
    assert life.undecided == "dead letters were not tried on RabbitMQ 3.13.1"
    assert only(topology({}), version=UNTRIED).undecided is None


def test_does_a_message_that_does_not_die_come_back() -> None:
    """Where no queue takes it, as ever; a dead letter never does."""
    given = replace(topology(), bindings=[])
    [row] = rows_of(given, [Message("in", "a")], NEWEST)
    assert row.route.returned
    assert row.copies == {}


def seen(row: Row, **change: Any) -> Observation:
    """Observe what was predicted, with a copy changed."""
    assert row.life
    resting = [(place, replace(as_consumed(c), **change)) for place, c in row.life.resting]
    return Observation(row.copies, 0, resting=resting)


def test_what_is_held_against_a_broker() -> None:
    """Where a copy rests, from which exchange, with which key, and with which headers."""
    [row] = rows_of(topology({**DEAD, **TTL}), [Message("in", "a")], NEWEST)
    assert replace(row, observed=seen(row)).agrees
    keys: list[dict[str, Any]] = [{"routing_key": "b"}, {"exchange": ""}]
    for change in (*keys, {"headers": {}}, {"queue": "r"}):
        assert not replace(row, observed=seen(row, **change)).agrees
    assert not replace(row, observed=Observation(row.copies, 0)).agrees
    assert not replace(row, observed=replace(seen(row), copies={})).agrees


def test_where_does_a_message_pass() -> None:
    """In the queues in which it dies, and not where another makes room for it."""
    given = topology({**DEAD, "x-max-length": 1})
    first, second = lives(given, [Message("in", "a"), Message("in", "b")], NEWEST)
    assert (first.passed, second.passed) == (frozenset(), frozenset())
    assert only(topology({**DEAD, **TTL})).passed == {"q"}


@pytest.mark.parametrize(
    ("arguments", "stays"), [({}, False), (DEAD, False), (TTL, True), ({"x-max-length": 0}, True)]
)
def test_which_queue_does_nobody_read(arguments: Mapping[str, Any], stays: bool) -> None:  # noqa: FBT001
    """One with a time to live or a length; there messages would not die if somebody did."""
    assert keeps(topology(arguments), "q") == stays


def test_what_does_a_consumer_count() -> None:
    """Rejections in its own queue; what is no number counts for none."""
    entry = {"queue": "q", "reason": "rejected", "count": 2}
    assert rejections([], "q") == 0
    others = [{**entry, "reason": "expired", "count": 5}, {**entry, "queue": "r", "count": 6}]
    assert rejections([*others, entry], "q") == 2
    assert rejections([{**entry, "count": "many"}], "q") == 0
    assert rejections([{}], "q") == 0


def test_how_is_a_copy_consumed_that_never_died() -> None:
    """As it was sent, here without headers."""
    [(_, copy)] = only(topology({})).resting
    assert as_consumed(copy) == Resting("q", "in", "a", {})
