"""Queues that nothing reaches, and exchanges that lose messages."""

from collections.abc import Collection, Iterator, Sequence

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_binding, write_key, write_sent
from routing.amqp.topology import DEFAULT_EXCHANGE, Exchange, Message
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject, about
from routing.analysis.messages import Asked, Messages
from routing.analysis.net import Place, at_queues, place_of
from routing.analysis.ways import any_reaches, ways


def of_queues(subject: Subject) -> Iterator[Finding]:
    """List queues that no message can reach but by the default exchange."""
    bound = subject.net.before
    for queue in subject.queues:
        name = f"queue {write_key(queue)}"
        if bound.get((True, queue), {DEFAULT_EXCHANGE}) == {DEFAULT_EXCHANGE}:
            yield Finding("queue-without-bindings", name, "nothing is bound to it")
        elif not subject.doubtful and is_unreachable(subject, queue):
            yield Finding(
                "queue-unreachable", name, "no message can go any way to it, unless CC adds a key"
            )


def is_unreachable(subject: Subject, queue: str) -> bool:
    """Tell whether no message reaches a queue, from producers or out of other queues."""
    return all(
        is_proven_never(subject, name, [(True, queue)])
        for name in subject.entries_to((True, queue))
    )


def is_proven_never(subject: Subject, entry: str, places: Collection[Place]) -> bool:
    """Tell whether it is proven that nothing that is sent to an exchange comes to some places."""
    try:
        return not any_reaches(subject.net, entry, places)
    except NotDecided:
        return False


def of_bindings(subject: Subject) -> Iterator[Finding]:
    """List bindings of internal exchanges that take nothing of what comes there over others."""
    for exchange in subject.exchanges:
        if not exchange.internal or not is_fed_by_others_alone(subject, exchange.name):
            continue
        for binding in subject.net.onward.get(exchange.name, ()):
            is_queue, name = place_of(binding)
            if is_ever_taken(subject, subject.net.asking(exchange.name, binding)):
                continue
            if not (is_queue and is_unreachable(subject, name)):  # or it is told of the queue
                asks = write_binding(binding, exchange.type)
                said = f"{asks}: nothing comes there that it takes, unless CC adds a key"
                spot = subject.spot(binding)
                yield Finding("binding-never-matches", about(binding), said, spot)


def is_fed_by_others_alone(subject: Subject, exchange: str) -> bool:
    """Tell whether messages come to an internal exchange over bindings or alternates alone."""
    if exchange in subject.dead_letter_exchanges or subject.doubtful:
        return False
    return not subject.net.is_brokers_own(exchange) and bool(subject.entries_to((False, exchange)))


def is_ever_taken(subject: Subject, asked: Asked) -> bool:
    """Tell whether a binding may take a message that comes to its exchange over others."""
    there = (False, asked.exchange)
    try:
        for entry in subject.entries_to(there):
            found = ways(subject.net, entry, [there])
            bit = 1 << len(found.asked)
            classes = Messages([*found.asked, asked]).classes(Bound(), bit)
            if any(found.arriving(each.taking) for each in classes):
                return True
    except NotDecided:
        return True
    return False


def of_exchanges(subject: Subject) -> Iterator[Finding]:
    """List what is wrong with each exchange."""
    for exchange in subject.exchanges:
        if not subject.net.doubt(exchange.name):
            yield from of_exchange(subject, exchange)


def of_exchange(subject: Subject, exchange: Exchange) -> Iterator[Finding]:
    """List what is wrong with one exchange."""
    name = f"exchange {write_key(exchange.name)}"
    fed = (False, exchange.name) in subject.net.before
    dead = exchange.name in subject.dead_letter_exchanges or subject.doubtful
    if exchange.internal and not fed and not dead and not subject.net.ready.doubts:
        yield Finding("internal-unfed", name, "it is internal, and nothing leads to it")
    leads = subject.net.onward.get(exchange.name) or exchange.name in subject.net.alternates
    queues = subject.net.queues_after((False, exchange.name))
    if not leads:
        yield Finding("exchange-without-bindings", name, "nothing is bound to it")
    elif is_proven_never(subject, exchange.name, at_queues(queues)):
        yield Finding(
            "exchange-drops-everything", name, "nothing that is sent there reaches a queue"
        )
    yield from of_alternate(subject, exchange, name)


def of_losses(subject: Subject) -> Iterator[Finding]:
    """List exchanges without an alternate that drop some messages."""
    for exchange in subject.exchanges:
        leads = subject.net.onward.get(exchange.name) and not subject.net.doubt(exchange.name)
        lost = lost_by(subject, [exchange.name]) if leads and not exchange.alternate else None
        if lost:
            said = f"it drops some, such as {write_sent(lost)}"
            name = f"exchange {write_key(exchange.name)}"
            yield Finding("exchange-drops-some", name, said, witness=lost)


def of_alternate(subject: Subject, exchange: Exchange, name: str) -> Iterator[Finding]:
    """List what is wrong with the alternate of an exchange."""
    alternate = exchange.alternate
    if not alternate:
        return
    if not subject.net.has(alternate):
        if alternate not in PERHAPS:
            said = f"its alternate {write_key(alternate)} is not there"
            yield subject.missing("alternate-missing", name, said)
        return
    chain = [exchange.name]
    while alternate and subject.net.has(alternate) and alternate not in chain:
        chain.append(alternate)
        alternate = subject.net.ready.exchanges[alternate].alternate
    if any(subject.net.doubt(each) for each in chain) or not (lost := lost_by(subject, chain)):
        return
    if alternate in chain:
        circle = " → ".join(map(write_key, [*chain, alternate]))
        said = f"alternates lead round, {circle}: {write_sent(lost)} is dropped"
        yield Finding("alternate-circle", name, said, witness=lost)
    else:
        said = f"its alternate {write_key(chain[1])} loses some, such as {write_sent(lost)}"
        yield Finding("alternate-loses", name, said, witness=lost)


def lost_by(subject: Subject, chain: Sequence[str]) -> Message | None:
    """Find a message that is taken by no binding of some exchanges, one the other's alternate."""
    asked: list[Asked] = []
    for name in chain:
        asked += [subject.net.asking(name, each) for each in subject.net.onward.get(name, ())]
    messages = Messages(asked)
    try:
        lost = (each for each in messages.least(Bound(), 0) if not each.taking)
        return next((messages.message(each, chain[0]) for each in lost), None)
    except NotDecided:
        return None
