"""What RabbitMQ refuses to declare, to bind or to publish, with which code and why."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from routing.amqp.names import PREDECLARED, REPLY_TO, is_reserved
from routing.amqp.notation import write_exchange, write_key, write_value
from routing.amqp.topology import (
    DEFAULT_EXCHANGE,
    AnyBinding,
    Exchange,
    ExchangeBinding,
    Message,
    Topology,
)
from routing.amqp.values import Value, is_finite, text_of, typed
from routing.amqp.versions import (
    ANY_REPLY_KEY,
    FEW_HASHES,
    MOST_HASHES,
    NO_REPLY_BINDING,
    NOT_ONLY_PLAIN_MODES,
    ONE_OF_ITS_QUEUES,
    TYPE_REFUSED_ON_CHANNEL,
    Version,
    largest_body,
)
from routing.rules.frames import too_large_binding, too_large_exchange, too_large_message
from routing.rules.matching import RULES, split_words

FRAME_ERROR: Final = 501
"""The code of what does not fit into a frame."""

DROPPED: Final = 0
"""The code of what makes a broker drop the connection without a word."""

NO_NUMBER: Final = "RabbitMQ has no infinity and no NaN"
TWICE: Final = "is declared twice, and not the same"
FOR_REPLIES: Final = f"{REPLY_TO}."
REPLY_WORDS: Final = 2
"""Whose reply it is, and which of its own."""

KEEPS_FOR_ITSELF: Final = "RabbitMQ keeps names that begin with amq. for itself"

MATCH_MODES = ("all", "any", "all-with-x", "any-with-x")

Operation = Literal["declare", "bind", "publish"]


@dataclass(frozen=True)
class Refusal:
    """An operation that the broker answers by closing the channel, or the connection.

    code: AMQP 0-9-1 reply code; DROPPED where there is none.
    """

    at: Operation
    code: int
    why: str

    @property
    def closes_channel(self) -> bool:
        """Whether it closes the channel alone, and not the connection (AMQP 0-9-1, 1.2)."""
        return self.code in (403, 404, 405, 406)


def refuse_declarations(topology: Topology, version: Version) -> Iterator[Refusal]:
    """List what would be refused of a topology, in the order of the operations.

    topology: under the names that a broker keeps.
    """
    for queue in topology.queues:
        yield from refuse_queue(queue)
    there = dict(PREDECLARED)
    for exchange in topology.exchanges:
        yield from refuse_exchange(exchange, there, version)
        there.setdefault(exchange.name, exchange)
    queues = frozenset(topology.queues)
    for binding in topology.every_binding:
        yield from refuse_binding(binding, there, queues, version)


def refuse_queue(queue: str) -> Iterator[Refusal]:
    """Check one queue.declare (rabbit_channel.erl, check_name)."""
    if is_reserved(queue):
        yield Refusal("declare", 403, f"queue {write_key(queue)}: {KEEPS_FOR_ITSELF}")


def refuse_exchange(
    exchange: Exchange, there: Mapping[str, Exchange], version: Version
) -> Iterator[Refusal]:
    """Check one exchange.declare (rabbit_channel.erl, rabbit_exchange.erl).

    there: what is declared already, and what always is.
    """
    name = write_key(exchange.name)
    for why in too_large_exchange(exchange):
        yield Refusal("declare", FRAME_ERROR, why)
    if not all(map(is_finite, exchange.arguments.values())):
        yield Refusal("declare", DROPPED, f"exchange {name}: {NO_NUMBER}")
    if not is_known(exchange.type, version):
        code = 406 if version >= TYPE_REFUSED_ON_CHANNEL else 503
        yield Refusal("declare", code, f"exchange {name}: there is no type {exchange.type}")
    if exchange.name == DEFAULT_EXCHANGE:
        yield Refusal("declare", 403, "the default exchange is always there and cannot be declared")
    elif exchange.name in there:
        if not equivalent(there[exchange.name], exchange):
            always = there[exchange.name] is PREDECLARED.get(exchange.name)
            unlike = "is always there, and not like this" if always else TWICE
            yield Refusal("declare", 406, f"exchange {name} {unlike}")
    elif is_reserved(exchange.name):
        yield Refusal("declare", 403, f"exchange {name}: {KEEPS_FOR_ITSELF}")
    elif "alternate-exchange" in exchange.arguments and exchange.alternate is None:
        kind = typed(exchange.arguments["alternate-exchange"]).type
        why = f"exchange {name}: alternate-exchange must be text, not {kind}"
        yield Refusal("declare", 406, why)


def is_known(exchange_type: str, version: Version) -> bool:
    """Tell whether a broker without further plugins has exchanges of this type."""
    since = ONE_OF_ITS_QUEUES.get(exchange_type)
    return exchange_type in RULES or (since is not None and version >= since)


def equivalent(one: Exchange, other: Exchange) -> bool:
    """Compare what a broker compares when an exchange is declared again."""
    return compared(one) == compared(other)


def compared(exchange: Exchange) -> tuple[object, ...]:
    """Give what is compared; an alternate that is no text is not like none."""
    given = "alternate-exchange" in exchange.arguments
    return exchange.type, exchange.internal, given, exchange.alternate


def refuse_binding(
    binding: AnyBinding,
    exchanges: Mapping[str, Exchange],
    queues: Collection[str],
    version: Version,
) -> Iterator[Refusal]:
    """Check one queue.bind or exchange.bind (rabbit_channel.erl, binding_action)."""
    to_exchange = isinstance(binding, ExchangeBinding)
    for why in too_large_binding(binding):
        yield Refusal("bind", FRAME_ERROR, why)
    if not all(map(is_finite, binding.arguments.values())):
        yield Refusal("bind", DROPPED, f"an argument of a binding: {NO_NUMBER}")
    if not to_exchange and not binding.destination and not queues:
        yield Refusal("bind", 404, "no queue is declared that a binding without a name could mean")
    if binding.source == DEFAULT_EXCHANGE or (to_exchange and binding.destination == ""):
        yield Refusal("bind", 403, "the default exchange cannot be bound")
    volatile = not to_exchange and binding.destination.startswith(FOR_REPLIES)
    if volatile and version >= NO_REPLY_BINDING:
        why = f"queue {write_key(binding.destination)} is for replies, which cannot be bound"
        yield Refusal("bind", 403, f"{why} from RabbitMQ {NO_REPLY_BINDING} on")
    if binding.source not in exchanges:
        yield Refusal("bind", 404, f"there is no exchange {write_exchange(binding.source)}")
        return
    if binding.destination not in (exchanges if to_exchange else queues):
        noun = "exchange" if to_exchange else "queue"
        yield Refusal("bind", 404, f"there is no {noun} {write_key(binding.destination)}")
    yield from refuse_criteria(binding, exchanges[binding.source].type, version)
    if exchanges[binding.source].type == "x-local-random" and (binding.binding_key or to_exchange):
        why = "an x-local-random exchange takes only bindings of queues, with an empty binding key"
        yield Refusal("bind", 406, why)


def refuse_criteria(binding: AnyBinding, exchange_type: str, version: Version) -> Iterator[Refusal]:
    """Check what an exchange of this type demands of its bindings."""
    mode = typed(binding.arguments.get("x-match", "all"))
    modes = MATCH_MODES if version >= NOT_ONLY_PLAIN_MODES else MATCH_MODES[:2]
    if exchange_type == "headers" and (mode.type != "longstr" or text_of(mode) not in modes):
        known = mode.type == "longstr" and text_of(mode) in MATCH_MODES
        before = f" before RabbitMQ {NOT_ONLY_PLAIN_MODES}" * known
        given = write_value(binding.arguments["x-match"])
        why = f"x-match is {given}, but must be one of {', '.join(modes)}{before}"
        yield Refusal("bind", 406, why)
    hashes = split_words(binding.binding_key).count("#")
    if exchange_type == "topic" and hashes > MOST_HASHES and version >= FEW_HASHES:
        why = f"{write_key(binding.binding_key)} has {hashes} #, and {MOST_HASHES} are the most"
        yield Refusal("bind", 406, f"{why} from RabbitMQ {FEW_HASHES} on")


def refuse_message(
    message: Message, exchanges: Mapping[str, Exchange], version: Version
) -> Iterator[Refusal]:
    """Check one basic.publish, to one of these exchanges or the default one."""
    for why in too_large_message(message):
        yield Refusal("publish", FRAME_ERROR, why)
    size, most = len(message.body.encode()), largest_body(version)
    if size > most:
        why = f"the body has {size} bytes, and {most} are the most on RabbitMQ {version}"
        yield Refusal("publish", 406, why)
    if message.exchange != DEFAULT_EXCHANGE and message.exchange not in exchanges:
        yield Refusal("publish", 404, f"there is no exchange {write_key(message.exchange)}")
    elif message.exchange in exchanges and exchanges[message.exchange].internal:
        why = f"exchange {write_key(message.exchange)} is internal: only exchanges publish to it"
        yield Refusal("publish", 403, why)
    if message.headers:
        yield from refuse_headers(message.headers)
    if message.exchange == DEFAULT_EXCHANGE and version < ANY_REPLY_KEY:
        for key in (message.routing_key, *further_keys(message)):
            if is_reply_key(key):
                why = f"{write_key(key)} is not a reply key of the broker's own making"
                yield Refusal("publish", 541, f"{why}, before RabbitMQ {ANY_REPLY_KEY}")


def refuse_headers(headers: Mapping[str, Value]) -> Iterator[Refusal]:
    """Check the headers of one basic.publish."""
    if not all(is_finite(value) for _, value in headers.items()):
        yield Refusal("publish", 541, f"a header: {NO_NUMBER}")
    first = first_of_each(headers)
    for name in ("CC", "BCC"):
        if name in first and not is_array(first[name]):
            yield Refusal("publish", 406, f"{name} must be a list of keys")


def is_reply_key(key: str) -> bool:
    """Tell whether a key is taken for that of a reply: two words that are not empty follow."""
    words = filter(None, key.removeprefix(FOR_REPLIES).split("."))
    return key.startswith(FOR_REPLIES) and len(list(words)) == REPLY_WORDS


def first_of_each(headers: Mapping[str, Value]) -> dict[str, Value]:
    """Give of headers of one name the first one, by which CC and BCC count on every version."""
    return dict(reversed(list(headers.items())))


def is_array(value: Value) -> bool:
    """Tell whether a value travels as an AMQP array."""
    return typed(value).type == "array"


def further_keys(message: Message) -> list[str]:
    """List the routing keys that CC and then BCC add to a message's own."""
    headers = first_of_each(message.headers or {})
    return [*keys_in(headers, "CC"), *keys_in(headers, "BCC")]


def keys_in(table: Mapping[str, Value], name: str) -> list[str]:
    """List the routing keys in a CC or BCC header; what is not text in it is skipped."""
    held = table.get(name)
    fields = map(typed, typed(held).value) if is_array(held) else ()
    return [text_of(field) for field in fields if field.type == "longstr"]
