"""Where does a message go that dies, and how does it look then?"""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from dying import DEAD_LETTERS, held

from routing import Binding, Exchange, Message, Repeated, Topology, Typed
from routing.amqp.values import Value
from routing.amqp.versions import NEWEST, TRIED, Version, parse_version
from routing.rules.dead_letters import Copy, Death, arrives, dies
from routing.rules.predict import prepared, route_through

OLD, FIRST = Version(3, 10, 8), Version(4, 0, 0)
TO_X: Mapping[str, Value] = {"x-dead-letter-exchange": "x"}
Q = Message("", "q")


@pytest.mark.parametrize("version", TRIED, ids=str)
@pytest.mark.parametrize("case", DEAD_LETTERS, ids=lambda case: case["id"])
def test_does_each_case_end_as_it_was_seen(case: Mapping[str, Any], version: Version) -> None:
    """The copies in each queue, with exchange, key and headers; or the same refusal."""
    undecided = [death.undecided for death in held(case, version).deaths if death.undecided]
    kept = "queue q keeps it until a queue takes it, which was not tried to the end"
    assert undecided == [kept] * (case["id"].endswith("at-least-once-no-route") and version >= OLD)


@pytest.mark.parametrize(
    ("version", "like"),
    [("4.2.0", "4.0.5"), ("4.0.0", "4.0.5"), ("3.12.14", "3.10.8"), ("3.10.0", "3.10.8")],
)
def test_does_a_version_do_as_one_that_was_tried(version: str, like: str) -> None:
    """Up to the next one where something began to differ."""
    assert [held(case, parse_version(version), like) for case in DEAD_LETTERS]


def death(  # noqa: PLR0913 - all that a death depends on
    message: Message = Q,
    arguments: Mapping[str, Value] = TO_X,
    exchange: Exchange = Exchange("x", "fanout"),  # noqa: B008 - it is frozen
    *,
    taken: Sequence[Mapping[str, Value]] = ({},),
    reason: str = "expired",
    version: Version = NEWEST,
    expiration: str | None = None,
) -> Death:
    """Let a message die in q, the exchange x having a binding of q or d with these arguments."""
    bindings = [Binding("x", queue, "", each) for queue, each in zip("dq", taken, strict=False)]
    ready = prepared(Topology(exchanges=[exchange], queues=["q", "d"], bindings=bindings), version)
    [copy] = arrives(route_through(ready, message), version, expiration)
    return dies(ready, {"q": arguments}, copy, reason)


def only(death: Death) -> Copy:
    """Give the only copy that a death led to."""
    [copy] = death.copies
    return copy


def entry(death: Death) -> Mapping[str, Any]:
    """Give the only entry of x-death in the only copy."""
    [entry] = only(death).deaths
    return entry


@pytest.mark.parametrize(
    ("told", "what"),
    [
        (["queue q has no dead-letter exchange: gone"], {"arguments": {}}),
        (["there is no exchange y: gone"], {"arguments": {"x-dead-letter-exchange": "y"}}),
        (["no queue takes it from x: gone"], {"taken": []}),
        (
            ["no queue takes it from default exchange: gone"],
            {"arguments": {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "k"}},
        ),
        (["on to queue d"], {}),
        (["on to queue d", "on to queue q"], {"taken": [{}, {}], "reason": "rejected"}),
        (
            [
                "on to queue d",
                "queue q has seen it already and nothing was rejected since: dropped",
            ],
            {"taken": [{}, {}], "version": FIRST},
        ),
        (
            ["on to queue d", "x-death names queue q, and no rejection before that: dropped"],
            {"taken": [{}, {}], "version": OLD},
        ),
        (["on to queue d"], {"exchange": Exchange("x", "fanout", internal=True)}),
    ],
)
def test_what_is_told_of_a_death(told: list[str], what: Mapping[str, Any]) -> None:
    """A sentence for each queue that it comes to; an internal exchange is like any other."""
    assert death(**what).told == told


def sent(*x_death: Value, version: Version = OLD) -> Mapping[str, Any]:
    """Send entries of x-death."""
    return {"message": Message("", "q", {"x-death": list(x_death)}), "version": version}


