"""Which policy an exchange or a queue has, and what it sets there.

Source: rabbit_policy.erl (match, get_arg): one policy each, that of the highest priority whose
pattern and apply-to fit, and for a queue one operator policy, which wins over that.  An argument
wins over both, key by key; of several limits the lower counts (rabbit_policies.erl,
merge_policy_value).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from routing.amqp.notation import write_key
from routing.amqp.topology import Exchange
from routing.amqp.values import Value
from routing.amqp.versions import MIRRORING, NO_MASTER_LOCATOR, NO_MIRRORING, Version
from routing.rules.queue_arguments import LENGTHS, QUORUM_ONLY, number_in, queue_type

APPLIES: Final[Mapping[str, tuple[str, ...]]] = {
    "exchange": ("exchanges", "all"),
    "classic": ("queues", "classic_queues", "all"),
    "quorum": ("queues", "quorum_queues", "all"),
    "stream": ("queues", "streams", "all"),
}
"""What apply-to must be, for an exchange and for each type of queue."""

SET_FOR_QUEUES: Final = {
    "dead-letter-exchange": "x-dead-letter-exchange",
    "dead-letter-routing-key": "x-dead-letter-routing-key",
    "dead-letter-strategy": "x-dead-letter-strategy",
    "overflow": "x-overflow",
    "message-ttl": "x-message-ttl",
    "max-length": "x-max-length",
    "max-length-bytes": "x-max-length-bytes",
    "delivery-limit": "x-delivery-limit",
}
"""What policies set that decides where messages go on to, and the name of the argument for it."""

LIMITS: Final = ("x-message-ttl", *LENGTHS, "x-delivery-limit")
"""Where both set one, the lower counts."""


SETTABLE: Final = frozenset(
    {
        *("alternate-exchange", "max-in-memory-length", "max-in-memory-bytes", "expires"),
        *("consumer-timeout", "consumer-disconnected-timeout", "queue-mode", "queue-version"),
        *("queue-master-locator", "queue-leader-locator", "initial-cluster-size", "max-age"),
        *("stream-max-segment-size-bytes", "stream-filter-size-bytes", "target-group-size"),
        *("member-placement-tag", "delayed-retry-type", "delayed-retry-min", "delayed-retry-max"),
        *("federation-upstream", "federation-upstream-set", "federation-upstream-pattern"),
        *("shards-per-node", "routing-key", *MIRRORING, *SET_FOR_QUEUES),
    }
)
"""What a policy can set on some RabbitMQ from 3.8 to 4.3, with or without its own plugins; else it
is refused (rabbit_policy.erl, validation).
Source: what is registered as a policy_validator in rabbit_policies.erl, rabbit_classic_queue.erl,
rabbit_quorum_queue.erl, rabbit_mirror_queue_misc.erl and the plugins."""


@dataclass(frozen=True)
class Policy:
    """A policy as definitions have it.

    pattern: a regular expression that is searched for in a name.
    definition: what it sets.
    """

    name: str
    pattern: str
    definition: Mapping[str, Value]
    apply_to: str = "all"
    priority: float = 0


REPEATED: Final = re.compile(r"[+*}][)]+[+*{]")
"""How a pattern looks that tries so many ways, each of many, that it does not end."""


class Doubtful(Exception):
    """It cannot be told which policy something has."""

    def __init__(self, why: str) -> None:
        """Say why."""
        self.why = why


def policy_of(name: str, kind: str, policies: Iterable[Policy]) -> Policy | None:
    """Give the policy that an exchange or a queue of this name and kind has.

    kind: "exchange", or the type of a queue.
    Raises Doubtful where that cannot be told: of two with one priority either may be chosen.
    """
    fitting = [each for each in policies if each.apply_to in APPLIES[kind] and fits(each, name)]
    if not fitting:
        return None
    highest = max(each.priority for each in fitting)
    chosen = [each for each in fitting if each.priority == highest]
    for other in chosen:
        if sets(other, kind) != sets(chosen[0], kind):
            pair = f"{write_key(chosen[0].name)} and {write_key(other.name)}"
            raise Doubtful(f"of the policies {pair}, which have one priority, either may count")
    return chosen[0]


def not_taken(policy: Policy, version: Version) -> str | None:
    """Name something that a policy cannot set on a version, for which it is refused."""
    gone = {*MIRRORING} if version >= NO_MIRRORING else set()
    gone |= {"queue-master-locator"} if version >= NO_MASTER_LOCATOR else set()
    return min(
        (each for each in policy.definition if each in gone or each not in SETTABLE), default=None
    )


def fits(policy: Policy, name: str) -> bool:
    """Search for the pattern of a policy in a name.

    Raises Doubtful where it cannot be read, or may take for ever.
    """
    if REPEATED.search(policy.pattern):
        raise Doubtful(
            f"the pattern of policy {write_key(policy.name)} repeats what is repeated, which may "
            "take for ever"
        )
    try:
        return re.search(policy.pattern, name) is not None
    except re.error as error:
        raise Doubtful(
            f"the pattern of policy {write_key(policy.name)} cannot be read here: {error.msg}"
        ) from error


def sets(policy: Policy, kind: str) -> dict[str, Value]:
    """Give what a policy sets of what decides where messages go, under the arguments' names.

    kind: "exchange", or the type of a queue.
    """
    names = {"alternate-exchange": "alternate-exchange"} if kind == "exchange" else SET_FOR_QUEUES
    others = QUORUM_ONLY if kind != "quorum" else ()
    given = policy.definition.items()
    found = {names[name]: value for name, value in given if name in names}
    return {name: value for name, value in found.items() if name not in others}


def with_alternates(
    exchanges: Sequence[Exchange], policies: Sequence[Policy], doubts: dict[str, str]
) -> Iterator[Exchange]:
    """Give exchanges with the alternates that policies set; note which cannot be told."""
    for exchange in exchanges:
        try:
            policy = policy_of(exchange.name, "exchange", policies)
        except Doubtful as doubt:
            doubts[exchange.name] = f"exchange {write_key(exchange.name)}: {doubt.why}"
            policy = None
        alternate = sets(policy, "exchange").get("alternate-exchange") if policy else None
        if alternate is None or "alternate-exchange" in exchange.arguments:
            yield exchange
        else:
            yield replace(
                exchange, arguments={**exchange.arguments, "alternate-exchange": alternate}
            )


def with_policy(
    queue: str,
    arguments: Mapping[str, Value],
    policies: Sequence[Policy],
    operator_policies: Sequence[Policy] = (),
) -> dict[str, Value]:
    """Give the arguments of a queue with what its policies add to them.

    Raises Doubtful where it cannot be told which policy it has.
    """
    kind = queue_type(arguments)
    kind = kind if kind in APPLIES else "classic"
    found: dict[str, Value] = {}
    for each in (policies, operator_policies):
        policy = policy_of(queue, kind, each)
        found = merged(found, sets(policy, kind) if policy else {})
    return merged(found, arguments)


def merged(below: Mapping[str, Value], above: Mapping[str, Value]) -> dict[str, Value]:
    """Give both, where one name has two values that above, or the lower limit."""
    both = {**below, **above}
    for name in LIMITS:
        limits = (number_in(each, name) for each in (below, above))
        numbers = [limit for limit in limits if limit is not None]
        if numbers:
            both[name] = lower(numbers)
    return both


def lower(limits: Sequence[int]) -> int:
    """Give the limit that counts; of deliveries a negative one is none (resolve_delivery_limit)."""
    return max(limits) if min(limits) < 0 else min(limits)
