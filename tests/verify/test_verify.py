"""Does verify find every wrong rule, and none in the model as it is?"""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import untold

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.topology import AnyBinding, Binding, Exchange, Message, Observation, Topology
from routing.amqp.values import Typed, Value, typed
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.broker.find import reopened
from routing.broker.way import Progress
from routing.files.cases import read_case, write_case
from routing.play.play import play_refusable
from routing.rules import matching as rules
from routing.rules import predict
from routing.rules.refusal import keys_in
from routing.rules.predict import Prepared, Route, Visit
from routing.verify import verify

CASES = 300
SEEDS = (1, 2)
OPEN: Any = SimpleNamespace(is_open=True)
MODEL = Broker(OPEN, "amqp://nowhere/", "the model", "the model", "4.3.6")
"""Stands for a broker that routes just as the model does, while that is right."""


@dataclass
class Plant:
    """Puts wrong rules in the place of right ones, and these back while the broker plays."""

    monkeypatch: pytest.MonkeyPatch
    wrong: bool = True

    def attribute(self, owner: Any, name: str, rule: Callable[..., Any]) -> None:
        """Plant a function of a module, or a method of a class."""
        self.monkeypatch.setattr(owner, name, self.switched(getattr(owner, name), rule))

    def topic(self, rule: Callable[..., bool]) -> None:
        """Plant a rule of topic exchanges."""
        self.monkeypatch.setitem(rules.RULES, "topic", self.switched(rules.topic, rule))

    def property(self, owner: type, name: str, rule: Callable[..., Any]) -> None:
        """Plant a property of a class."""
        self.monkeypatch.setattr(owner, name, property(self.switched(vars(owner)[name].fget, rule)))

    def switched(self, right: Callable[..., Any], wrong: Callable[..., Any]) -> Callable[..., Any]:
        """Give a function that is the wrong one, until the broker plays."""

        def either(*given: Any) -> Any:
            return (wrong if self.wrong else right)(*given)

        return either

    def play(
        self, _broker: Broker, topology: Topology, messages: Sequence[Message]
    ) -> list[Observation]:
        """Play on the model as it is without what is planted."""
        self.wrong = False
        routes = [predict.route(topology, message) for message in messages]
        seen = [observed(route) for route in routes]
        self.wrong = True
        return seen


def observed(route: Route) -> Observation:
    """Tell what a broker does that does just as predicted."""
    refusal = (route.refusal.at, route.refusal.code) if route.refusal else None
    return Observation(dict(route.copies), int(route.returned), refusal)


def hash_needs_a_word(binding: AnyBinding, message: Message, version: Version) -> bool:
    """Let `#` in a topic binding stand for one word or more."""
    words = rules.split_words(binding.binding_key)
    key = ".".join("*.#" if word == "#" else word for word in words)
    return rules.topic(replace(binding, binding_key=key), message, version)


RIGHT_SAME = rules.same
RIGHT_KEYS = predict.with_each_key
RIGHT_JOURNEY = predict.journey
RIGHT_VISIT = predict.visit


def one_is_true(wanted: Value, sent: Value, version: Version) -> bool:
    """Compare headers as Python does."""
    as_numbers = [
        Typed("int32", int(field.value)) if field.type == "bool" else field
        for field in (typed(wanted), typed(sent))
    ]
    return RIGHT_SAME(as_numbers[0], as_numbers[1], version)


def eager_alternate(ready: Prepared, exchange: Exchange, keyed: Sequence[Message]) -> Visit:
    """Take the alternate where a binding matched, but none to a queue."""
    at = RIGHT_VISIT(ready, exchange, keyed)
    led_to_queue = any(isinstance(verdict.binding, Binding) for verdict in at.taking)
    return replace(at, alternate=None if led_to_queue else exchange.alternate)


def a_copy_for_each_binding(route: Route) -> Counter[str]:
    """Count every binding that takes the message."""
    return Counter(verdict.binding.destination for verdict in route.hits)


def journey_twice(ready: Prepared, message: Message) -> Iterator[Visit]:
    """Go round a second time where a cycle leads back to the first exchange."""
    visits = list(RIGHT_JOURNEY(ready, message))
    back = any(message.exchange in predict.exchanges_onward(at) for at in visits)
    yield from visits * (2 if back else 1)


def a_copy_for_each_visit(route: Route) -> Counter[str]:
    """Count a queue again for an exchange that is visited again."""
    visits = Counter(at.exchange.name for at in route.visits)
    return Counter({hit.binding.destination: visits[hit.binding.source] for hit in route.hits})


def onward_never(at: Visit) -> list[str]:
    """Follow alternates alone."""
    return [] if at.alternate is None else [at.alternate]


def bcc_visible(message: Message, version: Version) -> list[Message]:
    """Leave BCC among the headers."""
    return [replace(each, headers=message.headers) for each in RIGHT_KEYS(message, version)]


def without_cc(message: Message, version: Version) -> list[Message]:
    """Use the key of the message and those in BCC."""
    keyed = RIGHT_KEYS(message, version)
    return [keyed[0], *keyed[1 + len(keys_in(message.headers or {}, "CC")) :]]


def go_twice(plant: Plant) -> None:
    """Plant a walk that goes round twice, and a count that shows it."""
    plant.attribute(predict, "journey", journey_twice)
    plant.property(Route, "copies", a_copy_for_each_visit)


