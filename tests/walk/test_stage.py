"""Does what is declared step by step route as it should, and go, however the walk ends?"""

import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from time import monotonic

import pika
import pytest
from length import first
from lessons import ALIVE, lesson
from pika.exceptions import ChannelClosedByBroker
from walked import ROOT, environ

from routing.amqp.topology import (
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Observation,
    Scenario,
    declarations,
)
from routing.broker import Broker
from routing.rules.compare import compare, rows_of
from routing.rules.predict import predict
from routing.walk.stage import staged

SMALL = Scenario(
    name="small",
    lesson="Anything.",
    exchanges=[Exchange("in", type="direct")],
    queues=["one", "two"],
    bindings=[Binding("in", "one", "k")],
    messages=[Message("in", "k"), Message("in", "other")],
)


def with_alternate(name: str, kind: str, alternate: str) -> Exchange:
    """Give an exchange an alternate."""
    return Exchange(name, kind, {"alternate-exchange": alternate})


ODD = Scenario(
    name="odd",
    lesson="Where one binding more could show.",
    exchanges=[
        with_alternate("empty", "fanout", "onward"),
        with_alternate("onward", "fanout", "last"),
        with_alternate("here", "fanout", "there"),
        with_alternate("there", "fanout", "here"),
        with_alternate("itself", "fanout", "itself"),
        with_alternate("nowhere", "fanout", "missing"),
        with_alternate("bound", "fanout", "last"),
        with_alternate("words", "topic", "last"),
        with_alternate("head", "headers", "last"),
        with_alternate("key", "direct", "last"),
        Exchange("last", "fanout"),
        Exchange("inner", "fanout"),
    ],
    queues=["q", "r"],
    bindings=[
        Binding("last", "q"),
        ExchangeBinding("bound", "inner"),
        Binding("words", "r", "a.#"),
        Binding("head", "r", arguments={"x-match": "any", "a": 1}),
        Binding("key", "r", "a"),
    ],
    messages=[
        *(Message(name, "a") for name in ("empty", "onward", "here", "itself", "nowhere")),
        *(Message(name, key) for name in ("bound", "words", "key") for key in ("a", "b", "")),
        *(Message("head", headers=headers) for headers in (None, {}, {"a": 1}, {"a": 2})),
    ],
)


def seen(broker: Broker, scenario: Scenario) -> list[Observation]:
    """Tell what a stage observes of each message."""
    with staged(broker, scenario) as stage:
        return [stage.publish(message) for message in scenario.messages]


@pytest.mark.parametrize("place", first((0, 3), range(4)))
def test_does_what_guards_an_exchange_change_nothing(brokers: list[Broker], place: int) -> None:
    """Neither copies nor returns nor alternates, on any version, wherever one binding could."""
    version = brokers[place].followed
    for scenario in (ODD, *map(lesson, ALIVE)):
        rows = compare(predict(scenario, version), seen(brokers[place], scenario))
        assert [row for row in rows if not row.agrees] == []


KILLED = """
import os, signal, sys
sys.path += ["tests/walk"]
from test_stage import AT_WORST, staged, is_there
from routing.broker import find
scenario = AT_WORST[sys.argv[1]]
with find(os.environ, lambda _: None) as broker, staged(broker, scenario) as stage:
    stage.declare(len(scenario.exchanges) if sys.argv[2] == "exchanges" else None)
    print(stage.prefix, stage.guard, flush=True)
    assert all(is_there(broker.url, stage.prefix + each.name) for each in scenario.exchanges)
    os.kill(os.getpid(), signal.SIGKILL)
"""

AT_WORST = {"journey": lesson("journey"), "odd": ODD}


def is_there(url: str, exchange: str) -> bool:
    """Ask by a passive declaration whether an exchange is there."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        connection.channel().exchange_declare(exchange, passive=True)
    except ChannelClosedByBroker as closed:
        return bool(closed.reply_code != 404)
    else:
        return True
    finally:
        connection.close()


def left(url: str, names: Sequence[str]) -> list[str]:
    """Name what is left, once all is gone, or after a limit."""
    limit = monotonic() + 10
    while (still := [name for name in names if is_there(url, name)]) and monotonic() < limit:
        continue
    return still


@pytest.mark.parametrize("scenario", AT_WORST)
@pytest.mark.parametrize("when", ["exchanges", "all"])
def test_does_nothing_stay_after_a_program_that_is_killed(
    broker: Broker, scenario: str, when: str
) -> None:
    """With kill -9, even while no exchange has a binding of the lesson yet."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, scenario, when],
        cwd=ROOT,
        env={**environ(broker.url), "PYTHONPATH": "tests"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    prefix, *guard = done.stdout.split()
    exchanges = [prefix + each.name for each in AT_WORST[scenario].exchanges]
    assert left(broker.url, [*exchanges, *guard]) == []


def test_can_a_message_be_published_again(broker: Broker) -> None:
    """Who goes back sees it routed anew, each time counted by itself."""
    with staged(broker, SMALL) as stage:
        stage.declare(len(declarations(SMALL)))
        seen = [stage.publish(SMALL.messages[number]) for number in (0, 1, 0)]
    assert seen == [Observation({"one": 1}, 0), Observation({}, 1), Observation({"one": 1}, 0)]


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, ValueError])
@pytest.mark.parametrize("until", [0, 1, 4])
def test_does_a_stage_leave_nothing_behind(
    broker: Broker, error: type[BaseException], until: int
) -> None:
    """However a walk ends and however far it came, its exchange and its queues are gone."""
    stages = []

    def walk_that_fails() -> None:
        with staged(broker, SMALL) as stage:
            stages.append(stage)
            stage.declare(until)
            raise error

    with pytest.raises(error):
        walk_that_fails()
    connection = pika.BlockingConnection(pika.URLParameters(broker.url))
    with pytest.raises(ChannelClosedByBroker, match="404"):
        connection.channel().exchange_declare(stages[0].prefix + "in", passive=True)
    connection.close()


def test_does_what_lies_in_a_queue_count_when_a_message_comes_again(broker: Broker) -> None:
    """Who goes back publishes a message again: an older copy of it makes room."""
    scenario = lesson("dead-letters")
    with staged(broker, scenario) as stage:
        stage.declare(99)
        messages: list[Message] = []
        for number in (6, 6, 4, 7):
            messages.append(scenario.messages[number])
            row = rows_of(scenario, messages, broker.followed)[-1]
            observed = stage.publish(messages[-1], row.life)
            assert replace(row, observed=observed).agrees
        assert row.life
        assert [place for place, _ in row.life.deaths] == [1]
