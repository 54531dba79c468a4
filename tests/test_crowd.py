"""Does what holds for one run hold for a crowd, and over length?  `make soak` does more of it."""

from collections.abc import Iterator, Sequence

import pytest
from pika import BlockingConnection

from routing.amqp.topology import Scenario
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.broker.connection import close, connect
from routing.broker.programs.installation import Installation
from routing.demo.command import play_one
from routing.rules.compare import Row
from soak import length
from soak.crowd import at_once
from soak.done import Done, table
from soak.length import in_one_process
from soak.node import Node, node
from soak.room import class_hour


@pytest.fixture(scope="module")
def undisturbed(installation: Installation) -> Iterator[Node]:
    """Start a node on which nobody else leaves anything."""
    with node(installation) as started:
        yield started


def test_do_several_run_at_once(undisturbed: Node) -> None:
    """All agree, all end with 0, nothing is left."""
    done = at_once(undisturbed, 4)
    assert (done.broken, done.left) == ([], "nothing")


def test_do_some_students_leave_nothing(undisturbed: Node) -> None:
    """Two hundred messages through plain pika, receive, send, watch and watch --room."""
    done = class_hour(undisturbed, students=2, messages=200)
    assert (done.broken, done.left) == ([], "nothing")


def test_do_many_scenarios_leave_one_process_as_it_was(undisturbed: Node) -> None:
    """Connections, channels, descriptors, threads and memory are flat."""
    done = in_one_process(undisturbed, 16)
    assert (done.broken, done.left) == ([], "nothing")


kept: list[object] = []
"""What somebody forgot to let go of."""


def keeping_rows(scenario: Scenario, broker: Broker) -> tuple[Scenario, Sequence[Row], Version]:
    """Play, and let a list grow."""
    played = play_one(scenario, broker)
    kept.append(played[1])
    return played


def leaking(scenario: Scenario, broker: Broker) -> tuple[Scenario, Sequence[Row], Version]:
    """Play, and leave a connection open."""
    kept.append(connect(broker.url))
    return play_one(scenario, broker)


@pytest.mark.parametrize(
    ("planted", "promises"),
    [
        (keeping_rows, {"memory is flat"}),
        (leaking, {"memory is flat", "descriptors are flat", "nothing is left"}),
    ],
    ids=["list", "connection"],
)
def test_is_a_leak_seen(
    undisturbed: Node,
    monkeypatch: pytest.MonkeyPatch,
    planted: object,
    promises: set[str],
) -> None:
    """A list that grows, and a connection for each run, are told by the promises they break."""
    monkeypatch.setattr(length, "play_one", planted)
    monkeypatch.setattr("soak.node.LIMIT", 0.0)  # what is kept here does not go by waiting
    try:
        broken = in_one_process(undisturbed, 8, ["direct"]).broken
    finally:
        for each in kept:
            if isinstance(each, BlockingConnection):
                close(each)
        kept.clear()
    assert promises <= {each.partition(":")[0] for each in broken}


def test_is_a_broken_promise_shown() -> None:
    """Beside what was done, in its row."""
    done = [Done("a run", 1, "2 MB", "nothing"), Done("two", 3, "4 MB", "1 queue", ["kept: 1"])]
    columns = [[*each.cells] for each in table(done).columns]
    assert [str(each) for each in columns[-1]] == ["kept", "kept: 1"]
