"""Can what plays a lesson play the topology of a firm as well?"""

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any, Unpack

import pytest
import warm

from routing.broker import Broker
from routing.files.scenario import scenario_meant
from routing.versions.command import questions_in
from routing.versions.question import answers

BINDINGS = [
    {"source": "orders", "destination": "audit", "routing_key": "order.#"},
    {"source": "amq.topic", "destination": "audit", "routing_key": "a"},
    {"source": "late", "destination": "audit", "routing_key": "a"},
]
DEFINITIONS: dict[str, Any] = {
    "exchanges": [
        {"name": "orders", "vhost": "/firm", "type": "topic"},
        {"name": "late", "vhost": "/firm", "type": "x-delayed-message"},
    ],
    "queues": [{"name": "audit", "vhost": "/firm"}, {"name": "audit", "vhost": "/other"}],
    "bindings": [each | {"vhost": "/firm", "destination_type": "queue"} for each in BINDINGS],
}
LEFT_OUT = "Left out: a plugin brings the type x-delayed-message of exchange late."
OWN = "own.amq.topic stands for the broker's amq.topic."


@pytest.fixture
def firm(tmp_path: Path) -> list[str]:
    """Save definitions of several vhosts, and give the words that mean one of them."""
    file = tmp_path / "firm.json"
    file.write_text(json.dumps(DEFINITIONS))
    return [str(file), "--vhost", "/firm"]


def environ(url: str) -> dict[str, str]:
    """Give a program its broker."""
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "AMQP_URL": url}


def run(
    url: str, *words: str, **streams: Unpack[warm.Streams]
) -> "subprocess.CompletedProcess[str]":
    """Run the program, with what it says beside its result put after that."""
    streams = {"stderr": subprocess.STDOUT, **streams}
    return warm.run(words, env=environ(url), timeout=60, **streams)


@pytest.mark.parametrize("command", ["demo", "walk"])
def test_is_it_played_and_shown(broker: Broker, firm: list[str], command: str) -> None:
    """With what it cannot play said at the top, as predicted on the broker."""
    done = run(broker.url, command, *firm)
    said = " ".join(done.stdout.split())
    assert done.returncode == 0, said
    assert LEFT_OUT in said
    assert OWN in said
    assert "order" in said.partition("these are made up")[2]


def test_is_it_asked_which_vhost(broker: Broker, firm: list[str]) -> None:
    """In a sentence."""
    done = run(broker.url, "demo", firm[0])
    assert done.returncode == 2
    assert "has several vhosts: choose one of /firm, /other with --vhost." in done.stdout


def test_does_its_script_run(broker: Broker, firm: list[str]) -> None:
    """What is said beside it does not come into it."""
    written = run(broker.url, "code", *firm, stderr=subprocess.PIPE)
    assert LEFT_OUT in written.stderr
    command = [sys.executable, "-c", written.stdout]
    done = subprocess.run(
        command, env=environ(broker.url), stdout=subprocess.PIPE, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "audit" in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["order.eu"], "To orders with order.eu"),
        (["a", "-x", "own.amq.topic"], "To own.amq.topic with a"),
    ],
)
def test_can_terminals_share_it(
    broker: Broker, firm: list[str], words: list[str], said: str
) -> None:
    """By any of its exchanges, and nothing of it stays for longer than a lesson."""
    group = f"t{secrets.token_hex(4)}"
    shared = ("--scenario", *firm, "--class", group)
    done = run(broker.url, "send", *words, *shared)
    assert done.returncode == 0, done.stdout
    assert LEFT_OUT in done.stdout
    assert said in done.stdout
    assert "must arrive in audit" in done.stdout
    broker.connection.channel().queue_delete(f"{group}.firm.audit")


def test_is_an_exchange_that_is_not_there_told(broker: Broker, firm: list[str]) -> None:
    """With the one that was meant."""
    done = run(broker.url, *("send", "a", "-x", "order", "--scenario", *firm))
    assert done.returncode == 2
    assert "Scenario firm: there is no exchange order; did you mean orders?" in done.stdout


def test_is_it_asked_of_every_version(
    brokers: list[Broker], firm: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """As the oldest can have it."""
    [file, _, vhost] = firm
    questions = questions_in(file, vhost, brokers[0].followed)
    assert LEFT_OUT in capsys.readouterr().err
    assert len(questions) == len(scenario_meant(file, vhost)(brokers[0].followed).messages) == 2
    for broker in brokers:
        found = answers(questions, broker, lambda: None)
        assert [(each.did, each.agrees) for each in found] == [("arrives", True)] * 2
