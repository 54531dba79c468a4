"""Do the rights that the README names suffice to play, and is none of them too much?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from nodes import ALL, Node
from pika import BlockingConnection, URLParameters
from pika.exceptions import ChannelClosedByBroker

from routing.__main__ import main
from routing.amqp.errors import Refused
from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.broker import Broker
from routing.broker.find import connected
from routing.play.play import play
from routing.play.together import Trial, play_each
from routing.workers.performance import perform
from routing.workers.story import ACTS

ROOT = Path(__file__).parents[1]
RIGHTS = ("configure", "write", "read")
ROW = re.compile(r"\| .*`demo`.* \| `(.*)` \| `(.*)` \| `(.*)` \|")

NAMELESS = (
    '{"id": "nameless", "exchanges": [{"name": "x", "type": "fanout"}], "queues": ["q", ""], '
    '"bindings": [{"source": "x", "destination": "", "destination_type": "queue", '
    '"routing_key": "k", "arguments": {}}], "publish": {"exchange": "x", "routing_key": "k"}, '
    '"outcome": {"3.8.9": {"queues": [""]}}}'
)


def in_readme(row: re.Pattern[str]) -> dict[str, str]:
    """Read a user's patterns in the README's table."""
    found = row.search((ROOT / "README.md").read_text())
    assert found
    return dict(zip(RIGHTS, (each.replace(r"\|", "|") for each in found.groups()), strict=True))


LEAST = in_readme(ROW)


@pytest.fixture(params=[0, -1], ids=["oldest", "newest"])
def shared(request: pytest.FixtureRequest, nodes: list[Node]) -> Iterator[tuple[Node, str]]:
    """Give a node of the oldest and of the newest version, and a vhost there."""
    node = nodes[request.param]
    with node.vhost() as vhost:
        yield node, vhost


@pytest.fixture
def commands(tmp_path: Path) -> list[list[str]]:
    """List what plays on a broker; a case has a queue whose name the broker makes up."""
    cases = tmp_path / "nameless.jsonl"
    cases.write_text(NAMELESS + "\n")
    return [
        ["demo", "topic", "dead-letters", "default", "journey"],
        ["walk", "topic", "--auto", "0.001"],
        ["workers"],
        ["check", str(cases), "--broker"],
        ["check", "topic", "--broker"],
        ["verify", "--cases", "20", "--seed", "7"],
    ]


def test_do_the_rights_in_the_readme_suffice(
    shared: tuple[Node, str], commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """For all that plays, on the oldest and the newest version; and nothing is left."""
    node, vhost = shared
    monkeypatch.setenv("AMQP_URL", node.user(vhost, **LEAST))
    assert [main(each) for each in commands] == [0] * len(commands)
    assert node.emptied(vhost)


@pytest.mark.long
def test_is_a_missing_right_told_and_nothing_judged(
    shared: tuple[Node, str],
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whichever is taken away: status 3, a sentence that names it, no verdict, nothing left."""
    node, vhost = shared
    for right in RIGHTS:
        monkeypatch.setenv("AMQP_URL", node.user(vhost, **{**LEAST, right: "^$"}))
        for words in commands:
            assert main(words) == 3, (right, words)
            said = capsys.readouterr()
            assert re.search(rf"The user ann may not .* its .*{right}.* pattern \(", said.err)
            assert not re.search("(?i)as predicted|agree|difference", said.out + said.err)
            assert node.emptied(vhost), (right, words)


def test_is_no_part_of_a_pattern_too_much(
    nodes: list[Node],
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Without any alternative of a pattern a case with a nameless queue ends with status 3."""
    with nodes[-1].vhost() as vhost:
        for right, pattern in LEAST.items():
            alternatives = pattern.split("|")
            for each in alternatives:
                less = "|".join(other for other in alternatives if other != each)
                url = nodes[-1].user(vhost, **{**LEAST, right: less or "^$"})
                monkeypatch.setenv("AMQP_URL", url)
                assert main(commands[3]) == 3, (right, each)
                assert f"add {each} to its" in capsys.readouterr().err
                assert nodes[-1].emptied(vhost)


@pytest.fixture
def others(shared: tuple[Node, str]) -> Iterator[Broker]:
    """Have exchanges and a queue of the names that a run uses, which are somebody else's."""
    node, vhost = shared
    with BlockingConnection(URLParameters(node.url(vhost))) as connection:
        channel = connection.channel()
        for name in ("ours.x", "ours.0.x"):
            channel.exchange_declare(name, "headers", durable=True)
        for name in ("ours.q", "ours.pdf"):
            channel.queue_declare(name, durable=True)
            channel.basic_publish("", name, b"kept")
            channel.queue_bind(name, "ours.x")
    with connected(node.user(vhost, **ALL), "AMQP_URL") as broker:
        yield broker
    assert node.left(vhost) == {"ours.x", "ours.0.x", "ours.q", "ours.pdf"}
    with BlockingConnection(URLParameters(node.url(vhost))) as connection:
        channel = connection.channel()
        channel.basic_publish("ours.x", "", b"by the binding")
        for name in ("ours.x", "ours.0.x"):
            channel.exchange_declare(name, "headers", durable=True)
        for name in ("ours.q", "ours.pdf"):
            found = [channel.basic_get(name, auto_ack=True)[2] for _ in range(2)]
            assert found == [b"kept", b"by the binding"]


ORDERS = Topology(
    exchanges=[Exchange("y", "fanout"), Exchange("x", "topic")],
    queues=["r"],
    bindings=[Binding("x", "r", "#")],
)


def test_does_what_somebody_else_declared_stay(
    others: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a run meets its names: it is refused, and what it made meanwhile is gone."""
    with (
        connected(others.url, "AMQP_URL") as broker,
        pytest.raises(Refused, match=r"exchange 'ours\.x'"),
    ):
        play(broker, ORDERS, [Message("x", "a")], prefix="ours.")
    monkeypatch.setattr("routing.play.together.new_prefix", lambda: "ours.")
    with connected(others.url, "AMQP_URL") as broker:
        [[observed]] = play_each(broker, [Trial(ORDERS, [Message("x", "a")])], [True])
        assert observed.refusal == ("declare", 406)
        with pytest.raises(ChannelClosedByBroker, match="404"):
            broker.connection.channel().exchange_declare("ours.0.y", passive=True)
        with pytest.raises(Refused, match=r"queue 'ours\.pdf'"):
            perform(broker, ACTS[0], prefix="ours.")
