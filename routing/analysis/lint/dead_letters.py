"""Where dead letters go: lost, or round in a circle.

They keep their key, unless the queue gives them another one.  What becomes of those that come to a
headers exchange is not decided, as a broker adds headers to them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Final

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.analysis.bound import Bound, Doubt, NotDecided
from routing.analysis.lint.finding import Finding, decided
from routing.analysis.lint.subject import Subject
from routing.analysis.messages import Asked, Messages
from routing.analysis.net import at_queues
from routing.analysis.ways import ways
from routing.rules.queue_arguments import KEY, TTL, text_in

KEPT: Final = "which keep their key (unless CC adds one)"

Dead = tuple[str, str]
"""A queue, and the key with which messages that die there are handed on."""


def of_dead_letters(subject: Subject) -> Iterator[Finding]:
    """List queues whose dead letters are lost."""
    for queue, exchange in subject.dead_lettering.items():
        name = f"queue {write_key(queue)}"
        if exchange not in subject.net.ready.exchanges:
            if exchange not in PERHAPS:
                said = f"its dead-letter exchange {write_key(exchange)} is not there"
                yield subject.missing("dead-letter-exchange-missing", name, said)
            continue
        nobody = not subject.net.queues_after((False, exchange)) and not subject.net.doubt(exchange)
        if nobody and exchange != DEFAULT_EXCHANGE:
            said = f"no queue is bound to its dead-letter exchange {write_exchange(exchange)}"
            yield Finding("dead-letter-lost", name, said)
            continue
        look = partial(of_losses, subject, queue, exchange, name)
        yield from decided(name, "whether its dead letters are lost", look)


def of_losses(subject: Subject, queue: str, exchange: str, name: str) -> Iterator[Finding]:
    """Tell whether the dead letters of a queue are lost.

    Raises NotDecided where that cannot be told.
    """
    if is_lost(subject, queue):
        key = text_in(subject.arguments[queue], KEY)
        how = KEPT if key is None else f"with {write_key(key)}"
        said = f"no queue takes its dead letters from {write_exchange(exchange)}, {how}"
        yield Finding("dead-letter-lost", name, said)


def is_lost(subject: Subject, queue: str) -> bool:
    """Tell whether no queue takes what dies in one.

    Mostly some key shows at once that one does, and other bindings need not be looked at.
    """
    entries = subject.entries_to((True, queue))
    if not entries and text_in(subject.arguments[queue], KEY) is None:
        return False  # with which keys it is used, programs alone know
    dead = [(queue, key) for key in keys_of(subject, queue, entries)]
    if not dead or any(after_death(subject, each) for each in dead):
        return False
    behind = bindings_of(subject, [subject.dead_lettering[queue]])
    keys = keys_of(subject, queue, entries, behind)
    return not any(after_death(subject, (queue, key)) for key in keys)


def keys_of(
    subject: Subject, queue: str, entries: Sequence[str], behind: Sequence[Asked] = ()
) -> Iterator[str]:
    """Give the keys with which messages are handed on that die in a queue.

    Where they keep theirs, one for each class of them that the bindings on the ways there tell
    apart, and those behind; where they go to the default exchange, programs alone know the keys.
    entries: the exchanges from which messages come.
    Raises NotDecided where there are too many to look at.
    """
    fixed = text_in(subject.arguments[queue], KEY)
    if fixed is not None:
        yield fixed
    elif subject.dead_lettering[queue] != DEFAULT_EXCHANGE:
        yield queue  # as it can always be sent to by name
        for entry in entries:
            bound = Bound()
            into = ways(subject.net, entry, [(True, queue)])
            messages = Messages([*into.asked, *behind])
            for each in into.classes_arriving(messages, bound):
                yield messages.message(each, entry).routing_key


def of_circles(subject: Subject) -> Iterator[Finding]:
    """List circles of dead letters, each at the queue of it that stands first.

    Only what producers send begins one.  Where some of its queues keep a message for a time, and
    others do not, it is tried again.
    """
    behind = {queue: onward(subject, queue) for queue in subject.dead_lettering}
    round_ = {queue for queue, (_, queues) in behind.items() if queue in queues}
    steps: dict[Dead, Set[Dead]] = {}
    for queue, (exchanges, queues) in behind.items():
        try:
            if round_ & {queue, *queues}:
                go_on(subject, queue, exchanges, steps)
        except Doubt:
            continue
        except NotDecided as why:
            if queue in round_:
                said = f"whether its dead letters come back: {why}"
                yield Finding("not-decided", f"queue {write_key(queue)}", said)
    look = partial(told_circles, subject, steps)
    yield from decided("dead letters", "whether they come back", look)


def go_on(
    subject: Subject, queue: str, exchanges: Sequence[str], steps: dict[Dead, Set[Dead]]
) -> None:
    """Note the steps that messages go which die in a queue, and die again and again.

    Raises NotDecided where that cannot be told.
    """
    entries = subject.net.entries_to((True, queue))
    keys = {*keys_of(subject, queue, entries, bindings_of(subject, exchanges))}
    waiting, bound = [(queue, key) for key in sorted(keys)], Bound()
    for each in waiting:
        bound.step()
        if each not in steps:
            steps[each] = after_death(subject, each)
            waiting += sorted(steps[each])


def told_circles(subject: Subject, steps: Mapping[Dead, Set[Dead]]) -> Iterator[Finding]:
    """Tell each bad circle once."""
    order = {queue: place for place, queue in enumerate(subject.dead_lettering)}
    told: set[str] = set()
    for dead in sorted(steps, key=lambda each: (order.get(each[0], 0), each[1])):
        circle = circle_of(dead, steps)
        if not circle or dead[0] != min(circle, key=order.__getitem__) or dead[0] in told:
            continue
        if len({TTL in subject.arguments[each] for each in circle}) == 1:
            told.add(dead[0])
            where = f"{write_exchange(subject.dead_lettering[dead[0]])} with {write_key(dead[1])}"
            said = f"what dies there comes back, by {where}"
            yield Finding("dead-letter-circle", f"queue {write_key(dead[0])}", said)


def circle_of(dead: Dead, steps: Mapping[Dead, Set[Dead]]) -> Set[str]:
    """Name the queues of the circle on which a message is; none where it does not come back."""
    after = all_after(dead, steps)
    return {each[0] for each in after if dead in all_after(each, steps)} if dead in after else set()


def all_after(dead: Dead, steps: Mapping[Dead, Set[Dead]]) -> Set[Dead]:
    """Give where a message lies sooner or later that died."""
    bound = Bound()
    waiting = [dead]
    seen: set[Dead] = set()
    for each in waiting:
        bound.look()
        new = steps.get(each, set()) - seen
        seen |= new
        waiting += new
    return seen


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
            after = dict.fromkeys(subject.net.queues_after((False, exchange)))
            waiting += [name for name in after if name not in seen]
            seen |= after.keys()
    return [*exchanges], seen


def bindings_of(subject: Subject, exchanges: Iterable[str]) -> list[Asked]:
    """List the bindings that lead from some exchanges to queues.

    Raises NotDecided where a headers exchange is among them.
    """
    found: list[Asked] = []
    for exchange in exchanges:
        found += ways(
            subject.net, exchange, at_queues(subject.net.queues_after((False, exchange)))
        ).asked
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
