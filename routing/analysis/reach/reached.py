"""What reaches a queue: a few ways, each over one binding after the other, that say it all."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

from routing.amqp.topology import AnyBinding, Message
from routing.analysis.bound import Bound, NotDecided
from routing.analysis.messages import Messages, size_of
from routing.analysis.net import Net, Place, place_of
from routing.analysis.ways import Ways, ways
from routing.match.header_sets import near_headers
from routing.match.keys import near_keys
from routing.rules.predict import route_through

MOST_WAYS: Final = 500
"""More ways from one exchange to a queue are not described."""


@dataclass(frozen=True, eq=False)
class Step:
    """One step of a way: a binding that takes the message or, without one, that none there does.

    exchange: where it begins.  bits: of the bindings that count.
    """

    exchange: str
    bits: int
    binding: AnyBinding | None = None

    def goes(self, taking: int) -> bool:
        """Tell whether a message that these bindings take goes it."""
        return bool(taking & self.bits) is (self.binding is not None)


Way = tuple[Step, ...]


@dataclass(frozen=True)
class Alternative:
    """A way to the queue that no others make needless.

    example: a small message that goes it.
    counter_example: one like what it asks for that does not reach the queue, where there is any.
    """

    way: Way
    example: Message
    counter_example: Message | None


@dataclass(frozen=True)
class Reached:
    """What reaches a queue from an exchange, and why that is not decided, if it is not."""

    entry: str
    queue: str
    alternatives: Sequence[Alternative] = ()
    undecided: str | None = None


def reached(net: Net, entry: str, queue: str) -> Reached:
    """Describe the messages that reach a queue from an exchange, in as few ways as say it all."""
    try:
        found = ways(net, entry, [(True, queue)])
        messages = Messages(found.asked)
        classes = {
            each.taking: messages.message(each, entry)
            for each in found.classes_arriving(messages, Bound())
        }
        needed = without_needless([*ways_through(found, queue)], classes.keys())
    except NotDecided as why:
        return Reached(entry, queue, undecided=str(why))
    found_ways = [
        Alternative(way, message, counter_example(net, way, message, queue))
        for way, message in examples(needed, classes)
    ]
    return Reached(entry, queue, found_ways)


def ways_through(found: Ways, queue: str) -> Iterator[Way]:
    """List every way from binding to binding, each exchange once.

    Raises NotDecided where there are too many.
    """
    steps = steps_of(found)
    waiting: list[tuple[str, Way]] = [(found.entry, ())]
    for count, (name, way) in enumerate(waiting):
        if count > MOST_WAYS:
            raise NotDecided(f"more than {MOST_WAYS} ways lead there")
        passed = {name, *(step.exchange for step in way)}
        for step, (is_queue, place) in steps.get(name, ()):
            if is_queue and place == queue:
                yield (*way, step)
            elif not is_queue and place not in passed:
                waiting.append((place, (*way, step)))


def steps_of(found: Ways) -> Mapping[str, Sequence[tuple[Step, Place]]]:
    """List the steps from each exchange on the ways, with the place to which each leads."""
    steps: dict[str, list[tuple[Step, Place]]] = {}
    for number, each in enumerate(found.asked):
        step = Step(each.exchange, 1 << number, each.binding)
        steps.setdefault(each.exchange, []).append((step, place_of(each.binding)))
    for name, (bits, alternate) in found.unbound.items():
        steps.setdefault(name, []).append((Step(name, bits), (False, alternate)))
    return steps


def going(way: Way, takings: Set[int]) -> Set[int]:
    """Choose the classes of messages that go a way."""
    return {taking for taking in takings if all(step.goes(taking) for step in way)}


def without_needless(each_way: Sequence[Way], takings: Set[int]) -> Mapping[Way, Set[int]]:
    """Leave out ways that others make needless, those of the fewest classes first.

    Gives each with the classes of messages that go it.
    Raises NotDecided where it takes too long.
    """
    bound, kept = Bound(), dict[Way, Set[int]]()
    for way in each_way:
        bound.look()
        if found := going(way, takings):
            kept[way] = found
    going_it = Counter(each for found in kept.values() for each in found)
    for way in sorted(kept, key=lambda each: (len(kept[each]), -len(each))):
        if all(going_it[each] > 1 for each in kept[way]):
            going_it.subtract(kept.pop(way))
    return kept


def examples(
    needed: Mapping[Way, Set[int]], classes: Mapping[int, Message]
) -> Iterator[tuple[Way, Message]]:
    """Choose a small message for each way that goes it, and if there is one, no other."""
    going_it = Counter(each for found in needed.values() for each in found)
    for way, found in needed.items():
        alone = [each for each in found if going_it[each] == 1]
        yield way, min((classes[each] for each in alone or found), key=size_of)


def counter_example(net: Net, way: Way, message: Message, queue: str) -> Message | None:
    """Find a message like what a way asks for that does not reach the queue."""
    for each in near(net, way, message):
        if queue not in route_through(net.opened, each).queues:
            return each
    return None


def near(net: Net, way: Way, message: Message) -> Iterator[Message]:
    """Change what a binding of a way asks for, the last one first."""
    for step in reversed(way):
        kind = net.ready.exchanges[step.exchange].type
        if step.binding and kind in ("topic", "direct"):
            for keys in near_keys(kind, step.binding.binding_key):
                yield from (replace(message, routing_key=key) for key in keys)
        elif step.binding and kind == "headers":
            for sets in near_headers(step.binding, net.ready.version):
                yield from (replace(message, headers=dict(each) or None) for each in sets)
