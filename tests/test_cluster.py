"""Are three nodes one RabbitMQ, for a run, too, and for one that lacks a node of them?

One cluster of the newest version is started for all of this; soak/test_cluster_versions.py kills
a node at each step, on others as well.
"""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from clusters import MESSAGES, ORDERS, ROUTES, Cluster, balanced
from conftest import await_end, family, had, listening_addresses, untold
from meeting import run, terminal
from pika.adapters.blocking_connection import BlockingChannel

from routing.__main__ import main
from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.topology import Topology
from routing.broker import Broker, find
from routing.broker.address import each_of, without_password
from routing.broker.broken import refusal
from routing.broker.command import print_silent, written
from routing.broker.connection import closing, connect
from routing.broker.find import silent_among
from routing.broker.kept import down, require_cluster, status, up
from routing.broker.known import are_one, await_known
from routing.broker.listen import Entrance
from routing.broker.node.record import Kept
from routing.play import across, collect
from routing.play.across import AWAY, play_across
from routing.play.play import play
from routing.play.together import Trial
from routing.terminals.alone import receiving
from routing.verify.verify import Limit, verify
from routing.workers.performance import perform
from routing.workers.story import ACTS

ENDED = 15.0
"""Seconds within which a run ends that lacks a node."""


@pytest.fixture(scope="module")
def cluster(stocked: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:  # noqa: ARG001 - had before
    """Have a cluster kept, and see that nothing of it is left in the end."""
    folder, nodes = (
        tmp_path_factory.mktemp("cluster") / ".rabbitmq",
        tmp_path_factory.mktemp("nodes"),
    )
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("TMPDIR", str(nodes))
        kept, new = had(lambda: up(untold, folder, "4.3", management=True, cluster=True))
    assert new
    assert status(folder) == kept
    assert list(nodes.iterdir())
    yield Cluster(kept)
    pids = family(kept.pid)
    assert down(folder)
    await_end(pids - {kept.pid}, limit=0)
    assert not list(nodes.iterdir())


@pytest.fixture
def three(cluster: Cluster) -> Iterator[Broker]:
    """Open a run's broker whose three nodes are named."""
    with find({"AMQP_URL": cluster.named(0, 1, 2)}, untold) as broker:
        yield broker


@pytest.fixture
def channels(cluster: Cluster) -> Iterator[list[BlockingChannel]]:
    """Open a channel on each node."""
    with ExitStack() as stack:
        yield [stack.enter_context(closing(connect(url))).channel() for url in cluster.kept.urls]


def test_are_they_one(cluster: Cluster) -> None:
    """Each node knows what was declared through another, and all listen here alone."""
    assert len(set(cluster.kept.urls)) == 3
    assert are_one(cluster.kept.urls)
    found = listening_addresses(family(cluster.kept.pid))
    assert found <= {"0100007F", "00000000000000000000000001000000"}


def test_are_others_not_one(cluster: Cluster, broker_url: str) -> None:
    """A node that is none of the cluster does not know it."""
    assert not are_one([cluster.kept.urls[0], broker_url])


def test_can_programs_read_of_each_node(cluster: Cluster) -> None:
    """With --json, `url` leads any client to one node, and `nodes` has all; none is in a repr."""
    told = written(cluster.kept)
    assert (told["url"], told["nodes"]) == (cluster.kept.urls[0], cluster.kept.urls)
    assert cluster.kept.login[1] not in repr(cluster.kept)


def test_is_one_node_not_taken_for_three() -> None:
    """Where one node runs already, three are refused, with what to type; in a room, too."""
    alone = Kept("amqp://u:p@127.0.0.1:5/", 1, "today")
    again = "end it with make down, and then make cluster MANAGEMENT=1."
    with pytest.raises(BadUse, match=f"127.0.0.1:5, as one node: {again}"):
        require_cluster(alone, management=True)
    with pytest.raises(BadUse, match="A room for a class is on one node"):
        up(untold, Path("nowhere"), listen=Entrance("127.0.0.1"), cluster=True)


def test_how_are_several_nodes_named() -> None:
    """Each in full, with commas between; a comma in a password separates nothing."""
    one, other = "amqp://u:a,b@h1:1/v,w", "amqps://u:p@[::1]/"
    assert each_of(f"{one} , {other}") == [one, other]
    assert without_password(f"{one},{other}") == "h1:1/v,w, [::1]:5671"


def test_are_nodes_tried_in_turn(cluster: Cluster) -> None:
    """The first that answers is used for the whole run, and a later connection of it, too."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead = f"amqp://127.0.0.1:{closed.getsockname()[1]}/"
    _, second, third = cluster.kept.urls
    with find({"AMQP_URL": f"{dead},{third},{second}"}, untold) as broker:
        assert broker.url == third
        assert broker.nodes == (third, dead, second)


def test_is_each_named_where_none_answers() -> None:
    """Each address is told with its reason, in one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    urls = f"amqp://u:secret@127.0.0.1:{port}/,amqp://u:secret@localhost:{port}/"
    with pytest.raises(NoBroker) as caught, find({"AMQP_URL": urls}, untold):
        pass
    nothing = "nothing listens there: start a broker, or check host and port"
    assert str(caught.value) == (
        f"No connection to any of 2 nodes: 127.0.0.1:{port}: {nothing}; localhost:{port}: "
        f"{nothing}."
    )


def test_is_a_slip_in_a_later_one_told(cluster: Cluster) -> None:
    """One that is not well written is told, though the first one answers."""
    urls = f"{cluster.kept.urls[0]},amqp://h:x/"
    with pytest.raises(BadUse, match="a comma between them"), find({"AMQP_URL": urls}, untold):
        pass


def test_is_what_was_declared_known_elsewhere(channels: list[BlockingChannel]) -> None:
    """Each binding made through one node routes at once through another that was waited for."""
    missed: list[Any] = []
    for place, (here, there) in enumerate(permutations(channels, 2)):
        queue = f"known-{place}"
        here.queue_declare(queue, exclusive=True)
        there.add_on_return_callback(lambda *returned: missed.append(returned[1].routing_key))
        for number in range(15):
            here.queue_bind(queue, "amq.direct", f"{place}.{number}")
            await_known(there)
            there.basic_publish("amq.direct", f"{place}.{number}", b"", mandatory=True)
        there.basic_qos()
        there.connection.process_data_events(time_limit=0)
    assert not missed


@pytest.mark.parametrize("types", [["quorum"], ["classic"]], ids=lambda types: types[0])
def test_are_routes_the_same_across_nodes(
    three: Broker, cluster: Cluster, types: list[str]
) -> None:
    """Declared through one, published through the second, collected from the third."""
    played = play_across(three, [Trial(ORDERS, MESSAGES)] * 5, [True] * 5, types)
    assert [[set(each.copies) for each in trial] for trial in played] == [ROUTES] * 5
    assert {count for trial in played for each in trial for count in each.copies.values()} == {1}
    assert [[each.returned for each in trial] for trial in played] == [[0, 0, 0, 1]] * 5
    assert not cluster.left()


def test_is_each_part_done_through_another_node(
    three: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The three are three, in the order in which they are named."""
    with across.nodes_of(three) as nodes:
        assert tuple(each.url for each in nodes) == three.nodes
    declaring: list[object] = []
    usual = across.publish_known

    def noted(one: Any, other: Any, trial: Trial, all_of_it: across.Across) -> None:
        used = (one.connection, other.connection, all_of_it.collecting.connection)
        declaring.append(len(set(map(id, used))))
        usual(one, other, trial, all_of_it)

    monkeypatch.setattr(across, "publish_known", noted)
    play_across(three, [Trial(ORDERS, MESSAGES)], [True])
    assert declaring == [3]


def test_is_a_refusal_across_nodes_an_observation(three: Broker, cluster: Cluster) -> None:
    """What is refused through one node is told as it is elsewhere, and nothing is left."""
    refused = replace(ORDERS, exchanges=[replace(ORDERS.exchanges[0], name="amq.none")])
    [observed, played] = play_across(
        three, [Trial(refused, MESSAGES[:1]), Trial(ORDERS, MESSAGES[:1])], [True, True]
    )
    assert observed[0].refusal == ("declare", 403)
    assert set(played[0].copies) == ROUTES[0]
    assert not cluster.left()


@pytest.mark.parametrize("beside", [[], [ORDERS]], ids=["alone", "beside"])
def test_is_a_queue_without_a_name_declared_through_one_node(
    three: Broker, cluster: Cluster, beside: list[Topology]
) -> None:
    """The broker makes its name up, and no quorum queue has such a one: it is no common queue."""
    unnamed = replace(ORDERS, queues=["", *ORDERS.queues])
    trials = [Trial(each, MESSAGES) for each in (unnamed, *beside)]
    played = play_across(three, trials, [False] + [True] * len(beside))
    assert [[set(each.copies) for each in trial] for trial in played] == [ROUTES] * len(trials)
    assert not cluster.left()


@pytest.mark.parametrize("lost", [False, True], ids=["returned", "lost"])
def test_does_a_queue_that_goes_away_fail_the_run(
    three: Broker, cluster: Cluster, monkeypatch: pytest.MonkeyPatch, *, lost: bool
) -> None:
    """Where one is deleted meanwhile, its messages come back, or are lost with what marks the end.

    The model is not blamed for that, and nothing is waited for that cannot come.
    """
    usual = collect.publish_all

    def deleting(channel: BlockingChannel, *rest: Any) -> None:
        queue = rest[1].queues["billing"]
        cluster_channel = three.connection.channel()
        cluster_channel.queue_delete(queue)
        await_known(channel)
        if not lost:
            usual(channel, *rest)

    monkeypatch.setattr("routing.play.across.publish_all", deleting)
    with pytest.raises(NoBroker, match=AWAY):
        play_across(three, [Trial(ORDERS, MESSAGES)], [True])
    cluster.await_nothing_left()


def test_does_verify_go_across_nodes(three: Broker, cluster: Cluster) -> None:
    """Random topologies, as on one node; the places of what they leave are empty."""
    verified = verify([three], Limit(trials=12), seed=11, report=untold)
    assert (verified.trials, verified.differs) == (12, False)
    assert not cluster.left()


def test_does_a_watcher_on_another_node_see_it(cluster: Cluster) -> None:
    """What is sent through one node is seen through another, and goes as predicted."""
    _, second, third = cluster.kept.urls
    with terminal(third, "watch", "topic") as watcher:
        sent = run(second, "send", "order.eu.paid", "--scenario", "topic")
        assert sent.returncode == 0, sent.stderr
        watcher.await_line("order.eu.paid")


def test_does_it_work_behind_a_balancer(cluster: Cluster) -> None:
    """Where each connection leads to another node, what one declares is there for the next."""
    with balanced(cluster.kept.urls) as url, find({"AMQP_URL": url}, untold) as broker:
        for act in (*ACTS, *ACTS):
            assert perform(broker, act)
        for number in range(10):
            with receiving(broker, f"balanced-{number}", untold_arrival):
                pass
        assert [set(each.copies) for each in play(broker, ORDERS, MESSAGES)] == ROUTES


def untold_arrival(_: object) -> None:
    """Take an arrival and do nothing with it."""


@pytest.mark.parametrize(
    "words",
    [
        "home node 'n@h' of durable queue 'q' in vhost '/' is down or inaccessible",
        "failed to perform operation on queue 'q' in vhost '/' due to timeout",
        "INTERNAL_ERROR - failed to delete exchange 'x' in vhost '/' due to a timeout",
        "INTERNAL_ERROR - failed to declare exchange 'x' because the operation timed out",
    ],
)
def test_is_a_node_that_is_down_no_refusal(words: str) -> None:
    """What RabbitMQ says of a node that it waits for is no outcome of a message."""
    assert isinstance(refusal(404, words, "h:1"), NoBroker)
    assert isinstance(refusal(404, words + "'", "h:1"), BadUse)


def test_does_a_run_end_in_time_that_lacks_a_node(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A node is killed while copies are waited for: the run says so, and leaves nothing.

    The next run goes through another node, and all is right; status tells which one is silent, and
    verify leaves it out and says so, as it does not go on without a node that it began with.
    """
    usual, begun = collect.await_ends, 0.0

    def killing(*words: Any) -> None:
        nonlocal begun
        cluster.kill(1)
        begun = monotonic()
        usual(*words)

    killed = without_password(cluster.kept.urls[1])
    with find({"AMQP_URL": cluster.named(1, 2, 0)}, untold) as broker:
        monkeypatch.setattr("routing.play.across.await_ends", killing)
        with pytest.raises(NoBroker, match=f"{killed}|{AWAY}"):
            play_across(broker, [Trial(ORDERS, MESSAGES)], [True])
        assert monotonic() - begun < ENDED
    monkeypatch.undo()
    cluster.await_nothing_left()
    assert silent_among(cluster.kept.urls) == [cluster.kept.urls[1]]
    print_silent(cluster.kept)
    assert f"{killed} does not answer; make down, then make cluster" in capsys.readouterr().out
    with find({"AMQP_URL": cluster.named(1, 2, 0)}, untold) as broker:
        assert broker.url == cluster.kept.urls[2]
        assert [set(each.copies) for each in play(broker, ORDERS, MESSAGES)] == ROUTES
        with pytest.raises(NoBroker, match=f"The node at {killed} went away half way"):
            play_across(broker, [Trial(ORDERS, MESSAGES)], [True])
        held_to = across.answering(broker)
        assert sorted(held_to.nodes) == sorted((cluster.kept.urls[2], cluster.kept.urls[0]))
        [played] = play_across(held_to, [Trial(ORDERS, MESSAGES)], [True])
        assert [set(each.copies) for each in played] == ROUTES
    monkeypatch.setenv("AMQP_URL", cluster.named(1, 2, 0))
    assert main(["verify", "--cases", "1"]) == 0
    said = capsys.readouterr()
    assert f"The node at {killed} does not answer: it is left out." in said.err
    assert "across 2 nodes" in " ".join(said.out.split())
    assert not cluster.left()
