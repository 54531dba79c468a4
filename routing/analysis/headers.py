"""All sets of headers at once, told apart by which of some bindings they meet.

Of one header there are few cases: it is not there, it has a value that some binding asks for, or
another one.  The names are gone through one after the other, and of all before nothing counts but
which bindings can still be met, or are met already; sets that come to the same are alike.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import isfinite
from operator import or_
from typing import Final

from routing.amqp.topology import AnyBinding, Message
from routing.amqp.values import Typed, Value, text_of, typed
from routing.amqp.versions import Version
from routing.analysis.bound import Bound
from routing.rules.matching import criteria, match_mode, meets

Headers = Mapping[str, Value]

OTHER: Final = "other"
"""A value that no binding asks for; where one does, it is made longer."""

INT64: Final = 2**63
"""A signed number of 64 bits is below it."""


@dataclass(frozen=True)
class Criterion:
    """What a binding asks of one header.

    bit: of the binding.  version: that of its RabbitMQ.
    """

    bit: int
    wanted: Value
    version: Version


@dataclass(frozen=True)
class Case:
    """A case of one header.

    given: the header with a value, or nothing where it is not there.
    meeting: the bindings whose criterion that meets, as bits, and one by one.
    """

    given: Headers
    meeting: int
    bits: Sequence[int] = ()


class HeaderSets:
    """Bindings, each with a bit; a class of headers is the set of those they meet, as bits."""

    def __init__(self, bindings: Mapping[int, tuple[AnyBinding, Version]]) -> None:
        """Gather what is asked of each header."""
        self.asked: dict[str, list[Criterion]] = {}
        self.names: dict[int, list[str]] = {}
        self._taking: dict[str, Mapping[int, Sequence[Case]]] = {}
        self.any = self.all = 0
        for bit, (binding, version) in bindings.items():
            if match_mode(binding).startswith("any"):
                self.any |= bit
            else:
                self.all |= bit
            self.names[bit] = [*criteria(binding)]
            for name, wanted in criteria(binding).items():
                self.asked.setdefault(name, []).append(Criterion(bit, wanted, version))

    def classes(self, bound: Bound) -> Mapping[int, Headers]:
        """Give a set of headers, one of the smallest, for each class.

        Raises NotDecided where there are too many.
        """
        found: dict[int, Headers] = {self.all: {}}
        for name, asked in self.asked.items():
            found = self.with_header(found, cases(name, asked), bits_of(asked) & self.all, bound)
        return found

    def least(self, bit: int) -> Iterator[tuple[int, Headers]]:
        """Give the smallest sets of headers that one binding takes, and as bits all that take each.

        More headers never make a binding leave a message: what takes these takes all that it takes.
        bit: of the binding; one that asks for no headers takes a message without any.
        """
        each_name = [least_cases(self.taking(name)[bit]) for name in self.names.get(bit, ())]
        one_of = ([case] for found in each_name for case in found)
        for chosen in one_of if bit & self.any else product(*each_name):
            headers = {name: value for case in chosen for name, value in case.given.items()}
            meeting = {name: case.meeting for case in chosen for name in case.given}
            yield self.met_by(meeting), headers

    def met_by(self, meeting: Mapping[str, int]) -> int:
        """Tell which bindings take a set of headers, of which each meets some criteria."""
        met_any = reduce(or_, meeting.values(), 0) & self.any
        unmet = (bits_of(asked) & ~meeting.get(name, 0) for name, asked in self.asked.items())
        return met_any | self.all & ~reduce(or_, unmet, 0)

    def taking(self, name: str) -> Mapping[int, Sequence[Case]]:
        """Give the cases of one header that each binding takes which asks for it, by its bit."""
        if name not in self._taking:
            found: dict[int, list[Case]] = {each.bit: [] for each in self.asked[name]}
            for case in cases(name, self.asked[name]):
                for bit in case.bits:
                    found[bit].append(case)
            self._taking[name] = found
        return self._taking[name]

    def with_header(
        self, before: Mapping[int, Headers], cases: Sequence[Case], asking: int, bound: Bound
    ) -> dict[int, Headers]:
        """Go on from each class with each case of one more header.

        The bit of a binding that asks for all its criteria stands until one is not met, that of
        one that asks for any stands once one is.
        asking: the bindings that ask for this header among all theirs.
        """
        after: dict[int, Headers] = {}
        for case in cases:
            for met, headers in before.items():
                bound.step()
                now = (met | case.meeting & self.any) & ~(asking & ~case.meeting)
                if now not in after or len(headers) + len(case.given) < len(after[now]):
                    after[now] = {**headers, **case.given}
        return after


def bits_of(asked: Sequence[Criterion]) -> int:
    """Give the bits of all that ask."""
    found = 0
    for each in asked:
        found |= each.bit
    return found


def cases(name: str, asked: Sequence[Criterion]) -> list[Case]:
    """List the cases of one header, of which each meets other bindings."""
    found = {0: Case({}, 0)}
    alike: defaultdict[object, list[Criterion]] = defaultdict(list)
    for each in asked:
        alike[text_or_none(each.wanted)].append(each)
    values = {repr(typed(each)): each for each in (other_than(asked), *values_for(asked))}
    for value in values.values():
        message = Message("", headers={name: value})
        near = {id(e): e for e in (*alike[None], *alike[text_or_none(value)])}.values()
        met = [each for each in near if meets(name, each.wanted, message, each.version)]
        each_bit = [each.bit for each in met]
        found.setdefault(bits_of(met), Case({name: value}, bits_of(met), each_bit))
    return [*found.values()]


def text_or_none(value: Value) -> object:
    """Give the text or the bytes of a value: nothing that is none can be the same."""
    field = typed(value)
    text = isinstance(field.value, str | bytes) and field.type == "longstr"
    return text_of(field) if text else None


def least_cases(taking: Sequence[Case]) -> list[Case]:
    """Leave out cases of a header that others take besides those that take another one."""
    return [
        case
        for case in taking
        if not any(each is not case and each.meeting & ~case.meeting == 0 for each in taking)
    ]


def other_than(asked: Sequence[Criterion]) -> str:
    """Give a text that none asks for."""
    texts = {typed(each.wanted).value for each in asked if typed(each.wanted).type == "longstr"}
    other = OTHER
    while other in texts or other.encode() in texts:
        other += "s"
    return other


def values_for(asked: Sequence[Criterion]) -> Iterator[Value]:
    """List values among which there is one for each case: what is asked for, and what is like it.

    Before 3.13 numbers are compared whatever their type, and from then on a timestamp in a message
    counts milliseconds.
    """
    for each in asked:
        yield each.wanted
        field = typed(each.wanted)
        if field.type != "bool" and isinstance(field.value, int | float) and isfinite(field.value):
            yield from likes(field.value)


def likes(number: float) -> Iterator[Value]:
    """List what counts as much as a number, on whatever RabbitMQ."""
    if number != int(number) or not -INT64 <= number < INT64:
        return
    whole = int(number)
    yield Typed("int64", whole)
    yield float(whole)
    if whole == 0:
        yield -0.0
    if whole >= 0:
        yield Typed("timestamp", whole)
    if whole >= 0 and whole % 1000 == 0:
        yield Typed("timestamp", whole // 1000)
