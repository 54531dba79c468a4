"""Does playing a scenario report what the broker did, and leave nothing behind?"""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pika
import pytest
from pika.exceptions import ChannelClosedByBroker

from routing.broker import Broker
from routing.errors import NoBroker, Refused
from routing.model import Binding, Exchange, Message, Scenario
from routing.play import play

ROOT = Path(__file__).parents[1]
PREFIX = "test-of-play."

SHOP = Scenario(
    name="shop",
    lesson="Anything.",
    exchanges=[Exchange("orders", type="topic"), Exchange("bare", type="fanout")],
    queues=["billing", "audit"],
    bindings=[Binding("orders", "billing", "order.#"), Binding("orders", "audit", "#.eu")],
    messages=[
        Message("orders", "order.eu"),
        Message("orders", "order.us"),
        Message("orders", "refund"),
        Message("bare", "order.eu"),
        Message("", "audit"),
        Message("", "orders"),
    ],
)


@pytest.fixture
def channel(broker: Broker) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    """Look at the broker over a connection that is not the one that plays."""
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    yield connection.channel()
    connection.close()


def left_behind(broker: Broker, scenario: Scenario, prefix: str) -> list[str]:
    """Ask the broker, by passive declarations, which names of a scenario it still has."""
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    left = []
    for queue in scenario.queues:
        try:
            connection.channel().queue_declare(prefix + queue, passive=True)
            left.append(queue)
        except ChannelClosedByBroker as closed:
            left += [queue] if closed.reply_code != 404 else []
    for exchange in scenario.exchanges:
        try:
            connection.channel().exchange_declare(prefix + exchange.name, passive=True)
            left.append(exchange.name)
        except ChannelClosedByBroker as closed:
            left += [exchange.name] if closed.reply_code != 404 else []
    connection.close()
    return left


def test_what_is_reported_of_each_message(broker: Broker) -> None:
    """The copies in each queue, counted, and whether the message came back."""
    seen = [(dict(each.copies), each.returned) for each in play(broker, SHOP)]
    assert seen == [
        ({"billing": 1, "audit": 1}, 0),
        ({"billing": 1}, 0),
        ({}, 1),
        ({}, 1),
        ({"audit": 1}, 0),
        ({}, 1),
    ]


def test_are_returns_seen_where_no_copy_arrives(broker: Broker) -> None:
    """With nothing to collect, the returned messages are reported all the same."""
    lost = replace(SHOP, messages=[Message("orders", "refund")] * 3)
    assert [each.returned for each in play(broker, lost)] == [1, 1, 1]


def test_does_a_scenario_without_queues_end(broker: Broker) -> None:
    """Nothing to wait for is no reason to wait, nor to lose a return."""
    bare = replace(SHOP, queues=[], bindings=[], messages=[Message("bare", "a")])
    assert [each.returned for each in play(broker, bare)] == [1]


def test_are_many_messages_counted_exactly(broker: Broker) -> None:
    """Two thousand messages in one go, each with its own account."""
    many = replace(SHOP, messages=[Message("orders", f"order.{n}.eu") for n in range(2000)])
    seen = play(broker, many)
    assert len(seen) == 2000
    assert all(each.copies == {"billing": 1, "audit": 1} for each in seen)


def test_is_nothing_left_after_success(broker: Broker) -> None:
    """Queues and exchanges are gone, the exchange that nothing was bound to among them."""
    play(broker, SHOP, PREFIX)
    assert left_behind(broker, SHOP, PREFIX) == []


def test_is_nothing_left_after_a_refusal(broker_url: str, fresh_broker: Broker) -> None:
    """A declaration that the broker refuses ends the run with its words, and cleanly."""
    bad = replace(SHOP, exchanges=[*SHOP.exchanges, Exchange("odd", type="banana")])
    with pytest.raises(Refused, match="banana"):
        play(fresh_broker, bad, PREFIX)
    assert left_behind(fresh_broker, bad, PREFIX) == []


def test_is_an_exchange_of_another_type_left_alone(fresh_broker: Broker) -> None:
    """Where the name is taken by an exchange of another type, that is said, and it stays."""
    connection = pika.BlockingConnection(pika.URLParameters(fresh_broker.url))
    channel = connection.channel()
    channel.exchange_declare(PREFIX + "orders", "direct")
    try:
        with pytest.raises(Refused, match="inequivalent arg 'type'"):
            play(fresh_broker, SHOP, PREFIX)
        channel.exchange_declare(PREFIX + "orders", "direct", passive=True)
    finally:
        channel.exchange_delete(PREFIX + "orders")
        connection.close()


def test_do_two_runs_at_once_meet(broker: Broker) -> None:
    """Eight runs of one scenario at the same time each see their own messages only."""
    command = [sys.executable, "-m", "scenarios", "topic"]
    runs = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={"AMQP_URL": broker.url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(8)
    ]
    outputs = [run.communicate(timeout=60) for run in runs]
    assert [(run.returncode, error) for run, (_, error) in zip(runs, outputs, strict=True)] == [
        (0, "")
    ] * 8
    assert all("all as predicted" in output for output, _ in outputs)


def test_is_nothing_left_after_an_interruption_at_any_moment(broker_url: str) -> None:
    """Ctrl-C after 1, 2, 3 ... milliseconds: whatever was declared by then is taken away."""
    for milliseconds in range(1, 61):
        with opened(broker_url) as broker:
            interrupt_after(milliseconds / 1000)
            with pytest.raises(KeyboardInterrupt):
                while True:
                    play(broker, SHOP, PREFIX)
            assert left_behind(broker_url, SHOP, PREFIX) == [], milliseconds


def interrupt_after(seconds: float) -> None:
    """Do what Ctrl-C does, at a chosen moment."""

    def interrupt(_signal: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)


def test_is_a_killed_run_cleaned_up_by_the_broker(broker_url: str) -> None:
    """A run that is killed outright leaves queues and exchanges that end with its connection."""
    program = (
        "import os, signal, sys; sys.path.insert(0, 'tests')\n"
        "from routing.play import declared\n"
        "from test_play import PREFIX, SHOP, opened\n"
        f"with opened({broker_url!r}) as broker, declared(broker, SHOP, PREFIX):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    bound = replace(SHOP, exchanges=SHOP.exchanges[:1])
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert run.returncode == -signal.SIGKILL
    with gone_within(10):
        while left_behind(broker_url, bound, PREFIX):
            pass
