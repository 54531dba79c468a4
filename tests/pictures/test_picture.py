"""Is all of a source in its picture, and does the way of a message show what `route` says?"""

from collections import Counter
from random import Random
from typing import Any

import pytest
from pictured import LESSONS, definitions, random_topology, source_of

from routing.amqp.notation import write_binding
from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.versions import NEWEST, TRIED, Version
from routing.ask.answer import ask
from routing.files.reading import read_source
from routing.files.source import Source
from routing.pictures.draw.around import around
from routing.pictures.draw.drawn import drawn
from routing.pictures.draw.grouped import MOST_QUEUES, grouped, is_large
from routing.pictures.draw.lit import lit_by
from routing.pictures.draw.picture import Picture, Place
from routing.rules.queue_arguments import EXCHANGE

SOURCES = [*map(read_source, LESSONS), *(source_of(random_topology(Random(n))) for n in range(20))]  # noqa: S311


def node(picture: Picture, name: str, noun: str = "exchange") -> Any:
    """Find a box."""
    return next(each for each in picture.nodes if each.place == (noun, name))


def labels(picture: Picture, kind: str) -> Counter[tuple[Place, Place]]:
    """Count what stands at the arrows of a kind, by their ends."""
    return Counter(
        (arrow.start, arrow.end)
        for arrow in picture.arrows
        for _ in arrow.labels
        if arrow.kind == kind
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.shown)
def test_is_everything_there(source: Source) -> None:
    """Each exchange, queue, binding, alternate and dead-letter exchange; of the same, one."""
    picture, topology = drawn(source, NEWEST), source.topology
    places = [each.place for each in picture.nodes]
    assert len({*places}) == len(places)
    declared = {("exchange", each.name) for each in topology.exchanges}
    assert declared | {("queue", queue) for queue in topology.queues} <= {*places}
    bound = labels(picture, "binding")
    for ends in [each for each in bound if each[0] == ("exchange", "")]:
        del bound[ends]
    different = {
        (
            ("exchange", each.source),
            ("queue" if isinstance(each, Binding) else "exchange", each.destination),
            each.binding_key,
            repr(each.arguments),
        )
        for each in topology.bindings
    }
    assert bound == Counter(each[:2] for each in different)
    assert labels(picture, "alternate") == Counter(
        (("exchange", each.name), ("exchange", each.alternate))
        for each in topology.exchanges
        if each.alternate is not None
    )
    assert labels(picture, "dead letters") == Counter(
        (("queue", queue), ("exchange", arguments[EXCHANGE]))
        for queue, arguments in source.arguments.items()
        if EXCHANGE in arguments
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.shown)
def test_is_lit_what_route_says(source: Source) -> None:
    """The exchanges and queues that it comes to, and just the bindings that take it."""
    sent = [each.message for each in source.messages]
    sent += [Message(each.name, "order.eu") for each in source.topology.exchanges]
    for message in sent:
        answer = ask(source, NEWEST).answer(message)
        picture = drawn(source, NEWEST, lit_by(answer))
        assert picture.fate == answer.fate
        lit = {each.place for each in picture.nodes if each.lit}
        visited = {("exchange", visit.exchange.name) for visit in answer.route.visits}
        visited |= {("queue", queue) for queue in answer.route.queues}
        doubtful = {("exchange", name) for name in answer.asked.has.ready.doubts}
        assert visited <= lit <= visited | doubtful
        taking = {
            (v.binding.source, v.binding.destination, write_binding(v.binding, v.exchange_type))
            for visit in answer.route.visits
            for v in visit.taking
        }
        shown = {
            (arrow.start[1], arrow.end[1], label.text)
            for arrow in picture.arrows
            for label in arrow.labels
            if label.reason is not None and arrow.kind == "binding"
        }
        assert shown == taking


def test_is_nothing_lit_that_is_refused() -> None:
    """A message to an internal exchange goes nowhere, and the picture says why."""
    topology = Topology(
        exchanges=[Exchange("inner", "fanout", internal=True)],
        queues=["q"],
        bindings=[Binding("inner", "q")],
    )
    source = source_of(topology)
    picture = drawn(source, NEWEST, lit_by(ask(source, NEWEST).answer(Message("inner"))))
    assert not [node.title for node in picture.nodes if node.lit]
    assert not [arrow.end for arrow in picture.arrows if arrow.lit]
    assert "refused at publish with 403" in str(picture.fate)


def test_are_policies_followed() -> None:
    """A dead-letter exchange and an alternate that only a policy sets are drawn as any other."""
    policy = {"vhost": "/", "priority": 0, "pattern": ""}
    sets = [("queues", {"dead-letter-exchange": "b"}), ("exchanges", {"alternate-exchange": "b"})]
    policies = [
        {"name": applies, "apply-to": applies, "definition": definition, **policy}
        for applies, definition in sets
    ]
    source = definitions({"a": "topic", "b": "fanout"}, ["q"], [], policies=policies)
    picture = drawn(source, NEWEST)
    assert labels(picture, "dead letters") == {(("queue", "q"), ("exchange", "b")): 1}
    assert (("exchange", "a"), ("exchange", "b")) in labels(picture, "alternate")


