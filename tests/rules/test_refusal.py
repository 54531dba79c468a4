"""What does RabbitMQ refuse, with which code, and how is that said?"""

from collections.abc import Sequence
from time import thread_time

import pytest

from routing import Binding, Exchange, ExchangeBinding, Message, Topology, route
from routing.amqp.topology import AnyBinding
from routing.amqp.values import Typed, Value
from routing.amqp.versions import NEWEST
from routing.rules.refusal import DROPPED, Refusal, refuse_declarations

X, INSIDE = Exchange("x", "direct"), Exchange("inside", "fanout", internal=True)
HEADERS, TOPIC = Exchange("h", "headers"), Exchange("t", "topic")
RANDOM = Exchange("r", "x-local-random")


def of(*exchanges: Exchange, bindings: Sequence[AnyBinding] = ()) -> Topology:
    """Declare exchanges, a queue, and bindings."""
    return Topology(exchanges=exchanges, queues=["q"], bindings=bindings)


ANY = Message("", "q")
INFINITE = float("inf")

REFUSED = [
    (
        of(Exchange("", "direct")),
        ANY,
        ("declare", 403),
        "the default exchange is always there and cannot be declared",
    ),
    (of(Exchange("x", "tpoic")), ANY, ("declare", 406), "exchange x: there is no type tpoic"),
    (
        of(Exchange("x", "direct", {"alternate-exchange": 7})),
        ANY,
        ("declare", 406),
        "exchange x: alternate-exchange must be text, not int32",
    ),
    (
        of(X, Exchange("x", "fanout")),
        ANY,
        ("declare", 406),
        "exchange x is declared twice, and not the same",
    ),
    (
        of(bindings=[Binding("", "q")]),
        ANY,
        ("bind", 403),
        "the default exchange cannot be bound",
    ),
    (
        of(X, bindings=[ExchangeBinding("x", "")]),
        ANY,
        ("bind", 403),
        "the default exchange cannot be bound",
    ),
    (of(bindings=[Binding("gone", "q")]), ANY, ("bind", 404), "there is no exchange gone"),
    (of(X, bindings=[Binding("x", "gone")]), ANY, ("bind", 404), "there is no queue gone"),
    (of(X, bindings=[Binding("x", "x")]), ANY, ("bind", 404), "there is no queue x"),
    (
        of(X, bindings=[ExchangeBinding("x", "gone")]),
        ANY,
        ("bind", 404),
        "there is no exchange gone",
    ),
    (of(X, bindings=[ExchangeBinding("x", "q")]), ANY, ("bind", 404), "there is no exchange q"),
    (
        of(RANDOM, bindings=[Binding("r", "q", "key")]),
        ANY,
        ("bind", 406),
        "an x-local-random exchange takes only bindings of queues, with an empty binding key",
    ),
    (
        of(HEADERS, bindings=[Binding("h", "q", arguments={"x-match": "most"})]),
        ANY,
        ("bind", 406),
        'x-match is "most", but must be one of all, any, all-with-x, any-with-x',
    ),
    (
        of(TOPIC, bindings=[Binding("t", "q", "#.a.#.#")]),
        ANY,
        ("bind", 406),
        "#.a.#.# has 3 #, and 2 are the most from RabbitMQ 4.3.5 on",
    ),
    (
        of(X),
        Message("x", body="é" * 2**23 + "."),
        ("publish", 406),
        "the body has 16777217 bytes, and 16777216 are the most on RabbitMQ 4.3.6",
    ),
    (of(X), Message("gone"), ("publish", 404), "there is no exchange gone"),
    (
        of(INSIDE),
        Message("inside"),
        ("publish", 403),
        "exchange inside is internal: only exchanges publish to it",
    ),
    (
        Topology(queues=["amq.q"]),
        ANY,
        ("declare", 403),
        "queue amq.q: RabbitMQ keeps names that begin with amq. for itself",
    ),
    (
        of(Exchange("amq.x", "direct")),
        ANY,
        ("declare", 403),
        "exchange amq.x: RabbitMQ keeps names that begin with amq. for itself",
    ),
    (
        of(Exchange("amq.topic", "direct")),
        ANY,
        ("declare", 406),
        "exchange amq.topic is always there, and not like this",
    ),
    (
        of(Exchange("x", "direct", {"a": INFINITE})),
        ANY,
        ("declare", DROPPED),
        "exchange x: RabbitMQ has no infinity and no NaN",
    ),
    (
        of(X, bindings=[Binding("x", "q", arguments={"a": INFINITE})]),
        ANY,
        ("bind", DROPPED),
        "an argument of a binding: RabbitMQ has no infinity and no NaN",
    ),
    (
        of(X),
        Message("x", headers={"a": INFINITE}),
        ("publish", 541),
        "a header: RabbitMQ has no infinity and no NaN",
    ),
    (
        Topology(exchanges=[X], bindings=[Binding("x", "")]),
        ANY,
        ("bind", 404),
        "no queue is declared that a binding without a name could mean",
    ),
    (
        Topology(exchanges=[X], bindings=[ExchangeBinding("x", "")]),
        ANY,
        ("bind", 403),
        "the default exchange cannot be bound",
    ),
    (of(X), Message("x", headers={"CC": "a"}), ("publish", 406), "CC must be a list of keys"),
    (of(X), Message("x", headers={"BCC": "a"}), ("publish", 406), "BCC must be a list of keys"),
]


