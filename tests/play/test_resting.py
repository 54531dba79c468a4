"""Do messages that die come to rest where it is predicted, on each RabbitMQ?"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from pika.exceptions import ChannelClosedByBroker

from routing import Binding, Exchange, Message, Topology
from routing.amqp.versions import NEWEST
from routing.broker import Broker
from routing.play.play import play
from routing.rules import dead_letters, life
from routing.rules.compare import Row, beside, rows_of

DEAD: Mapping[str, Any] = {"x-dead-letter-exchange": "dead"}
GIVEN = Topology(
    exchanges=[Exchange("in", "topic"), Exchange("dead", "fanout")],
    queues=["reject", "expire", "last two", "first two", "home", "default", "full", "grave"],
    bindings=[
        Binding("in", "reject", "reject.#"),
        Binding("in", "expire", "expire.#"),
        Binding("in", "last two", "last"),
        Binding("in", "first two", "first"),
        Binding("in", "home", "home"),
        Binding("in", "full", "full"),
        Binding("dead", "grave"),
        Binding("dead", "reject"),
    ],
    queue_arguments={
        "reject": DEAD,
        "expire": {**DEAD, "x-message-ttl": 20, "x-dead-letter-routing-key": "other"},
        "last two": {**DEAD, "x-max-length": 2},
        "first two": {**DEAD, "x-max-length": 2, "x-overflow": "reject-publish-dlx"},
        "home": {
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": "default",
            "x-message-ttl": 0,
        },
        "default": {"x-dead-letter-exchange": "", "x-message-ttl": 0},
        "full": {**DEAD, "x-max-length": 0, "x-overflow": "reject-publish-dlx"},
    },
    rejecting=["reject", "full"],
)
MESSAGES = [
    Message("in", "reject", {"CC": ["expire.too"]}),
    *(Message("in", "last", body=str(number)) for number in range(3)),
    Message("in", "expire.soon"),
    *(Message("in", "first", body=str(number)) for number in range(4)),
    Message("in", "full"),
    Message("in", "home"),
    Message("", "default"),
    Message("in", "nobody"),
]


def played(broker: Broker, given: Topology = GIVEN) -> list[Row]:
    """Predict and play."""
    rows = rows_of(given, MESSAGES, broker.followed)
    return beside(rows, play(broker, given, MESSAGES))


def test_does_each_rest_as_predicted(brokers: list[Broker]) -> None:
    """With the queue, key and headers, the copies that made room among them; on each version."""
    for broker in brokers:
        rows = played(broker)
        assert [row.number for row in rows if not row.agrees] == []
        assert [row.undecided for row in rows] == [None] * len(rows)
        assert rows[3].observed
        assert {place for place, _ in rows[3].observed.resting} == {1, 3}
        assert [row.route.returned for row in rows] == [False] * 12 + [True]


WRONG: Mapping[str, tuple[Any, str, Callable[..., Any]]] = {
    "nothing goes on": (dead_letters, "text_in", lambda *_: None),
    "no queue is entered twice": (
        dead_letters,
        "is_cycle",
        lambda queue, dead: queue in [entry["queue"] for entry in dead.deaths],
    ),
    "a consumer gives up at once": (life, "PATIENCE", lambda: 0),
}


@pytest.mark.parametrize("name", WRONG)
def test_is_a_wrong_rule_seen(broker: Broker, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker does something else, and a message does not agree."""
    module, attribute, wrong = WRONG[name]
    monkeypatch.setattr(module, attribute, wrong() if attribute == "PATIENCE" else wrong)
    monkeypatch.setattr("routing.play.resting.limit_of", lambda _: 0.5)
    assert not all(row.agrees for row in played(broker))


def test_is_a_copy_too_many_seen(broker: Broker) -> None:
    """What was not predicted has time to come, and is no agreement."""
    rows = rows_of(replace(GIVEN, rejecting=[]), MESSAGES[:1], NEWEST)
    [row] = beside(rows, play(broker, GIVEN, MESSAGES[:1]))
    assert not row.agrees


def test_does_anything_stay(broker: Broker) -> None:
    """No queue and no exchange, though some queues never had a consumer."""
    prefix = "routing-test-stays."
    play(broker, GIVEN, MESSAGES, prefix)
    names = [*GIVEN.queues, *(exchange.name for exchange in GIVEN.exchanges)]
    for name in names:
        channel: Any = broker.connection.channel()
        kind = "queue" if name in GIVEN.queues else "exchange"
        with pytest.raises(ChannelClosedByBroker, match="404"):
            getattr(channel, f"{kind}_declare")(prefix + name, passive=True)
