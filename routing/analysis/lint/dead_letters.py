"""Where dead letters go: lost, or round in a circle.

They keep their key, unless the queue gives them another one.  Of those that come to a headers
exchange nothing is said, as a broker adds headers to them.
"""

from collections.abc import Iterator, Set
from typing import Final

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject
from routing.analysis.messages import Asked, Messages
from routing.analysis.net import at_queues
from routing.analysis.ways import ways
from routing.rules.queue_arguments import KEY, TTL, text_in

KEPT: Final = "which keep their key (unless CC adds one)"

Dead = tuple[str, str]
"""A queue, and the key with which messages that die there are handed on."""


def of_dead_letters(subject: Subject) -> Iterator[Finding]:
    """List queues whose dead letters are lost, or come back."""
    for queue, exchange in subject.dead_lettering.items():
        name = f"queue {write_key(queue)}"
        if exchange not in subject.net.ready.exchanges:
            if exchange not in PERHAPS:
                said = f"its dead-letter exchange {write_key(exchange)} is not there"
                yield subject.missing("dead-letter-exchange-missing", name, said)
            continue
        nobody = not subject.queues_after(exchange) and not subject.net.doubt(exchange)
        if nobody and exchange != DEFAULT_EXCHANGE:
            said = f"no queue is bound to its dead-letter exchange {write_exchange(exchange)}"
            yield Finding("dead-letter-lost", name, said)
            continue
        try:
            yield from of_queue(subject, queue, exchange, name)
        except NotDecided:
            continue


def of_queue(subject: Subject, queue: str, exchange: str, name: str) -> Iterator[Finding]:
    """List what is wrong with the dead letters of one queue.

    Raises NotDecided where that cannot be told.
    """
    dead = [(queue, key) for key in keys_of(subject, queue, exchange)]
    key = text_in(subject.arguments[queue], KEY)
    if dead and not any(after_death(subject, each) for each in dead):
        how = KEPT if key is None else f"with {write_key(key)}"
        said = f"no queue takes its dead letters from {write_exchange(exchange)}, {how}"
        yield Finding("dead-letter-lost", name, said)
    bad = next((each for each in dead if is_bad_circle(subject, each)), None)
    if bad:
        said = f"what dies there comes back, by {write_exchange(exchange)} with {write_key(bad[1])}"
        yield Finding("dead-letter-circle", name, said)


def keys_of(subject: Subject, queue: str, exchange: str) -> Iterator[str]:
    """Give the keys with which messages are handed on that die in a queue.

    Where they keep theirs, one for each class of them that the bindings on all ways tell apart; of
    a queue that nothing is bound to, or the default exchange, programs alone know the keys.
    Raises NotDecided where there are too many to look at.
    """
    fixed = text_in(subject.arguments[queue], KEY)
    entries = subject.entries_to((True, queue))
    if fixed is not None:
        yield fixed
    elif entries and exchange != DEFAULT_EXCHANGE:
        onward = bindings_onward(subject, queue)
        for entry in entries:
            into = ways(subject.net, entry, [(True, queue)])
            messages = Messages([*into.asked, *onward])
            for each in into.classes_arriving(messages, Bound()):
                yield messages.message(each, entry).routing_key
        yield queue  # where it is sent to by name


def bindings_onward(subject: Subject, queue: str) -> list[Asked]:
    """List the bindings that what dies in a queue meets, and may meet when it dies again.

    Raises NotDecided where a headers exchange is among them.
    """
    waiting, asked = [queue], {}
    seen = {queue}
    for each in waiting:
        exchange = subject.dead_lettering.get(each)
        if exchange is None or exchange in asked or exchange not in subject.net.ready.exchanges:
            continue
        after = subject.queues_after(exchange)
        asked[exchange] = ways(subject.net, exchange, at_queues(after)).asked
        waiting += [name for name in dict.fromkeys(after) if name not in seen]
        seen.update(after)
    found = [each for of_one in asked.values() for each in of_one]
    if any(each.exchange_type == "headers" for each in found):
        raise NotDecided("a broker adds headers to dead letters")
    return found


def after_death(subject: Subject, dead: Dead) -> Set[Dead]:
    """Give where a message lies next that died, and the key with which it is then handed on.

    Raises NotDecided where headers decide, or it is not known.
    """
    queue, key = dead
    exchange = subject.dead_lettering.get(queue)
    if exchange is None or exchange not in subject.net.ready.exchanges:
        return set()
    queues = subject.net.by_key(exchange, key)
    if queues is None:
        raise NotDecided("a broker adds headers to dead letters")
    fixed = {each: text_in(subject.arguments.get(each, {}), KEY) for each in queues}
    return {(each, key if fixed[each] is None else fixed[each] or "") for each in queues}


def all_after(subject: Subject, dead: Dead) -> Set[Dead]:
    """Give where a message lies sooner or later that died, if it dies again and again."""
    waiting = [dead]
    seen: set[Dead] = set()
    for each in waiting:
        new = after_death(subject, each) - seen
        seen |= new
        waiting += sorted(new)
    return seen


def is_bad_circle(subject: Subject, dead: Dead) -> bool:
    """Tell whether dead letters come back to a queue, which is told of the first one of a circle.

    Where some of the queues keep a message for a time, and others do not, it is tried again.
    """
    after = all_after(subject, dead)
    if dead not in after:
        return False
    circle = {queue for queue, key in after if dead in all_after(subject, (queue, key))}
    first = next(queue for queue in subject.dead_lettering if queue in circle)
    return first == dead[0] and len({TTL in subject.arguments[each] for each in circle}) == 1
