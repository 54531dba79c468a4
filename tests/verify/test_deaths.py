"""Does verify see where messages that die do not end as predicted?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from routing import Binding, Exchange, Message, Topology
from routing.amqp.topology import Resting
from routing.amqp.versions import NEWEST
from routing.broker import Broker
from routing.play.dying import Dying
from routing.rules import dead_letters
from routing.verify import verify
from routing.verify.command import print_verified, written
from routing.verify.deaths import draw_dying, held, settled
from routing.verify.verify import Limit

TO_X = {"x-dead-letter-exchange": "x"}
X = Topology(exchanges=[Exchange("x", "fanout")], queues=["q", "d"], bindings=[Binding("x", "d")])
BACK = Topology(exchanges=[Exchange("x", "fanout")], queues=["q"], bindings=[Binding("x", "q")])


@pytest.mark.parametrize(
    ("topology", "arguments", "rejecting", "end"),
    [
        (X, {**TO_X, "x-message-ttl": 0}, [], ["d"]),
        (X, {**TO_X, "x-max-length": 0}, [], ["d"]),
        (X, TO_X, ["q"], ["d"]),
        (X, {"x-message-ttl": 0}, [], []),
        (X, {}, [], None),
        (BACK, {**TO_X, "x-message-ttl": 0}, [], []),
        (BACK, TO_X, ["q"], ["q"]),
    ],
)
def test_where_does_a_message_come_to_rest(
    topology: Topology, arguments: Mapping[str, Any], rejecting: list[str], end: list[str] | None
) -> None:
    """At the end of its way, or where a consumer gives up; where it does not die, none is held."""
    given = {"q": arguments} if arguments else {}
    deadly = replace(topology, queue_arguments=given, rejecting=rejecting)
    resting = settled(Dying(deadly, Message("", "q")), NEWEST)
    assert (None if resting is None else [each.queue for each in resting]) == end


def without(name: str) -> Callable[..., Any]:
    """Leave a header out."""
    marks = dead_letters.marks
    return lambda *known: {k: v for k, v in marks(*known).items() if k != name}


WRONG: Mapping[str, tuple[str, Callable[..., Any]]] = {
    "no expiration is kept": ("original_expiration", lambda *_: {}),
    "the queue of the first death is not told": ("marks", without("x-first-death-queue")),
    "a rejection does not end a cycle": (
        "is_cycle",
        lambda queue, dead: queue in [entry["queue"] for entry in dead.deaths],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_is_a_wrong_rule_found(
    broker: Broker,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """By some that are drawn, which a real RabbitMQ contradicts; told with what both say."""
    drawn = [draw_dying(f"1, {number}") for number in range(300)]
    right = [settled(each, NEWEST) for each in drawn]
    monkeypatch.setattr(dead_letters, *WRONG[name])
    monkeypatch.setattr("routing.play.dying.limit_of", lambda _: 0.5)
    told_by = [
        each for each, resting in zip(drawn, right, strict=True) if settled(each, NEWEST) != resting
    ]
    monkeypatch.setattr(verify, "DYING", 1)
    monkeypatch.setattr(verify, "draw_dying", lambda _: told_by[0])
    verified = verify.verify([broker], Limit(1), 1, lambda _: None)
    assert verified.differs
    assert not verified.difference
    print_verified(verified, "RabbitMQ", 1)
    said = capsys.readouterr().out
    assert "NOT AS PREDICTED" in said
    assert "the model predicts: " in said
    assert "the broker did: " in said
    told = written(verified, [broker], 1)["other end"]
    assert isinstance(told, dict)
    assert told["predicted"] != told["observed"]


def test_do_as_many_rest_as_are_seen(broker: Broker) -> None:
    """A copy too many is a difference as well as one that is missing."""
    drawn = [draw_dying(f"4, {number}") for number in range(24)]
    assert held(broker, drawn).held > 4
    assert held(broker, [draw_dying(f"4, {number}") for number in range(24)]).other is None


def test_is_one_that_did_not_come_missed(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is waited for, and then told."""
    monkeypatch.setattr("routing.play.dying.limit_of", lambda _: 0.2)
    nowhere = Resting("elsewhere", "", "", {})
    right = settled

    def one_more(*known: Any) -> list[Resting] | None:
        resting = right(*known)
        return None if resting is None else [*resting, nowhere]

    monkeypatch.setattr("routing.verify.deaths.settled", one_more)
    other = held(broker, [draw_dying(f"4, {number}") for number in range(8)]).other
    assert other
    assert nowhere in other.predicted
    assert nowhere not in other.observed
