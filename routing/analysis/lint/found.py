"""All findings of a source, in the order in which it says things."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from routing.amqp.notation import write_key
from routing.analysis.bound import within
from routing.analysis.lint.arguments import of_arguments
from routing.analysis.lint.by_version import of_refusals, of_versions
from routing.analysis.lint.covered import covered
from routing.analysis.lint.dead_letters import of_circles, of_dead_letters
from routing.analysis.lint.finding import Finding, once
from routing.analysis.lint.names import of_names
from routing.analysis.lint.near_misses import near_misses
from routing.analysis.lint.places import of_bindings, of_exchanges, of_losses, of_queues
from routing.analysis.lint.policies import of_needless_policies, of_policies
from routing.analysis.lint.single import of_single_bindings
from routing.analysis.lint.subject import Subject
from routing.files.source import Spot

LOOKS: Final[Sequence[Callable[[Subject], Iterator[Finding]]]] = (
    of_single_bindings,
    covered,
    near_misses,
    of_queues,
    of_bindings,
    of_exchanges,
    of_dead_letters,
    of_circles,
    of_policies,
    of_needless_policies,
    of_arguments,
    of_names,
    of_refusals,
)

FOR_ALL: Final = (of_losses, of_versions)
"""What takes longer, and finds only what is mostly harmless."""


def findings(subject: Subject, ignored: Collection[str] = ()) -> list[Finding]:
    """List what is found, but for what is ignored; the mostly harmless only where all is wanted."""
    places = {f"{noun} {write_key(name)}": at for (noun, name), at in subject.source.places.items()}
    with within():
        found = [
            replace(each, spot=each.spot or places.get(each.about))
            for look in (*LOOKS, *(FOR_ALL if subject.every else ()))
            for each in look(subject)
        ]
    told = [
        each
        for each in found
        if (subject.every or not each.kind.quiet)
        and each.code not in {*ignored, *ignored_at(subject, each.spot)}
    ]
    return sorted(told_once(told), key=place_in_source)


def place_in_source(each: Finding) -> tuple[object, ...]:
    """Give what findings are sorted by."""
    return *line_of(each.spot), each.about, each.code, each.sentence


def told_once(found: Iterable[Finding]) -> Iterator[Finding]:
    """Tell once what is not decided for one reason, as where the time is up."""
    alike: defaultdict[str, list[Finding]] = defaultdict(list)
    for each in found:
        if each.code == "not-decided":
            alike[each.sentence.partition(": ")[2] or each.sentence].append(each)
        else:
            yield each
    yield from map(once, alike.values())


def ignored_at(subject: Subject, spot: Spot | None) -> Collection[str]:
    """Give the codes that the file says are meant so where something stands."""
    ignored = subject.source.ignored
    return {*ignored.get(None, ()), *(ignored.get(spot.line, ()) if spot else ())}


def line_of(spot: Spot | None) -> tuple[int, int]:
    """Give line and column; what has no place comes last."""
    return (spot.line, spot.column or 0) if spot else (1 << 60, 0)
