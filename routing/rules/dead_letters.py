"""What becomes of a message that dies in a queue: where it goes on to, and how it looks then.

Seen on all versions in TRIED, on a single broker, by AMQP 0-9-1 and without policies.
Source: rabbit_dead_letter.erl, and from RabbitMQ 4.0 on mc.erl, record_death.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from routing.amqp.names import REPLY_TO
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import DEFAULT_EXCHANGE, Message
from routing.amqp.values import Repeated, Value, typed, with_pairs
from routing.amqp.versions import BROKERS_OWN_DEATHS, DEATHS_NOT_TRIED, Version
from routing.rules.predict import Prepared, Route, route_along, without_bcc
from routing.rules.queue_arguments import EXCHANGE, KEY, Arguments, queue_type, text_in
from routing.rules.refusal import first_of_each, further_keys, keys_in
from routing.rules.unknown import unknown_of_message

Entry = Mapping[str, Any]
"""One table of x-death: how often a message died in a queue for a reason, and how it was then."""

PLAIN: Final = ("longstr", "int32", "int64")
"""The types of what a broker counts on in it."""


@dataclass(frozen=True)
class Copy:
    """One copy of a message, lying in a queue.

    message: as it was published.
    exchange, keys: what it was last published to, and the routing keys that are in force: the
    first one is shown to a consumer, those that CC and BCC added follow.
    headers: as a consumer gets them, without the times in x-death, and without what quorum queues
    add when they deliver.
    deaths: the entries that the broker goes by, the latest first.
    expiration: the message's own, if it still has it.
    """

    queue: str
    message: Message
    exchange: str
    keys: Sequence[str]
    headers: Mapping[str, Value] | None
    deaths: Sequence[Entry] = ()
    expiration: str | None = None

    @property
    def routing_key(self) -> str:
        """The key that a consumer gets it with."""
        return self.keys[0]


@dataclass(frozen=True)
class Death:
    """What becomes of a copy that died.

    route: from the dead-letter exchange on, if there is one.
    copies: those that it led to.
    cycles: the queues that get none, each with the reason, because it would go round and round.
    lost: why it goes nowhere.
    dead: the copy as it is published to the dead-letter exchange.
    undecided: why nothing of this is decided.
    """

    copy: Copy
    reason: str
    route: Route | None = None
    copies: Sequence[Copy] = ()
    cycles: Mapping[str, str] = field(default_factory=dict)
    lost: str | None = None
    dead: Copy | None = None
    undecided: str | None = None

    @property
    def told(self) -> list[str]:
        """Say what becomes of it, a sentence for each queue."""
        if self.undecided:
            return [f"not decided: {self.undecided}"]
        onward = [f"on to queue {write_key(copy.queue)}" for copy in self.copies]
        return [*onward, *self.cycles.values(), *filter(None, [self.lost])]


def arrives(route: Route, version: Version, expiration: str | None = None) -> list[Copy]:
    """Give the copies that a published message leaves in queues; none where that is undecided."""
    if route.undecided:
        return []
    message = route.message
    keys = [message.routing_key, *further_keys(message)]
    headers = None if message.headers is None else with_pairs(without_bcc(message.headers))
    deaths = deaths_sent(message, version)
    return [
        Copy(queue, message, message.exchange, keys, headers, deaths, expiration)
        for queue in route.copies
    ]


def deaths_sent(message: Message, version: Version) -> list[Entry]:
    """Read the entries of an x-death that a producer sent, where a broker goes by them."""
    sent = typed((message.headers or {}).get("x-death"))
    if version >= BROKERS_OWN_DEATHS or sent.type != "array":
        return []
    tables = [typed(each) for each in sent.value]
    return [entry_in(each.value) if each.type == "table" else {} for each in tables]


def entry_in(pairs: Sequence[tuple[str, Value]]) -> Entry:
    """Read an entry, its texts and numbers as Python has them."""
    typed_pairs = [(name, value, typed(value)) for name, value in pairs]
    return {k: each.value if each.type in PLAIN else value for k, value, each in typed_pairs}


def dies(ready: Prepared, queues: Mapping[str, Arguments], copy: Copy, reason: str) -> Death:
    """Tell what becomes of a copy that dies in its queue.

    queues: the arguments of those that have any, under the names that a broker keeps.
    reason: one of reasons_to_die.
    """
    arguments = queues.get(copy.queue, {})
    exchange = text_in(arguments, EXCHANGE)
    undecided = next(unknowns_of_death(ready, arguments, copy), None)
    if undecided:
        return Death(copy, reason, undecided=undecided)
    if exchange is None:
        lost = f"queue {write_key(copy.queue)} has no dead-letter exchange: gone"
        return Death(copy, reason, lost=lost)
    if exchange not in ready.exchanges:
        return Death(copy, reason, lost=f"there is no exchange {write_key(exchange)}: gone")
    return onward(ready, arguments, copy, reason, exchange)


def unknowns_of_death(ready: Prepared, arguments: Arguments, copy: Copy) -> Iterator[str]:
    """List what would have to be known, or tried, for a death to be decided."""
    exchange = text_in(arguments, EXCHANGE)
    yield from filter(None, [ready.unknown])
    if DEATHS_NOT_TRIED <= ready.version < BROKERS_OWN_DEATHS:
        yield f"dead letters were not tried on RabbitMQ {ready.version}"
    if queue_type(arguments) not in ("classic", "quorum"):
        yield f"queue {write_key(copy.queue)} is neither a classic nor a quorum queue"
    if exchange is not None:
        yield from filter(None, [unknown_of_message(Message(exchange))])
    if isinstance(copy.message.headers, Repeated):
        yield "a header was sent more than once"
    if not are_entries(copy.deaths):
        yield "the producer sent an x-death that is not like a broker's"
    keys = [text_in(arguments, KEY) or copy.routing_key, *copy.keys]
    if exchange == DEFAULT_EXCHANGE and any(key.startswith(REPLY_TO) for key in keys):
        yield "it may go to direct reply-to, which is not modelled"


def are_entries(deaths: Sequence[Entry]) -> bool:
    """Tell whether there is in each what a broker counts on, and each place only once."""
    kinds = {"queue": str, "reason": str, "count": int}
    known = all(isinstance(e.get(name), kind) for e in deaths for name, kind in kinds.items())
    return known and len({*map(place_of, deaths)}) == len(deaths)


def after_death(copy: Copy, reason: str, exchange: str, key: str | None, version: Version) -> Copy:
    """Give a copy as it is published to the dead-letter exchange, with another key if there is."""
    deaths = with_death(copy.deaths, entry_of(copy, reason, version), version)
    headers = dict(copy.headers or {}) | {"x-death": deaths} | marks(copy, reason, version)
    if key is not None and version < BROKERS_OWN_DEATHS:
        headers.pop("CC", None)
    keys = copy.keys if key is None else [key]
    changed = replace(copy, exchange=exchange, keys=keys, headers=headers, deaths=deaths)
    return replace(changed, expiration=None)


def entry_of(copy: Copy, reason: str, version: Version) -> Entry:
    """Make the entry of a first death in a queue for a reason."""
    return {
        "count": 1,
        "reason": reason,
        "queue": copy.queue,
        "exchange": copy.exchange,
        "routing-keys": keys_shown(copy, version),
        **original_expiration(copy, version),
    }


def keys_shown(copy: Copy, version: Version) -> list[str]:
    """List the keys in force without those of BCC, each of which hides one key that is the same."""
    if version < BROKERS_OWN_DEATHS:
        return [copy.routing_key, *keys_in(copy.headers or {}, "CC")]
    keys = list(copy.keys)
    for key in keys_in(first_of_each(copy.message.headers or {}), "BCC"):
        if key in keys:
            keys.remove(key)
    return keys


def original_expiration(copy: Copy, version: Version) -> dict[str, str]:
    """Keep what is taken from the message: its text, or as the broker writes its number."""
    if copy.expiration is None:
        return {}
    own = version >= BROKERS_OWN_DEATHS
    return {"original-expiration": str(int(copy.expiration)) if own else copy.expiration}


def with_death(deaths: Sequence[Entry], entry: Entry, version: Version) -> list[Entry]:
    """Put a death before the others; one that was there already counts on, and stays as it was."""
    same = [each for each in deaths if place_of(each) == place_of(entry)]
    others = [each for each in deaths if each not in same]
    latest = {**same[0], "count": same[0]["count"] + 1} if same else entry
    return [latest, *(others if version >= BROKERS_OWN_DEATHS else reversed(others))]


def place_of(entry: Entry) -> tuple[str, str]:
    """Give the queue and the reason of an entry."""
    return entry["queue"], entry["reason"]


def marks(copy: Copy, reason: str, version: Version) -> dict[str, Value]:
    """Make the headers that tell of the first death and, where there are such, of the last."""
    own = version >= BROKERS_OWN_DEATHS
    first = not copy.deaths and (own or "x-death" not in (copy.headers or {}))
    told = {"queue": copy.queue, "reason": reason, "exchange": copy.exchange}
    which = ["first"] * first + ["last"] * own
    return {f"x-{each}-death-{name}": text for each in which for name, text in told.items()}


def routed(ready: Prepared, dead: Copy) -> Route:
    """Route a copy from the dead-letter exchange on; that may be an internal one."""
    message = Message(dead.exchange, dead.routing_key, seen(dead, ready.version), mandatory=False)
    return route_along(ready, message, [replace(message, routing_key=k) for k in dead.keys])


def seen(dead: Copy, version: Version) -> Mapping[str, Value]:
    """Give the headers as exchanges see them: not those entries that the broker keeps itself."""
    headers = dict(dead.headers or {})
    if version >= BROKERS_OWN_DEATHS:
        del headers["x-death"]
        headers |= {k: v for k, v in (dead.message.headers or {}).items() if k == "x-death"}
    return headers


def onward(ready: Prepared, arguments: Arguments, copy: Copy, reason: str, exchange: str) -> Death:
    """Leave a copy in each queue of its route, but for those where it would go round and round."""
    dead = after_death(copy, reason, exchange, text_in(arguments, KEY), ready.version)
    route = routed(ready, dead)
    turned = {
        each: why_turned(each, ready.version) for each in route.copies if is_cycle(each, dead)
    }
    undecided = route.undecided
    if turned or not route.copies:
        undecided = undecided or kept_back(copy.queue, arguments)
    if undecided:
        return Death(copy, reason, route, undecided=undecided)
    copies = [replace(dead, queue=queue) for queue in route.copies if queue not in turned]
    nobody = f"no queue takes it from {write_exchange(exchange)}: gone"
    return Death(copy, reason, route, copies, turned, None if route.copies else nobody, dead)


def kept_back(queue: str, arguments: Arguments) -> str | None:
    """Say of a queue that lets go of no message before it is taken that it keeps one."""
    if text_in(arguments, "x-dead-letter-strategy") != "at-least-once":
        return None
    kept = f"queue {write_key(queue)} keeps it until a queue takes it"
    return f"{kept}, which was not tried to the end"


def is_cycle(queue: str, dead: Copy) -> bool:
    """Tell whether a copy was in a queue already, and no rejection, nor this one, came since."""
    return goes_round(queue, dead.deaths)


def goes_round(queue: str, deaths: Sequence[Entry]) -> bool:
    """Tell whether deaths, the latest first, lead to a queue in a circle without a rejection."""
    queues = [entry.get("queue") for entry in deaths]
    if queue not in queues:
        return False
    since = deaths[: queues.index(queue) + 1]
    return all(entry.get("reason") != "rejected" for entry in since)


def why_turned(queue: str, version: Version) -> str:
    """Say why a queue does not get a copy again."""
    name = write_key(queue)
    if version >= BROKERS_OWN_DEATHS:
        return f"queue {name} has seen it already and nothing was rejected since: dropped"
    return f"x-death names queue {name}, and no rejection before that: dropped"
