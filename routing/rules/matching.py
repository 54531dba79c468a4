"""The four rules by which an exchange of each type asks: does this binding take this message.

Each rule is what RabbitMQ does, which is what AMQP 0-9-1 says in section 3.1.3 wherever that
says anything.  Read them side by side: they are the whole difference between the four types.
"""

from collections.abc import Callable, Mapping
from typing import Final

from routing.amqp.topology import AnyBinding, Message
from routing.amqp.values import Typed, Value, term, text_of, typed
from routing.amqp.versions import NEWEST, Version, exact_numbers


def direct(binding: AnyBinding, message: Message, _version: Version = NEWEST) -> bool:
    """Take a message whose routing key is the binding key, letter for letter.

    Wildcards are ordinary letters here.  Source: rabbit_exchange_type_direct.erl.
    """
    return binding.binding_key == message.routing_key


def fanout(_binding: AnyBinding, _message: Message, _version: Version = NEWEST) -> bool:
    """Take every message.

    Keys, headers and arguments play no part.  Source: rabbit_exchange_type_fanout.erl.
    """
    return True


def topic(binding: AnyBinding, message: Message, _version: Version = NEWEST) -> bool:
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


def headers(binding: AnyBinding, message: Message, version: Version = NEWEST) -> bool:
    """Take a message whose headers meet all of the criteria, or any one of them.

    `x-match` says which; without it, all.  With no criteria left, "all" takes every message and
    "any" takes none.  The routing key plays no part.  Source: rabbit_exchange_type_headers.erl.
    """
    met = [meets(name, wanted, message, version) for name, wanted in criteria(binding).items()]
    return any(met) if match_mode(binding).startswith("any") else all(met)


RULES: Final[Mapping[str, Callable[[AnyBinding, Message, Version], bool]]] = {
    "direct": direct,
    "fanout": fanout,
    "topic": topic,
    "headers": headers,
}


WILDCARDS: Final = ("*", "#")
"""Words of a topic exchange's binding key that stand for others."""


def split_words(key: str) -> list[str]:
    """Split a key into its words; the empty key has none, and an empty word is a word."""
    return key.split(".") if key else []


def match_mode(binding: AnyBinding) -> str:
    """Tell whether all or any of the criteria must be met."""
    mode = typed(binding.arguments.get("x-match", "all"))
    return text_of(mode) if mode.type == "longstr" else str(mode.value)


def criteria(binding: AnyBinding) -> dict[str, Value]:
    """Pick the arguments that a message is held against.

    "all" and "any" pass over every name that starts with `x-`; "all-with-x" and "any-with-x"
    pass over `x-match` alone.
    """
    with_x = match_mode(binding).endswith("-with-x")
    return {
        name: value
        for name, value in binding.arguments.items()
        if name != "x-match" and (with_x or not name.startswith("x-"))
    }


def skipped(binding: AnyBinding) -> list[str]:
    """List the arguments that a message is not held against, but for x-match."""
    wanted = criteria(binding)
    return [name for name in binding.arguments if name != "x-match" and name not in wanted]


def asks_for_presence(wanted: Value) -> bool:
    """Tell whether a criterion asks only that the header is there: None, AMQP's void."""
    return typed(wanted).type == "void"


def meets(name: str, wanted: Value, message: Message, version: Version) -> bool:
    """Tell whether the message has this header, with the value that is wanted, if one is."""
    sent = message.headers or {}
    return name in sent and (
        asks_for_presence(wanted) or same(wanted, as_routed(sent[name], version), version)
    )


def same(wanted: Value, sent: Value, version: Version) -> bool:
    """Compare as the broker does, so that 1, "1" and True differ, and from 3.13 on 1 and 1.0."""
    return term(wanted, version) == term(sent, version)


def as_routed(sent: Value, version: Version) -> Value:
    """Give a header as the broker routes by it: from 3.13 on it turns seconds to milliseconds."""
    field = typed(sent)
    if field.type == "timestamp" and exact_numbers(version):
        return Typed("timestamp", field.value * 1000)
    return field
