"""Does a run on a cluster end well, or say that it did not, whichever node dies when?

    python -m pytest soak/test_cluster_versions.py -k 4.3

A node of each version is killed before each step of a run, whichever its part is, and then started
again: some ten minutes for each version, which no other test should have to wait for.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from time import monotonic
from typing import Any

import pytest
from clusters import MESSAGES, ORDERS, ROUTES, Cluster
from conftest import untold

from routing.amqp.errors import NoBroker
from routing.amqp.topology import Observation
from routing.broker import Broker, find
from routing.broker.kept import down, up
from routing.broker.known import are_one
from routing.broker.several import SERIES
from routing.play import across, collect, play
from routing.play.together import Trial
from routing.verify.verify import Limit, verify

ENDED = 15.0
"""Seconds within which a run ends that lacks a node."""

Run = Callable[[Broker], list[Observation]]


@pytest.fixture(scope="module", params=reversed(SERIES))
def cluster(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    """Have a cluster of one version after the other."""
    folder = tmp_path_factory.mktemp("cluster") / ".rabbitmq"
    kept, _ = up(untold, folder, request.param, management=True, cluster=True)
    try:
        with ExitStack() as stack:
            yield Cluster(kept, stack)
    finally:
        down(folder)


def across_nodes(broker: Broker) -> list[Observation]:
    """Play across three nodes."""
    return across.play_across(broker, [Trial(ORDERS, MESSAGES)], [True])[0]


def through_one(broker: Broker) -> list[Observation]:
    """Play through one node."""
    return play.play(broker, ORDERS, MESSAGES)


@pytest.mark.parametrize("types", [["quorum"], ["classic"]], ids=lambda types: types[0])
def test_are_routes_the_same_across_nodes(cluster: Cluster, types: list[str]) -> None:
    """Declared through one, published through the second, collected from the third."""
    assert are_one(cluster.kept.urls)
    with find({"AMQP_URL": cluster.named(0, 1, 2)}, untold) as broker:
        played = across.play_across(broker, [Trial(ORDERS, MESSAGES)] * 20, [True] * 20, types)
    assert [[set(each.copies) for each in trial] for trial in played] == [ROUTES] * 20
    assert not cluster.left()


def test_does_verify_go_across_nodes(cluster: Cluster) -> None:
    """Random topologies, as on one node."""
    with find({"AMQP_URL": cluster.named(0, 1, 2)}, untold) as broker:
        verified = verify([broker], Limit(trials=80), seed=3, report=untold)
    assert (verified.trials, verified.differs) == (80, False)
    assert not cluster.left()


@dataclass(frozen=True)
class Step:
    """A step of a run: before a function, as a module calls it."""

    run: Run
    module: Any
    function: str

    def __str__(self) -> str:
        """Name it as a test."""
        return f"{self.run.__name__} {self.function}"


STEPS = [
    *(
        Step(across_nodes, module, function)
        for module, function in (
            (across, "queues_declared"),
            (across, "count_copies"),
            (across, "declare"),
            (across, "publish_known"),
            (across, "publish_all"),
            (collect, "mark_ends"),
            (across, "await_ends"),
            (across, "withdraw"),
        )
    ),
    *(
        Step(through_one, module, function)
        for module, function in (
            (play, "declare"),
            (play, "collect"),
            (play, "publish_all"),
            (collect, "mark_ends"),
            (play, "await_ends"),
            (play, "withdraw"),
        )
    ),
]

FIRST = {"first": (1, 2, 0), "second": (0, 1, 2), "third": (0, 2, 1)}
"""The nodes in the order in which they are named, so that the one that is killed has each part."""


@pytest.mark.parametrize("order", FIRST.values(), ids=FIRST)
@pytest.mark.parametrize("step", STEPS, ids=str)
def test_does_a_run_end_in_time_that_lacks_a_node(
    cluster: Cluster, order: tuple[int, int, int], step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is right, or it says that it failed; nothing is left but on the node, and soon nowhere."""
    usual, killed = getattr(step.module, step.function), list[float]()

    def killing(*words: Any, **more: Any) -> Any:
        if not killed:
            cluster.kill(1)
            killed.append(monotonic())
        return usual(*words, **more)

    monkeypatch.setattr(across, "EXPIRES", 5_000)
    monkeypatch.setattr(step.module, step.function, killing)
    told = ""
    with find({"AMQP_URL": cluster.named(*order)}, untold) as broker:
        try:
            observed = step.run(broker)
        except NoBroker as error:
            told = str(error)
        else:
            assert [set(each.copies) for each in observed] == ROUTES
        assert killed
        lasted = monotonic() - killed[0]
    print(f"{lasted:.1f} s: {told or 'all right'}")
    assert lasted < ENDED, told
    cluster.await_nothing_left(but=cluster.name(1))
    cluster.revive(1)
    cluster.await_nothing_left()
