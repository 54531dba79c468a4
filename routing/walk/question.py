"""What is asked on a screen: which of some things, chosen key by key or typed."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Final

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key

DIGITS: Final = 9
"""So many things have a digit, and a capital letter beside it; with more, a letter alone."""

MOST_LISTED: Final = 9
"""So many of the things are listed among the keys."""

NONE: Final = "0"
NOBODY: Final = ("none", "nobody", "0", "-")


class Unclear(BadUse):
    """What was typed means nothing on this screen."""


class Asked(ABC):
    """What a screen asks for."""

    @property
    @abstractmethod
    def keys(self) -> str:
        """The usual keys, for the foot of the screen."""

    @property
    @abstractmethod
    def onward(self) -> str:
        """What it means to go on now."""

    @abstractmethod
    def known(self) -> Sequence[tuple[str, str]]:
        """List all keys, each with what it does."""

    @abstractmethod
    def shown(self) -> Sequence[str]:
        """Write what can be chosen, and mark what is."""

    @abstractmethod
    def begins(self, key: str) -> str | None:
        """Give what a line that this key begins has in it; None where it begins none."""

    @abstractmethod
    def enter(self, text: str) -> bool:
        """Take a line that was typed, and tell whether to go on at once; raises Unclear."""

    def press(self, _key: str) -> bool:
        """Take a key for an answer, and tell whether it is one."""
        return False

    def chosen_alone(self) -> str:
        """Write what is chosen, where there is no room for more."""
        return ""


@dataclass
class Question(Asked):
    """Which of some things: a key chooses one, and again takes that back.

    one: whether just one of them is the answer.
    chosen: None where nobody has answered; empty where the answer is none.
    """

    options: Sequence[str]
    one: bool = False
    chosen: frozenset[str] | None = None

    @property
    def keys(self) -> str:
        """The usual keys: for each its own, or none."""
        known = [*keys(self.options)][: len(self.options)]
        ends = "-".join(dict.fromkeys([*known[:1], *known[-1:]]))
        return "   ".join([f"{ends} choose"] * bool(known) + ["0 none"] * (not self.one))

    @property
    def onward(self) -> str:
        """Whether it would be skipped."""
        return "skip" if self.chosen is None else "see"

    def known(self) -> list[tuple[str, str]]:
        """List what can be pressed, and that names can be typed."""
        listed = [(", ".join(each.split()), write_key(o)) for o, each in self.labelled()]
        return [
            *listed[:MOST_LISTED],
            *[("0, -", "none of them")] * (not self.one),
            ("/", "then type numbers, letters or names"),
        ]

    def shown(self) -> list[str]:
        """Write each with its key, and a cross where it is chosen."""
        chosen = self.chosen or ()
        marked = [
            f"[{'x' if option in chosen else ' '}] {label} {write_key(option)}"
            for option, label in self.labelled()
        ]
        none = f"[{'x' if self.chosen == frozenset() else ' '}] 0 none"
        return marked if self.one else [*marked, none]

    def labelled(self) -> list[tuple[str, str]]:
        """Give each with what may be typed for it."""
        return list(zip(self.options, labels(self.options), strict=True))

    def chosen_alone(self) -> str:
        """Name what is chosen."""
        if self.chosen is None:
            return "Nothing is chosen yet."
        names = [write_key(each) for each in self.options if each in self.chosen]
        return f"Chosen: {', '.join(names) or 'none'}"

    def press(self, key: str) -> bool:
        """Choose what a digit or a capital letter stands for, or none."""
        if key in (NONE, "-") and not self.one:
            self.chosen = None if self.chosen == frozenset() else frozenset()
            return True
        if key not in keys(self.options):
            return False
        self.chosen = self.toggled(keys(self.options)[key])
        return True

    def toggled(self, option: str) -> frozenset[str] | None:
        """Give what is chosen with one more, or one less."""
        before = self.chosen or frozenset()
        return (frozenset({option}) - before if self.one else before ^ {option}) or None

    def begins(self, key: str) -> str | None:
        """Begin a line with a stroke: then numbers and names can be typed."""
        return "" if key == "/" else None

    def enter(self, text: str) -> bool:
        """Choose what is named by number, letter or name, several or none."""
        chosen = named(text, self.options)
        if self.one and len(chosen) != 1:
            raise Unclear(f"Just one is asked for, as in {write_key(self.options[0])}.")
        self.chosen = chosen
        return False


def keys(options: Sequence[str]) -> dict[str, str]:
    """Give what each key chooses."""
    digits = {str(number): each for number, each in enumerate(options, 1)}
    letters = dict(zip(ascii_uppercase, options, strict=False))
    return letters if len(options) > DIGITS else digits | letters


def labels(options: Sequence[str]) -> list[str]:
    """Write what may be typed for each: its keys, or where there are too many, its number."""
    letters = [*ascii_uppercase, *[""] * len(options)]
    few = len(options) <= DIGITS
    return [
        f"{number} {letter}".rstrip() if few or not letter else letter
        for number, letter in zip(range(1, len(options) + 1), letters, strict=False)
    ]


def named(text: str, options: Sequence[str]) -> frozenset[str]:
    """Read which things a text names; raises Unclear."""
    if text.strip() in options:
        return frozenset({text.strip()})
    words = text.replace(",", " ").split()
    if not words:
        raise Unclear("That names nothing: type numbers, letters or names, or none.")
    if len(words) == 1 and words[0].lower() in NOBODY:
        return frozenset()
    return frozenset(named_by(word, options) for word in words)


def named_by(word: str, options: Sequence[str]) -> str:
    """Find what a number, a letter or a name means; raises Unclear."""
    if word in options:
        return word
    known: Mapping[str, str] = {
        **{each.casefold(): each for each in reversed(options)},
        **dict(zip(ascii_uppercase.lower(), options, strict=False)),
        **{str(number): each for number, each in enumerate(options, 1)},
    }
    if word.casefold() not in known:
        raise Unclear(f"There is no {shortened(word)}: type numbers, letters or names.")
    return known[word.casefold()]


def shortened(text: str) -> str:
    """Write what was typed so that it fits into one line."""
    most = 20
    return write_key(text if len(text) <= most else text[:most] + "...")
