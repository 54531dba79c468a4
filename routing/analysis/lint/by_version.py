"""What RabbitMQs of several versions refuse, or route otherwise."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise
from typing import Final

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_key, write_sent
from routing.amqp.topology import Binding, ExchangeBinding
from routing.amqp.versions import TRIED, Version
from routing.analysis.diff.differences import Change, Two, differences
from routing.analysis.diff.written import queues
from routing.analysis.lint.finding import Finding, once
from routing.analysis.lint.subject import Subject
from routing.analysis.net import Net
from routing.convert.refused import Refused, by_versions, named
from routing.rules.loaded import LeftOut

PLUGIN: Final = "a plugin brings "
"""How it begins what is said of an exchange that is not known without one."""

FEDERATION: Final = "x-federation-upstream"
"""A type that a broker with the plugin declares by itself."""


def of_refusals(subject: Subject) -> Iterator[Finding]:
    """List what some RabbitMQ does not take, once for all that it is said of, and what is doubtful.

    What older ones refuse than the one that it is for is mostly harmless.
    """
    dangling = [each for each in subject.source.loaded(subject.version).left_out if each.dangles]
    yield from (of_dangling(subject, each) for each in dangling)
    for name, why in subject.source.doubts.items():
        about_it = f"exchange {write_key(name)}"
        code = "policies-tie" if "one priority" in why else "not-decided"
        yield Finding(code, about_it, why.removeprefix(f"{about_it}: "))
    alike: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for each, versions in by_versions(subject.source).items():
        if not each.dangles and each.about not in told_of(subject):
            said = each.said.removeprefix(each.about).removeprefix(":").lstrip()
            by = "" if len(versions) == len(TRIED) else f", by {', '.join(map(str, versions))}"
            found = Finding(code_of(each, versions, subject), each.about, f"{said}{by}", each.spot)
            alike[found.code, found.sentence].append(found)
    yield from map(once, alike.values())


def told_of(subject: Subject) -> Collection[str]:
    """Name the exchanges of which it is told already that they are doubtful."""
    return {f"exchange {write_key(name)}" for name in subject.source.doubts}


def code_of(each: Refused, versions: Sequence[Version], subject: Subject) -> str:
    """Tell whether a plugin is missing, or a RabbitMQ refuses it that the source is for."""
    if any(brought in each.said for brought in (PLUGIN, *PERHAPS, FEDERATION)):
        return "needs-plugin"
    return "refused" if max(versions) >= subject.since else "refused-by-older"


def of_dangling(subject: Subject, each: LeftOut) -> Finding:
    """Say which end of a binding is not there."""
    assert isinstance(each.part, Binding | ExchangeBinding)  # noqa: S101 - nothing else has ends
    code = "needs-plugin" if each.part.source in PERHAPS else "binding-dangling"
    return Finding(code, named(each.part), each.why, subject.spot(each.part))


def of_versions(subject: Subject) -> Iterator[Finding]:
    """List each exchange of which a message goes elsewhere, from one version to the next."""
    for newer, older in pairwise(TRIED):
        old, new = (Net(subject.source.loaded(each).ready) for each in (older, newer))
        for found in differences(Two(old, new)):
            for change in found.changes[:1]:
                said = f"{told(change)} on {older}, and on {newer} to {queues(change.after)}"
                name = f"exchange {write_key(found.exchange)}"
                yield Finding("routes-otherwise", name, said, witness=change.message)


def told(change: Change) -> str:
    """Say where a message goes before."""
    return f"{write_sent(change.message)} goes to {queues(change.before)}"
