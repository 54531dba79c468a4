"""Do many topologies on one connection go as each of them goes alone?"""

from dataclasses import replace
from typing import Any
from unittest.mock import ANY

import pytest
from conftest import untold
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.errors import NoBroker
from routing.amqp.topology import (
    Binding,
    Exchange,
    ExchangeBinding,
    Message,
    Observation,
    Topology,
)
from routing.broker import Broker, find
from routing.broker.broken import translated
from routing.play.declare import new_prefix
from routing.play.play import play_refusable
from routing.play.together import Broken, Trial, can_be_beside, play_each, play_together
from routing.rules.predict import routes
from routing.rules.refusal import Refusal

TO_Q = Binding("x", "q", "k")
DIRECT = [Exchange("x", "direct")]


def trial(
    bindings: list[Binding | ExchangeBinding], *messages: Message, kind: str = "direct"
) -> Trial:
    """Make a trial of exchanges x and y and the queues q and r."""
    exchanges = [Exchange("x", kind, {"alternate-exchange": "y"}), Exchange("y", "fanout")]
    return Trial(Topology(exchanges=exchanges, queues=["q", "r"], bindings=bindings), messages)


TRIALS = [
    trial([TO_Q], Message("x", "k"), Message("x", "other"), Message("", "q")),
    trial([TO_Q, Binding("y", "r")], Message("x", "k"), Message("x", "other"), Message("y")),
    trial([ExchangeBinding("x", "y", "k"), Binding("y", "q")], Message("x", "k"), Message("x", "")),
    trial([Binding("x", "q", "#")], Message("x", "k", {"BCC": ["j"]}), kind="topic"),
    Trial(
        Topology(
            exchanges=DIRECT, queues=["q", "r"], bindings=[TO_Q], unbound=[Binding("x", "r", "k")]
        ),
        [Message("x", "k")],
    ),
]


def test_is_each_played_as_it_is_alone(broker: Broker) -> None:
    """Though all have exchanges of the same names, and the same queues."""
    together = play_together(broker, TRIALS)
    assert together == [play_refusable(broker, each.topology, each.messages) for each in TRIALS]
    assert together[1] == [
        Observation({"q": 1}, 0),
        Observation({"r": 1}, 0),
        Observation({"r": 1}, 0),
    ]
    assert together[4] == [Observation({"q": 1}, 0)]


def test_are_there_more_topologies_than_channels(broker_url: str) -> None:
    """Where few are allowed, as many are played at once as can be."""
    with find({"AMQP_URL": f"{broker_url}?channel_max=4"}, untold) as few:
        assert play_each(few, TRIALS, [True] * 5) == play_together(few, TRIALS[:3]) + (
            play_together(few, TRIALS[3:])
        )


def test_are_there_too_few_channels(broker_url: str) -> None:
    """That is told as what it is."""
    with find({"AMQP_URL": f"{broker_url}?channel_max=1"}, untold) as one:
        one.connection.channel()
        with pytest.raises(NoBroker, match="allows too few channels"), translated(one.address):
            one.connection.channel()


def refused(message: Message | None = None, **more: Any) -> Trial:
    """Make a trial of one message, in which something more is declared or bound."""
    return Trial(Topology(**{"queues": ["q"], **more}), [message or Message("", "q")])


REFUSED = [
    (refused(exchanges=[Exchange("amq.x", "direct")]), "declare", 403),
    (refused(exchanges=[Exchange("", "direct")]), "declare", 403),
    (refused(queues=["q", "amq.q"]), "declare", 403),
    (refused(bindings=[Binding("missing", "q")]), "bind", 404),
    (refused(bindings=[ExchangeBinding("missing", "x")]), "bind", 404),
    (refused(Message("missing")), "publish", 404),
]


def test_does_a_refusal_stop_at_its_own_topology(broker: Broker) -> None:
    """It is told with the operation that was refused, and the others are played."""
    fine = Trial(Topology(exchanges=DIRECT, queues=["q"], bindings=[TO_Q]), [Message("x", "k")])
    among = [each for trial, _, _ in REFUSED for each in (fine, trial)]
    played = play_together(broker, [*among, fine])
    assert played[::2] == [[Observation({"q": 1}, 0)]] * (len(REFUSED) + 1)
    assert [each[0].refusal for each in played[1::2]] == [(at, code) for _, at, code in REFUSED]


def test_is_nothing_left_where_the_connection_breaks(broker: Broker) -> None:
    """An exchange without a binding would stay; what breaks it is told as such."""
    prefix = new_prefix()
    bare = Trial(Topology(exchanges=[Exchange("bare", "fanout")], queues=["q"]), [Message("bare")])
    wrong = Trial(Topology(queues=["q"]), [Message("", "q", {"a": float("nan")})])
    with pytest.raises(Broken):
        play_together(broker, [bare, wrong], prefix)
    with pytest.raises(ChannelClosedByBroker, match="404"):
        broker.connection.channel().exchange_declare(f"{prefix}0.bare", passive=True)


def test_does_the_connection_break_over_what_follows_a_refusal(broker: Broker) -> None:
    """A binding with NaN, sent once the channel is closed: such a trial is not played so."""
    not_a_number = ExchangeBinding("x", "x", "", {"a": [float("nan")]})
    both = refused(exchanges=[*DIRECT, Exchange("", "direct")], bindings=[not_a_number])
    refusal_alone = replace(both, topology=replace(both.topology, bindings=[]))
    for each, can_be in ((both, False), (refusal_alone, True)):
        predicted = routes(each.topology, each.messages, broker.followed)
        assert predicted[0].refusal == Refusal("declare", 403, ANY)
        assert can_be_beside(each, predicted) == can_be
    with pytest.raises(Broken):
        play_together(broker, [both])


def test_is_a_name_declared_twice_played_alone() -> None:
    """It cannot be told which of the two is this run's own; a broker reads no line breaks."""
    for name in ("x", "x\n"):
        twice = Topology(exchanges=[*DIRECT, Exchange(name, "fanout")], queues=["q"])
        assert not can_be_beside(Trial(twice, []), [])
    other = Topology(exchanges=[*DIRECT, Exchange("y", "fanout")], queues=["q"])
    assert can_be_beside(Trial(other, []), [])


def test_does_the_broker_take_line_breaks_out_of_a_queues_name(brokers: list[Broker]) -> None:
    """As it is declared, which pika can do only where it waits for no answer."""
    broken = Topology(
        exchanges=DIRECT, queues=["q", "c\r\nd"], bindings=[Binding("x", "cd", "k"), TO_Q]
    )
    trials = [Trial(Topology(queues=["q"]), []), Trial(broken, [Message("x", "k")])]
    for broker in brokers:
        assert play_together(broker, trials)[1] == [Observation({"q": 1}, 0)]
