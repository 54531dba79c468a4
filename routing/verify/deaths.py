"""Dead letters, drawn and predicted, and held against a broker."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Final

from routing.amqp.renamed import exchanges_renamed
from routing.amqp.topology import DEFAULT_EXCHANGE, Binding, Message, Resting, Topology
from routing.amqp.values import Value
from routing.amqp.versions import Version
from routing.broker import Broker
from routing.files.cases import Case, as_json
from routing.play.declare import new_prefix
from routing.play.dying import Dying, play_dying
from routing.rules.life import deadly, life
from routing.rules.predict import route_through
from routing.rules.queue_arguments import EXCHANGE, KEY, LENGTHS, TTL
from routing.verify.draw import Draw

NEAR: Final[Sequence[Value]] = (1, "a", True)

AT_ONCE: Final[Sequence[dict[str, Value]]] = (
    {TTL: 0},
    {LENGTHS[0]: 0},
    {LENGTHS[0]: 0, "x-overflow": "reject-publish-dlx"},
)
"""Arguments by which a message dies as soon as it is there."""


@dataclass(frozen=True)
class OtherEnd:
    """A message that came to rest otherwise than predicted."""

    dying: Dying
    predicted: Sequence[Resting]
    observed: Sequence[Resting]
    version: Version

    @property
    def as_json(self) -> dict[str, Any]:
        """All of it, in a form that machines read."""
        dying = self.dying
        case = as_json(Case("dead-letter", dying.topology, dying.message, {}))
        del case["outcome"]
        return case | {
            "arguments": dying.topology.queue_arguments,
            "rejecting": dying.topology.rejecting,
            "expiration": dying.expiration,
            "predicted": [vars(each) for each in self.predicted],
            "observed": [vars(each) for each in self.observed],
        }


@dataclass(frozen=True)
class Ended:
    """How many messages died and were held, and the first that ended otherwise, if one did."""

    held: int
    other: OtherEnd | None = None


def draw_dying(seed: str) -> Dying:
    """Draw a topology with queues in which messages die, and a message; the names are new ones."""
    random = Random(seed)  # noqa: S311 - nothing here is secret
    prefix = new_prefix()
    queues = [f"{prefix}q{number}" for number in range(random.randint(2, 5))]
    draw = Draw(random, NEAR, queues, with_x=random.randrange(4) == 0)
    drawn = replace(draw.topology(), unbound=())
    topology = exchanges_renamed(drawn, lambda name: name and prefix + name)
    topology = replace(topology, bindings=[*topology.bindings, *by_death(draw, topology)])
    dies_there = [queue for queue in queues if not draw.one_in(3)]
    rejecting = [queue for queue in dies_there if draw.one_in(3)]
    arguments = {
        queue: {
            **onward(draw, topology, missing=f"{prefix}missing"),
            **random.choice([{}, {}, *AT_ONCE] if queue in rejecting else AT_ONCE),
        }
        for queue in dies_there
    }
    expiration = "1000" if draw.one_in(3) else None
    topology = replace(topology, queue_arguments=arguments, rejecting=rejecting)
    return Dying(topology, message(draw, topology), expiration)


def by_death(draw: Draw, topology: Topology) -> list[Binding]:
    """Draw bindings that ask for what a broker writes into the headers of a dead letter."""
    asked = {"x-match": "any-with-x", "x-first-death-reason": "expired", "x-death": None}
    names = [each.name for each in topology.exchanges if each.type == "headers"]
    if not (draw.with_x and names):
        return []
    return [Binding(draw.random.choice(names), draw.random.choice(draw.queues), "", asked)]


def onward(draw: Draw, topology: Topology, missing: str) -> dict[str, Value]:
    """Draw where a queue's dead letters go: to an exchange that may be missing, or nowhere."""
    if draw.one_in(12):
        return {}
    names = [each.name for each in topology.exchanges]
    arguments: dict[str, Value] = {
        EXCHANGE: draw.random.choice([*names * 3, DEFAULT_EXCHANGE, missing])
    }
    if draw.one_in(2):
        arguments[KEY] = draw.random.choice([draw.key(), draw.random.choice(draw.queues)])
    return arguments


def message(draw: Draw, topology: Topology) -> Message:
    """Draw a message."""
    open_to_all = [each.name for each in topology.exchanges if not each.internal]
    exchange = draw.random.choice([*open_to_all, DEFAULT_EXCHANGE, DEFAULT_EXCHANGE])
    key = draw.random.choice(draw.queues)
    if exchange != DEFAULT_EXCHANGE:
        key = draw.key_for(topology, exchange)
    headers: dict[str, Value] = {"a": draw.random.choice(NEAR)} if draw.one_in(2) else {}
    for name in ("CC", "BCC"):
        if draw.one_in(4):
            headers[name] = [draw.key()[:100], draw.random.choice(draw.queues)]
    return Message(exchange, key, headers or None, mandatory=False)


def settled(dying: Dying, version: Version) -> list[Resting] | None:
    """Predict what comes to rest; None where nothing dies, or that is not decided or has no end."""
    queues = deadly(dying.topology, version)
    whole = life(queues, 0, route_through(queues.ready, dying.message), dying.expiration)
    if whole.undecided or whole.route.refusal or not whole.deaths:
        return None
    return [copy for _, copy in whole.consumed]


def held(broker: Broker, drawn: Sequence[Dying]) -> Ended:
    """Play messages that die, as far as it is decided how they end.

    Raises NoBroker where the broker goes away.
    """
    version = broker.followed
    predicted = [(each, settled(each, version)) for each in drawn]
    decided = [(each, resting) for each, resting in predicted if resting is not None]
    played = play_dying(broker, [(each, len(resting)) for each, resting in decided])
    for (each, resting), observed in zip(decided, played, strict=True):
        if counted(resting) != counted(observed):
            return Ended(len(decided), OtherEnd(each, resting, observed, version))
    return Ended(len(decided))


def counted(copies: Sequence[Resting]) -> Counter[str]:
    """Count copies, whatever their order."""
    return Counter(json.dumps(vars(each), sort_keys=True) for each in copies)
