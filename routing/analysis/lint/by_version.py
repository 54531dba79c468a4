"""What RabbitMQs of several versions refuse, or route otherwise."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from routing.amqp.names import PERHAPS
from routing.amqp.notation import write_key, write_sent
from routing.amqp.topology import Binding, ExchangeBinding
from routing.amqp.versions import TRIED
from routing.analysis.diff.differences import Change, Two, differences
from routing.analysis.diff.written import queues
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject, about
from routing.analysis.ways import Net
from routing.convert.refused import called, refused
from routing.rules.loaded import LeftOut

PLUGIN: Final = "a plugin brings "
"""How it begins what is said of an exchange that is not known without one."""

FEDERATION: Final = "x-federation-upstream"
"""A type that a broker with the plugin declares by itself."""


def of_refusals(subject: Subject) -> Iterator[Finding]:
    """List what some RabbitMQ does not take, and what is not decided."""
    dangling = [each for each in subject.source.loaded(subject.version).left_out if each.dangles]
    yield from (of_dangling(subject, each) for each in dangling)
    for name, why in subject.source.doubts.items():
        yield Finding("not-decided", f"exchange {write_key(name)}", why)
    told = {called(each.part, subject.source) for each in dangling}
    told |= {f" {write_key(name)}" for name in subject.source.doubts}
    for sentence in refused(subject.source):
        if not any(each in sentence for each in told):
            foreign = any(each in sentence for each in (PLUGIN, *PERHAPS, FEDERATION))
            code = "needs-plugin" if foreign else "refused"
            yield Finding(code, subject.source.shown, sentence.rstrip("."))


def of_dangling(subject: Subject, each: LeftOut) -> Finding:
    """Say which end of a binding is not there."""
    assert isinstance(each.part, Binding | ExchangeBinding)  # noqa: S101 - nothing else has ends
    code = "needs-plugin" if each.part.source in PERHAPS else "binding-dangling"
    return Finding(code, about(each.part), each.why, subject.spot(each.part))


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