PLANTS: Mapping[str, Callable[[Plant], None]] = {
    "hash-needs-a-word": lambda plant: plant.topic(hash_needs_a_word),
    "one-is-true": lambda plant: plant.attribute(rules, "same", one_is_true),
    "alternate-too-eager": lambda plant: plant.attribute(predict, "visit", eager_alternate),
    "double-copy": lambda plant: plant.property(Route, "copies", a_copy_for_each_binding),
    "cycle-goes-twice": go_twice,
    "onward-not-followed": lambda plant: plant.attribute(predict, "exchanges_onward", onward_never),
    "cc-ignored": lambda plant: plant.attribute(predict, "with_each_key", without_cc),
    "bcc-visible": lambda plant: plant.attribute(predict, "with_each_key", bcc_visible),
}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Give a way to plant wrong rules."""
    return Plant(monkeypatch)


@pytest.fixture
def no_broker(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the right model play the broker, which is faster by far."""
    monkeypatch.setattr(verify, "play_refusable", plant.play)


def assert_small(difference: verify.Difference | None) -> None:
    """See that a difference was found, and that little is left around it."""
    assert difference is not None
    assert not difference.row.agrees
    assert len(difference.topology.bindings) <= 4  # two ways to one queue, over two exchanges
    assert len(difference.topology.exchanges) <= 3
    assert len(difference.topology.queues) <= 2


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.usefixtures("no_broker")
def test_is_a_wrong_rule_found_with_any_seed(plant: Plant, name: str, seed: int) -> None:
    """Within a few hundred cases, and shrunk."""
    PLANTS[name](plant)
    assert_small(verify.verify([MODEL], CASES, seed, untold).difference)


@pytest.mark.parametrize("name", list(PLANTS)[:2])
def test_is_a_wrong_rule_found_on_a_broker(plant: Plant, broker: Broker, name: str) -> None:
    """A real RabbitMQ contradicts it, and the vector holds what that did."""
    PLANTS[name](plant)
    difference = verify.verify([broker], CASES, 1, untold).difference
    assert_small(difference)
    assert difference is not None
    case = read_case(json.loads(difference.as_case))
    assert read_case(json.loads(write_case(case))) == case
    plant.wrong = False
    with reopened(broker) as again:
        [seen] = play_refusable(again, case.topology, [case.message])
    assert seen == difference.row.observed


def test_does_the_model_agree_with_every_broker(brokers: list[Broker]) -> None:
    """No difference in some hundred messages on each version, refused ones among them."""
    told: list[Progress] = []
    verified = verify.verify(brokers, 25, 4, told.append)
    assert verified.difference is None
    assert verified.trials == len(told) == 25
    assert verified.messages > 250
    assert verified.refused
    assert told[-1].fraction == 1


def test_is_a_lost_connection_replaced(broker: Broker) -> None:
    """RabbitMQ 3 closes the connection over an unknown exchange type."""
    broker.connection.close()
    assert verify.verify([broker], 3, 1, untold).difference is None


@pytest.mark.usefixtures("no_broker")
def test_does_a_seed_always_give_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a seed has found once is there to be found again."""
    played: list[tuple[Topology, Sequence[Message]]] = []

    def note(_: Broker, topology: Topology, messages: Sequence[Message]) -> list[Observation]:
        played.append((topology, messages))
        return [observed(predict.route(topology, message)) for message in messages]

    monkeypatch.setattr(verify, "play_refusable", note)
    for number, seed in ((25, 1), (40, 1), (25, 2)):
        verify.verify([MODEL], number, seed, untold)
    first, again, other = played[:25], played[25:65], played[65:]
    assert repr(first) == repr(again[:25])
    assert repr(first) != repr(other)


@pytest.mark.usefixtures("no_broker")
@pytest.mark.parametrize("error", [NoBroker("It went away."), SystemExit(143)])
def test_does_an_error_end_the_search(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """It is none of the case, so that nothing is shrunk."""
    plays = []

    def go_away(*_: object) -> list[Observation]:
        plays.append(1)
        raise error

    monkeypatch.setattr(verify, "play_refusable", go_away)
    with pytest.raises(type(error)) as raised:
        verify.verify([MODEL], 10, 1, untold)
    assert raised.value is error
    assert len(plays) == 1


@pytest.mark.usefixtures("no_broker")
def test_is_a_passing_difference_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a broker shows only once cannot be shrunk, but is one."""
    lost = iter([[Observation({"elsewhere": 1}, 0)]])

    def play(_: Broker, topology: Topology, messages: Sequence[Message]) -> list[Observation]:
        right = [observed(predict.route(topology, message)) for message in messages]
        return [*next(lost, right[:1]), *right[1:]]

    monkeypatch.setattr(verify, "play_refusable", play)
    assert verify.verify([MODEL], 10, 1, untold).difference is not None


def test_is_it_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hypothesis is a development extra."""
    monkeypatch.delitem(sys.modules, "routing.verify.strategies", raising=False)
    monkeypatch.setitem(sys.modules, "hypothesis", None)
    with pytest.raises(BadUse, match="make verify installs it"):
        verify.verify([MODEL], 1, 1, untold)
