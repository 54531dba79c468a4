"""The simpler trials that a trial comes down to."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from routing.amqp.names import is_by_queues_name
from routing.amqp.topology import AnyBinding, Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Typed, Value, typed, with_pairs
from routing.play.together import Trial

Thing = TypeVar("Thing")

SHORT = 8
"""A text of so many letters is short enough."""


def reduced(trial: Trial, differs: Callable[[Trial], bool]) -> Trial:
    """Make a case simpler, step by step, for as long as it still differs."""
    while simpler := next(filter(differs, filter(can_be_held, simpler_trials(trial))), None):
        trial = simpler
    return trial


def can_be_held(trial: Trial) -> bool:
    """Tell whether a prefix before the names makes no difference of its own."""
    return not any(map(is_by_queues_name, trial.topology.every_binding))


def simpler_trials(trial: Trial) -> Iterator[Trial]:
    """List the cases that are simpler by one step, the greatest steps first."""
    for messages in with_less(trial.messages):
        if messages:
            yield replace(trial, messages=messages)
    for topology in simpler_topologies(trial.topology):
        yield replace(trial, topology=topology)
    for messages in with_one_simpler(trial.messages, simpler_messages):
        yield replace(trial, messages=messages)
    yield from begun_later(trial)


def simpler_topologies(topology: Topology) -> Iterator[Topology]:
    """Leave out bindings, queues and exchanges, and simplify those that stay."""
    for bindings in with_less(topology.bindings):
        yield replace(topology, bindings=bindings)
    for queues in with_less(topology.queues):
        yield replace(topology, queues=queues)
    for exchanges in with_less(topology.exchanges):
        yield replace(topology, exchanges=exchanges)
    for unbound in with_less(topology.unbound):
        yield replace(topology, unbound=unbound)
    for exchanges in with_one_simpler(topology.exchanges, simpler_exchanges):
        yield replace(topology, exchanges=exchanges)
    for simpler in (simpler_bindings, partial(shortcuts, topology.queues)):
        for bindings in with_one_simpler(topology.bindings, simpler):
            yield replace(topology, bindings=bindings)


def simpler_exchanges(exchange: Exchange) -> Iterator[Exchange]:
    """Leave out what is not usual."""
    if exchange.internal:
        yield replace(exchange, internal=False)
    if exchange.arguments:
        yield replace(exchange, arguments={})


def simpler_bindings(binding: AnyBinding) -> Iterator[AnyBinding]:
    """Shorten the key, and simplify the arguments."""
    for key in simpler_keys(binding.binding_key):
        yield replace(binding, binding_key=key)
    for arguments in simpler_tables(binding.arguments):
        yield replace(binding, arguments=arguments)


def shortcuts(queues: Sequence[str], binding: AnyBinding) -> Iterator[AnyBinding]:
    """Lead to a queue at once, where a binding leads to an exchange."""
    if isinstance(binding, ExchangeBinding):
        for queue in queues:
            yield Binding(binding.source, queue, binding.binding_key, binding.arguments)


def simpler_messages(message: Message) -> Iterator[Message]:
    """Shorten the key, and simplify the headers."""
    if message.mandatory:
        yield replace(message, mandatory=False)
    if message.headers is not None:
        yield replace(message, headers=None)
        for headers in simpler_tables(message.headers):
            yield replace(message, headers=headers)
    for key in simpler_keys(message.routing_key):
        yield replace(message, routing_key=key)


def begun_later(trial: Trial) -> Iterator[Trial]:
    """Leave out the exchange that all is published to, and publish to another one."""
    published = {message.exchange for message in trial.messages}
    exchanges = [each for each in trial.topology.exchanges if each.name not in published]
    bindings = [
        binding
        for binding in trial.topology.bindings
        if not published & {binding.source, destination_exchange(binding)}
    ]
    if len(exchanges) < len(trial.topology.exchanges):
        topology = replace(trial.topology, exchanges=exchanges, bindings=bindings)
        for exchange in exchanges:
            messages = [replace(message, exchange=exchange.name) for message in trial.messages]
            yield Trial(topology, messages)


def destination_exchange(binding: AnyBinding) -> str | None:
    """Name the exchange that a binding leads to, if it leads to one."""
    return binding.destination if isinstance(binding, ExchangeBinding) else None


def simpler_keys(key: str) -> Iterator[str]:
    """Leave out words."""
    for words in with_less(key.split(".") if key else []):
        yield ".".join(words)


def simpler_tables(table: Mapping[str, Value]) -> Iterator[Mapping[str, Value]]:
    """Leave out entries, and simplify the values of others."""
    pairs = list(table.items())
    for fewer in with_less(pairs):
        yield with_pairs(fewer)
    for at, (name, value) in enumerate(pairs):
        for simpler in simpler_values(value):
            yield with_pairs([*pairs[:at], (name, simpler), *pairs[at + 1 :]])


def simpler_values(value: Value) -> Iterator[Value]:
    """Leave out what is within an array or a table."""
    field = typed(value)
    if field.type == "longstr" and len(field.value) > SHORT:
        yield field.value[:SHORT]
    if field.type in {"array", "table"}:
        for less in with_less(field.value):
            yield Typed(field.type, less) if field.type == "table" else less


def with_less(things: Sequence[Thing]) -> Iterator[Sequence[Thing]]:
    """Leave out all, then each half, each quarter, down to single ones."""
    size = len(things)
    while size:
        for start in range(0, len(things), size):
            yield [*things[:start], *things[start + size :]]
        size //= 2


def with_one_simpler(
    things: Sequence[Thing], simpler: Callable[[Thing], Iterator[Thing]]
) -> Iterator[Sequence[Thing]]:
    """Put in the place of each thing, in turn, what is simpler."""
    for at, thing in enumerate(things):
        for other in simpler(thing):
            yield [*things[:at], other, *things[at + 1 :]]
