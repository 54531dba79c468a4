"""The rules' answers without asking every binding, for exchanges with many of them.

Each index holds the bindings of one exchange and gives those that take a message, in the order of
their declaration: just the bindings of which the rule of that type says yes.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

from routing.amqp.topology import AnyBinding, Message
from routing.amqp.values import Term, term
from routing.amqp.versions import NEWEST, Version
from routing.rules.matching import as_routed, asks_for_presence, criteria, match_mode, split_words


class Index(Protocol):
    """The bindings of one exchange, arranged for finding."""

    def matching(self, message: Message) -> list[AnyBinding]:
        """List the bindings that take a message, in the order of declaration."""


def index(exchange_type: str, bindings: Iterable[AnyBinding], version: Version = NEWEST) -> Index:
    """Arrange the bindings of an exchange of this type, as a RabbitMQ of this version routes.

    Raises KeyError for a type that is not one of the four.
    """
    return INDEXES[exchange_type](list(bindings), version)


class Direct:
    """Bindings by their key."""

    def __init__(self, bindings: Sequence[AnyBinding], _version: Version = NEWEST) -> None:
        """Put each binding under its key."""
        self.under: defaultdict[str, list[AnyBinding]] = defaultdict(list)
        for binding in bindings:
            self.under[binding.binding_key].append(binding)

    def matching(self, message: Message) -> list[AnyBinding]:
        """List what is bound by the very routing key."""
        return [*self.under.get(message.routing_key, ())]


class Fanout:
    """Bindings that all take every message."""

    def __init__(self, bindings: Sequence[AnyBinding], _version: Version = NEWEST) -> None:
        """Keep the bindings."""
        self.bindings = bindings

    def matching(self, _message: Message) -> list[AnyBinding]:
        """List them all."""
        return [*self.bindings]


KEPT: Final = 500_000
"""How many steps, places and numbers a topic index remembers: with 80 bytes for each about 40 MB.

