"""Queues that nothing reaches, and exchanges that lose messages."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_binding, write_key, write_sent
from routing.amqp.topology import DEFAULT_EXCHANGE, Exchange, Message
from routing.analysis.bound import Bound
from routing.analysis.lint.finding import Finding, decided
from routing.analysis.lint.subject import Subject
from routing.analysis.messages import Asked, Messages
from routing.analysis.net import at_queues, place_of
from routing.analysis.ways import any_reaches, reached_from_any, ways
from routing.convert.refused import named

UNLESS: Final = "unless CC adds a key"
REACHES: Final = "whether anything reaches a queue"
LOSES: Final = "whether anything is lost"


def of_queues(subject: Subject) -> Iterator[Finding]:
    """List queues that no message can reach but by the default exchange."""
    bound = subject.net.before
    for queue in subject.queues:
        name = f"queue {write_key(queue)}"
        if bound.get((True, queue), {DEFAULT_EXCHANGE}) == {DEFAULT_EXCHANGE}:
            yield Finding("queue-without-bindings", name, "nothing is bound to it")
        elif not subject.doubtful:
            yield from decided(name, REACHES, partial(of_queue, subject, queue, name))


def of_queue(subject: Subject, queue: str, name: str) -> Iterator[Finding]:
    """Tell whether a queue is one of those.  Raises NotDecided where that cannot be told."""
    if is_unreachable(subject, queue):
        yield Finding("queue-unreachable", name, f"no message can go any way to it, {UNLESS}")


def is_unreachable(subject: Subject, queue: str) -> bool:
    """Tell whether no message reaches a queue, from producers or out of other queues.

    Raises NotDecided where that cannot be told.
    """
    place = (True, queue)
    return not reached_from_any(subject.net, subject.entries_to(place), place)


def of_bindings(subject: Subject) -> Iterator[Finding]:
    """List bindings of internal exchanges that take nothing of what comes there over others."""
    for exchange in subject.exchanges:
        if exchange.internal and is_fed_by_others_alone(subject, exchange.name):
            for binding in subject.net.onward.get(exchange.name, ()):
                asked = subject.net.asking(exchange.name, binding)
                look = partial(of_binding, subject, asked)
                yield from decided(named(binding), "whether it takes anything", look)


def of_binding(subject: Subject, asked: Asked) -> Iterator[Finding]:
    """Tell whether a binding is one of those.  Raises NotDecided where that cannot be told."""
    is_queue, name = place_of(asked.binding)
    if is_ever_taken(subject, asked) or (is_queue and is_unreachable(subject, name)):
        return  # or it is told of the queue
    said = f"{write_binding(asked.binding, asked.exchange_type)}: nothing comes there that it takes"
    spot = subject.spot(asked.binding)
    yield Finding("binding-never-matches", named(asked.binding), f"{said}, {UNLESS}", spot)


def is_fed_by_others_alone(subject: Subject, exchange: str) -> bool:
    """Tell whether messages come to an internal exchange over bindings or alternates alone."""
    if exchange in subject.dead_letter_exchanges or subject.doubtful:
        return False
    return not subject.net.is_brokers_own(exchange) and bool(subject.entries_to((False, exchange)))


def is_ever_taken(subject: Subject, asked: Asked) -> bool:
    """Tell whether a binding may take a message that comes to its exchange over others.

    Raises NotDecided where that cannot be told.
    """
    there = (False, asked.exchange)
    for entry in subject.entries_to(there):
        bound = Bound()
        found = ways(subject.net, entry, [there])
        bit = 1 << len(found.asked)
        classes = Messages([*found.asked, asked]).classes(bound, bit)
        if any(found.arriving(each.taking) for each in classes):
            return True
    return False


def of_exchanges(subject: Subject) -> Iterator[Finding]:
    """List what is wrong with each exchange."""
    for exchange in subject.exchanges:
        if not subject.is_foreign(exchange.name):
            name = f"exchange {write_key(exchange.name)}"
            yield from of_exchange(subject, exchange, name)
            yield from decided(name, REACHES, partial(of_drops, subject, exchange, name))
            yield from decided(name, LOSES, partial(of_alternate, subject, exchange, name))


def of_exchange(subject: Subject, exchange: Exchange, name: str) -> Iterator[Finding]:
    """List what is wrong with an exchange, whatever its bindings ask for."""
    fed = (False, exchange.name) in subject.net.before
    dead = exchange.name in subject.dead_letter_exchanges or subject.doubtful
    if exchange.internal and not fed and not dead and not subject.has_foreign:
        yield Finding("internal-unfed", name, "it is internal, and nothing leads to it")
    if not subject.net.leads_on(exchange.name):
        yield Finding("exchange-without-bindings", name, "nothing is bound to it")


def of_drops(subject: Subject, exchange: Exchange, name: str) -> Iterator[Finding]:
    """Tell whether an exchange drops everything.  Raises NotDecided where that cannot be told."""
    queues = at_queues(subject.net.queues_after((False, exchange.name)))
    if subject.net.leads_on(exchange.name) and not any_reaches(subject.net, exchange.name, queues):
        said = f"nothing that is sent there reaches a queue, {UNLESS}"
        yield Finding("exchange-drops-everything", name, said)


def of_losses(subject: Subject) -> Iterator[Finding]:
    """List exchanges without an alternate that drop some messages."""
    for exchange in subject.exchanges:
        leads = subject.net.onward.get(exchange.name) and not subject.net.doubt(exchange.name)
        if leads and not exchange.alternate:
            name = f"exchange {write_key(exchange.name)}"
            yield from decided(name, LOSES, partial(of_loss, subject, exchange, name))


def of_loss(subject: Subject, exchange: Exchange, name: str) -> Iterator[Finding]:
    """Tell whether an exchange drops some.  Raises NotDecided where that cannot be told."""
    if lost := lost_by(subject, [exchange.name]):
        said = f"it drops some, such as {write_sent(lost)}"
        yield Finding("exchange-drops-some", name, said, witness=lost)


def of_alternate(subject: Subject, exchange: Exchange, name: str) -> Iterator[Finding]:
    """List what is wrong with the alternate of an exchange.

    Raises NotDecided where that cannot be told.
    """
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
    """Find a message that is taken by no binding of some exchanges, one the other's alternate.

    Raises NotDecided where there is too much to look at.
    """
    bound = Bound()
    asked: list[Asked] = []
    for name in chain:
        asked += [subject.net.asking(name, each) for each in subject.net.onward.get(name, ())]
    messages = Messages(asked)
    lost = (each for each in messages.least(bound, 0) if not each.taking)
    return next((messages.message(each, chain[0]) for each in lost), None)
