"""What does not fit into one frame: a body is divided, a table never (AMQP 0-9-1, 4.2.6)."""

from collections.abc import Iterator, Mapping
from typing import Final

from routing.amqp.notation import write_exchange, write_key
from routing.amqp.topology import AnyBinding, Exchange, Message
from routing.amqp.values import Value, encode

LARGEST_FRAME: Final = 131_072
"""Bytes of a frame's content, where neither side sets another frame_max; over a larger one the
broker closes the connection (501).  Source: rabbit_reader.erl, handle_input; seen at this size, and
with one byte more, on 3.8.9, 3.10.8, 4.0.5 and 4.3.6, for headers and for arguments."""

MOST_IN_TABLE: Final = 130_000
"""Of these, so many for headers or arguments: what is left is for names and keys with the prefix of
a run before them, and for what it numbers its messages with."""

OF_CONTENT: Final = 14
"""Class, weight, size of the body, and which properties there are (AMQP 0-9-1, 4.2.6.1)."""

OF_METHOD: Final = 7
"""Class, method, a reserved field, and an octet of bits."""

OF_TEXT: Final = 1
"""The length of a name or a key."""

OF_LETTER: Final = 4
"""Bytes on the wire, at most, for each letter of a table as Python writes it."""


def size_of(table: Mapping[str, Value]) -> int:
    """Count the bytes of a table that may be too large; 0 where it is far from that."""
    if OF_LETTER * len(str(table)) < MOST_IN_TABLE:
        return 0
    return len(encode(table)) - 1  # but for the letter that says that it is one


def refuse_frame(words: tuple[str, ...], table: Mapping[str, Value]) -> Iterator[str]:
    """Say why a method with these names and this table is refused, if it is."""
    size = size_of(table)
    names = sum(OF_TEXT + len(word.encode()) for word in words)
    if size and OF_METHOD + names + size > LARGEST_FRAME:
        yield too_large("arguments", size)


def too_large(noun: str, size: int) -> str:
    """Say what does not fit."""
    return f"{noun} of {size} bytes do not fit into one frame, of {LARGEST_FRAME}"


def too_large_exchange(exchange: Exchange) -> Iterator[str]:
    """Say why one exchange.declare does not fit into a frame, if it does not."""
    for why in refuse_frame((exchange.name, exchange.type), exchange.arguments):
        yield f"exchange {write_key(exchange.name)}: {why}"


def too_large_binding(binding: AnyBinding) -> Iterator[str]:
    """Say why one queue.bind or exchange.bind does not, if it does not."""
    words = (binding.source, binding.destination, binding.binding_key)
    for why in refuse_frame(words, binding.arguments):
        yield f"a binding of {write_exchange(binding.source)}: {why}"


def too_large_message(message: Message) -> Iterator[str]:
    """Say why the header of one basic.publish does not, if it does not."""
    size = size_of(message.headers or {})
    if size and OF_CONTENT + size > LARGEST_FRAME:
        yield too_large("headers", size)
