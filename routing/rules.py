"""The four rules by which an exchange of each type asks: does this binding take this message.

Each rule is what RabbitMQ does, which is what AMQP 0-9-1 says in section 3.1.3 wherever that
says anything.  Read them side by side: they are the whole difference between the four types.
"""

from collections.abc import Callable, Mapping
from typing import Final

from routing.model import Binding, Message, Value


def direct(binding: Binding, message: Message) -> bool:
    """Take a message whose routing key is the binding key, letter for letter.

    Wildcards are ordinary letters here.  Source: rabbit_exchange_type_direct.erl.
    """
    return binding.binding_key == message.routing_key


def fanout(_binding: Binding, _message: Message) -> bool:
    """Take every message.

    Keys, headers and arguments play no part.  Source: rabbit_exchange_type_fanout.erl.
    """
    return True


def topic(binding: Binding, message: Message) -> bool:
    """Take a message whose words fit the pattern: `*` is exactly one word, `#` zero or more.

    Source: rabbit_exchange_type_topic.erl.  Wildcards count only as whole words of a binding key.
    """
    words = split_words(message.routing_key)
    ends = {0}  # how many words the pattern, so far, can have used up
    for pattern_word in split_words(binding.binding_key):
        if pattern_word == "#":
            ends = set(range(min(ends), len(words) + 1)) if ends else ends
        else:
            ends = {
                end + 1 for end in ends if end < len(words) and pattern_word in ("*", words[end])
            }
    return len(words) in ends


def headers(binding: Binding, message: Message) -> bool:
    """Take a message whose headers meet all of the criteria, or any one of them.

    `x-match` says which; without it, all.  With no criteria left, "all" takes every message and
    "any" takes none.  The routing key plays no part.  Source: rabbit_exchange_type_headers.erl.
    """
    met = [meets(name, wanted, message) for name, wanted in criteria(binding).items()]
    return any(met) if match_mode(binding).startswith("any") else all(met)


RULES: Final[Mapping[str, Callable[[Binding, Message], bool]]] = {
    "direct": direct,
    "fanout": fanout,
    "topic": topic,
    "headers": headers,
}


def split_words(key: str) -> list[str]:
    """Split a key into its words; the empty key has none, and an empty word is a word."""
    return key.split(".") if key else []


def match_mode(binding: Binding) -> str:
    """Tell whether all or any of the criteria must be met."""
    return str(binding.arguments.get("x-match", "all"))


def criteria(binding: Binding) -> dict[str, Value]:
    """Pick the arguments that a message is held against.

    "all" and "any" pass over every name that starts with `x-`; "all-with-x" and "any-with-x"
    pass over `x-match` alone.
    """
    with_x = match_mode(binding).endswith("-with-x")
    skipped = ("x-match",) if with_x else tuple(n for n in binding.arguments if n.startswith("x-"))
    return {name: value for name, value in binding.arguments.items() if name not in skipped}


def meets(name: str, wanted: Value, message: Message) -> bool:
    """Tell whether the message has this header, with the value that is wanted.

    Wanting None asks only that the header is there.
    """
    sent = message.headers or {}
    return name in sent and (wanted is None or same(wanted, sent[name]))


def same(one: Value, other: Value) -> bool:
    """Compare as the broker does: by type as well as by value, so that 1, "1" and True differ."""
    if isinstance(one, str | bytes) and isinstance(other, str | bytes):
        return as_bytes(one) == as_bytes(other)
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return same([[*pair] for pair in one.items()], [[*pair] for pair in other.items()])
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return type(one) is type(other) and one == other


def as_bytes(text: str | bytes) -> bytes:
    """Give the bytes that travel: text is sent as UTF-8."""
    return text.encode() if isinstance(text, str) else text
