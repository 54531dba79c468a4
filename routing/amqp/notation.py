"""How keys, values and bindings are written for a reader: as they are typed in a scenario."""

import json
from collections.abc import Mapping, Sequence
from typing import Final
from unicodedata import east_asian_width

from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Message
from routing.amqp.values import Typed, Value

EMPTY_KEY: Final = "(empty key)"
EMPTY_WORD: Final = "(an empty word)"
NOTHING: Final = "nothing"

TAKEN: Final = (EMPTY_KEY, EMPTY_WORD, NOTHING)
"""What is written for something else, so that a word that reads so is put in quotes."""

CUT: Final = "[...]"
"""What stands for the part of a long text that is left out."""


def write_key(key: str) -> str:
    """Write a routing or binding key so that an empty or odd one is visible."""
    if not key:
        return EMPTY_KEY
    plain = key.isprintable() and key == key.strip() and key[0] != '"' and key != EMPTY_KEY
    return key if plain else write_text(key)


def write_word(word: str) -> str:
    """Write one word of a key; between two dots it can be empty."""
    if not word:
        return EMPTY_WORD
    return write_text(word) if word in TAKEN else write_key(word)


def write_words(words: Sequence[str]) -> str:
    """Write some words of a key that follow one another, or that there are none."""
    if not words:
        return NOTHING
    return write_word(words[0]) if len(words) == 1 else write_key(".".join(words))


def width(text: str) -> int:
    """Count the columns that a text takes on a terminal, at the most."""
    wide = 0 if text.isascii() else sum(east_asian_width(each) in "WF" for each in text)
    return len(text) + wide


def shorten(text: str, most: int) -> str:
    """Write a text in so many columns: where it is longer, without its middle."""
    if width(text) <= most:
        return text
    room = most - len(CUT)
    return beginning(text, room - room // 2) + CUT + beginning(text[::-1], room // 2)[::-1]


def beginning(text: str, most: int) -> str:
    """Give as much of a text, from its beginning, as so many columns hold."""
    end = min(len(text), most)
    while width(text[:end]) > most:
        end -= 1
    return text[:end]


def write_exchange(name: str) -> str:
    """Write an exchange's name; the default exchange has none."""
    return "default exchange" if name == DEFAULT_EXCHANGE else write_key(name)


def write_value(value: Value) -> str:
    """Write a header value so that 1, "1" and True look as different as they route."""
    if isinstance(value, str):
        return write_text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{write_text(k)}: {write_value(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(write_value, value)) + "]"
    if isinstance(value, Typed):
        return f"{value.type}({write_value(value.value)})"
    return repr(value)


def write_text(text: str) -> str:
    """Write a string in double quotes, with whatever does not print escaped."""
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else json.dumps(text)


def write_table(table: Mapping[str, Value]) -> str:
    """Write headers or arguments, one `name=value` after another."""
    return "  ".join(f"{write_key(name)}={write_value(value)}" for name, value in table.items())


def write_binding(binding: AnyBinding, exchange_type: str) -> str:
    """Write what a binding asks for: its criteria on a headers exchange, elsewhere its key."""
    criteria = write_table(binding.arguments)
    if exchange_type == "headers":
        return criteria or "(no arguments)"
    key = write_key(binding.binding_key)
    return f"{key}  {criteria}" if criteria else key


def write_message(message: Message, exchange_type: str) -> str:
    """Write what a message is routed by; a headers exchange does not look at the key."""
    sent = "(no headers)" if not message.headers else write_table(message.headers)
    if exchange_type == "headers":
        return f"{sent}  key {write_key(message.routing_key)}" if message.routing_key else sent
    key = write_key(message.routing_key)
    return f"{key}  {sent}" if message.headers else key


def write_sent(message: Message) -> str:
    """Write all that is published: the exchange, the key and the headers."""
    headers = f", headers {write_table(message.headers)}" if message.headers else ""
    return f"{write_exchange(message.exchange)} with {write_key(message.routing_key)}{headers}"
