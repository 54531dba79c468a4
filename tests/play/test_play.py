"""Does playing a scenario report what the broker did, and leave nothing behind?"""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

import pika
import pytest
import warm
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.errors import BadUse, Refused
from routing.amqp.topology import Binding, Exchange, Message, Scenario, Topology
from routing.broker import Broker, find
from routing.play.account import Account
from routing.play.play import play
from routing.rules.predict import route
from routing.rules.validity import MOST_QUEUES

ROOT = Path(__file__).parents[2]
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


@contextmanager
def opened(url: str) -> Iterator[Broker]:
    """Open a broker for one test, which may break the connection."""
    with find({"AMQP_URL": url}, lambda _: None) as broker:
        yield broker


BOUND = replace(SHOP, exchanges=SHOP.exchanges[:1], messages=[])
"""Without an exchange that nothing is bound to: such a one outlives a run that is killed."""


def left_behind(url: str, scenario: Scenario, prefix: str = PREFIX) -> list[str]:
    """Ask the broker, by passive declarations, which names of a scenario it still has."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    asked: list[tuple[str, Callable[[BlockingChannel, str], object]]] = [
        *(
            (queue, partial(BlockingChannel.queue_declare, passive=True))
            for queue in scenario.queues
        ),
        *(
            (each.name, partial(BlockingChannel.exchange_declare, passive=True))
            for each in scenario.exchanges
        ),
    ]
    left = []
    for name, declare in asked:
        try:
            declare(connection.channel(), prefix + name)
            left.append(name)
        except ChannelClosedByBroker as closed:
            left += [name] if closed.reply_code != 404 else []
    connection.close()
    return left


def gone(url: str, scenario: Scenario, *kept: str) -> bool:
    """Ask until only these names are left; a broker first has to notice that a connection ended."""
    limit = monotonic() + 10
    while (left := left_behind(url, scenario)) != [*kept] and monotonic() < limit:
        continue
    return left == [*kept]


def test_what_is_reported_of_each_message(broker: Broker) -> None:
    """The copies in each queue, counted, and whether the message came back."""
    seen = [(dict(each.copies), each.returned) for each in play(broker, SHOP, SHOP.messages)]
    assert seen == [
        ({"billing": 1, "audit": 1}, 0),
        ({"billing": 1}, 0),
        ({}, 1),
        ({}, 1),
        ({"audit": 1}, 0),
        ({}, 1),
    ]


def test_is_a_second_copy_counted() -> None:
    """A queue that gets a message twice is told from one that gets it once."""
    account = Account()
    for queue in ("billing", "billing", "audit", None, None):
        account.enter("7", queue)
    assert account.copies[7] == {"billing": 2, "audit": 1}
    assert account.returned[7] == 2


def test_are_returns_seen_where_no_copy_arrives(broker: Broker) -> None:
    """With nothing to collect, the returned messages are reported all the same."""
    lost = replace(SHOP, messages=[Message("orders", "refund")] * 3)
    assert [each.returned for each in play(broker, lost, lost.messages)] == [1, 1, 1]


def test_does_a_scenario_without_queues_end(broker: Broker) -> None:
    """Nothing to wait for is no reason to wait, nor to lose a return."""
    bare = replace(SHOP, queues=[], bindings=[], messages=[Message("bare", "a")])
    assert [each.returned for each in play(broker, bare, bare.messages)] == [1]


def test_are_many_messages_counted_exactly(broker: Broker) -> None:
    """Two thousand messages in one go, each with its own account."""
    many = replace(SHOP, messages=[Message("orders", f"order.{n}.eu") for n in range(2000)])
    seen = play(broker, many, many.messages)
    assert len(seen) == 2000
    assert all(each.copies == {"billing": 1, "audit": 1} for each in seen)


def test_is_nothing_left_after_success(broker_url: str) -> None:
    """Queues and exchanges are gone, the exchange that nothing was bound to among them."""
    with opened(broker_url) as broker:
        play(broker, SHOP, SHOP.messages, PREFIX)
    assert left_behind(broker_url, SHOP) == []


def test_is_nothing_left_after_a_refusal(broker_url: str) -> None:
    """A declaration that the broker refuses ends the run with its words, and cleanly."""
    bad = replace(SHOP, exchanges=[*SHOP.exchanges, Exchange("odd", type="banana")])
    with opened(broker_url) as broker, pytest.raises(Refused, match="banana"):
        play(broker, bad, bad.messages, PREFIX)
    assert gone(broker_url, bad)


def test_is_an_exchange_of_another_type_left_alone(broker_url: str) -> None:
    """Where the name is taken by an exchange of another type, that is said, and it stays."""
    connection = pika.BlockingConnection(pika.URLParameters(broker_url))
    channel = connection.channel()
    channel.exchange_declare(PREFIX + "orders", "direct")
    try:
        with opened(broker_url) as broker, pytest.raises(Refused, match="inequivalent arg 'type'"):
            play(broker, SHOP, SHOP.messages, PREFIX)
        assert gone(broker_url, SHOP, "orders")
    finally:
        channel.exchange_delete(PREFIX + "orders")
        connection.close()


def test_do_two_runs_at_once_meet(broker: Broker) -> None:
    """Eight runs of one scenario at the same time each see their own messages only."""
    environ, pipe = {"AMQP_URL": broker.url}, subprocess.PIPE
    runs = [
        warm.started(["demo", "topic"], env=environ, stdout=pipe, stderr=pipe) for _ in range(8)
    ]
    outputs = [run.communicate(timeout=60) for run in runs]
    assert [(run.returncode, error) for run, (_, error) in zip(runs, outputs, strict=True)] == [
        (0, "")
    ] * 8
    assert all("all as predicted" in output for output, _ in outputs)


INTERRUPTED = """
import signal, sys
sys.path[:0] = ["tests/play", "tests"]
from test_play import PREFIX, SHOP, gone, opened
from routing.play.play import play
signal.signal(signal.SIGALRM, signal.default_int_handler)
for milliseconds in range(1, 31, 2):
    try:
        with opened(sys.argv[1]) as broker:
            play(broker, SHOP, SHOP.messages, PREFIX)
            signal.setitimer(signal.ITIMER_REAL, milliseconds / 1000)
            while True:
                play(broker, SHOP, SHOP.messages, PREFIX)
    except KeyboardInterrupt:
        print(milliseconds, gone(sys.argv[1], SHOP))
