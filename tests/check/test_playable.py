"""Is a case that cannot be played told before it is sent, and does none of them keep the others?"""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import warm

from routing.amqp.errors import BadUse, Lost, NoBroker
from routing.amqp.topology import Binding, Exchange, Message, Observation, Topology
from routing.amqp.versions import NEWEST
from routing.broker import Broker
from routing.broker.connection import close
from routing.check import check as checking
from routing.check.check import (
    by_topology,
    check_on_broker,
    in_rounds,
    unplayed,
)
from routing.check.playable import PREFIX, obstacle
from routing.files.cases import Case, Outcome, Place, write_case
from routing.play.play import play_refusable
from routing.play.together import MOST_TOGETHER, Trial
from routing.rules.cost import MOST_VISITS, TOO_COSTLY, cost, tries
from routing.rules.frames import MOST_IN_TABLE

ROOT = Path(__file__).parents[2]
MOST_NAME = 255 - PREFIX


def case(
    message: Message | None = None,
    queue: str = "q",
    exchange: str = "x",
    key: str = "#",
    arguments: Mapping[str, Any] | None = None,
) -> Case:
    """Make a case of a topic exchange and a queue."""
    topology = Topology(
        exchanges=[Exchange(exchange, "topic")],
        queues=[queue],
        bindings=[Binding(exchange, queue, key, arguments or {})],
    )
    sent = message or Message(exchange, "k")
    return Case("one", topology, sent, {NEWEST: Outcome((queue,))}, Place("mine.jsonl", 7))


def stars(number: int) -> str:
    """Write a key of so many `*`."""
    return ".".join("*" * number)


PLAYABLE = [
    case(),
    case(exchange="amq.topic", message=Message("amq." + "x" * 251, "k")),
    case(queue="q" * MOST_NAME, exchange="x" * MOST_NAME),
    case(Message("", "k" * MOST_NAME)),
    case(Message("x", "k" * 255, {"n" * 255: 1}), key="#." + "k" * 253),
    case(Message("x", "k", {"a": "v" * (MOST_IN_TABLE - 100)})),
    case(Message("", "k", {"CC": ["q"] * 5_000})),
    case(arguments={"a": "v" * (MOST_IN_TABLE - 100)}),
    case(Message("x", stars(16)), key=stars(16)),
]

