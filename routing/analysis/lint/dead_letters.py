"""Where dead letters go: lost, or round in a circle.

They keep their key, unless the queue gives them another one.  Of those that come to a headers
exchange nothing is said, as a broker adds headers to them.
"""

from collections.abc import Iterable, Iterator, Sequence, Set
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
    if is_lost(subject, queue):
        key = text_in(subject.arguments[queue], KEY)
        how = KEPT if key is None else f"with {write_key(key)}"
        said = f"no queue takes its dead letters from {write_exchange(exchange)}, {how}"
        yield Finding("dead-letter-lost", name, said)
    exchanges, queues = onward(subject, queue)
    if queue in queues:
        keys = keys_of(subject, queue, bindings_of(subject, exchanges))
        dead = (each for key in keys for each in sooner_or_later(subject, (queue, key)))
        bad = next(
            (each for each in dead if each[0] == queue and is_bad_circle(subject, each)), None
        )
        if bad:
            where = f"{write_exchange(exchange)} with {write_key(bad[1])}"
            yield Finding("dead-letter-circle", name, f"what dies there comes back, by {where}")


def is_lost(subject: Subject, queue: str) -> bool:
    """Tell whether no queue takes what dies in one.

    Mostly some key shows at once that one does, and other bindings need not be looked at.
    """
    dead = [(queue, key) for key in keys_of(subject, queue)]
    if not dead or any(after_death(subject, each) for each in dead):
        return False
    behind = bindings_of(subject, [subject.dead_lettering[queue]])
    return not any(after_death(subject, (queue, key)) for key in keys_of(subject, queue, behind))


def keys_of(subject: Subject, queue: str, behind: Sequence[Asked] = ()) -> Iterator[str]:
    """Give the keys with which messages are handed on that die in a queue.

    Where they keep theirs, one for each class of them that the bindings on the ways there tell
    apart, and those behind; of a queue that nothing is bound to, or where they go to the default
    exchange, programs alone know the keys.
    Raises NotDecided where there are too many to look at.
    """
    fixed = text_in(subject.arguments[queue], KEY)
    entries = subject.entries_to((True, queue))
    if fixed is not None:
        yield fixed
    elif entries and subject.dead_lettering[queue] != DEFAULT_EXCHANGE:
        yield queue  # where it is sent to by name
        for entry in entries:
            into = ways(subject.net, entry, [(True, queue)])
            messages = Messages([*into.asked, *behind])
            for each in into.classes_arriving(messages, Bound()):
                yield messages.message(each, entry).routing_key


def onward(subject: Subject, queue: str) -> tuple[Sequence[str], Set[str]]:
    """Name the exchanges and queues that what dies in a queue may come to, and dies again."""
    waiting, seen = [queue], set[str]()
    exchanges: dict[str, None] = {}
    for each in waiting:
        exchange = subject.dead_lettering.get(each)
        if exchange is None or exchange in exchanges:
            continue
        if exchange in subject.net.ready.exchanges:
            exchanges[exchange] = None
            after = dict.fromkeys(subject.queues_after(exchange))
            waiting += [name for name in after if name not in seen]
            seen |= after.keys()
    return [*exchanges], seen


def bindings_of(subject: Subject, exchanges: Iterable[str]) -> list[Asked]:
    """List the bindings that lead from some exchanges to queues.

    Raises NotDecided where a headers exchange is among them.
    """
    found: list[Asked] = []
    for exchange in exchanges:
        found += ways(subject.net, exchange, at_queues(subject.queues_after(exchange))).asked
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


def sooner_or_later(subject: Subject, dead: Dead) -> Iterator[Dead]:
    """Give where a message lies that died, and where later on, in the same order each time."""
    yield dead
    yield from sorted(all_after(subject, dead) - {dead})


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
