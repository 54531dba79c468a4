"""The reasons that there are, each with just what makes it true, and its sentence made from that.

Words, names and values are kept as they are; only the sentence shortens them.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.amqp.notation import shorten, write_key, write_value, write_word, write_words
from routing.amqp.values import Value
from routing.rules.apart import tell_apart
from routing.rules.say import differ, fitted, listed


@dataclass(frozen=True, kw_only=True)
class Reason(ABC):
    """What made a binding take a message, or what was in the way.

    nearness: how much of the binding was met, 0 to 1; it tells a near miss from a far one.
    """

    nearness: float = 1.0

    @abstractmethod
    def said(self, letters: int, items: int) -> str:
        """Say it with words of so many columns and lists of so many items, at the most."""

    @cached_property
    def text(self) -> str:
        """The sentence, in two lines at most."""
        return fitted(self.said)


@dataclass(frozen=True)
class EveryMessage(Reason):
    """A fanout exchange asks for nothing."""

    def said(self, _letters: int, _items: int) -> str:
        """Say it."""
        return "takes every message"


@dataclass(frozen=True)
class OneOfThose(Reason):
    """An exchange chooses one of its bindings, by a rule beyond the four."""

    def said(self, _letters: int, _items: int) -> str:
        """Say it."""
        return "each message goes to one of those that are bound"


@dataclass(frozen=True)
class SameKey(Reason):
    """The keys are the same; of_queue: the binding key is the queue's name."""

    of_queue: bool

    def said(self, _letters: int, _items: int) -> str:
        """Say it."""
        return "the key is the queue's name" if self.of_queue else "the same key"


@dataclass(frozen=True)
class NoWildcards(Reason):
    """The binding key would fit as a pattern, and its `*` and `#` are plain letters here."""

    def said(self, _letters: int, _items: int) -> str:
        """Say it."""
        return "no wildcards here: only the very same key"


@dataclass(frozen=True)
class OtherKey(Reason):
    """The keys are not the same."""

    sent: str
    wanted: str

    def said(self, letters: int, _items: int) -> str:
        """Say it with both keys."""
        return differ(self.sent, self.wanted, write_key, letters)


@dataclass(frozen=True)
class Fits(Reason):
    """A pattern fits; taken: each of its wildcards with the words that it takes."""

    taken: Sequence[tuple[str, Sequence[str]]]

    def said(self, letters: int, items: int) -> str:
        """Say what each wildcard is."""

        def each(taken: tuple[str, Sequence[str]]) -> str:
            return f"{taken[0]} is {shorten(write_words(taken[1]), letters)}"

        return listed(self.taken, each, items) or "the same words"


@dataclass(frozen=True)
class WrongWord(Reason):
    """At a place that nothing can move, another word is wanted.

    place: counted from 1, from the key's beginning or, where a `#` stands before it, its end.
    """

    place: int
    from_end: bool
    sent: str
    wanted: str

    def said(self, letters: int, _items: int) -> str:
        """Say which place, and both words."""
        return f"{self.named_place}: {differ(self.sent, self.wanted, write_word, letters)}"

    @property
    def named_place(self) -> str:
        """The place in words."""
        if not self.from_end:
            return f"word {self.place}"
        last = {1: "last word", 2: "last word but one"}
        return last.get(self.place, f"word {self.place} from the end")


@dataclass(frozen=True)
class NoWordLeft(Reason):
    """The words of the pattern before this one need all the words that the key has."""

    wanted: str

    def said(self, letters: int, _items: int) -> str:
        """Say for which word of the pattern none is left."""
        return f"no word left for {shorten(write_word(self.wanted), letters)}"


@dataclass(frozen=True)
class TooFewWords(Reason):
    """The key has fewer words than the pattern needs, wherever its `#` may stand."""

    words: int
    needed: int

    def said(self, _letters: int, _items: int) -> str:
        """Say both numbers."""
        return f"{counted(self.words)}, but {self.needed} are needed"


@dataclass(frozen=True)
class TooManyWords(Reason):
    """The pattern fits the beginning of the key, and these words are left."""

    left: Sequence[str]

    def said(self, letters: int, _items: int) -> str:
        """Say how many, and which."""
        return f"{counted(len(self.left))} too many: {shorten(write_words(self.left), letters)}"


def counted(words: int) -> str:
    """Write a number of words."""
    return "one word" if words == 1 else f"{words} words"


