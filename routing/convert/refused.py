"""What RabbitMQ would not take of a source, version by version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from routing.amqp.names import RESERVED
from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import AnyBinding, Binding, Exchange
from routing.amqp.versions import (
    DURABLE_OR_EXCLUSIVE,
    MISSING_ENDS_IMPORT,
    TRIED,
    Version,
)
from routing.files.source import Source, Spot
from routing.rules.loaded import LeftOut, doubts_of, loaded
from routing.rules.policies import not_taken
from routing.rules.queue_arguments import wrong_in

PASSED_OVER: Final = (
    "an import passes it over in silence, unless transient_nonexcl_queues is permitted"
)


ENDS: Final = ", and the import ends"
"""What is added where more is lost than what is refused."""


@dataclass(frozen=True)
class Refused:
    """Something that a RabbitMQ does not take.

    said: a sentence that names it, without its place.
    about: what it is, such as "queue audit".
    dangles: whether it is a binding of which an end is not there.
    """

    said: str
    about: str
    spot: Spot | None
    dangles: bool = False


def refused(source: Source) -> list[str]:
    """Say what is refused, or left out, and by which versions where not by all that are tried."""
    found: list[str] = []
    for each, by in by_versions(source).items():
        versions = "" if len(by) == len(TRIED) else f"RabbitMQ {', '.join(map(str, by))}: "
        at = f"{each.spot}: " if each.about.startswith("binding") and each.spot else ""
        found.append(f"{versions}{at}{each.said}.")
    return found


def by_versions(source: Source) -> Mapping[Refused, Sequence[Version]]:
    """Give what is refused, or left out, each with the versions that do so."""
    found: dict[Refused, list[Version]] = {}
    for version in TRIED:
        for each in dict.fromkeys(refused_by(source, version)):
            found.setdefault(each, []).append(version)
    return found


def refused_by(source: Source, version: Version) -> Iterator[Refused]:
    """List what one version does not take."""
    for each in loaded(source.topology, version).left_out:
        yield of_left_out(source, each, version)
    for noun, name, said in refused_parts(source, version):
        yield Refused(said, f"{noun} {write_key(name)}", source.places.get((noun, name)))
    if source.without_vhost and version >= MISSING_ENDS_IMPORT:
        about, spot = source.without_vhost
        yield Refused(f"{about}: it names no vhost, as others do, and the import ends", about, spot)


def refused_parts(source: Source, version: Version) -> Iterator[tuple[str, str, str]]:
    """List exchanges, queues and policies that one version does not take: noun, name, sentence."""
    exchanges = {each.name: each for each in source.topology.exchanges}
    for name, why in dict(doubts_of(exchanges, version)).items():
        yield "exchange", name, why
    for queue, arguments in source.arguments.items():
        for why in wrong_in(arguments, version):
            said = why.replace(f" on RabbitMQ {version}", "")
            yield "queue", queue, f"queue {write_key(queue)}: {said}"
    for name in source.transient if version >= DURABLE_OR_EXCLUSIVE else ():
        if not name.startswith(RESERVED):
            yield "queue", name, f"queue {write_key(name)}: it is not durable; {PASSED_OVER}"
    for policy in source.policies:
        if key := not_taken(policy, version):
            said = f"{key} is refused, and the import ends"
            yield "policy", policy.name, f"policy {write_key(policy.name)}: {said}"


def of_left_out(source: Source, each: LeftOut, version: Version) -> Refused:
    """Say what an import leaves out."""
    why = each.why.replace(f"RabbitMQ {version} refuses it", "refused")
    part = each.part
    if isinstance(part, str):
        about, spot = f"queue {write_key(part)}", source.places.get(("queue", part))
        return Refused(f"{about}: {why}", about, spot)
    if isinstance(part, Exchange):
        about, spot = (
            f"exchange {write_exchange(part.name)}",
            source.places.get(("exchange", part.name)),
        )
        return Refused(f"{about}: {why}", about, spot)
    about = named(part)
    ends = ENDS * (each.dangles and version >= MISSING_ENDS_IMPORT)
    said = f"{about} with {write_key(part.binding_key)}: {why}{ends}"
    return Refused(said, about, source.spot(part), each.dangles)


def named(binding: AnyBinding) -> str:
    """Name a binding by its ends."""
    noun = "queue" if isinstance(binding, Binding) else "exchange"
    return f"binding of {write_exchange(binding.source)} to {noun} {write_key(binding.destination)}"
