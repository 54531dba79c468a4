"""What would have to change in a message for a queue to get it: the fewest changes that do."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from routing.amqp.json_form import message_as_json
from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import MOST_BYTES, AnyBinding, ExchangeBinding, Message
from routing.amqp.values import Value
from routing.match.header_sets import taken_headers
from routing.match.keys import taken_keys
from routing.rules.matching import asks_for_presence, criteria, split_words
from routing.rules.predict import Prepared, route_through

MOST_CHANGES: Final = 3
MOST_TRIED: Final = 20_000
MOST_BINDINGS: Final = 100
MOST_TOLD: Final = 3


@dataclass(frozen=True)
class Change:
    """A message that the queue would get.

    words: what is other than in the message that was asked about.
    """

    message: Message
    words: str

    @property
    def as_json(self) -> dict[str, object]:
        """Write it for programs."""
        return message_as_json(self.message) | {"change": self.words}


def leading_to(ready: Prepared, queue: str) -> list[AnyBinding]:
    """List the bindings that lead to a queue, over whichever exchanges; the last steps first."""
    ending: defaultdict[tuple[bool, str], list[AnyBinding]] = defaultdict(list)
    for binding in (each for bindings in ready.bindings.values() for each in bindings):
        ending[isinstance(binding, ExchangeBinding), binding.destination].append(binding)
    waiting, found = [(False, queue)], []
    for place in waiting:
        found += ending[place]
        sources = {binding.source for binding in ending[place]}
        if place[0]:
            sources |= {n for n, each in ready.exchanges.items() if each.alternate == place[1]}
        waiting += [(True, name) for name in sorted(sources) if (True, name) not in waiting]
    return found


def changes(ready: Prepared, message: Message, queue: str) -> list[Change]:
    """Find the fewest changes to key or headers by which a queue gets a message.

    None are found where more than MOST_CHANGES are needed, and no message made for a binding as a
    whole arrives, either.
    """
    bindings = leading_to(ready, queue)[:MOST_BINDINGS]
    left = iter(range(MOST_TRIED))
    nearby, seen = [message], {told_by(message)}
    for _ in range(MOST_CHANGES):
        further: list[Message] = []
        for each in nearby:
            further += unseen(steps(each, bindings), seen)
        tried = [each for each, _ in zip(further, left, strict=False)]
        if found := [each for each in tried if arrives(ready, each, queue)]:
            return [Change(each, difference(message, each)) for each in found[:MOST_TOLD]]
        nearby = tried
    whole = (each for each in made_for(bindings, message, ready) if arrives(ready, each, queue))
    return [Change(each, difference(message, each)) for each in islice(whole, 1)]


def arrives(ready: Prepared, message: Message, queue: str) -> bool:
    """Tell whether a queue gets a message, in any case."""
    route = route_through(ready, message)
    return queue in route.queues and not route.undecided


def told_by(message: Message) -> tuple[str, str]:
    """Give what tells two messages apart here."""
    return message.routing_key, repr(message.headers)


def unseen(messages: Iterable[Message], seen: set[tuple[str, str]]) -> Iterator[Message]:
    """Give what has not come yet."""
    for message in messages:
        if told_by(message) not in seen:
            seen.add(told_by(message))
            yield message


def steps(message: Message, bindings: Sequence[AnyBinding]) -> Iterator[Message]:
    """Change a message in one place, to something that a binding names."""
    for key in keys_near(message.routing_key, bindings):
        if len(key.encode()) <= MOST_BYTES:
            yield replace(message, routing_key=key)
    headers = dict(message.headers or {})
    for binding in bindings:
        for name, wanted in criteria(binding).items():
            value: Value = True if asks_for_presence(wanted) else wanted
            yield replace(message, headers={**headers, name: value})
    for name in headers:
        yield replace(message, headers={k: v for k, v in headers.items() if k != name})


def keys_near(key: str, bindings: Sequence[AnyBinding]) -> Iterator[str]:
    """Put a word in the place of another, add one, or take one away."""
    words = split_words(key)
    known = [word for each in bindings for word in split_words(each.binding_key)]
    named = list(dict.fromkeys("a" if word == "*" else word for word in known if word != "#"))
    for place in range(len(words) + 1):
        for word in named:
            yield ".".join([*words[:place], word, *words[place:]])
            if place < len(words):
                yield ".".join([*words[:place], word, *words[place + 1 :]])
        if place < len(words):
            yield ".".join([*words[:place], *words[place + 1 :]])
    whole = [each.binding_key for each in bindings]
    yield from (key for key in whole if not {"*", "#"} & set(split_words(key)))


def made_for(
    bindings: Sequence[AnyBinding], message: Message, ready: Prepared
) -> Iterator[Message]:
    """Make messages for a binding as a whole."""
    for binding in bindings:
        kind = ready.exchanges[binding.source].type
        if kind == "headers":
            for headers in taken_headers(binding, ready.version):
                yield replace(message, headers=headers)
        elif kind in ("direct", "topic"):
            for key in taken_keys(kind, binding.binding_key):
                yield replace(message, routing_key=key)


def difference(before: Message, after: Message) -> str:
    """Say in what two messages differ."""
    said = []
    if before.routing_key != after.routing_key:
        said.append(f"{write_key(before.routing_key)} → {write_key(after.routing_key)}")
    old, new = dict(before.headers or {}), dict(after.headers or {})
    said += [f"without header {write_key(name)}" for name in old if name not in new]
    said += [
        f"header {write_key(name)}={write_value(value)}"
        for name, value in new.items()
        if name not in old or repr(old[name]) != repr(value)
    ]
    return ", ".join(said)
