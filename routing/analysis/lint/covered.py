"""Bindings without which every message goes where it went: others bring it to the same place."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from routing.amqp.notation import write_binding, write_exchange
from routing.amqp.topology import DEFAULT_EXCHANGE, Message
from routing.analysis.bound import Bound, Doubt, NotDecided
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject
from routing.analysis.messages import Asked, Messages
from routing.analysis.net import Net, Place, place_of
from routing.analysis.ways import Ways, ways
from routing.convert.refused import named
from routing.match.header_sets import taken_headers
from routing.match.keys import taken_keys
from routing.rules.index import index
from routing.rules.matching import RULES

TOLD: Final = 3
"""So many bindings are named in a sentence."""


@dataclass(frozen=True)
class Covered:
    """A binding, and what makes it needless.

    by: as few bindings as do so together, or each that does alone; undecided: why it is not known.
    """

    asked: Asked
    by: Sequence[Asked] = ()
    each_alone: bool = False
    undecided: str | None = None


def covered(subject: Subject) -> Iterator[Finding]:
    """List bindings that others cover."""
    for each in coverings(subject.net):
        binding = each.asked.binding
        if each.undecided:
            said = f"whether others cover it: {each.undecided}"
            yield Finding("not-decided", named(binding), said)
            continue
        asks = write_binding(binding, each.asked.exchange_type)
        said = f"{asks} takes nothing that is not taken by {coverers(subject, each)}"
        yield Finding("binding-covered", named(binding), said, subject.spot(binding))


def coverers(subject: Subject, covered: Covered) -> str:
    """Name the bindings that cover another one; of another exchange, with that."""
    word = " or " if covered.each_alone else " and "
    told = []
    for each in covered.by[:TOLD]:
        other = each.exchange != covered.asked.exchange
        at = f" of {write_exchange(each.exchange)}" if other else ""
        asks = write_binding(each.binding, each.exchange_type)
        told.append(f"{asks}{at}{subject.source.aside(each.binding)}")
    more = len(covered.by) - TOLD
    return word.join([*told, *([f"{more} more"] if more > 0 else [])])


def coverings(net: Net) -> Iterator[Covered]:
    """List bindings that others cover, from the same exchange on; all of them may go at once.

    An alternate covers nothing, as it gets no message of which any key (CC) is taken: so this holds
    for messages with several keys, too.
    """
    groups: defaultdict[tuple[str, Place], list[Asked]] = defaultdict(list)
    for each in net.asked:
        if each.exchange != DEFAULT_EXCHANGE and each.exchange_type in RULES:
            groups[each.exchange, place_of(each.binding)].append(each)
    gone: set[int] = set()
    for (exchange, place), group in groups.items():
        try:
            Bound()  # raises where it is late
            found = ways_to(net, exchange, place, group)
            for needless in covered_on(found, place, gone) if len(found.asked) > 1 else ():
                gone.add(id(needless.asked.binding))
                yield needless
        except Doubt:
            continue  # of an exchange on the way, which is told of that
        except NotDecided as why:
            yield Covered(group[0], undecided=str(why))


def ways_to(net: Net, exchange: str, place: Place, group: Sequence[Asked]) -> Ways:
    """Find the ways from an exchange to a place: mostly, that are its own bindings to it."""
    others = net.before[place] - {exchange, DEFAULT_EXCHANGE}
    if others and others & net.exchanges_after(exchange):
        return ways(net, exchange, [place])
    return Ways(exchange, {place}, group, {exchange: [((1 << len(group)) - 1, place)]}, {})


def covered_on(found: Ways, place: Place, gone: Set[int]) -> Iterator[Covered]:
    """List the first bindings on ways to a place that others cover, the last of them first.

    gone: by id, the bindings that may go already.
    Raises NotDecided where there is too much to look at.
    """
    bits = {1 << n: each for n, each in enumerate(found.asked) if id(each.binding) not in gone}
    between = found.entry, place
    first = [
        bit for bit, each in bits.items() if (each.exchange, place_of(each.binding)) == between
    ]
    if first and len(first) == len(bits):
        first = not_alone(bits)
    if not first:
        return
    bound = Bound()
    messages = Messages(found.asked)
    for bit in reversed(first):
        others = sum(bits) & ~bit
        least = messages.least(bound, bit)
        covers = by_classes(found.bringing(place, each.taking & others) for each in least)
        if covers:
            asked = bits.pop(bit)
            alone = [bit for bit in bits if all(each & bit for each in covers)]
            by = [bits[bit] for bit in alone or smallest(covers, bits)]
            yield Covered(asked, by, bool(alone))


def by_classes(brought: Iterable[int]) -> Set[int]:
    """Gather which bindings bring each class of messages; nothing where none brings one."""
    found: set[int] = set()
    for each in brought:
        if not each:
            return set()
        found.add(each)
    return found


def not_alone(bits: Mapping[int, Asked]) -> list[int]:
    """Leave out bindings of one exchange of which some small message shows that no other takes it.

    These are most, so that nothing else has to be looked at.
    """
    first = next(iter(bits.values()))
    bindings = [each.binding for each in bits.values()]
    find = index(first.exchange_type, bindings, first.version).matching
    return [
        bit
        for bit, each in bits.items()
        if not any(find(message) == [each.binding] for message in small_messages(each))
    ]


def small_messages(asked: Asked) -> Iterator[Message]:
    """Make messages that a binding may take."""
    if asked.exchange_type == "headers":
        for headers in taken_headers(asked.binding, asked.version):
            yield Message("", headers=headers)
    else:
        for key in taken_keys(asked.exchange_type, asked.binding.binding_key):
            yield Message("", key)


def smallest(covers: Set[int], bits: Iterable[int]) -> list[int]:
    """Choose as few bindings as cover all classes; where that takes long, none that is needless."""
    taking = [bit for bit in bits if any(each & bit for each in covers)]
    bound = Bound()
    try:
        for size in range(2, len(taking)):
            for chosen in combinations(taking, size):
                bound.step()
                if hits(chosen, covers):
                    return [*chosen]
    except NotDecided:
        for bit in [*taking]:
            if hits(left := [each for each in taking if each != bit], covers):
                taking = left
    return taking


def hits(chosen: Sequence[int], covers: Set[int]) -> bool:
    """Tell whether each class is taken by one of some bindings."""
    return all(each & sum(chosen) for each in covers)