GOOD: Mapping[str, Value] = {"queue": "a", "reason": "rejected", "count": 2}
NOT_LIKE = "the producer sent an x-death that is not like a broker's"
AT_LEAST_ONCE = {**TO_X, "x-queue-type": "quorum", "x-dead-letter-strategy": "at-least-once"}
KEPT = "queue q keeps it until a queue takes it, which was not tried to the end"
REPLY = "it may go to direct reply-to, which is not modelled"
BACK = {"x-dead-letter-exchange": ""}


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ("dead letters were not tried on RabbitMQ 3.13.0", {"version": Version(3, 13, 0)}),
        ("dead letters were not tried on RabbitMQ 3.13.7", {"version": Version(3, 13, 7)}),
        (
            "queue q is neither a classic nor a quorum queue",
            {"arguments": {"x-queue-type": "stream"}},
        ),
        (
            "exchange amq.rabbitmq.log is there or not, as the broker is set up",
            {"arguments": {"x-dead-letter-exchange": "amq.rabbitmq.log"}},
        ),
        (
            "a header was sent more than once",
            {"message": Message("", "q", Repeated([("BCC", []), ("BCC", [])]))},
        ),
        (NOT_LIKE, sent("nonsense")),
        *((NOT_LIKE, sent({k: v for k, v in GOOD.items() if k != name})) for name in GOOD),
        (NOT_LIKE, sent(GOOD, GOOD)),
        (
            REPLY,
            {"message": Message("", "q", {"CC": ["amq.rabbitmq.reply-to.a"]}), "arguments": BACK},
        ),
        (REPLY, {"arguments": {**BACK, "x-dead-letter-routing-key": "amq.rabbitmq.reply-to"}}),
        (
            "exchange x hands each message to one of its 2",
            {"exchange": Exchange("x", "x-local-random"), "taken": [{}, {}]},
        ),
        (KEPT, {"arguments": AT_LEAST_ONCE, "taken": []}),
        (KEPT, {"arguments": AT_LEAST_ONCE, "taken": [{}, {}]}),
    ],
)
def test_what_is_not_decided(said: str, what: Mapping[str, Any]) -> None:
    """What nobody tried is not guessed, and leads to no copies."""
    found = death(**what)
    assert (found.told, found.copies) == ([f"not decided: {said}"], ())


@pytest.mark.parametrize(
    "what",
    [
        sent(),
        sent(GOOD),
        sent("nonsense", version=Version(4, 0, 0)),
        {"message": Message("", "q", {"CC": ["amq.rabbitmq.reply-to.a"]})},
    ],
)
def test_what_is_decided_beside_that(what: Mapping[str, Any]) -> None:
    """An x-death like a broker's counts, from 4.0 on none; reply keys, by the default exchange."""
    assert death(**what).told == ["on to queue d"]


def test_is_what_cannot_be_decided_of_a_topology_unknown_of_a_death() -> None:
    """The same reason holds, and nothing arrives."""
    ready = prepared(Topology(exchanges=[Exchange("x", "x-random")], queues=["q"]), NEWEST)
    assert arrives(route_through(ready, Q), NEWEST) == []
    unknown = "a plugin brings the type x-random of exchange x"
    assert dies(ready, {}, Copy("q", Q, "", ["q"], None), "rejected").undecided == unknown


def test_does_a_key_of_bcc_hide_one_that_is_the_same() -> None:
    """From 4.0 on the first such key is left out of x-death; before, none of it was looked at."""
    message = Message("", "q", {"CC": ["c"], "BCC": ["q", "b"]})
    assert entry(death(message, version=FIRST))["routing-keys"] == ["c", "q"]
    assert entry(death(message, version=OLD))["routing-keys"] == ["q", "c"]


def test_is_the_number_of_an_expiration_kept() -> None:
    """From 4.0 on as the broker writes it; before, as it was sent."""
    assert entry(death(expiration="0100", version=FIRST))["original-expiration"] == "100"
    assert entry(death(expiration="0100", version=OLD))["original-expiration"] == "0100"
    assert only(death(expiration="0100")).expiration is None


@pytest.mark.parametrize("kind", ["int32", "int64"])
def test_does_a_count_go_on_that_a_broker_sent(kind: str) -> None:
    """It counts in int64, and a program may say so; what else was sent stays as it was."""
    old: Mapping[str, Value] = {
        "queue": "q",
        "reason": Typed("longstr", "expired"),
        "count": Typed(kind, 2),
    }
    odd = Typed("timestamp", 5)
    told = entry(death(**sent(Typed("table", [*old.items(), ("time", odd)]))))
    assert told == {"queue": "q", "reason": "expired", "count": 3, "time": odd}


def test_does_an_exchange_see_the_x_death_that_was_sent() -> None:
    """From 4.0 on it sees that one alone, though a consumer gets the broker's."""
    asks = {"x-match": "all-with-x", "x-death": "mine", "x-first-death-queue": "q"}
    message = Message("", "q", {"x-death": "mine", "x-first-death-queue": "mine"})
    headers = Exchange("x", "headers")
    assert death(message, exchange=headers, taken=[asks], version=FIRST).told == ["on to queue d"]
    assert not death(message, exchange=headers, taken=[asks], version=OLD).copies


def test_does_nothing_come_back_that_no_queue_takes() -> None:
    """Mandatory counts at publish alone."""
    lost = death(taken=[])
    assert lost.route
    assert not lost.route.returned


def test_does_anything_arrive_that_goes_to_one_of_several() -> None:
    """Which copy there is then, nobody can tell."""
    exchange = Exchange("x", "x-local-random")
    bindings = [Binding("x", queue) for queue in "qd"]
    ready = prepared(Topology(exchanges=[exchange], queues=["q", "d"], bindings=bindings), NEWEST)
    assert arrives(route_through(ready, Message("x")), NEWEST) == []
