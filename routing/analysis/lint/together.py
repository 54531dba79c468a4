"""What bindings tell together: that some take what others take, or ask for nearly the same."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from itertools import combinations
from typing import Final

from routing.amqp.notation import write_binding, write_exchange, write_key, write_value
from routing.amqp.topology import AnyBinding, Message
from routing.amqp.values import Value, text_of, typed
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject, about
from routing.analysis.messages import Asked, Messages
from routing.analysis.ways import Place, place_of
from routing.match.header_sets import taken_headers
from routing.match.keys import taken_keys
from routing.rules.index import index
from routing.rules.matching import criteria

FEW: Final = 3
"""Up to so many bindings a smallest set is looked for that covers another one."""

TOLD: Final = 3
"""So many bindings are named in a sentence."""


def covered(subject: Subject) -> Iterator[Finding]:
    """List bindings that others to the same place cover; all of them may go at once."""
    groups: defaultdict[tuple[str, Place], list[Asked]] = defaultdict(list)
    for each in subject.net.asked:
        if each.exchange and not subject.net.doubt(each.exchange):
            groups[each.exchange, place_of(each.binding)].append(each)
    for group in groups.values():
        if len(group) > 1:
            yield from covered_in(subject, group)


def covered_in(subject: Subject, group: Sequence[Asked]) -> Iterator[Finding]:
    """List the bindings of one group that the others cover, the last ones first."""
    messages, kept, bound = Messages(group), (1 << len(group)) - 1, Bound()
    find = index(group[0].exchange_type, [each.binding for each in group], subject.version).matching
    bits = {id(each.binding): 1 << number for number, each in enumerate(group)}
    for number in reversed(range(len(group))):
        bit = 1 << number
        alone = (
            sum({bits[id(each)] for each in find(message)}) & kept == bit
            for message in small_messages(group[number])
        )
        if any(alone):
            continue  # as most are, so that nothing else has to be looked at
        try:
            covers = covers_of(messages, bit, kept & ~bit, bound)
        except NotDecided as why:
            first = about(group[number].binding)
            yield Finding("not-decided", first, f"whether others cover it: {why}")
            return
        if covers:
            kept &= ~bit
            yield told_covered(subject, group, number, covers)


def small_messages(asked: Asked) -> Iterator[Message]:
    """Make messages that a binding may take."""
    if asked.exchange_type == "headers":
        for headers in taken_headers(asked.binding, asked.version):
            yield Message("", headers=headers)
    else:
        for key in taken_keys(asked.exchange_type, asked.binding.binding_key):
            yield Message("", key)


def covers_of(messages: Messages, bit: int, others: int, bound: Bound) -> set[int] | None:
    """Give for each class of a binding those of the others that take it; None where one is left."""
    found: set[int] = set()
    for each in messages.classes(bound, bit):
        if not each.taking & others:
            return None
        found.add(each.taking & others)
    return found


def told_covered(
    subject: Subject, group: Sequence[Asked], number: int, covers: Set[int]
) -> Finding:
    """Say which bindings cover one: a smallest set, or each that would do alone."""
    binding, kind = group[number].binding, group[number].exchange_type
    alone = [n for n in range(len(group)) if all(each >> n & 1 for each in covers)]
    chosen = alone or smallest(covers, len(group))
    word = " or " if alone else " and "
    named = word.join(written(subject, group[n].binding, kind) for n in chosen[:TOLD])
    more = f"{word}{len(chosen) - TOLD} more" if len(chosen) > TOLD else ""
    sentence = f"{write_binding(binding, kind)} takes nothing that is not taken by {named}{more}"
    return Finding("binding-covered", about(binding), sentence, subject.spot(binding))


def smallest(covers: Set[int], count: int) -> list[int]:
    """Choose as few bindings as cover all classes; beyond a few, no binding is needless of them."""
    taking = [n for n in range(count) if any(each >> n & 1 for each in covers)]
    for size in range(2, FEW + 1):
        for chosen in combinations(taking, size):
            if hits(chosen, covers):
                return [*chosen]
    for n in [*taking]:
        if hits(left := [each for each in taking if each != n], covers):
            taking = left
    return taking


def hits(chosen: Sequence[int], covers: Set[int]) -> bool:
    """Tell whether each class is taken by one of some bindings."""
    bits = sum(1 << n for n in chosen)
    return all(each & bits for each in covers)


def written(subject: Subject, binding: AnyBinding, kind: str) -> str:
    """Write what a binding asks for, and where it stands."""
    return write_binding(binding, kind) + subject.source.aside(binding)


def near_misses(subject: Subject) -> Iterator[Finding]:
    """List criteria that ask for a text where another binding asks for what reads the same."""
    asked: defaultdict[tuple[str, str, str], list[tuple[AnyBinding, Value]]] = defaultdict(list)
    for binding in subject.bindings:
        if subject.type_of(binding) == "headers":
            for name, value in criteria(binding).items():
                if reads := reading(value):
                    asked[binding.source, name, reads].append((binding, value))
    for (exchange, name, _), found in asked.items():
        texts = [each for each in found if typed(each[1]).type == "longstr"]
        others = [each for each in found if typed(each[1]).type != "longstr"]
        for binding, value in texts:
            elsewhere = [each for each in others if place_of(each[0]) != place_of(binding)]
            if not elsewhere:
                continue
            other, wanted = elsewhere[0]
            where = subject.source.aside(other)
            said = f"{write_key(name)} is to be {write_value(value)} here, and "
            said += f"{write_value(wanted)} elsewhere on {write_exchange(exchange)}{where}"
            yield Finding("type-near-miss", about(binding), said, subject.spot(binding))


def reading(value: Value) -> str | None:
    """Give how a value reads to people, if it may be taken for one of another type."""
    field = typed(value)
    if field.type == "longstr":
        return as_number(text_of(field))
    if field.type == "bool":
        return "true" if field.value else "false"
    return as_number(str(field.value)) if isinstance(field.value, int | float) else None


def as_number(text: str) -> str:
    """Write a text that is a number as such, and another one in small letters."""
    try:
        return f"{float(text):g}"
    except ValueError:
        return text.lower()
