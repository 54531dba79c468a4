"""How long a broker is busy with a message: what it visits in the tries of topic exchanges.

RabbitMQ keeps the binding keys of a topic exchange in a trie over their words, and with a message
it goes every way through it (rabbit_exchange_type_topic.erl, from 3.13 on
rabbit_db_topic_exchange.erl: trie_match).  A published word `*` or `#` leads to one child twice, as
a word and as a wildcard, and a second `#` of a binding key is come to by many ways: the ways
multiply, and n words `*` against a binding of n `*` are 2^n.  Here they are counted, not gone: of
each place, how often it is visited.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import heapify, heappop, heappush
from typing import Final

from routing.amqp.topology import Message, Topology
from routing.rules.matching import split_words
from routing.rules.refusal import further_keys

MOST_VISITS: Final = 1_000_000
"""A message that costs more is not published: it would keep a broker busy for longer than a few
seconds, or for ever.

Seen: 250,000 to 650,000 visits a second on 3.8.9, 3.10.8 and 4.0.5, 700,000 to 2,000,000 on 4.3.6,
with bindings of 14 to 20 `*` and with `#.#.#`, `#.#.#.#` under keys of up to 127 words."""

TOO_COSTLY: Final = (
    "RabbitMQ would be busy with it for longer than a few seconds, or for ever, as a topic "
    f"exchange would visit more than {MOST_VISITS:,} places of its trie: publish fewer words * "
    "and #, or shorter keys, or bind with fewer #"
)


class Trie:
    """The binding keys of a topic exchange, word by word.

    Its places are numbers: the root is 0, and a place has a greater one than what leads to it.
    """

    def __init__(self, binding_keys: Iterable[str]) -> None:
        """Put each binding key where its words lead."""
        self.following: list[dict[str, int]] = [{}]
        self.ends: Counter[int] = Counter()
        for key in binding_keys:
            place = 0
            for word in split_words(key):
                place = self.child(place, word)
            self.ends[place] += 1

    def child(self, place: int, word: str) -> int:
        """Find the place that a word leads to, made where there is none yet."""
        children = self.following[place]
        if word not in children:
            children[word] = len(self.following)
            self.following.append({})
        return children[word]

    def visits(self, routing_key: str) -> Iterator[int]:
        """Count what RabbitMQ visits with this key, one count for each word and one for the end.

        A place counts as often as a way leads there, and so does each binding at the end of one.
        """
        here, skipping = Counter([0]), Counter[int]()
        for word in split_words(routing_key):
            self.add_hashes(here, skipping)
            yield here.total()
            here = self.after(word, here)
        self.add_hashes(here, skipping)
        yield sum(times * (1 + self.ends[place]) for place, times in here.items())

    def add_hashes(self, here: Counter[int], skipping: Counter[int]) -> None:
        """Go on from each place to the `#` that follows, if one does: it may take no word at all.

        skipping: how often each `#` was come to so far; it is visited again after every word.
        """
        here += skipping
        waiting = [place for place in here if "#" in self.following[place]]
        heapify(waiting)
        while waiting:
            place = heappop(waiting)
            following = self.following[place]["#"]
            if following not in here and "#" in self.following[following]:
                heappush(waiting, following)
            skipping[following] += here[place]
            here[following] += here[place]

    def after(self, word: str, here: Mapping[int, int]) -> Counter[int]:
        """Spend one word: on itself, and on a `*`."""
        reached: Counter[int] = Counter()
        for place, times in here.items():
            for each in (word, "*"):
                if each in self.following[place]:
                    reached[self.following[place][each]] += times
        return reached


def tries(topology: Topology) -> list[Trie]:
    """Arrange the bindings of every topic exchange, of those that are always there, too."""
    others = {exchange.name for exchange in topology.exchanges if exchange.type != "topic"}
    keys: defaultdict[str, list[str]] = defaultdict(list)
    for binding in topology.every_binding:
        if binding.source not in others:
            keys[binding.source].append(binding.binding_key)
    return [Trie(each) for each in keys.values()]


def cost(among: Sequence[Trie], message: Message) -> int:
    """Count what a broker visits for a message, as if it came to every topic exchange.

    It is the most: some may not be reached, and from 4.3.5 on RabbitMQ passes over what it has
    seen behind a second `#`.  Beyond MOST_VISITS it is not counted to its end.
    """
    visited = 0
    for key in (message.routing_key, *further_keys(message)):
        for trie in among:
            for visits in trie.visits(key):
                visited += visits
                if visited > MOST_VISITS:
                    return visited
    return visited