"""


def test_is_nothing_left_after_an_interruption_at_any_moment(broker_url: str) -> None:
    """Ctrl-C after 1, 3, 5 ... milliseconds: whatever was declared by then is taken away."""
    command = [sys.executable, "-c", INTERRUPTED, broker_url]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, check=False, timeout=60, text=True)
    assert run.stderr == ""
    assert run.stdout.splitlines() == [f"{each} True" for each in range(1, 31, 2)]


def test_is_a_killed_run_cleaned_up_by_the_broker(broker_url: str) -> None:
    """A run that is killed outright leaves queues and exchanges that end with its connection."""
    program = (
        "import os, signal, sys; sys.path[:0] = ['tests/play', 'tests']\n"
        "from routing.play.account import Account\nfrom routing.play.play import declared\n"
        "from test_play import BOUND, PREFIX, opened\n"
        f"with opened({broker_url!r}) as broker, declared(broker, BOUND, PREFIX, Account()):\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False)
    assert run.returncode == -signal.SIGKILL
    assert gone(broker_url, BOUND)


def test_is_a_binding_without_queue_and_key_by_the_last_queues_name(broker: Broker) -> None:
    """As the model has it; a case cannot show it, as a run puts a prefix before the name."""
    channel = broker.connection.channel()
    name = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue="", exchange="amq.direct", routing_key="")
    channel.confirm_delivery()
    channel.basic_publish("amq.direct", name, b"", mandatory=True)
    with pytest.raises(pika.exceptions.UnroutableError):
        channel.basic_publish("amq.direct", "", b"", mandatory=True)
    topology = Topology(queues=["a", "b"], bindings=[Binding("amq.direct", "")])
    assert route(topology, Message("amq.direct", "b")).queues == {"b"}
    assert route(topology, Message("amq.direct", "")).queues == set()


def test_are_too_many_queues_refused_before_one_is_declared(broker: Broker) -> None:
    """Within a moment, and not after the minutes that a broker would take."""
    many = Topology(queues=[f"q{number}" for number in range(MOST_QUEUES + 1)])
    channel = broker.connection.channel()
    with pytest.raises(BadUse, match="queues are too many to be played"):
        play(broker, many, [], prefix="many.")
    with pytest.raises(ChannelClosedByBroker, match="404"):
        channel.queue_declare("many.q0", passive=True)
