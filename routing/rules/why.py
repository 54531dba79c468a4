"""Why a binding takes a message, or does not, in words that a student understands.

The rules decide; this module only explains, and the tests hold each explanation against them.
"""

from dataclasses import dataclass
from functools import cache

from routing.amqp.notation import write_key, write_value
from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Message
from routing.amqp.values import Value, typed
from routing.amqp.versions import NEWEST, Version
from routing.rules.matching import (
    as_routed,
    asks_for_presence,
    criteria,
    match_mode,
    meets,
    skipped,
    split_words,
)

WILDCARDS = ("*", "#")


@dataclass(frozen=True)
class Reason:
    """What made a binding take a message, or what was in the way.

    nearness: how much of the binding was met, 0 to 1; it tells a near miss from a far one.
    """

    text: str
    nearness: float = 1.0


def explain(
    exchange_type: str, binding: AnyBinding, message: Message, version: Version = NEWEST
) -> Reason:
    """Say why this binding, of an exchange of this type, takes the message or leaves it."""
    if exchange_type == "direct":
        return explain_direct(binding, message)
    if exchange_type == "topic":
        return explain_topic(binding, message)
    if exchange_type == "headers":
        return explain_headers(binding, message, version)
    return Reason("takes every message")


def explain_direct(binding: AnyBinding, message: Message) -> Reason:
    """Compare two keys as a whole."""
    wanted, sent = binding.binding_key, message.routing_key
    default = binding.source == DEFAULT_EXCHANGE
    if wanted == sent:
        return Reason("the key is the queue's name" if default else "the same key")
    from difflib import SequenceMatcher  # seldom needed, and slow to import

    likeness = SequenceMatcher(None, wanted, sent).ratio()
    if not default and any(word in WILDCARDS for word in split_words(wanted)):
        return Reason("no wildcards here: only the very same key", likeness)
    return Reason(differ(write_key(sent), write_key(wanted)), likeness)


def differ(sent: str, wanted: str) -> str:
    """Say that two words are not the same, and where only the case of letters differs, that."""
    case = " (capitals count)" if sent.casefold() == wanted.casefold() else ""
    return f"{sent} is not {wanted}{case}"


Fit = tuple[tuple[str, tuple[str, ...]], ...]
"""Each word of a pattern, with the words of the key that it took."""


def explain_topic(binding: AnyBinding, message: Message) -> Reason:
    """Tell which words each wildcard took, or at which word the pattern stops."""
    pattern = tuple(split_words(binding.binding_key))
    words = tuple(split_words(message.routing_key))
    fit, reached, position = fit_words(pattern, words)
    if fit is None:
        return Reason(topic_miss(pattern, words, reached, position), nearness(pattern, words))
    taken = [f"{word} is {say_words(took)}" for word, took in fit if word in WILDCARDS]
    return Reason(", ".join(taken) or "the same words")


def nearness(pattern: tuple[str, ...], words: tuple[str, ...]) -> float:
    """Measure how many words of a pattern that does not fit stand in the key, in their order."""
    needed = [word for word in pattern if word != "#"]
    met = [0] * (len(words) + 1)
    for wanted in needed:
        longer = met[:]
        for at, word in enumerate(words, 1):
            longer[at] = max(longer[at - 1], met[at], met[at - 1] + (wanted in ("*", word)))
        met = longer
    return met[-1] / (len(needed) + 1)


def fit_words(pattern: tuple[str, ...], words: tuple[str, ...]) -> tuple[Fit | None, int, int]:
    """Lay a pattern over the words of a key.

    Returns the fit, or None with how many words of the pattern, and of the key, were used up
    on the way that came furthest.
    """
    furthest = (0, 0)

    @cache
    def fit(at: int, position: int) -> Fit | None:
        nonlocal furthest
        furthest = max(furthest, (at, position))
        if at == len(pattern):
            return () if position == len(words) else None
        for end in ends_of_word(pattern[at], words, position):
            rest = fit(at + 1, end)
            if rest is not None:
                return ((pattern[at], words[position:end]), *rest)
        return None

    return fit(0, 0), *furthest


