"""What has a broker of a topology that it has loaded, and what is not decided of the rest?"""

import pytest

from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.versions import NEWEST, Version
from routing.rules.loaded import LeftOut, Loaded, loaded
from routing.rules.predict import Route, route_through
from routing.rules.refusal import Refusal

X = Exchange("x", "topic")
TO_Q = Binding("x", "q", "a.#")


def load(*bindings: AnyBinding, exchanges: tuple[Exchange, ...] = (X,), **more: str) -> Loaded:
    """Load some exchanges, the queue q, and bindings; more: doubts."""
    topology = Topology(exchanges=exchanges, queues=["q"], bindings=bindings)
    return loaded(topology, NEWEST, more)


def goes(has: Loaded, exchange: str = "x", key: str = "a.b") -> Route:
    """Predict where a message goes."""
    return route_through(has.ready, Message(exchange, key))


def told(has: Loaded, exchange: str = "x", key: str = "a.b") -> tuple[list[str], str | None]:
    """Name the queues that get a message, and say why that is not decided."""
    route = goes(has, exchange, key)
    return sorted(route.queues), route.undecided


def whys(has: Loaded) -> list[str]:
    """Say what is left out."""
    return [each.why for each in has.left_out]


def test_is_what_is_there_kept() -> None:
    """And answered as ever."""
    has = load(TO_Q)
    assert (has.topology.bindings, whys(has)) == ([TO_Q], [])
    assert goes(has).queues == {"q"}
    assert told(has, "x", "b") == ([], None)


@pytest.mark.parametrize(
    ("binding", "why"),
    [
        (Binding("x", "gone"), "there is no queue gone"),
        (Binding("gone", "q"), "there is no exchange gone"),
        (ExchangeBinding("x", "q"), "there is no exchange q"),
        (ExchangeBinding("gone", "x"), "there is no exchange gone"),
        (Binding("", "gone"), "there is no queue gone"),
    ],
)
def test_is_a_dangling_binding_left_out(binding: AnyBinding, why: str) -> None:
    """All others are made, and nothing is in doubt."""
    has = load(binding, TO_Q)
    assert has.left_out == [LeftOut(binding, why, dangles=True)]
    assert told(has) == (["q"], None)


def test_are_the_implied_bindings_no_fault() -> None:
    """Those of the default exchange are there, named or not."""
    has = load(Binding("", "q", "q"), TO_Q)
    assert (whys(has), told(has, "", "q")) == ([], (["q"], None))
    assert told(has) == (["q"], None)


def test_are_the_exchanges_there_that_always_are() -> None:
    """A file may bind them, and what it declares of them is passed over."""
    otherwise = Exchange("amq.topic", "fanout")
    default = Exchange("", "fanout")
    log = Exchange("amq.rabbitmq.log", "topic")
    has = load(Binding("amq.topic", "q", "a"), exchanges=(otherwise, default, log, X))
    assert goes(has, "amq.topic", "a").queues == {"q"}
    assert goes(has, "amq.topic", "b").queues == set()
    assert (whys(has), has.topology.exchanges) == ([], [X])


def test_are_reserved_names_skipped() -> None:
    """Of exchanges and of queues, as an import skips them."""
    exchange = Exchange("amq.own", "fanout")
    topology = Topology(exchanges=[exchange, X], queues=["amq.gen-1", "q"], bindings=[TO_Q])
    has = loaded(topology, NEWEST)
    why = "an import skips a name with amq. before it"
    assert has.left_out == [LeftOut(exchange, why), LeftOut("amq.gen-1", why)]
    assert (has.topology.exchanges, has.topology.queues) == ([X], ["q"])


def test_may_an_exchange_be_there_that_is_not_listed() -> None:
    """Where that is doubted, what comes to it is not decided, and all else is."""
    to_it = ExchangeBinding("x", "in", "in")
    topology = Topology(exchanges=[X], queues=["q"], bindings=[TO_Q, to_it])
    has = loaded(topology, NEWEST, {"in": "it is not listed"})
    assert (whys(has), told(has, "x", "in")) == ([], ([], "it is not listed"))
    assert told(has) == (["q"], None)
    assert [each.name for each in has.decided.exchanges] == ["x"]
    assert has.decided.bindings == [TO_Q]


def test_which_of_two_exchanges_of_one_name_is_there() -> None:
    """The first one."""
    second = Exchange("x", "direct")
    has = load(TO_Q, exchanges=(X, second))
    assert has.left_out == [LeftOut(second, "there is one of that name already")]
    assert goes(has).queues == {"q"}


