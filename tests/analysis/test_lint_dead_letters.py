"""Is it told of dead letters that are lost, or come back, where they do, and nowhere else?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest
from drawn import SEEDS, drawn_topology, every_message

from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.values import Value
from routing.amqp.versions import NEWEST
from routing.analysis.lint.dead_letters import of_circles, of_dead_letters
from routing.analysis.lint.subject import Subject
from routing.files.source import Source
from routing.rules.predict import route_through

Arguments = Mapping[str, Mapping[str, Value]]


def drawn(random: Random) -> tuple[Topology, Arguments]:
    """Draw a topology without headers exchanges, and where dead letters of its queues go."""
    topology = drawn_topology(random)
    while any(each.type == "headers" for each in topology.exchanges):
        topology = drawn_topology(random)
    arguments: dict[str, dict[str, Value]] = {}
    for queue in topology.queues:
        exchange = random.choice([*(each.name for each in topology.exchanges), None])
        if exchange:
            arguments[queue] = {"x-dead-letter-exchange": exchange}
            if random.random() < 0.3:
                arguments[queue]["x-dead-letter-routing-key"] = random.choice(["a", "a.b", "b"])
    return topology, arguments


def after(subject: Subject, queue: str, key: str) -> set[tuple[str, str]]:
    """Tell where what died in a queue lies next, and its key."""
    arguments = subject.source.arguments.get(queue, {})
    exchange = arguments.get("x-dead-letter-exchange")
    if exchange is None:
        return set()
    key = str(arguments.get("x-dead-letter-routing-key", key))
    route = route_through(subject.net.opened, Message(str(exchange), key, mandatory=False))
    return {(each, key) for each in route.queues}


def sooner(subject: Subject, dead: tuple[str, str]) -> list[tuple[str, str]]:
    """Tell where what died lies sooner or later, if it dies again and again."""
    waiting = [*after(subject, *dead)]
    for each in waiting:
        waiting += [one for one in after(subject, *each) if one not in waiting]
    return waiting


def keys_in(subject: Subject, queue: str, entries: Sequence[str]) -> set[str]:
    """List the keys with which messages come to a queue: from exchanges, and by its name."""
    found = {queue}
    for entry in entries:
        for message in every_message(entry, subject.source.topology):
            if queue in route_through(subject.net.opened, message).queues:
                found.add(message.routing_key)
    return found


def circling(subject: Subject) -> set[str]:
    """Name the queues to which dead letters come back, again and again with the same key."""
    found: set[str] = set()
    for queue, arguments in subject.source.arguments.items():
        fixed = arguments.get("x-dead-letter-routing-key")
        entries = subject.net.entries_to((True, queue))
        for key in keys_in(subject, queue, entries) if fixed is None else {str(fixed)}:
            states = [(queue, key), *sooner(subject, (queue, key))]
            found |= {each[0] for each in states if each in sooner(subject, each)}
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_are_those_told_that_are_lost_or_come_back(seed: int) -> None:
    """By every key over some words that comes to the queue."""
    random = Random(f"dead {seed}")  # noqa: S311
    for _ in range(10):
        topology, arguments = drawn(random)
        subject = Subject(Source("it", topology, arguments=arguments), NEWEST)
        lost = {each.about.removeprefix("queue ") for each in of_dead_letters(subject)}
        for queue, given in arguments.items():
            entries = subject.entries_to((True, queue))
            keys = keys_in(subject, queue, entries)
            place = (False, str(given["x-dead-letter-exchange"]))
            anybody = subject.net.queues_after(place)
            known = entries or len(given) > 1 or not anybody
            gone = not any(after(subject, queue, key) for key in keys)
            assert (queue in lost) == bool(gone and known)
        told = {each.about.removeprefix("queue ") for each in of_circles(subject)}
        circles = circling(subject)
        assert told <= circles
        assert bool(told) == bool(circles)


def test_is_a_circle_no_reason_for_itself() -> None:
    """What would go round if it were there, but cannot come there."""
    topology = Topology(
        exchanges=[Exchange("back", "topic", internal=True)],
        queues=["work"],
        bindings=[Binding("back", "work", "order.*")],
    )
    arguments: Arguments = {"work": {"x-dead-letter-exchange": "back"}}
    assert not [*of_circles(Subject(Source("it", topology, arguments=arguments), NEWEST))]
    named = replace(topology, bindings=[Binding("back", "work", "work")])
    assert [*of_circles(Subject(Source("it", named, arguments=arguments), NEWEST))]