Then it remembers no more: no keys, however many or hostile, fill the memory, and what is new takes
about as long as if nothing was remembered at all.
"""


@dataclass(eq=False, slots=True)
class State:
    """All the places of a trie where a message can be after some words.

    after: the state after one more word, for each that was asked.
    numbers: the bindings that take a message which ends here, in order, once that was asked.
    """

    places: frozenset[int]
    after: dict[str, "State"] = field(default_factory=dict)
    numbers: list[int] | None = None


class Topic:
    """Binding keys with wildcards in a trie over their words, and the others by their key.

    The places of the trie are numbers, its root is 0: objects in such numbers would keep Python's
    garbage collector busy.  Where a word leads from all the places where a message can be is found
    out once (the subset construction, as far as it is asked for), and once for all words that no
    binding has: they lead where "*" does, which is no more than such a word when it is published.
    """

    def __init__(self, bindings: Sequence[AnyBinding], _version: Version = NEWEST) -> None:
        """Put each binding where its key leads."""
        self.bindings = bindings
        self.literal: defaultdict[str, list[int]] = defaultdict(list)
        self.following: list[dict[str, int]] = [{}]
        self.hashes: set[int] = set()
        self.ends: defaultdict[int, list[int]] = defaultdict(list)
        self.words: set[str] = set()
        for number, binding in enumerate(bindings):
            words = split_words(binding.binding_key)
            if "*" in words or "#" in words:
                self.ends[self.place_of(words)].append(number)
                self.words.update(words)
            else:
                self.literal[binding.binding_key].append(number)
        self.kept = 0
        self.states: dict[frozenset[int], State] = {}
        places: set[int] = set()
        self.add_with_hashes(0, places)
        self.start = State(frozenset(places))

    def place_of(self, words: Sequence[str]) -> int:
        """Find the place that words lead to, made where there is none yet."""
        place = 0
        for word in words:
            if word not in self.following[place]:
                self.following[place][word] = len(self.following)
                self.following.append({})
            place = self.following[place][word]
            if word == "#":
                self.hashes.add(place)
        return place

    def matching(self, message: Message) -> list[AnyBinding]:
        """Go through the trie word by word, at every place at once where the message can be."""
        state = self.start
        for word in split_words(message.routing_key):
            state = state.after.get(word) or self.step(state, word)
        numbers = self.ending(state) if state.numbers is None else state.numbers
        if message.routing_key in self.literal:
            numbers = sorted(numbers + self.literal[message.routing_key])
        return [self.bindings[number] for number in numbers]

    def step(self, state: State, word: str) -> State:
        """Find out where a word leads that was not asked before, or that no binding has."""
        word = word if word in self.words else "*"
        if word in state.after:
            return state.after[word]
        places = frozenset(self.after(word, state.places))
        reached = self.states.get(places) or State(places)
        if self.kept < KEPT:
            self.kept += 1 if places in self.states else 1 + len(places)
            self.states[places] = state.after[word] = reached
        return reached

    def ending(self, state: State) -> list[int]:
        """Find out which bindings take a message that ends here."""
        numbers = sorted(number for place in state.places for number in self.ends.get(place, ()))
        if self.kept < KEPT:
            state.numbers = numbers
            self.kept += len(numbers)
        return numbers

    def after(self, word: str, places: frozenset[int]) -> set[int]:
        """Give every place where a message can be once it has spent a word at one of these."""
        reached = self.hashes & places  # a `#` takes any word, and then may take another
        for place in places:
            following = self.following[place]
            self.add_with_hashes(following.get(word), reached)
            self.add_with_hashes(following.get("*"), reached)
        return reached

    def add_with_hashes(self, place: int | None, reached: set[int]) -> None:
        """Add a place, if there is one, and each `#` that follows: it may take no word at all."""
        while place is not None:
            reached.add(place)
            place = self.following[place].get("#")


Fact = tuple[str] | tuple[str, Term]
"""What can be said of a message: it has a header of this name, or with this value, too."""


class Headers:
    """Bindings by the facts that they want of a message.

    One that wants any of its facts stands under each.  One that wants all of them stands under
    the one that the fewest bindings want, and is held against the message only where that is so.
    """

    def __init__(self, bindings: Sequence[AnyBinding], version: Version = NEWEST) -> None:
        """Put each binding under its facts, or the rarest of them."""
        self.bindings, self.version = bindings, version
        self.wanted = [wanted_facts(binding, version) for binding in bindings]
        self.compared = {fact[0] for facts in self.wanted for fact in facts if len(fact) > 1}
        self.any_of: defaultdict[Fact, list[int]] = defaultdict(list)
        self.all_of: defaultdict[Fact | None, list[int]] = defaultdict(list)
        wishes = Counter(fact for facts in self.wanted for fact in facts)
        for number, (binding, facts) in enumerate(zip(bindings, self.wanted, strict=True)):
            if match_mode(binding).startswith("any"):
                for fact in facts:
                    self.any_of[fact].append(number)
            else:
                self.all_of[min(facts, key=wishes.__getitem__, default=None)].append(number)

    def matching(self, message: Message) -> list[AnyBinding]:
        """Collect what stands under each fact of the message, and check what wants more."""
        facts = set(self.facts_of(message))
        found = {number for fact in facts for number in self.any_of.get(fact, ())}
        for fact in (None, *facts):
            found.update(n for n in self.all_of.get(fact, ()) if self.wanted[n] <= facts)
        return [self.bindings[number] for number in sorted(found)]

    def facts_of(self, message: Message) -> Iterator[Fact]:
        """Give the facts of a message that bindings can want."""
        for name, sent in (message.headers or {}).items():
            yield (name,)
            if name in self.compared:
                yield name, term(as_routed(sent, self.version), self.version)


def wanted_facts(binding: AnyBinding, version: Version) -> frozenset[Fact]:
    """Turn criteria into facts; one without a value wants only that the header is there."""
    return frozenset(
        (name,) if asks_for_presence(wanted) else (name, term(wanted, version))
        for name, wanted in criteria(binding).items()
    )


INDEXES: Final[Mapping[str, Callable[[Sequence[AnyBinding], Version], Index]]] = {
    "direct": Direct,
    "fanout": Fanout,
    "topic": Topic,
    "headers": Headers,
}