def ends_of_word(pattern_word: str, words: tuple[str, ...], position: int) -> range:
    """Tell where in the key one word of a pattern, laid at a position, can end."""
    if pattern_word == "#":
        return range(position, len(words) + 1)
    fits = position < len(words) and pattern_word in ("*", words[position])
    return range(position + 1, position + 2) if fits else range(0)


def topic_miss(
    pattern: tuple[str, ...], words: tuple[str, ...], reached: int, position: int
) -> str:
    """Say what stopped a pattern that came as far as these two positions."""
    if reached == len(pattern):
        left = len(words) - position
        many = "one word" if left == 1 else f"{left} words"
        return f"{many} too many: {say_words(words[position:])}"
    wanted = say_word(pattern[reached])
    if "#" in pattern[:reached] and wanted not in WILDCARDS:
        return f"no word {wanted} after #"
    if position == len(words):
        return f"no word left for {wanted}"
    return f"word {position + 1}: {differ(say_word(words[position]), wanted)}"


def say_words(words: tuple[str, ...]) -> str:
    """Write the words that a wildcard took."""
    if not words:
        return "nothing"
    return say_word(words[0]) if len(words) == 1 else write_key(".".join(words))


def say_word(word: str) -> str:
    """Write one word of a key; between two dots it can be empty."""
    return write_key(word) if word else "(an empty word)"


def explain_headers(binding: AnyBinding, message: Message, version: Version) -> Reason:
    """Tell which criteria the headers of the message meet, and which names are passed over."""
    wanted = criteria(binding)
    met = [name for name in wanted if meets(name, wanted[name], message, version)]
    misses = [
        header_miss(name, wanted[name], message, version) for name in wanted if name not in met
    ]
    hits = ", ".join(header_hit(name, wanted[name]) for name in met)
    if match_mode(binding).startswith("any"):
        reason = Reason(f"one is enough: {hits}") if met else Reason("; ".join(misses), 0)
        nothing = Reason("nothing that could be met", 0)
    else:
        nearness = len(met) / (len(wanted) or 1)
        reason = Reason("; ".join(misses), nearness) if misses else Reason(f"all met: {hits}")
        nothing = Reason("nothing is asked for")
    return with_skipped(binding, reason if wanted else nothing)


def with_skipped(binding: AnyBinding, reason: Reason) -> Reason:
    """Add which arguments play no part because their names start with `x-`."""
    names = skipped(binding)
    if not names:
        return reason
    said = ", ".join(map(write_key, names)) + (" is" if len(names) == 1 else " are")
    return Reason(f"{reason.text} ({said} skipped)", reason.nearness)


def header_hit(name: str, wanted: Value) -> str:
    """Say how a header met its criterion."""
    return f"{write_key(name)} is there" if asks_for_presence(wanted) else write_key(name)


def header_miss(name: str, wanted: Value, message: Message, version: Version) -> str:
    """Say what a header lacks to meet its criterion."""
    sent = message.headers or {}
    if name not in sent:
        return f"no header {write_key(name)}"
    routed = as_routed(sent[name], version)
    if routed != typed(sent[name]):
        milliseconds = typed(routed).value
        return f"{write_key(name)}: it counts {milliseconds} ms, and not {write_value(wanted)}"
    kinds = (kind(sent[name]), kind(wanted))
    if kinds[0] != kinds[1]:
        return (
            f"{write_key(name)}: {write_value(sent[name])} is {kinds[0]}, "
            f"{write_value(wanted)} is {kinds[1]}"
        )
    return f"{write_key(name)}: {write_value(sent[name])} is not {write_value(wanted)}"


def kind(value: Value) -> str:
    """Name the type of a header value, as far as the broker tells types apart."""
    named = {"bool": "a boolean", "void": "no value", "longstr": "a string", "bytes": "a string"}
    name = typed(value).type
    if name.startswith(("int", "uint")):
        return "an integer"
    return named.get(name, f"a {name.rstrip('2346')}" if name.startswith("float") else f"a {name}")