UNPLAYABLE = [
    (case(queue="é" * (MOST_NAME // 2 + 1)), "has 240 bytes, and a run puts 17 more before it"),
    (case(exchange="x" * (MOST_NAME + 1)), "has 239 bytes"),
    (case(Message("", "k" * (MOST_NAME + 1))), "has 239 bytes"),
    (case(Message("y" * (MOST_NAME + 1), "k")), "has 239 bytes"),
    (case(Message("x", "k", {"a": "v" * 200_000})), "headers of 200,029 bytes do not fit"),
    (case(Message("", "k", {"CC": ["q"] * 10_000})), "headers of 230,030 bytes do not fit"),
    (case(arguments={"a": "v" * 200_000}), "arguments or headers of 200,012 bytes"),
    (case(Message("x", stars(100)), key=stars(100)), TOO_COSTLY),
    (case(Message("x", "a", {"BCC": [stars(100)]}), key=stars(100)), TOO_COSTLY),
]


@pytest.mark.parametrize(("unplayable", "reason"), UNPLAYABLE)
def test_is_it_said_what_keeps_a_case_from_being_played(unplayable: Case, reason: str) -> None:
    """In a sentence with what to do."""
    said = obstacle(unplayable, own=True)
    assert said
    assert reason in said


def test_is_a_broker_so_slow(broker: Broker) -> None:
    """What is let through takes seconds at the most, and longer than a quarter of it."""
    took = []
    for slow in (case(Message("x", stars(n)), key=stars(n)) for n in (16, 18)):
        assert obstacle(slow, own=True) is None
        begun = monotonic()
        play_refusable(broker, slow.topology, [slow.message])
        took.append(monotonic() - begun)
    assert obstacle(case(Message("x", stars(19)), key=stars(19)), own=True) == TOO_COSTLY
    assert took[0] < took[1] < 20


def test_are_all_others_played_where_some_cannot_be(broker: Broker) -> None:
    """Those that just fit are played; each of the others is predicted, and told as not played."""
    cases = [
        each
        for pair in zip(PLAYABLE, [each for each, _ in UNPLAYABLE], strict=True)
        for each in pair
    ]
    own = replace(broker, origin="a private node")
    results = {place: each for each, place in check_on_broker(cases, own.followed, own)}
    assert sorted(results) == list(range(len(cases)))
    for place, checked in results.items():
        assert checked.case is cases[place]
        assert (checked.unplayed is None, checked.observed is not None) == (
            (cases[place] in PLAYABLE,) * 2
        )
    faults = unplayed([results[place] for place in sorted(results)])
    assert len(faults) == len(cases) - len(PLAYABLE)
    assert all(str(each).startswith("mine.jsonl, line 7: not played: ") for each in faults)


def test_are_slow_messages_of_one_topology_played_apart() -> None:
    """So that a broker that gives each to nobody is not silent for too long."""
    slow, quick = Message("x", stars(18)), Message("x", "a")
    cases = [case(each, key=stars(18)) for each in (slow, quick, slow, slow, quick)]
    assert by_topology(cases) == [[0, 1], [2], [3, 4]]
    assert by_topology([case()] * 3) == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Lost("The connection broke."), "the broker broke off over it"),
        (BadUse("AMQP\ncannot " + "x" * 500), "AMQP cannot x"),
    ],
)
def test_does_one_over_which_the_connection_breaks_keep_the_others(
    broker: Broker, monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    """It alone is not played, as long as the broker works."""

    def breaking(
        broker: Broker, topology: Topology, messages: Sequence[Message]
    ) -> list[Observation]:
        if any(message.routing_key == "odd" for message in messages):
            close(broker.connection)
            raise error
        return play_refusable(broker, topology, messages)

    def together(_: Broker, trials: Sequence[Trial], __: Sequence[bool]) -> Any:
        for trial in trials:
            breaking(broker, trial.topology, trial.messages)

    monkeypatch.setattr(checking, "play_refusable", breaking)
    monkeypatch.setattr(checking, "play_each", together)
    keys = ["a", "odd", "b"]
    cases = [case(Message("x", key)) for key in keys]
    results = [checked for checked, _ in check_on_broker(cases, broker.followed, broker)]
    assert [each.unplayed is None for each in results] == [True, False, True]
    assert results[1].unplayed
    assert results[1].unplayed.startswith(reason)
    assert len(results[1].unplayed) <= checking.MOST_SAID
    monkeypatch.setattr(
        checking, "play_refusable", lambda *_: (_ for _ in ()).throw(NoBroker("gone"))
    )
    with pytest.raises(NoBroker):
        list(check_on_broker(cases, broker.followed, broker))


def test_what_does_the_command_say_of_what_it_does_not_play(broker: Broker) -> None:
    """It is checked offline all the same, and the status is 2 where nothing else differs."""
    slow = case(Message("x", stars(100)), key=stars(100))
    wrong = replace(slow, outcomes={NEWEST: Outcome(())})

    def run(*cases: Case, json: bool = False) -> "subprocess.CompletedProcess[str]":
        return warm.run(
            ["check", "-", "--broker", *["--json"] * json],
            env={**os.environ, "AMQP_URL": broker.url},
            text="".join(f"{write_case(each)}\n" for each in cases),
            timeout=60,
        )

    done = run(case(), slow)
    assert done.returncode == 2
    assert f"-, line 2: not played: {TOO_COSTLY}.\n" in done.stdout
    assert "all agree, but 1 case could not be played." in " ".join(done.stdout.split())
    assert run(case(), wrong).returncode == 1
    written = json.loads(run(case(), slow, json=True).stdout)
    assert (written["cases"], written["agree"], written["faults"]) == (
        2,
        2,
        [{"file": "-", "line": 2, "fault": f"not played: {TOO_COSTLY}"}],
    )


def test_is_an_exchange_of_everybody_left_alone(broker: Broker) -> None:
    """Its real name is used on a broker of our own alone, whatever it is named for."""
    cases = [
        case(exchange="amq.topic"),
        case(Message("amq.fanout", "k")),
        case(exchange="a\rmq.rabbitmq.log"),
    ]
    assert not broker.own
    for checked, _ in check_on_broker(cases, broker.followed, broker):
        assert checked.observed is None
        assert "keeps its real name" in str(checked.unplayed)


def test_are_cases_with_the_same_queues_played_together() -> None:
    """Up to so many, and to so much of work; each topology once."""
    few = [case(exchange=f"x{number}") for number in range(MOST_TOGETHER + 10)]
    other = [case(queue="r")]
    slow = [case(Message("x", stars(18)), exchange=f"s{n}", key=stars(18)) for n in range(3)]
    cases = [*few, *other, *slow]
    rounds = list(in_rounds(cases, by_topology(cases)))
    assert sorted(place for each in rounds for [place] in each) == list(range(len(cases)))
    assert max(map(len, rounds)) == MOST_TOGETHER
    queues = [{cases[place].topology.queues[0] for [place] in each} for each in rounds]
    assert all(len(each) == 1 for each in queues)
    costs = [sum(cost_of(cases[place]) for [place] in each) for each in rounds]
    assert max(costs) <= MOST_VISITS < sum(costs)


def cost_of(each: Case) -> int:
    """Count what a broker visits for one case."""
    return cost(tries(each.topology), each.message)
