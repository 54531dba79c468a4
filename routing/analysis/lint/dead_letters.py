"""Where dead letters go, and what policies make of them."""

from collections.abc import Iterator
from dataclasses import replace

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import DEFAULT_EXCHANGE, Message
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject
from routing.rules.policies import APPLIES, Doubtful, Policy, fits, policy_of, sets
from routing.rules.predict import route_through
from routing.rules.queue_arguments import EXCHANGE, KEY, TTL, queue_type, text_in


def of_dead_letters(subject: Subject) -> Iterator[Finding]:
    """List queues whose dead letters are lost, or come back."""
    for queue, arguments in subject.arguments.items():
        exchange = text_in(arguments, EXCHANGE)
        if exchange is not None:
            yield from of_queue(subject, queue, exchange, text_in(arguments, KEY))


def of_queue(subject: Subject, queue: str, exchange: str, key: str | None) -> Iterator[Finding]:
    """List what is wrong with the dead letters of one queue."""
    name = f"queue {write_key(queue)}"
    if exchange not in subject.net.ready.exchanges:
        if exchange not in PERHAPS:
            said = f"its dead-letter exchange {write_key(exchange)} is not there"
            yield subject.missing("dead-letter-exchange-missing", name, said)
    elif key is not None and not subject.net.doubt(exchange):
        onward = onward_by_key(subject, exchange, key)
        if onward is not None and not onward:
            where = f"{write_exchange(exchange)} with {write_key(key)}"
            said = f"no queue takes its dead letters from {where}"
            yield Finding("dead-letter-lost", name, said)
        if onward and is_bad_circle(subject, queue, onward):
            said = (
                f"what dies there comes back, by {write_exchange(exchange)} with {write_key(key)}"
            )
            yield Finding("dead-letter-circle", name, said)
    elif exchange == DEFAULT_EXCHANGE:
        return  # with its own key, which names the queue that it was sent to, or any other
    elif not subject.net.doubt(exchange) and not subject.net.queues_after((False, exchange)):
        said = f"no queue is bound to its dead-letter exchange {write_exchange(exchange)}"
        yield Finding("dead-letter-lost", name, said)


def onward_by_key(subject: Subject, exchange: str, key: str) -> frozenset[str] | None:
    """Name the queues that get what is handed on by a key; None where headers decide."""
    ready = subject.net.ready
    entry = replace(ready.exchanges[exchange], internal=False)
    free = replace(ready, exchanges={**ready.exchanges, exchange: entry}, finders={})
    route = route_through(free, Message(exchange, key, mandatory=False))
    if route.undecided or any(at.exchange.type == "headers" for at in route.visits):
        return None
    return route.queues


def is_bad_circle(subject: Subject, queue: str, onward: frozenset[str]) -> bool:
    """Tell whether dead letters come back to a queue, which is told of the first one of a circle.

    Where some of the queues keep a message for a time, and others do not, it is tried again.
    """
    after = round_trip(subject, onward)
    if queue not in after:
        return False
    members = [
        each for each in subject.arguments if each in after and comes_to(subject, each, queue)
    ]
    waits = {TTL in subject.arguments[each] for each in members}
    return members[0] == queue and len(waits) == 1


def comes_to(subject: Subject, queue: str, other: str) -> bool:
    """Tell whether dead letters of one queue come to another one."""
    arguments = subject.arguments[queue]
    exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
    if exchange is None or key is None or not is_known(subject, exchange):
        return False
    return other in round_trip(subject, onward_by_key(subject, exchange, key) or frozenset())


def is_known(subject: Subject, exchange: str) -> bool:
    """Tell whether an exchange is there, and it is decided what it does."""
    return exchange in subject.net.ready.exchanges and not subject.net.doubt(exchange)


def round_trip(subject: Subject, onward: frozenset[str]) -> set[str]:
    """Name the queues that are reached sooner or later from some, each by its dead letters' key."""
    waiting, seen = [*onward], {*onward}
    for queue in waiting:
        arguments = subject.arguments.get(queue, {})
        exchange, key = text_in(arguments, EXCHANGE), text_in(arguments, KEY)
        known = exchange is not None and key is not None and is_known(subject, exchange)
        further = onward_by_key(subject, exchange or "", key or "") if known else None
        new = (further or frozenset()) - seen
        seen |= new
        waiting += sorted(new)
    return seen


def of_policies(subject: Subject) -> Iterator[Finding]:
    """List queues from which another policy takes dead letters, and policies that tie."""
    ties: dict[str, str] = {}
    for queue in subject.queues:
        given = subject.source.arguments.get(queue, {})
        kind = queue_type(given) if queue_type(given) in APPLIES else "classic"
        try:
            chosen = policy_of(queue, kind, subject.source.policies)
            hidden = hiding(subject, queue, kind, chosen)
        except Doubtful as doubt:
            ties.setdefault(doubt.why, queue)
            continue
        if chosen and hidden and EXCHANGE not in {**sets(chosen, kind), **given}:
            names = write_key(chosen.name), write_key(hidden.name)
            said = "policy {} takes away the dead-letter exchange of {}".format(*names)
            yield Finding("dead-letter-hidden", f"queue {write_key(queue)}", said)
    for why, queue in ties.items():
        code = "policies-tie" if "one priority" in why else "not-decided"
        yield Finding(code, f"queue {write_key(queue)}", why)


def hiding(subject: Subject, queue: str, kind: str, chosen: Policy | None) -> Policy | None:
    """Find a policy that would set a dead-letter exchange, were it not for the one that counts."""
    for each in subject.source.policies:
        applies = each is not chosen and each.apply_to in APPLIES[kind] and fits(each, queue)
        if applies and EXCHANGE in sets(each, kind):
            return each
    return None
