"""Does verify find every wrong rule, and none in the model as it is?"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations, starmap
from threading import local
from types import SimpleNamespace
from typing import Any

import pytest
from conftest import untold

from routing.amqp import values
from routing.amqp.errors import NoBroker
from routing.amqp.names import PREDECLARED
from routing.amqp.topology import AnyBinding, Binding, Exchange, Message, Observation, Topology
from routing.amqp.values import Repeated, Term, Typed, Value, term, typed
from routing.amqp.versions import NEWEST, Version
from routing.broker import Broker
from routing.broker.find import reopened
from routing.broker.way import Progress
from routing.files.cases import read_case, write_case
from routing.play.play import play_refusable
from routing.play.together import MOST_TOGETHER, Trial
from routing.rules import matching as rules
from routing.rules import predict, refusal
from routing.rules.predict import Prepared, Route, Visit
from routing.rules.refusal import keys_in
from routing.verify import verify
from routing.verify.deaths import Ended
from routing.verify.draw import draw_round, names_in
from routing.verify.verify import Limit

CASES = 1500
SEEDS = (1,)
OPEN: Any = SimpleNamespace(is_open=True)
MODEL = Broker(OPEN, "amqp://nowhere/", "the model", "the model", "4.3.6")
"""Stands for a broker that routes just as the model does, while that is right."""


@dataclass
class Plant:
    """Puts wrong rules in the place of right ones, and these back while the broker plays.

    playing: whether this thread plays the broker; another one predicts meanwhile.
    """

    monkeypatch: pytest.MonkeyPatch
    playing: local = field(default_factory=local)

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
            return (right if getattr(self.playing, "now", False) else wrong)(*given)

        return either

    def play_round(
        self, _: Broker, trials: Sequence[Trial], __: Sequence[Sequence[Route]]
    ) -> list[list[Observation]]:
        """Play on the model as it is without what is planted."""
        return [self.play_alone(MODEL, trial) for trial in trials]

    def play_alone(self, _: Broker, trial: Trial) -> list[Observation]:
        """Play one trial."""
        self.playing.now = True
        routes = predict.routes(trial.topology, trial.messages, NEWEST)
        seen = [observed(route) for route in routes]
        self.playing.now = False
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
RIGHT_PREPARED = predict.prepared
RIGHT_CRITERIA = rules.criteria
RIGHT_VISIBLE = predict.visible


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


def journey_twice(ready: Prepared, keyed: Sequence[Message]) -> Iterator[Visit]:
    """Go round a second time where a cycle leads back to the first exchange."""
    visits = list(RIGHT_JOURNEY(ready, keyed))
    back = any(keyed[0].exchange in predict.exchanges_onward(at) for at in visits)
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


def only_text(exchange: Exchange) -> str | None:
    """Take an alternate for none that is a long string of another kind than Python's."""
    name = exchange.arguments.get("alternate-exchange")
    return name if isinstance(name, str) else None


def nothing_is_taken_away(topology: Topology, version: Version) -> Prepared:
    """Leave the bindings that are taken away."""
    return RIGHT_PREPARED(
        replace(topology, bindings=[*topology.bindings, *topology.unbound]), version
    )


def more_is_skipped(binding: AnyBinding) -> dict[str, Value]:
    """Skip every name that begins as x-match does."""
    return {name: v for name, v in RIGHT_CRITERIA(binding).items() if not name.startswith("x-mat")}


def first_counts(headers: Mapping[str, Value], _: Version) -> dict[str, Value]:
    """Route by the first of headers of one name."""
    return RIGHT_VISIBLE(headers, Version(3, 8, 9))


def by_value(value: Value, version: Version) -> Term:
    """Leave the types aside of what is in arrays and tables."""
    return ("any", term(value, version))


PLANTS: Mapping[str, Callable[[Plant], None]] = {
    "hash-needs-a-word": lambda plant: plant.topic(hash_needs_a_word),
    "one-is-true": lambda plant: plant.attribute(rules, "same", one_is_true),
    "alternate-too-eager": lambda plant: plant.attribute(predict, "visit", eager_alternate),
    "double-copy": lambda plant: plant.property(Route, "copies", a_copy_for_each_binding),
    "cycle-goes-twice": go_twice,
    "onward-not-followed": lambda plant: plant.attribute(predict, "exchanges_onward", onward_never),
    "cc-ignored": lambda plant: plant.attribute(predict, "with_each_key", without_cc),
    "alternate-not-text": lambda plant: plant.property(Exchange, "alternate", only_text),
    "unbound-stays": lambda plant: plant.attribute(predict, "prepared", nothing_is_taken_away),
    "x-match-2-skipped": lambda plant: plant.attribute(rules, "criteria", more_is_skipped),
    "first-header-counts": lambda plant: plant.attribute(predict, "visible", first_counts),
    "types-within-aside": lambda plant: plant.attribute(values, "nested", by_value),
    "line-breaks-stay": lambda plant: plant.attribute(
        predict, "as_kept", lambda topology: topology
    ),
    "amq-can-be-declared": lambda plant: plant.attribute(refusal, "is_reserved", lambda _: False),
    "nan-is-a-number": lambda plant: plant.attribute(refusal, "is_finite", lambda _: True),
    "bcc-visible": lambda plant: plant.attribute(predict, "with_each_key", bcc_visible),
}


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """Give a way to plant wrong rules."""
    return Plant(monkeypatch)