@dataclass(frozen=True)
class Nowhere(Reason):
    """What stands between two `#` is nowhere in that part of the key where it could be.

    after: of how many words, from the beginning, what stands before it takes the last at least.
    before: at which word what stands after the last `#` begins; one after the last word where
    nothing does.  words: how many the key has.  in_case: whether it is there in other capitals.
    """

    segment: Sequence[str]
    after: int
    before: int
    words: int
    in_case: bool

    def said(self, letters: int, _items: int) -> str:
        """Say what is missing, and where."""
        case = " (capitals count)" if self.in_case else ""
        return f"no {self.missing(letters)}{self.part}{case}"

    def missing(self, letters: int) -> str:
        """Name what is missing; stars alone lack words, whichever."""
        written = shorten(write_words(self.segment), letters)
        many = len(self.segment)
        if set(self.segment) == {"*"}:
            return f"word left for {written}" if many == 1 else f"{many} words left for {written}"
        return f"word {written}" if many == 1 else f"words {written} in a row"

    @property
    def part(self) -> str:
        """The part of the key, in words; nothing where that is the whole key."""
        if self.after and self.before <= self.words:
            return f" between word {self.after} and word {self.before}"
        if self.after:
            return f" after word {self.after}"
        return f" before word {self.before}" if self.before <= self.words else ""


@dataclass(frozen=True)
class Criterion(ABC):
    """What a message lacks to meet one criterion of a headers exchange's binding."""

    name: str

    @abstractmethod
    def said(self, letters: int) -> str:
        """Say it with words of so many columns at the most."""


@dataclass(frozen=True)
class NoHeader(Criterion):
    """The message has no header of this name."""

    def said(self, letters: int) -> str:
        """Name the header; BCC may have been sent, but no exchange sees it."""
        removed = " (RabbitMQ removes it)" * (self.name == "BCC")
        return f"no header {shorten(write_key(self.name), letters)}{removed}"


@dataclass(frozen=True)
class OtherValue(Criterion):
    """The header has another value, of a type that could be the same."""

    sent: Value
    wanted: Value

    def said(self, letters: int) -> str:
        """Write both values."""
        one, other = tell_apart(write_value(self.sent), write_value(self.wanted), letters)
        return f"{shorten(write_key(self.name), letters)}: {one} is not {other}"


@dataclass(frozen=True)
class OtherType(Criterion):
    """The header is of a type of which no value is what is wanted.

    sent_is, wanted_is: what the two are, as "a string".
    """

    sent: Value
    sent_is: str
    wanted: Value
    wanted_is: str

    def said(self, letters: int) -> str:
        """Write both values with their types."""
        one, other = tell_apart(write_value(self.sent), write_value(self.wanted), letters)
        name = shorten(write_key(self.name), letters)
        return f"{name}: {one} is {self.sent_is}, {other} is {self.wanted_is}"


@dataclass(frozen=True)
class Milliseconds(Criterion):
    """The header is a timestamp, which counts milliseconds, and so many are not what is wanted."""

    milliseconds: int
    wanted: Value

    def said(self, letters: int) -> str:
        """Write the number, and what is wanted."""
        wanted = shorten(write_value(self.wanted), letters)
        name = shorten(write_key(self.name), letters)
        return f"{name}: it counts {self.milliseconds} ms, and not {wanted}"


@dataclass(frozen=True, kw_only=True)
class ByHeaders(Reason):
    """What headers and criteria come to; skipped: the arguments that play no part."""

    skipped: Sequence[str] = ()

    def without(self, letters: int, items: int) -> str:
        """Say which arguments play no part, because their names start with `x-`."""
        if not self.skipped:
            return ""
        number = len(self.skipped)
        names = listed(self.skipped, lambda name: shorten(write_key(name), letters), items)
        return f" ({names if items else number} {'is' if number == 1 else 'are'} skipped)"


@dataclass(frozen=True)
class NothingAsked(ByHeaders):
    """The binding has no criteria: all of them are met then, and none of any."""

    any: bool

    def said(self, letters: int, items: int) -> str:
        """Say it."""
        nothing = "nothing that could be met" if self.any else "nothing is asked for"
        return nothing + self.without(letters, items)


@dataclass(frozen=True)
class Met(ByHeaders):
    """Criteria that are met: each with its name, and whether it asks only that it is there.

    any: whether one of them is enough; else these are all.
    """

    any: bool
    names: Sequence[tuple[str, bool]]

    def said(self, letters: int, items: int) -> str:
        """List them."""

        def each(named: tuple[str, bool]) -> str:
            return shorten(write_key(named[0]), letters) + " is there" * named[1]

        met = listed(self.names, each, max(items, 1))
        return f"{'one is enough' if self.any else 'all met'}: {met}{self.without(letters, items)}"


@dataclass(frozen=True)
class NotMet(ByHeaders):
    """Criteria that are not met: all of any, or those of all that are not."""

    criteria: Sequence[Criterion]

    def said(self, letters: int, items: int) -> str:
        """List them, each with what is lacking."""
        lacking = listed(self.criteria, lambda each: each.said(letters), max(items, 1), "; ")
        return lacking + self.without(letters, items)
