"""All routing keys at once, told apart by which of some patterns take them.

Patterns stand in a trie over their words, and a set of its places is a state: where a key can be
after some words (the subset construction; Hopcroft, Motwani and Ullman, Introduction to Automata
Theory, Languages, and Computation, 2.3.5).  Keys are without number, states are few, and keys that
end in one state are alike.
"""

import string
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import count, islice, product
from typing import Final

from routing.amqp.topology import MOST_BYTES
from routing.analysis.bound import Bound
from routing.match.keys import spare_words
from routing.rules.matching import split_words

STAR: Final = 1
HASH: Final = 2
"""The wildcards of a pattern, which no word of a key is."""

OTHER: Final = 0
"""Stands for every word that no pattern has; all of them lead to the same place."""

Letter = str | int
"""A word, or one of these."""

WILDCARDS: Final[Mapping[str, Letter]] = {"*": STAR, "#": HASH}


def pattern_of(exchange_type: str, binding_key: str) -> list[Letter]:
    """Give what a binding of a topic, direct or fanout exchange asks of a key."""
    if exchange_type == "fanout":
        return [HASH]
    words = split_words(binding_key)
    return [*words] if exchange_type == "direct" else [WILDCARDS.get(word, word) for word in words]


@dataclass(frozen=True)
class Node:
    """Where a key can be after some words.

    lone: whether these are one empty word, which no key is: the empty key has no word at all.
    """

    places: frozenset[int]
    lone: bool = False


class Keys:
    """Patterns, each with a bit; a class of keys is the set of those that take them, as bits."""

    def __init__(self, patterns: Mapping[int, Sequence[Letter]]) -> None:
        """Put each pattern where its words lead."""
        self.following: list[dict[Letter, int]] = [{}]
        self.ends: dict[int, int] = {}
        self.paths: dict[int, frozenset[int]] = {}
        self.hashes: set[int] = set()
        self.words: set[str] = set()
        for bit, pattern in patterns.items():
            path = [*self.path_of(pattern)]
            self.paths[bit] = frozenset(path)
            self.ends[path[-1]] = self.ends.get(path[-1], 0) | bit
            self.words.update(letter for letter in pattern if isinstance(letter, str))
        self.spare = next(word for word in shortest_words() if word not in self.words)

    def path_of(self, pattern: Sequence[Letter]) -> Iterator[int]:
        """List the places that a pattern goes through, made where there are none yet."""
        place = 0
        yield place
        for letter in pattern:
            if letter not in self.following[place]:
                self.following[place][letter] = len(self.following)
                self.following.append({})
            place = self.following[place][letter]
            if letter == HASH:
                self.hashes.add(place)
            yield place

    def classes(self, bound: Bound, only: int = 0) -> Iterator[tuple[int, Sequence[Letter]]]:
        """Give each class of keys, with the words of one that is short and reads well.

        only: the bit of a pattern that is to take them; with it, no other keys are looked at.
        Raises NotDecided where there are too many states.
        """
        found: set[int] = set()
        for cost in (self.shown, self.size):
            too_long = False
            for node, words in self.nodes(cost, only, bound):
                bound.step()
                too_long |= words is None
                taking = self.taking(node)
                new = taking & only == only and taking not in found and not node.lone
                if new and words is not None:
                    found.add(taking)
                    yield taking, words
            if not too_long:
                return

    def nodes(
        self, cost: Callable[[Letter], int], only: int, bound: Bound
    ) -> Iterator[tuple[Node, Sequence[Letter] | None]]:
        """Give each node with the cheapest words that lead there (Dijkstra's algorithm).

        Where these have more bytes than a key can have, None stands for them; others may have
        fewer, unless the cost is the size.
        """
        order = count()
        waiting: list[tuple[int, int, Node, list[Letter]]] = []
        heappush(waiting, (0, next(order), Node(self.with_hashes({0})), []))
        done: set[Node] = set()
        while waiting:
            paid, _, node, words = heappop(waiting)
            if node in done:
                continue
            done.add(node)
            if sum(map(self.size, words)) + len(words) - 1 > MOST_BYTES:
                yield node, None
                continue
            yield node, words
            for letter in self.letters(node):
                bound.look()
                after = self.after(node, letter, first=not words)
                if after not in done and (not only or self.paths[only] & after.places):
                    heappush(
                        waiting, (paid + cost(letter) + 1, next(order), after, [*words, letter])
                    )

    def letters(self, node: Node) -> list[Letter]:
        """List the words that lead apart from this node: any other one leads where OTHER does."""
        named = {letter for place in node.places for letter in self.following[place]}
        return [*sorted(each for each in named if isinstance(each, str) and each), OTHER, ""]

    def size(self, letter: Letter) -> int:
        """Count the bytes of a word; of OTHER, those of the shortest that it stands for."""
        return len((letter if isinstance(letter, str) else self.spare).encode())

    def shown(self, letter: Letter) -> int:
        """Count what a word costs a reader, who likes empty ones least."""
        return 100 if letter == "" else 4 if letter == OTHER else self.size(letter)

    def after(self, node: Node, letter: Letter, *, first: bool) -> Node:
        """Give the node after one more word."""
        reached = self.hashes & node.places  # a `#` takes any word, and then may take another
        for place in node.places:
            following = self.following[place]
            reached.update(following[each] for each in (letter, STAR) if each in following)
        return Node(self.with_hashes(reached), lone=first and letter == "")

    def with_hashes(self, places: set[int]) -> frozenset[int]:
        """Add each `#` that follows: it may take no word at all."""
        waiting = [*places]
        for place in waiting:
            following = self.following[place].get(HASH)
            if following is not None and following not in places:
                places.add(following)
                waiting.append(following)
        return frozenset(places)

    def taking(self, node: Node) -> int:
        """Tell which patterns take a key that ends here, as bits."""
        found = 0
        for place in node.places:
            found |= self.ends.get(place, 0)
        return found

    def key_of(self, words: Sequence[Letter]) -> str:
        """Write a key, with words in the place of OTHER that no pattern has, if they fit."""
        others = iter([*islice(spare_words([*self.words]), words.count(OTHER))])
        key = ".".join(each if isinstance(each, str) else next(others) for each in words)
        if len(key.encode()) <= MOST_BYTES:
            return key
        return ".".join(each if isinstance(each, str) else self.spare for each in words)


def shortest_words() -> Iterator[str]:
    """Give words without end, the shortest first."""
    letters = string.ascii_letters + string.digits
    return ("".join(each) for length in count(1) for each in product(letters, repeat=length))