@pytest.mark.parametrize(
    ("topology", "message", "refused", "why"), REFUSED, ids=[why for *_, why in REFUSED]
)
def test_what_is_refused(
    topology: Topology, message: Message, refused: tuple[str, int], why: str
) -> None:
    """At which operation and with which code; then nothing goes anywhere, nor comes back."""
    found = route(topology, message)
    assert found.refusal
    assert (found.refusal.at, found.refusal.code) == refused
    assert found.why == [why]
    assert str(found).endswith(f": refused at {refused[0]} with {refused[1]}: {why}")
    assert (found.queues, found.returned) == (frozenset(), False)


@pytest.mark.parametrize(
    "topology",
    [
        of(X, X),
        of(X, bindings=[Binding("x", "q", "#.#.#.#")]),
        of(X, bindings=[Binding("x", "q", arguments={"x-match": "most"})]),
        of(X, INSIDE, bindings=[ExchangeBinding("x", "inside")]),
        of(Exchange("x", "direct", {"alternate-exchange": "gone"})),
        of(RANDOM, bindings=[Binding("r", "q")]),
        of(TOPIC, bindings=[Binding("t", "q", "#.#")]),
    ],
    ids=str,
)
def test_what_is_not_refused(topology: Topology) -> None:
    """The same twice; what counts for another type; what leads inside, or nowhere."""
    assert route(topology, ANY).queues == {"q"}


@pytest.mark.parametrize("mode", [b"all", Typed("bytes", "all"), 1, None, True])
def test_must_x_match_be_text(mode: Value) -> None:
    """Of the type longstr: the same bytes of another one are refused."""
    refusal = route(of(HEADERS, bindings=[Binding("h", "q", "", {"x-match": mode})]), ANY).refusal
    assert refusal
    assert (refusal.at, refusal.code) == ("bind", 406)


@pytest.mark.parametrize("code", [403, 404, 405, 406])
def test_what_closes_a_channel_alone(code: int) -> None:
    """What AMQP 0-9-1 calls a soft error; all else ends the connection."""
    assert Refusal("bind", code, "").closes_channel
    assert not any(Refusal("bind", hard, "").closes_channel for hard in (DROPPED, 503, 541))


@pytest.mark.parametrize(("alternate", "again"), [("a", "b"), ("a", None), (None, 7)])
def test_are_two_exchanges_of_one_name_alike(alternate: Value, again: Value) -> None:
    """Only where both name the same alternate exchange, or neither has any."""

    def declared(*alternates: Value) -> Topology:
        given = [{} if each is None else {"alternate-exchange": each} for each in alternates]
        return of(*(Exchange("x", "direct", arguments) for arguments in given))

    for pair in ((alternate, again), (again, alternate)):
        refused = [each.why for each in refuse_declarations(declared(*pair), NEWEST)]
        assert "exchange x is declared twice, and not the same" in refused
    assert not route(declared(alternate, alternate), ANY).refusal


@pytest.mark.parametrize(
    ("key", "is_refused"),
    [("amq.rabbitmq.reply-to.a.b", True), ("amq.rabbitmq.reply-toa.b", False)],
)
def test_until_when_is_a_reply_key_made_up_refused(key: str, *, is_refused: bool) -> None:
    """Before 4.1.0, and told so; not if it only begins nearly so."""
    why = f"{key} is not a reply key of the broker's own making, before RabbitMQ 4.1.0"
    refusal = route(Topology(), Message("", key), "4.0.9").refusal
    assert refusal == (Refusal("publish", 541, why) if is_refused else None)
    assert route(Topology(), Message("", key), "4.1.0").refusal is None


def test_is_a_queue_without_a_name_a_queue() -> None:
    """Where none was declared, none is found; it is not the default exchange."""
    refusal = route(Topology(exchanges=[X], bindings=[Binding("x", "")]), ANY).refusal
    assert refusal
    assert (refusal.at, refusal.code) == ("bind", 404)


def test_is_all_that_would_be_refused_listed() -> None:
    """One declaration after another, whatever was refused before."""
    bindings: list[AnyBinding] = [
        Binding("gone", "q"),
        Binding("x", "gone"),
        ExchangeBinding("x", "gone"),
    ]
    topology = of(Exchange("y", "tpoic"), X, bindings=bindings)
    listed = [(each.at, each.code, each.why) for each in refuse_declarations(topology, NEWEST)]
    assert listed == [
        ("declare", 406, "exchange y: there is no type tpoic"),
        ("bind", 404, "there is no exchange gone"),
        ("bind", 404, "there is no queue gone"),
        ("bind", 404, "there is no exchange gone"),
    ]


def test_is_a_large_topology_looked_through_within_a_second() -> None:
    """With 30,000 queues, each of them bound."""
    names = [f"q{number}" for number in range(30_000)]
    bindings = [Binding("x", name) for name in names]
    topology = Topology(exchanges=[X], queues=names, bindings=bindings)
    began = thread_time()
    assert [*refuse_declarations(topology, NEWEST)] == []
    assert thread_time() - began < 1


@pytest.mark.parametrize(("version", "code"), [("4.2.5", 404), ("4.2.6", 403), ("4.3.6", 403)])
def test_since_when_can_a_queue_for_replies_not_be_bound(version: str, code: int) -> None:
    """It is missed before; an exchange of such a name always is."""
    name = "amq.rabbitmq.reply-to.a"
    refusal = route(of(X, bindings=[Binding("x", name)]), ANY, version).refusal
    missed = f"there is no queue {name}"
    told = f"queue {name} is for replies, which cannot be bound from RabbitMQ 4.2.6 on"
    assert refusal == Refusal("bind", code, told if code == 403 else missed)
    onward = route(of(X, bindings=[ExchangeBinding("x", name)]), ANY, version).refusal
    assert onward == Refusal("bind", 404, f"there is no exchange {name}")
