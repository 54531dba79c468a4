"""What RabbitMQ would not take of a source, version by version."""

from collections.abc import Iterator
from typing import Final

from routing.amqp.names import RESERVED
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import AnyBinding, Exchange
from routing.amqp.versions import (
    DURABLE_OR_EXCLUSIVE,
    MIRRORING,
    MISSING_ENDS_IMPORT,
    NO_MIRRORING,
    TRIED,
    Version,
)
from routing.files.source import Source
from routing.rules.loaded import doubts_of, loaded
from routing.rules.queue_arguments import refuse_arguments

PASSED_OVER: Final = (
    "an import passes it over in silence, unless transient_nonexcl_queues is permitted"
)


def refused(source: Source) -> list[str]:
    """Say what is refused, or left out, and by which versions where not by all that are tried."""
    found: dict[str, list[Version]] = {}
    for version in TRIED:
        for said in dict.fromkeys(refused_by(source, version)):
            found.setdefault(said, []).append(version)
    return [
        f"{said}." if len(by) == len(TRIED) else f"RabbitMQ {', '.join(map(str, by))}: {said}."
        for said, by in found.items()
    ]


def refused_by(source: Source, version: Version, *, placed: bool = True) -> Iterator[str]:
    """List what one version does not take.

    placed: whether with the place of a binding.
    """
    for each in loaded(source.topology, version).left_out:
        why = each.why.replace(f"RabbitMQ {version} refuses it", "refused")
        ends = ", and the import ends" * (each.dangles and version >= MISSING_ENDS_IMPORT)
        yield f"{called(each.part, source if placed else None)}: {why}{ends}"
    yield from dict(doubts_of({e.name: e for e in source.topology.exchanges}, version)).values()
    for queue, arguments in source.arguments.items():
        yield from (each.why for each in refuse_arguments(queue, arguments, version))
    if version >= DURABLE_OR_EXCLUSIVE:
        names = (name for name in source.transient if not name.startswith(RESERVED))
        yield from (f"queue {write_key(name)} is not durable: {PASSED_OVER}" for name in names)
    for policy in source.policies:
        if version >= NO_MIRRORING and (mirrors := MIRRORING.intersection(policy.definition)):
            yield f"policy {write_key(policy.name)}: {min(mirrors)} is refused, and the import ends"


def called(part: Exchange | AnyBinding | str, source: Source | None) -> str:
    """Name an exchange, a queue or a binding, with its place in a source."""
    if isinstance(part, str):
        return f"queue {write_key(part)}"
    if isinstance(part, Exchange):
        return f"exchange {write_exchange(part.name)}"
    spot = source.spot(part) if source else None
    ends = f"{write_exchange(part.source)} to {write_key(part.destination)}"
    return f"{f'{spot}: ' if spot else ''}binding of {ends} with {write_key(part.binding_key)}"