@pytest.fixture
def no_broker(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the right model play the broker, which is faster by far."""
    monkeypatch.setattr(verify, "play_round", plant.play_round)
    monkeypatch.setattr(verify, "play_alone", plant.play_alone)
    monkeypatch.setattr(verify, "held", lambda *_: Ended(0))


def assert_small(difference: verify.Difference | None) -> None:
    """See that a difference was found, and that little is left around it."""
    assert difference is not None
    assert not difference.row.agrees
    assert len(difference.topology.bindings) <= 4  # two ways to one queue, over two exchanges
    assert len(difference.topology.exchanges) <= 3
    assert len(difference.topology.queues) <= 2


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("name", PLANTS)
@pytest.mark.usefixtures("no_broker")
def test_is_a_wrong_rule_found_with_any_seed(plant: Plant, name: str, seed: int) -> None:
    """Within a few hundred cases, and shrunk."""
    PLANTS[name](plant)
    assert_small(verify.verify([MODEL], Limit(CASES), seed, untold).difference)


@pytest.mark.parametrize("name", list(PLANTS)[:1])
def test_is_a_wrong_rule_found_on_a_broker(plant: Plant, broker: Broker, name: str) -> None:
    """A real RabbitMQ contradicts it, and the vector holds what that did."""
    PLANTS[name](plant)
    difference = verify.verify([broker], Limit(CASES), 1, untold).difference
    assert_small(difference)
    assert difference is not None
    case = read_case(json.loads(difference.as_case))
    assert read_case(json.loads(write_case(case))) == case
    plant.playing.now = True
    with reopened(broker) as again:
        [seen] = play_refusable(again, case.topology, [case.message])
    assert seen == difference.row.observed


@pytest.mark.long
def test_does_the_model_agree_with_every_broker(brokers: list[Broker]) -> None:
    """No difference in some hundred messages on each version, refused ones among them."""
    told: list[Progress] = []
    own = [replace(broker, origin="a private node") for broker in brokers]
    verified = verify.verify(own, Limit(80), 4, told.append)
    assert verified.difference is None
    assert verified.trials == 80
    assert verified.messages > 800
    assert verified.refused
    assert len(verified.shapes) > 100
    assert verified.dead
    assert told[-1].fraction == 1


def test_is_a_connection_that_is_closed_unexpectedly_no_end(
    brokers: list[Broker], plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RabbitMQ 3.8 closes it over an unknown type; what was played with it is played alone."""
    plant.attribute(refusal, "is_known", lambda *_: True)
    monkeypatch.setattr(verify, "MOST_TOGETHER", 16)  # all of these are played again
    difference = verify.verify(brokers[:1], Limit(CASES), 1, untold).difference
    assert_small(difference)
    assert difference
    assert difference.row.observed
    assert difference.row.observed.refusal == ("declare", 503)


def test_does_it_end_after_the_time_that_is_given(broker: Broker) -> None:
    """Whatever has been played by then counts."""
    verified = verify.verify([broker], Limit(seconds=0.5), 1, untold)
    assert verified.seconds >= 0.5
    assert verified.trials % MOST_TOGETHER == 0 < verified.trials


def has_huge_table(trial: Trial) -> bool:
    """Tell whether a table is near the largest frame."""
    tables = [binding.arguments for binding in trial.topology.bindings]
    tables += [message.headers or {} for message in trial.messages]
    return any("huge" in table for table in tables)


def has_further_keys(trial: Trial, exchange_type: str) -> bool:
    """Tell whether a message to an exchange of this type has CC."""
    types = {exchange.name: exchange.type for exchange in trial.topology.exchanges}
    return any(
        "CC" in (message.headers or {}) and types.get(message.exchange) == exchange_type
        for message in trial.messages
    )


def differ_in_arguments(one: AnyBinding, other: AnyBinding) -> bool:
    """Tell whether two bindings differ in arguments only."""
    return one != other and replace(one, arguments={}) == replace(other, arguments={})


def has_chain(trial: Trial) -> bool:
    """Tell whether an alternate has an alternate."""
    alternates = {each.name: each.alternate for each in trial.topology.exchanges}
    return any(alternates.get(to or "") for name, to in alternates.items() if to != name)


DRAWN: Mapping[str, Callable[[Trial], bool]] = {
    "a name near x-match": lambda trial: "'x-match-2'" in repr(trial),
    "a real amq. exchange": lambda trial: any(
        binding.source in PREDECLARED for binding in trial.topology.bindings
    ),
    "a message to one": lambda trial: any(each.exchange in PREDECLARED for each in trial.messages),
    "an alternate that is one": lambda trial: any(
        each.alternate in PREDECLARED for each in trial.topology.exchanges
    ),
    "a reserved name": lambda trial: "'amq.u'" in repr(trial.topology),
    "a line break in a name": lambda trial: "c\r\nd" in trial.topology.queues,
    "a queue without a name": lambda trial: "" in trial.topology.queues,
    "an array in a table": lambda trial: "Typed(type='table', value=[('a', [" in repr(trial),
    "-0.0": lambda trial: "-0.0" in repr(trial),
    "a header twice": lambda trial: any(
        isinstance(each.headers, Repeated) for each in trial.messages
    ),
    "a table near the largest frame": has_huge_table,
    "a key of 255 bytes": lambda trial: any(
        len(each.routing_key.encode()) == 255 for each in trial.messages
    ),
    "an unbind": lambda trial: bool(trial.topology.unbound),
    "a rebind": lambda trial: any(
        each in trial.topology.bindings for each in trial.topology.unbound
    ),
    "arguments that differ": lambda trial: any(
        starmap(differ_in_arguments, combinations(trial.topology.bindings, 2))
    ),
    "alternates that chain": has_chain,
    **{f"CC on {kind}": partial(has_further_keys, exchange_type=kind) for kind in rules.RULES},
}


def test_is_drawn_what_was_never_drawn() -> None:
    """Within as many trials as a quarter of a minute plays."""
    trials = [each for n in range(30) for each in draw_round(f"7, {n}", 40, real=True)]
    assert [name for name, has in DRAWN.items() if not any(map(has, trials))] == []
    elsewhere = draw_round("7, 1", 40, real=False)
    assert not any(DRAWN["a real amq. exchange"](trial) for trial in elsewhere)
    rounds = [draw_round(f"7, {n}", 40, real=False) for n in range(30)]
    named = [name for trials in rounds for trial in trials for name in names_in(trial)]
    assert not any(name.startswith("amq.") for name in named)  # to which nobody needs a right


@pytest.mark.usefixtures("no_broker")
def test_does_a_seed_always_give_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a seed has found once is there to be found again."""
    played: list[Trial] = []

    def note(_: Broker, trials: Sequence[Trial], __: object) -> list[list[Observation]]:
        played.extend(trials)
        return [
            [observed(predict.route(trial.topology, each)) for each in trial.messages]
            for trial in trials
        ]

    monkeypatch.setattr(verify, "play_round", note)
    for number, seed in ((25, 1), (55, 1), (25, 2)):
        verify.verify([MODEL], Limit(number), seed, untold)
    first, again, other = played[:25], played[25:80], played[80:]
    assert repr(first) == repr(again[:25])
    assert repr(first) != repr(other)
    assert len(played) == 105


@pytest.mark.usefixtures("no_broker")
@pytest.mark.parametrize("error", [NoBroker("It went away."), SystemExit(143)])
def test_does_an_error_end_the_search(
    monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    """It is none of the case, so that nothing is shrunk."""
    plays = []

    def go_away(*_: object) -> list[list[Observation]]:
        plays.append(1)
        raise error

    monkeypatch.setattr(verify, "play_round", go_away)
    with pytest.raises(type(error)) as raised:
        verify.verify([MODEL], Limit(100), 1, untold)
    assert raised.value is error
    assert len(plays) == 1


@pytest.mark.usefixtures("no_broker")
def test_is_a_passing_difference_told(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that a broker shows only once cannot be shrunk, but is one."""

    def play(broker: Broker, trials: Sequence[Trial], _: Any) -> list[list[Observation]]:
        right = plant.play_round(broker, trials, ())
        return [[Observation({"elsewhere": 1}, 0), *right[0][1:]], *right[1:]]

    monkeypatch.setattr(verify, "play_round", play)
    assert verify.verify([MODEL], Limit(10), 1, untold).difference is not None
