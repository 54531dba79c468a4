"""Does --why tell every hit and every miss, over whole topologies?"""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

import pytest

from routing.amqp.topology import (
    AnyBinding,
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.versions import TRIED
from routing.rules.matching import RULES
from routing.rules.predict import route
from routing.rules.trace import told as told_of
from routing.rules.trace import trace

Told = list[tuple[str, list[tuple[bool, str]], list[str]]]


def told(topology: Topology, message: Message) -> Told:
    """Give for each exchange on the way its name, its bindings' reasons, and the notes."""
    return [
        (
            stop.visit.exchange.name,
            [(each.verdict.takes, each.text) for each in stop.reasons],
            stop.notes,
        )
        for stop in trace(route(topology, message), topology)
    ]


def exchanges(*names: str, **arguments: dict[str, Any]) -> list[Exchange]:
    """Declare direct exchanges, some of them with arguments."""
    return [Exchange(name, "direct", arguments.get(name, {})) for name in names]


def test_is_every_binding_judged() -> None:
    """Hits and misses, in the order of declaration."""
    topology = Topology(
        exchanges=[Exchange("x", "topic")],
        queues=["q", "r"],
        bindings=[Binding("x", "q", "a.*"), Binding("x", "r", "b"), Binding("x", "q", "#")],
    )
    assert told(topology, Message("x", "a.b")) == [
        (
            "x",
            [
                (True, "* is b"),
                (False, "word 1: a is not b"),
                (True, "# is a.b; still one copy"),
            ],
            [],
        )
    ]


def test_is_a_cycle_told() -> None:
    """An exchange that comes round again has seen the message already."""
    topology = Topology(
        exchanges=exchanges("a", "b"),
        queues=["q"],
        bindings=[
            ExchangeBinding("a", "b", "k"),
            ExchangeBinding("b", "a", "k"),
            Binding("b", "q", "k"),
        ],
    )
    assert told(topology, Message("a", "k")) == [
        ("a", [(True, "the same key")], []),
        (
            "b",
            [
                (True, "the same key; that exchange has seen it already"),
                (True, "the same key"),
            ],
            [],
        ),
    ]


def test_is_a_diamond_told() -> None:
    """Two ways to one exchange are one visit."""
    topology = Topology(
        exchanges=exchanges("a", "b", "c", "d"),
        queues=["q"],
        bindings=[
            ExchangeBinding("a", "b", "k"),
            ExchangeBinding("a", "c", "k"),
            ExchangeBinding("b", "d", "k"),
            ExchangeBinding("c", "d", "k"),
            Binding("d", "q", "k"),
        ],
    )
    stops = told(topology, Message("a", "k"))
    assert [name for name, _, _ in stops] == ["a", "b", "c", "d"]
    assert stops[2][1] == [(True, "the same key; that exchange has seen it already")]


@pytest.mark.parametrize(
    ("key", "notes"),
    [
        ("other", ["no binding takes the message: on to alternate exchange spare"]),
        ("k", ["alternate exchange spare is not used: a binding takes the message"]),
        (
            "empty",
            [
                "alternate exchange spare is not used: a binding takes the message, "
                "though it leads to no queue"
            ],
        ),
    ],
)
def test_is_the_alternate_told(key: str, notes: list[str]) -> None:
    """It is used only where no binding matches, wherever a binding that matches may lead."""
    topology = Topology(
        exchanges=exchanges("x", "nowhere", "spare", x={"alternate-exchange": "spare"}),
        queues=["q"],
        bindings=[Binding("x", "q", "k"), ExchangeBinding("x", "nowhere", "empty")],
    )
    assert told(topology, Message("x", key))[0][2] == notes


@pytest.mark.parametrize("name", ["gone", ""])
def test_is_an_alternate_that_is_not_there_told(name: str) -> None:
    """A missing alternate, and the default exchange as one, take nothing."""
    topology = Topology(
        exchanges=exchanges("x", x={"alternate-exchange": name}), queues=["q"], bindings=[]
    )
    ((_, judged, notes),) = told(topology, Message("x", "q"))
    assert judged == []
    assert notes[0] == "nothing is bound to this exchange"
    assert notes[1].startswith("no binding takes the message, and there is no alternate exchange")


@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_is_the_key_told_that_did_it(header: str) -> None:
    """Where a further key made a binding match, it is named with its header."""
    topology = Topology(exchanges=exchanges("x"), queues=["q"], bindings=[Binding("x", "q", "k2")])
    message = Message("x", "k1", headers={header: ["k3", "k2"]})
    assert told(topology, message) == [("x", [(True, f"by the {header} key k2: the same key")], [])]


def test_how_much_is_told_of_a_long_key() -> None:
    """Of a further key 40 columns, even where the line has room for more."""
    key = "k" * 50
    topology = Topology(exchanges=exchanges("x"), queues=["q"], bindings=[Binding("x", "q", key)])
    ((_, reasons, _),) = told(topology, Message("x", "k1", headers={"CC": [key]}))
    assert reasons == [(True, f"by the CC key {'k' * 18}[...]{'k' * 17}: the same key")]


@pytest.mark.parametrize(
    ("alternates", "notes"),
    [
        ({"x": "x"}, [["no binding takes the message, and the alternate exchange is this one"]]),
        (
            {"x": "y", "y": "x"},
            [
                ["no binding takes the message: on to alternate exchange y"],
                ["no binding takes the message, and alternate exchange x has seen it already"],
            ],
        ),
        (
            {"x": "amq.fanout"},
            [
                ["no binding takes the message: on to alternate exchange amq.fanout"],
                [],
            ],
        ),
    ],
)
def test_is_an_alternate_told_that_leads_nowhere(
    alternates: dict[str, str], notes: list[list[str]]
) -> None:
    """The exchange itself, one that was reached before, one of the broker's own."""
    given = {name: {"alternate-exchange": to} for name, to in alternates.items()}
    topology = Topology(exchanges=exchanges(*alternates, **given), queues=["q"])
    for (_, _, said), expected in zip(told(topology, Message("x", "q")), notes, strict=True):
        assert said[0] == "nothing is bound to this exchange"
        assert [each[: len(start)] for each, start in zip(said[1:], expected, strict=True)] == (
            expected
        )


ALTERNATES = [None, None, "e0", "e1", "e2", "e3", "gone", "", "amq.fanout"]

KEYS = ["a", "b", "a.b", ""]


def made_up(random: Random) -> tuple[Topology, Message]:
    """Make up a topology in which exchanges lead to one another in every way, and a message."""
    names = [f"e{number}" for number in range(4)]
    arguments = [{"alternate-exchange": to} if to is not None else {} for to in ALTERNATES]
    topology = Topology(
        exchanges=[
            Exchange(name, random.choice(["direct", "direct", "topic", "fanout"]), given)
            for name, given in zip(names, random.choices(arguments, k=4), strict=True)
        ],
        queues=["q", "r"],
        bindings=[made_up_binding(random, names) for _ in range(random.randrange(7))],
    )
    copies = random.choice([{}, {}, {"CC": ["b"]}, {"BCC": ["a.b"]}, {"CC": ["a"], "BCC": ["a"]}])
    return topology, Message(random.choice([*names, ""]), random.choice([*KEYS, "q"]), copies)


def made_up_binding(random: Random, names: Sequence[str]) -> AnyBinding:
    """Make up a binding, to a queue as often as to an exchange."""
    source, key = random.choice(names), random.choice([*KEYS, "*", "#.b"])
    if random.random() < 0.5:
        return Binding(source, random.choice("qr"), key)
    return ExchangeBinding(source, random.choice(names), key)


def test_is_what_is_told_of_any_topology_true() -> None:
    """Over alternates, cycles and further keys: each note and each addition, held one by one."""
    random = Random(5)  # noqa: S311
    for _ in range(1_500):
        topology, message = made_up(random)
        follow(topology, message)


def follow(topology: Topology, message: Message) -> None:
    """Go the way of a message anew, and hold what is told at each exchange against it."""
    given = {exchange.name: exchange for exchange in topology.exchanges}
    reached: set[tuple[bool, str]] = {(False, message.exchange)}
    for name, reasons, notes in told(topology, message):
        exchange = given.get(name, Exchange(name, "direct"))
        bindings = bindings_at(topology, name)
        taking = []
        for binding, (takes, said) in zip(bindings, reasons, strict=True):
            by = [key for key in keys_of(message) if takes_by(exchange, binding, key)]
            assert takes is bool(by)
            hold_reason(said, binding, by, message, reached)
            if takes:
                taking.append(binding)
                reached.add((isinstance(binding, Binding), binding.destination))
        assert ("nothing is bound to this exchange" in notes) is (not bindings)
        others = [note for note in notes if note != "nothing is bound to this exchange"]
        assert others == expected_notes(exchange, taking, topology, message, reached)
        if not taking and exchange.alternate in {*given, "amq.fanout"}:
            reached.add((False, str(exchange.alternate)))


def keys_of(message: Message) -> list[str]:
    """List the keys of a message, its own first."""
    further: Mapping[str, Any] = message.headers or {}
    return [message.routing_key, *further.get("CC", ()), *further.get("BCC", ())]


def bindings_at(topology: Topology, name: str) -> list[AnyBinding]:
    """List the bindings of an exchange."""
    if name == "":
        return [Binding("", queue, queue) for queue in topology.queues]
    return [binding for binding in topology.bindings if binding.source == name]


def takes_by(exchange: Exchange, binding: AnyBinding, key: str) -> bool:
    """Tell whether a binding takes a message of this key."""
    return RULES[exchange.type](binding, Message(exchange.name, key), TRIED[0])


def hold_reason(
    said: str,
    binding: AnyBinding,
    by: Sequence[str],
    message: Message,
    reached: set[tuple[bool, str]],
) -> None:
    """Hold what is added to a reason: a key before it, and after it what is left of the effect."""
    found = re.match(r"by the (CC|BCC) key (.*?): ", said)
    assert bool(found) is (bool(by) and message.routing_key not in by)
    if found:
        further: Mapping[str, Any] = message.headers or {}
        assert found[2].replace("(empty key)", "") in by
        assert found[2].replace("(empty key)", "") in further[found[1]]
    again = bool(by) and (isinstance(binding, Binding), binding.destination) in reached
    to_queue = isinstance(binding, Binding)
    assert said.endswith("; still one copy") is (again and to_queue)
    assert said.endswith("; that exchange has seen it already") is (again and not to_queue)


def expected_notes(
    exchange: Exchange,
    taking: Sequence[AnyBinding],
    topology: Topology,
    message: Message,
    reached: set[tuple[bool, str]],
) -> list[str]:
    """Say what there is to say of an alternate exchange."""
    name, there = exchange.alternate, {"amq.fanout", *(each.name for each in topology.exchanges)}
    if name is None:
        return []
    if taking:
        led = "" if queues_of(topology, message) else ", though it leads to no queue"
        unused = f"alternate exchange {name or 'without a name'} is not used"
        return [f"{unused}: a binding takes the message{led}"]
    nobody = "no binding takes the message"
    if name == exchange.name:
        return [f"{nobody}, and the alternate exchange is this one: it ends here"]
    if name in there:
        seen = (False, name) in reached
        return [
            f"{nobody}, and alternate exchange {name} has seen it already"
            if seen
            else f"{nobody}: on to alternate exchange {name}"
        ]
    return [
        f"{nobody}, and there is no alternate exchange {name or 'without a name'}: it ends here"
    ]


def queues_of(topology: Topology, message: Message) -> set[str]:
    """List the queues that get a message, over whichever way."""
    given = {each.name: each for each in (Exchange("amq.fanout", "fanout"), *topology.exchanges)}
    queues: set[str] = set()
    waiting = [message.exchange]
    for name in waiting:
        at = given[name]
        taking = [
            each
            for each in bindings_at(topology, name)
            if any(takes_by(at, each, key) for key in keys_of(message))
        ]
        queues |= {each.destination for each in taking if isinstance(each, Binding)}
        onward = [each.destination for each in taking if isinstance(each, ExchangeBinding)]
        if not taking and at.alternate in given:
            onward = [str(at.alternate)]
        waiting += [each for each in dict.fromkeys(onward) if each not in waiting]
    return queues


@pytest.mark.parametrize("sent", ["a", "b"])
def test_what_is_told_of_one_binding(sent: str) -> None:
    """By itself, its reason and nothing after that."""
    topology = Topology(exchanges=exchanges("x"), queues=["q"], bindings=[Binding("x", "q", "a")])
    found = route(topology, Message("x", sent))
    ((verdict,),) = (visit.verdicts for visit in found.visits)
    assert told_of(verdict, found) == verdict.reason.text
