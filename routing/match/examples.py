"""Messages that a binding takes and some that it nearly takes, each held against the rule."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Final

from routing.amqp.topology import Binding, Message
from routing.amqp.versions import Version
from routing.match.header_sets import near_headers, taken_headers
from routing.match.keys import near_keys, taken_keys
from routing.match.verdict import is_accepted, sent, verdict_on
from routing.rules.predict import Verdict

MOST: Final = 3
"""So many of each."""


@dataclass(frozen=True)
class Example:
    """A message, and what the binding does with it."""

    message: Message
    verdict: Verdict


@dataclass(frozen=True)
class Examples:
    """Some messages that a binding takes, and some that it leaves."""

    taken: Sequence[Example]
    left: Sequence[Example]


def examples(exchange_type: str, binding: Binding, version: Version) -> Examples:
    """Find messages for a binding that is accepted; fewer where there are not so many."""
    if exchange_type == "headers":
        taken = [sent("", headers) for headers in taken_headers(binding, version)]
        near = [[sent("", each) for each in kind] for kind in near_headers(binding, version)]
    else:
        key = binding.binding_key
        taken = [sent(each) for each in taken_keys(exchange_type, key)]
        near = [[sent(each) for each in kind] for kind in near_keys(exchange_type, key)]

    def told(messages: Iterable[Message], *, takes: bool) -> list[Example]:
        sendable = (each for each in messages if is_accepted(exchange_type, each, version))
        tried = [Example(e, verdict_on(exchange_type, binding, e, version)) for e in sendable]
        return [each for each in tried if each.verdict.takes is takes]

    by_kind = [told(kind, takes=False) for kind in near]
    return Examples(told(taken, takes=True)[:MOST], list(islice(unlike(by_kind), MOST)))


def unlike(kinds: Iterable[Sequence[Example]]) -> Iterator[Example]:
    """Give one of each kind, then a second one, and so on, each with a reason of its own."""
    seen = set()
    for example in filter(None, chain.from_iterable(zip_longest(*kinds))):
        if example.verdict.reason.text not in seen:
            seen.add(example.verdict.reason.text)
            yield example
