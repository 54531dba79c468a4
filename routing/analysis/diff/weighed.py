"""How many of some real messages go elsewhere."""

from collections import Counter
from collections.abc import Iterable, Sequence

from routing.analysis.diff.written import queues
from routing.ask.answer import Asked
from routing.ask.messages import outcomes, read_one
from routing.ask.outcome import Remembered, outcome_of

Fates = tuple[Sequence[str], Sequence[str]]
"""The queues that get a message, before and after."""


def weighed(
    sides: tuple[Asked, Asked], lines: Sequence[bytes], file: str, exchange: str | None
) -> Counter[Fates]:
    """Count messages, one a line, by the queues that get them before and after.

    Raises BadUse with the line that cannot be read.
    """
    before, after = (
        outcomes(remembered(side, exchange), lines, 1, file, empty=exchange is not None)
        for side in sides
    )
    return Counter(
        (tuple(sorted(was.queues)), tuple(sorted(now.queues)))
        for was, now in zip(before, after, strict=True)
    )


def remembered(asked: Asked, exchange: str | None) -> Remembered:
    """Give what tells what becomes of the message of a line."""
    return Remembered(lambda line: outcome_of(asked.route(read_one(line, exchange))))


def told(counted: Counter[Fates]) -> Iterable[str]:
    """Say how many messages go elsewhere, and from where to where."""
    changed = {fates: number for fates, number in counted.items() if fates[0] != fates[1]}
    yield f"{sum(changed.values()):,} of {counted.total():,} messages go elsewhere"
    for (before, after), number in sorted(changed.items(), key=lambda each: (-each[1], each[0])):
        yield f"  {number:,}: {queues({*before})} → {queues({*after})}"
