"""Which rule decided: a sentence for each kind of reason.

A class misses rules, and not bindings: what is missed is counted by these sentences.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from routing.amqp.topology import DEFAULT_EXCHANGE
from routing.files.reason_json import code_of
from routing.rules.predict import Verdict
from routing.rules.reasons import NotMet
from routing.walk.judged import Cause, Judged, brings

STAR: Final = "* is exactly one word."
HASH: Final = "# is zero or more words."
WORDS: Final = "Words other than * and # must be there, each at its place."
CAPITALS: Final = "Capitals count."
SAME_KEY: Final = "A direct exchange wants the very same key."
NO_WILDCARDS: Final = "A direct exchange knows no wildcards: * and # are plain letters."
OWN_NAME: Final = "The default exchange takes the routing key for the name of a queue."
FANOUT: Final = "A fanout exchange looks at nothing: every bound queue gets a copy."
ONE_OF_THEM: Final = "This exchange hands each message to one of those that are bound."
ALL: Final = "With x-match=all every criterion must be met."
ANY: Final = "With x-match=any one criterion is enough."
PRESENCE: Final = "A criterion without a value asks only that the header is there."
TYPES: Final = 'Types count: 1, "1" and True are three values.'
SKIPPED: Final = "Criteria whose names begin with x- are skipped."
NOTHING: Final = "All of no criteria are always met, any of none never."
ONE_COPY: Final = "A queue gets one copy, however many bindings match."
NO_BINDING: Final = "A queue gets nothing from an exchange that no binding joins it to."
NOT_REACHED: Final = (
    "Only the exchange that a message is sent to sees it, and those it is handed on to."
)
ALTERNATE: Final = "An alternate exchange gets only what no binding takes."
DEATH: Final = (
    "What dies in a queue leaves it, and goes on to its dead-letter exchange, if it has one."
)

Rule = Callable[[Any, Verdict], str]


def of_pattern(reason: Any, _: Verdict) -> str:
    """Tell what a pattern fits by: a `#` says more than a `*`, and a `*` more than plain words."""
    signs = {sign for sign, _ in reason.taken}
    return first_of(signs)


def of_length(_: Any, verdict: Verdict) -> str:
    """Tell why the number of words is wrong: by a `*`, if the pattern has one."""
    return first_of({*verdict.binding.binding_key.split(".")} - {"#"})


def first_of(signs: set[str]) -> str:
    """Name the rule of the wildcard that says most."""
    return HASH if "#" in signs else STAR if "*" in signs else WORDS


def of_word(reason: Any, _: Verdict) -> str:
    """Tell whether only capitals differ."""
    return CAPITALS if is_in_case(reason.sent, reason.wanted) else WORDS


def of_missing(reason: Any, _: Verdict) -> str:
    """Tell whether a word is missing, or there in other capitals, or any word at all."""
    return CAPITALS if reason.in_case else first_of({*reason.segment})


def of_missing_word(reason: Any, _: Verdict) -> str:
    """Tell which kind of word has none left."""
    return first_of({reason.wanted})


def of_key(reason: Any, verdict: Verdict) -> str:
    """Tell whether only capitals differ, or the key of the default exchange is no queue's name."""
    if is_in_case(reason.sent, reason.wanted):
        return CAPITALS
    return of_same_key(reason, verdict)


def of_same_key(_: Any, verdict: Verdict) -> str:
    """Tell which exchange compares whole keys."""
    return OWN_NAME if verdict.binding.source == DEFAULT_EXCHANGE else SAME_KEY


def of_met(reason: Any, _: Verdict) -> str:
    """Tell how much had to be met, and whether it had to have a value."""
    if any(presence for _, presence in reason.names):
        return PRESENCE
    return ANY if reason.any else ALL


def of_not_met(reason: NotMet, verdict: Verdict) -> str:
    """Tell what the first criterion that is not met lacks."""
    return RULES[code_of(reason.criteria[0])](reason.criteria[0], verdict)


def of_value(reason: Any, verdict: Verdict) -> str:
    """Tell whether only capitals differ."""
    return CAPITALS if is_in_case(reason.sent, reason.wanted) else of_lack(reason, verdict)


def of_lack(_: Any, verdict: Verdict) -> str:
    """Tell how many criteria have to be met."""
    return ANY if verdict.binding.arguments.get("x-match") in ("any", "any-with-x") else ALL


def of_header(reason: Any, verdict: Verdict) -> str:
    """Tell whether the header that is missing only had to be there."""
    arguments = verdict.binding.arguments
    presence = reason.name in arguments and arguments[reason.name] is None
    return PRESENCE if presence else of_lack(reason, verdict)


def of_nothing(reason: Any, _: Verdict) -> str:
    """Tell whether nothing is asked because all of it is skipped."""
    return SKIPPED if reason.skipped else NOTHING


def is_in_case(sent: object, wanted: object) -> bool:
    """Tell whether two texts differ in capitals alone."""
    return isinstance(sent, str) and isinstance(wanted, str) and sent.lower() == wanted.lower()


def always(rule: str) -> Rule:
    """Give one rule, whatever else there is to say of the reason."""
    return lambda _, __: rule


RULES: Final[Mapping[str, Rule]] = {
    "every-message": always(FANOUT),
    "one-of-those": always(ONE_OF_THEM),
    "same-key": of_same_key,
    "no-wildcards": always(NO_WILDCARDS),
    "other-key": of_key,
    "fits": of_pattern,
    "wrong-word": of_word,
    "no-word-left": of_missing_word,
    "too-few-words": of_length,
    "too-many-words": of_length,
    "nowhere": of_missing,
    "nothing-asked": of_nothing,
    "met": of_met,
    "not-met": of_not_met,
    "no-header": of_header,
    "other-value": of_value,
    "other-type": always(TYPES),
    "milliseconds": always(TYPES),
}
"""By the code of the reason, or of the criterion that is not met."""


OTHERWISE: Final = {
    Cause.NO_BINDING: NO_BINDING,
    Cause.NOT_REACHED: NOT_REACHED,
    Cause.ALTERNATE: ALTERNATE,
    Cause.DEATH: DEATH,
}
"""Where no binding decided."""


def rule_of(judged: Judged) -> str:
    """Name the rule that decided whether a queue gets a copy."""
    clue = judged.deciding
    before = judged.clues[: judged.clues.index(clue)]
    if any(each.verdict is None and each.cause is Cause.ALTERNATE for each in before):
        return ALTERNATE
    if clue.verdict and not clue.takes and not brings(clue, judged.queue):
        return NOT_REACHED
    if clue.verdict:
        return RULES[code_of(clue.verdict.reason)](clue.verdict.reason, clue.verdict)
    return OTHERWISE[clue.cause]


def rules_of(judged: Sequence[Judged]) -> list[str]:
    """Name the rules that decided some queues, each once; last, that none gets a second copy."""
    return list(
        dict.fromkeys([*map(rule_of, judged), *[ONE_COPY] * any(map(is_hit_twice, judged))])
    )


def is_hit_twice(judged: Judged) -> bool:
    """Tell whether several bindings bring a message to a queue."""
    return sum(clue.takes and brings(clue, judged.queue) for clue in judged.clues) > 1
