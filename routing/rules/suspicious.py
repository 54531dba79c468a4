"""What can be played, but was hardly meant so: each suspicion on its own, as data."""

from collections.abc import Iterator
from dataclasses import dataclass

from routing.amqp.names import is_reserved
from routing.amqp.notation import write_key
from routing.amqp.topology import AnyBinding, Exchange, Message, Scenario
from routing.rules.matching import RULES, WILDCARDS, match_mode, skipped, split_words


@dataclass(frozen=True)
class Note:
    """One suspicion.

    code: what is suspected; it does not change, though the sentence may.
    place: such as "binding 3 (orders)", counted as the scenario lists them, with the exchange.
    """

    code: str
    place: str
    sentence: str


Suspicion = tuple[str, str]
"""A code and a sentence."""


def suspicious(scenario: Scenario) -> Iterator[Note]:
    """List what is suspicious in a scenario that is well written."""
    exchanges = {each.name: each for each in scenario.exchanges if each.type in RULES}
    yield from alternates_missing(scenario)
    for number, binding in enumerate(scenario.bindings, 1):
        for code, sentence in of_binding(binding, exchanges.get(binding.source)):
            place = f"binding {number} ({write_key(binding.source)})"
            yield Note(code, place, f"{sentence}.")
    for number, message in enumerate(scenario.messages, 1):
        for code, sentence in wildcard_sent(message, exchanges.get(message.exchange)):
            place = f"message {number} ({write_key(message.exchange)})"
            yield Note(code, place, f"{sentence}.")


def alternates_missing(scenario: Scenario) -> Iterator[Note]:
    """Suspect an alternate that nobody declares, which RabbitMQ does not mind."""
    declared = {exchange.name for exchange in scenario.exchanges}
    for exchange in scenario.exchanges:
        name = exchange.alternate
        if name and name not in declared and not is_reserved(name):
            said = f"its alternate {write_key(name)} is not there; declare it"
            yield Note("alternate-missing", f"exchange {write_key(exchange.name)}", f"{said}.")


def of_binding(binding: AnyBinding, exchange: Exchange | None) -> Iterator[Suspicion]:
    """List what is suspicious in a binding, by the type of its exchange."""
    if not exchange:
        return
    kind, key = exchange.type, write_key(binding.binding_key)
    if kind == "headers":
        yield from x_match_misspelt(binding)
        yield from passed_over(binding)
    elif "x-match" in binding.arguments:
        yield "x-match-ignored", f"{kind} never looks at x-match; headers does"
    elif binding.arguments:
        yield "arguments-ignored", f"{kind} keeps its arguments, but never looks at them"
    if kind in ("headers", "fanout") and binding.binding_key:
        yield "key-ignored", f"{kind} ignores its key {key}; leave it out"
    if kind == "topic":
        yield from wildcard_in_word(binding)
    if kind == "direct" and has_wildcards(binding.binding_key):
        yield "wildcard-in-direct", f"direct takes {key} to the letter; topic has wildcards"


def x_match_misspelt(binding: AnyBinding) -> Iterator[Suspicion]:
    """Suspect what reads like x-match; as it is, it is a criterion, or passed over as one."""
    for name in filter(reads_like_x_match, binding.arguments):
        does = "is passed over" if name in skipped(binding) else "asks for a header"
        yield "x-match-misspelt", f"{write_key(name)} {does}; x-match says how much must be met"


def reads_like_x_match(name: str) -> bool:
    """Tell whether a name is nearly x-match."""
    return name != "x-match" and "".join(filter(str.isalpha, name)).lower() == "xmatch"


def passed_over(binding: AnyBinding) -> Iterator[Suspicion]:
    """Suspect a criterion that plays no part because its name begins with x-."""
    for name in skipped(binding):
        if not reads_like_x_match(name):
            said = "{0} passes over {1}; {0}-with-x does not"
            yield "criterion-passed-over", said.format(match_mode(binding), write_key(name))


def wildcard_in_word(binding: AnyBinding) -> Iterator[Suspicion]:
    """Suspect a wildcard that stands beside letters, and so is one itself."""
    for word in split_words(binding.binding_key):
        for sign in WILDCARDS:
            if sign in word and word not in WILDCARDS:
                said = f"{sign} in {write_key(word)} is a plain letter; put a dot between"
                yield "wildcard-in-word", said


def wildcard_sent(message: Message, exchange: Exchange | None) -> Iterator[Suspicion]:
    """Suspect a pattern where a key is published to patterns."""
    if exchange and exchange.type == "topic" and has_wildcards(message.routing_key):
        key = write_key(message.routing_key)
        yield "wildcard-sent", f"{key} is sent to the letter; only binding keys have wildcards"


def has_wildcards(key: str) -> bool:
    """Tell whether a key would be a pattern, were it the binding key of a topic exchange."""
    return any(word in WILDCARDS for word in split_words(key))
