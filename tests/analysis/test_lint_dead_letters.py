"""Is it told of dead letters that are lost, or come back, where they do, and nowhere else?"""

from collections.abc import Mapping
from random import Random

import pytest
from drawn import SEEDS, drawn_topology, every_message

from routing.amqp.topology import Message, Topology
from routing.amqp.values import Value
from routing.amqp.versions import NEWEST
from routing.analysis.lint.dead_letters import of_dead_letters
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


def comes_back(subject: Subject, queue: str, key: str) -> bool:
    """Tell whether what died in a queue comes there again and again, always in the same way."""
    begun = (queue, str(subject.source.arguments[queue].get("x-dead-letter-routing-key", key)))
    return any(each in sooner(subject, each) for each in sooner(subject, begun) if each[0] == queue)


def sooner(subject: Subject, dead: tuple[str, str]) -> list[tuple[str, str]]:
    """Tell where what died lies sooner or later, if it dies again and again."""
    waiting = [*after(subject, *dead)]
    for each in waiting:
        waiting += [one for one in after(subject, *each) if one not in waiting]
    return waiting


def keys_in(subject: Subject, queue: str) -> set[str]:
    """List the keys with which messages come to a queue, from exchanges that are published to.

    Those to which dead letters go may get any.
    """
    ready = subject.net.opened
    found = {queue}
    for entry in subject.entries_to((True, queue)):
        for message in every_message(entry, subject.source.topology):
            if queue in route_through(ready, message).queues:
                found.add(message.routing_key)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_are_those_told_that_are_lost_or_come_back(seed: int) -> None:
    """By every key over some words that comes to the queue."""
    random = Random(f"dead {seed}")  # noqa: S311
    for _ in range(10):
        topology, arguments = drawn(random)
        subject = Subject(Source("it", topology, arguments=arguments), NEWEST)
        found = {
            (each.about.removeprefix("queue "), each.code) for each in of_dead_letters(subject)
        }
        circles = set()
        for queue in arguments:
            keys = keys_in(subject, queue)
            bound = subject.entries_to((True, queue)) or len(arguments[queue]) > 1
            lost = not any(after(subject, queue, key) for key in keys)
            anybody = subject.queues_after(str(arguments[queue]["x-dead-letter-exchange"]))
            assert ((queue, "dead-letter-lost") in found) == bool(lost and (bound or not anybody))
            if bound and any(comes_back(subject, queue, key) for key in keys):
                circles.add(queue)
        told = {queue for queue, code in found if code == "dead-letter-circle"}
        assert told <= circles
        assert bool(told) == bool(circles)