@pytest.mark.parametrize(
    ("exchange", "why"),
    [
        (Exchange("d", "x-delayed-message"), "a plugin brings the type x-delayed-message"),
        (Exchange("d", "nonsense"), "there is no type nonsense"),
        (Exchange("d", "fanout", {"alternate-exchange": 1}), "alternate-exchange must be text"),
    ],
)
def test_whom_does_a_foreign_exchange_concern(exchange: Exchange, why: str) -> None:
    """Who comes to it; queues that are reached without it are told."""
    way = ExchangeBinding("x", "d", "late.#")
    beyond: list[AnyBinding] = [ExchangeBinding("d", "y"), Binding("y", "q")]
    exchanges = (X, exchange, Exchange("y", "fanout"))
    has = load(TO_Q, way, Binding("x", "q", "late.sure"), *beyond, exchanges=exchanges)
    assert told(has) == (["q"], None)
    for name, key, queues in (("d", "", []), ("x", "late.sure", ["q"]), ("x", "late", [])):
        route = goes(has, name, key)
        assert route.undecided
        assert why in route.undecided
        assert (sorted(route.queues), route.returned) == (queues, False)
        assert [visit.exchange.name for visit in route.visits] == ["x"] * (name == "x")


def test_whom_does_a_refused_binding_concern() -> None:
    """Who comes to its exchange, on the versions that refuse it."""
    many = Binding("x", "q", "#.a.#.b.#")
    y = Exchange("y", "fanout")
    topology = Topology(exchanges=[X, y], queues=["q"], bindings=[many, TO_Q, Binding("y", "q")])
    new, old = loaded(topology, NEWEST), loaded(topology, Version(3, 10, 8))
    assert whys(new) == [
        "RabbitMQ 4.3.6 refuses it: #.a.#.b.# has 3 #, and 2 are the most from RabbitMQ 4.3.5 on"
    ]
    assert str(goes(new).undecided).endswith("on, which RabbitMQ 4.3.6 refuses")
    assert told(new, "y") == (["q"], None)
    assert (told(old), whys(old)) == ((["q"], None), [])


def test_is_a_doubt_from_elsewhere_kept() -> None:
    """Such as two policies of one priority; it goes before what is found here."""
    assert goes(load(TO_Q, x="a tie")).undecided == "a tie"
    strange = Exchange("x", "nonsense")
    assert goes(load(exchanges=(strange,), x="a tie")).undecided == "a tie"
    assert goes(load(TO_Q, x="a tie"), "", "q").undecided is None


def test_is_a_message_refused_as_ever() -> None:
    """By an exchange that is not there."""
    refusal = goes(load(TO_Q), "gone").refusal
    assert refusal
    assert refusal.code == 404


def test_what_is_decided_of_a_topology() -> None:
    """All but the exchanges of a plugin, and what they are bound to, or is bound to them."""
    kept, foreign = Exchange("x", "fanout"), Exchange("late", "x-delayed-message")
    bindings: list[AnyBinding] = [
        Binding("x", "q"),
        ExchangeBinding("x", "y"),
        ExchangeBinding("x", "late"),
        Binding("late", "q"),
        ExchangeBinding("late", "x"),
        Binding("y", "late"),
    ]
    topology = Topology(
        exchanges=[kept, foreign, Exchange("y", "topic")], queues=["q", "late"], bindings=bindings
    )
    assert loaded(topology, NEWEST).decided == Topology(
        exchanges=[kept, Exchange("y", "topic")],
        queues=["q", "late"],
        bindings=[*bindings[:2], bindings[-1]],
    )
    named = Topology(exchanges=[Exchange("x\n", "fanout")], queues=["q"])
    assert loaded(named, NEWEST).decided.exchanges == [kept]


def test_what_is_known_of_an_exchange_that_only_a_doubt_names() -> None:
    """It is an internal one, which takes no message from a producer; one of the broker's does."""
    has = load(ExchangeBinding("x", "inner", "#"), inner="it is not listed")
    assert told(has) == ([], "it is not listed")
    assert goes(has, "inner").refusal == Refusal(
        "publish", 403, "exchange inner is internal: only exchanges publish to it"
    )
    has = loaded(Topology(exchanges=[X]), NEWEST, {"amq.headers": "its bindings are not known"})
    assert told(has, "amq.headers") == ([], "its bindings are not known")
