"""What a binding asks for, written so that two that ask for the same are the same."""

from collections.abc import Hashable

from routing.amqp.topology import AnyBinding
from routing.amqp.versions import Version
from routing.rules.index import wanted_facts
from routing.rules.matching import match_mode, split_words

Asks = tuple[Hashable, ...]


def asks(
    exchange_type: str, binding: AnyBinding, version: Version, *, by_version: bool = False
) -> Asks:
    """Write what a binding of an exchange of this type asks for.

    by_version: whether criteria of two RabbitMQs are held against each other: those of headers
    are then no more than alike.
    """
    if exchange_type == "topic":
        return "topic", pattern_as_written(binding.binding_key)
    if exchange_type == "direct":
        return "direct", binding.binding_key
    if exchange_type == "headers":
        mode = match_mode(binding).partition("-")[0]
        return "headers", mode, wanted_facts(binding, version), version if by_version else None
    if exchange_type == "fanout":
        return ("fanout",)
    return exchange_type, binding.binding_key, repr(sorted(map(repr, binding.arguments.items())))


def pattern_as_written(key: str) -> str:
    """Write a pattern in one way of several: wildcards that follow one another can change places.

    Of several `#` one is enough, and it stands behind the `*`.
    """
    words: list[str] = []
    stars, hashes = 0, False
    for word in [*split_words(key), None]:
        if word == "*":
            stars += 1
        elif word == "#":
            hashes = True
        else:
            words += ["*"] * stars + ["#"] * hashes
            stars, hashes = 0, False
            words += [] if word is None else [word]
    return ".".join(words)
