"""What one binding tells by itself."""

from collections.abc import Iterator

from routing.amqp.notation import write_binding
from routing.amqp.topology import AnyBinding
from routing.amqp.versions import Version
from routing.analysis.bound import Bound
from routing.analysis.headers import HeaderSets
from routing.analysis.lint.finding import Finding
from routing.analysis.lint.subject import Subject
from routing.convert.refused import named
from routing.rules.matching import criteria, match_mode
from routing.rules.suspicious import of_binding


def of_single_bindings(subject: Subject) -> Iterator[Finding]:
    """List what is suspicious in a binding, whatever stands beside it."""
    for binding in subject.bindings:
        if subject.is_foreign(binding.source):
            continue
        exchange = subject.net.ready.exchanges[binding.source]
        found = [*of_binding(binding, exchange)]
        if exchange.type == "headers":
            found += of_criteria(binding, subject.version)
        codes = {code for code, _ in found}
        for code, sentence in found:
            if code == "criterion-passed-over" and codes & {"any-of-nothing", "all-of-nothing"}:
                continue  # which says as much
            asked = write_binding(binding, exchange.type)
            yield Finding(code, named(binding), f"{asked}: {sentence}", subject.spot(binding))


def of_criteria(binding: AnyBinding, version: Version) -> Iterator[tuple[str, str]]:
    """Suspect criteria of which none is left, or which no message meets."""
    mode, left = match_mode(binding), criteria(binding)
    if mode.startswith("any") and not left:
        yield "any-of-nothing", "takes no message, as there is nothing to be met"
    elif not left and binding.arguments.keys() - {"x-match"}:
        yield "all-of-nothing", "takes every message, as every criterion is passed over"
    elif not any(HeaderSets({1: (binding, version)}).classes(Bound())):
        yield "binding-never-matches", "takes no message, as no header is like that"
