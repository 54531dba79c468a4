"""How a class guessed: messages that were right in every queue, and the rules that were missed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from routing.walk.judged import Judged
from routing.walk.rules import rule_of

Slip = TypeVar("Slip")

MOST_MISSED: Final = 3
"""So many rules are repeated at the end."""


@dataclass(frozen=True)
class Score:
    """How many were guessed, and how many of these right."""

    right: int
    guessed: int


def score(told: Mapping[int, Sequence[Judged]]) -> Score:
    """Count the messages of which every queue was guessed right; those skipped do not count."""
    guessed = [each for each in told.values() if any(one.guessed is not None for one in each)]
    return Score(sum(all(one.right for one in each) for each in guessed), len(guessed))


@dataclass(frozen=True)
class Missed:
    """A rule that guesses overlooked: how often, and where first.

    number: the message of that first time; judged: its queue.
    """

    rule: str
    times: int
    number: int
    judged: Judged


def missed(told: Mapping[int, Sequence[Judged]]) -> list[Missed]:
    """List the rules that were overlooked most often, each with its first example."""
    slips = (
        (rule_of(judged), (number, judged))
        for number, judgements in sorted(told.items())
        for judged in judgements
        if not judged.right
    )
    found = [Missed(rule, len(same), *same[0]) for rule, same in most_often(slips)]
    return found[:MOST_MISSED]


def most_often(slips: Iterable[tuple[str, Slip]]) -> list[tuple[str, list[Slip]]]:
    """Bring together what belongs to one rule, the rule that was overlooked most often first."""
    by_rule: dict[str, list[Slip]] = {}
    for rule, slip in slips:
        by_rule.setdefault(rule, []).append(slip)
    return sorted(by_rule.items(), key=lambda each: -len(each[1]))
