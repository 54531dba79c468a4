"""Do the rights that the README names suffice where programs meet, and what if one is missing?"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from meeting import terminal
from nodes import ALL, Node
from pika import BlockingConnection, URLParameters

from routing.__main__ import main

ROOT = Path(__file__).parents[1]
RIGHTS = ("configure", "write", "read")
ROW = re.compile(r"\| (`.*`).* \| (?:`(.*)`)? ?\| (?:`(.*)`)? ?\| (?:`(.*)`)? ?\|")

LEAST = {
    found[1]: dict(
        zip(
            RIGHTS, ((each or "^$").replace(r"\|", "|") for each in found.groups()[1:]), strict=True
        )
    )
    for found in ROW.finditer((ROOT / "README.md").read_text())
}
"""A user's patterns in the README's table, by what they are for."""

SHARED = LEAST["`send`, `receive` and `watch`"]
SEND, TOPIC = ["send", "order.eu", "--scenario", "topic"], ["--scenario", "topic"]
COMMANDS = [
    SEND,
    ["send", "note.once", "--scenario", "dead-letters"],
    ["receive", "audit", *TOPIC],
    ["watch", "topic"],
]


@pytest.fixture(params=[0, -1], ids=["oldest", "newest"])
def shared(request: pytest.FixtureRequest, nodes: list[Node]) -> Iterator[tuple[Node, str]]:
    """Give a node of the oldest and of the newest version, and a vhost there."""
    node = nodes[request.param]
    with node.vhost() as vhost:
        yield node, vhost


def test_do_programs_meet_with_the_rights_in_the_readme(
    shared: tuple[Node, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One watches, one receives, one sends; through the default exchange, too."""
    node, vhost = shared
    url = node.user(vhost, **SHARED)
    monkeypatch.setenv("AMQP_URL", url)
    with terminal(url, "watch", "topic") as watcher:
        with terminal(url, "receive", "audit", *TOPIC) as receiver:
            assert main(SEND) == 0
            receiver.await_line("order.eu")
            receiver.end()
        assert main(["send", "refund.us", *TOPIC]) == 0  # comes back, of which the watcher hears
        watcher.await_line("returned")
        watcher.end()
    assert node.emptied(vhost)
    assert main(["send", "hello", "--scenario", "default"]) == 0


def test_is_hello_received_with_the_rights_in_the_readme(
    shared: tuple[Node, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One user sends, and another one receives, who may not write at all."""
    node, vhost = shared
    with terminal(node.user(vhost, **LEAST["`receive hello`"]), "receive", "hello") as receiver:
        monkeypatch.setenv("AMQP_URL", node.user(vhost, **LEAST["`send hello`"]))
        assert main(["send", "hello"]) == 0
        receiver.await_line("hello")
        node.user(vhost, **LEAST["`receive hello`"])
        receiver.end()
    assert node.emptied(vhost)


def test_is_nothing_left_where_a_right_is_missing(
    shared: tuple[Node, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Whatever was declared before the refusal is deleted, and not only after two minutes."""
    node, vhost = shared
    for right in RIGHTS:
        monkeypatch.setenv("AMQP_URL", node.user(vhost, **{**SHARED, right: "^$"}))
        for words in COMMANDS:
            assert main(words) == 3, (right, words)
            said = capsys.readouterr()
            assert re.search(rf"add \^class\\\. to its .*{right}.* pattern \(", said.err), said.err
            assert node.emptied(vhost), (right, words)
    for right in ("configure", "read"):
        monkeypatch.setenv("AMQP_URL", node.user(vhost, **{**ALL, right: "^$"}))
        assert main(["receive", "hello"]) == 3
        assert f"add ^hello$ to its {right} pattern" in capsys.readouterr().err
        assert node.emptied(vhost)
    monkeypatch.setenv("AMQP_URL", node.user(vhost, **{**SHARED, "write": r"^class\."}))
    assert main(["send", "hello", "--scenario", "default"]) == 3
    assert r"add ^amq\.default$ to its write pattern" in capsys.readouterr().err
    assert node.emptied(vhost)


def test_does_a_watcher_who_may_not_read_all_leave_nothing(
    shared: tuple[Node, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exchange that tells of what came back was declared, and nothing is bound to it yet."""
    node, vhost = shared
    rights = {**SHARED, "read": r"^class\.(?!topic \(returned)"}
    monkeypatch.setenv("AMQP_URL", node.user(vhost, **rights))
    assert main(["watch", "topic"]) == 3
    assert node.emptied(vhost)


def test_does_what_others_use_stay(
    shared: tuple[Node, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody receives; who comes without the right to write takes nothing away from there."""
    node, vhost = shared
    with terminal(node.user(vhost, **SHARED), "receive", "audit", *TOPIC) as receiver:
        before = node.left(vhost)
        monkeypatch.setenv("AMQP_URL", node.user(vhost, **{**SHARED, "write": "^$"}))
        for words in COMMANDS[:1] + COMMANDS[2:]:
            assert main(words) == 3
            assert node.left(vhost) == before
        monkeypatch.setenv("AMQP_URL", node.user(vhost, **SHARED))
        assert main([*SEND, "--body", "still here"]) == 0
        receiver.await_line("still here")
        receiver.end()


def test_does_what_somebody_else_declared_stay(
    shared: tuple[Node, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An exchange of another type, and a queue with a message: both as they were, the rest gone."""
    node, vhost = shared
    monkeypatch.setenv("AMQP_URL", node.user(vhost, **SHARED))
    with BlockingConnection(URLParameters(node.url(vhost))) as connection:
        channel = connection.channel()
        channel.exchange_declare("class.topic.orders", "fanout", durable=True)
        for words in COMMANDS[:1] + COMMANDS[2:]:
            assert main(words) == 2
            assert "exchange 'class.topic.orders'" in capsys.readouterr().err
            assert node.left(vhost) == {"class.topic.orders"}
        channel.queue_declare("class.topic.europe", durable=True)
        channel.basic_publish("", "class.topic.europe", b"kept")
        for words in COMMANDS[:1] + COMMANDS[2:]:
            assert main(words) == 2
            assert "queue 'class.topic.europe'" in capsys.readouterr().err
        channel.exchange_declare("class.topic.orders", "fanout", durable=True)
        assert channel.basic_get("class.topic.europe")[2] == b"kept"
        assert node.left(vhost) == {"class.topic.orders", "class.topic.europe"}