@pytest.mark.parametrize("version", [NEWEST, Version(3, 8, 9)], ids=str)
def test_is_marked_what_some_refuse(version: Version) -> None:
    """By whom a binding is refused, whichever is meant; what is not there, or not known."""
    modes = {"x-match": "any-with-x", "x-a": 1}
    source = definitions(
        {"papers": "headers", "hash": "x-consistent-hash", "orders": "topic"},
        ["q"],
        [
            {"source": "papers", "destination": "q", "arguments": modes},
            {"source": "orders", "destination": "q", "routing_key": "#.a.#.b.#"},
            {"source": "orders", "destination": "gone"},
            {"source": "hash", "destination": "q", "routing_key": "1"},
        ],
    )
    picture = drawn(source, version)
    marks = {(a.start[1], a.end[1]): each.mark for a in picture.arrows for each in a.labels}
    assert marks == {
        ("papers", "q"): "! refused by 3.8.9",
        ("orders", "q"): "! refused by 4.3.6",
        ("orders", "gone"): "! left out",
        ("hash", "q"): "",
    }
    assert node(picture, "gone", "queue").marks == ["! not there"]
    assert node(picture, "hash").marks == ["? not decided"]
    refused = "orders" if version == NEWEST else "papers"
    assert node(picture, refused).marks == ["? not decided"]
    assert node(picture, {"orders": "papers", "papers": "orders"}[refused]).marks == []
    assert any("all-with-x" in each or "any-with-x" in each for each in picture.notes)


def test_is_a_version_told_that_nobody_tried() -> None:
    """One between those that were tried is asked, too."""
    source = definitions(
        {"papers": "headers"},
        ["q"],
        [{"source": "papers", "destination": "q", "arguments": {"x-match": "all-with-x"}}],
    )
    [arrow] = drawn(source, Version(3, 9, 5)).arrows
    assert arrow.labels[0].mark == "! refused by 3.8.9, 3.9.5"
    assert Version(3, 9, 5) not in TRIED


def test_what_is_around_a_name() -> None:
    """What leads to it, over other exchanges, and what it leads to; nothing else."""
    journey = drawn(read_source("journey"), NEWEST)
    names = {each.place[1] for each in around(journey, "home").nodes}
    assert names == {"scans", "home", "city", "audit"}
    names = {each.place[1] for each in around(journey, "lost").nodes}
    assert names == {"scans", "strays", "lost"}
    assert [*labels(around(journey, "lost"), "binding")] == [
        (("exchange", "strays"), ("queue", "lost"))
    ]
    dead = drawn(read_source("dead-letters"), NEWEST)
    names = {each.place[1] for each in around(dead, "latest").nodes}
    assert names == {"inbox", "latest"}


def test_is_a_large_one_counted() -> None:
    """Bindings and queues of each exchange, and what dies in them; all numbers are right."""
    queues = [f"q{n}" for n in range(60)]
    bindings = [
        {"source": f"x{n % 3}", "destination": queues[n % 50], "routing_key": f"{n}"}
        for n in range(300)
    ]
    dead = {"vhost": "/", "priority": 0, "pattern": "^q.$", "apply-to": "queues", "name": "dead"}
    source = definitions(
        dict.fromkeys(["x0", "x1", "x2"], "direct"),
        queues,
        bindings,
        policies=[{**dead, "definition": {"dead-letter-exchange": "x0"}}],
    )
    whole = drawn(source, NEWEST, lit_by(ask(source, NEWEST).answer(Message("x1", "1"))))
    assert is_large(whole)
    picture = grouped(whole)
    for number in range(3):
        mine = [each for each in bindings if each["source"] == f"x{number}"]
        box = node(picture, f"x{number}", "queues")
        assert box.title == f"{len({each['destination'] for each in mine})} queues"
        [arrow] = [each for each in picture.arrows if each.end == box.place]
        assert [each.text for each in arrow.labels] == [f"{len(mine)} bindings"]
        assert arrow.labels[0].reason == ("1 take it" if number == 1 else None)
        assert box.lit is (number == 1)
    assert node(picture, "x1", "queues").marks == ["● q1"]
    assert [each.title for each in picture.nodes if each.kind == "without a binding"] == [
        "10 queues"
    ]
    told = [a.labels[0].text for a in picture.arrows if a.kind == "dead letters"]
    assert told == ["dead letters of 10 queues"] * 3


def test_are_few_named_that_get_the_message() -> None:
    """And more are counted."""
    for number, said in ((6, [f"● q{n}" for n in range(6)]), (7, ["● 7 of them"])):
        queues = [f"q{n}" for n in range(50)]
        bindings = [
            {"source": "x", "destination": queue, "routing_key": f"{n < number}"}
            for n, queue in enumerate(queues)
        ]
        source = definitions({"x": "direct"}, queues, bindings)
        lit = lit_by(ask(source, NEWEST).answer(Message("x", "True")))
        assert node(grouped(drawn(source, NEWEST, lit)), "x", "queues").marks == said


def test_from_when_on_is_it_counted() -> None:
    """Up to a limit each queue is drawn; one that is asked about always is."""
    for more in (0, 1):
        queues = [f"q{n}" for n in range(MOST_QUEUES + more)]
        bindings = [{"source": "x", "destination": queue} for queue in queues]
        picture = drawn(definitions({"x": "fanout"}, queues, bindings), NEWEST)
        assert is_large(picture) is bool(more)
    kept = grouped(picture, "q7")
    assert [each.place for each in kept.nodes if each.place[0] == "queue"] == [("queue", "q7")]
    assert node(kept, "x", "queues").title == f"{MOST_QUEUES} queues"
