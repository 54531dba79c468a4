"""A source as a scenario: what a private broker can play of it, and what it cannot, said."""

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeAlias

from routing.amqp.names import PREDECLARED
from routing.amqp.renamed import exchanges_renamed, message_renamed
from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Message, Scenario
from routing.amqp.versions import Version
from routing.files.lesson import lesson
from routing.files.reading import is_lesson, read_source
from routing.files.source import Source
from routing.rules.cost import MOST_VISITS, TOO_COSTLY, cost, tries
from routing.rules.matching import asks_for_presence, criteria, split_words
from routing.rules.predict import route_through
from routing.rules.queue_arguments import EXCHANGE, LENGTHS, TTL
from routing.rules.validity import MOST_NAME_BYTES, validate_names

MOST_MADE_UP: Final = 20
"""Messages that are made up for a source that has none."""

OWN: Final = "own."
"""What goes before the name of an exchange that stands for one of the broker's."""

ForVersion: TypeAlias = Callable[[Version], Scenario]
"""Gives a scenario as a RabbitMQ of one version can play it."""


def scenario_meant(word: str, vhost: str | None = None) -> ForVersion:
    """Read a lesson, or any other source, to be played.

    Raises BadUse where it is not there, or not well written, NoBroker where a broker is silent.
    """
    if is_lesson(word):
        scenario = lesson(word)
        return lambda _: scenario
    source = read_source(word, vhost)
    return lambda version: scenario_of(source, version)


def aside(word: str, scenario: Scenario) -> str:
    """Give what is to be said of a source beside a result: what is played in another way, if any.

    A lesson is played as it is.
    """
    return "" if is_lesson(word) else scenario.lesson.partition("\n")[2]


def scenario_of(source: Source, version: Version) -> Scenario:
    """Give what a broker of this version can play of a source; its lesson says what it cannot.

    Raises BadUse where a name is too long to be played.
    """
    return with_own_names(as_written(source, version))


def with_own_names(scenario: Scenario) -> Scenario:
    """Give a scenario under names that can be played beside what is on a broker.

    Raises BadUse where one is too long for that.
    """
    scenario = with_own_exchanges(scenario)
    validate_names(scenario, "exchange", [each.name for each in scenario.exchanges])
    validate_names(scenario, "queue", scenario.queues)
    return scenario


def as_written(source: Source, version: Version) -> Scenario:
    """Give the same under the names that stand in the source, those of a broker's exchanges too."""
    loaded = source.loaded(version)
    topology, doubts = loaded.decided, loaded.ready.doubts
    messages, unplayable = playable(source, version)
    foreign = (f"Left out: {why}." for why in doubts.values())
    notes = [*source.left_out(version), *foreign, *unplayable, *deaths_left_out(source)]
    name = re.sub(r"[^\w-]+", "-", Path(source.shown).stem, flags=re.ASCII).strip("-")
    scenario = Scenario(
        name=name or "source",
        lesson="\n".join([f"The topology of {source.shown}.", *notes]),
        exchanges=topology.exchanges,
        queues=topology.queues,
        bindings=topology.bindings,
        messages=messages,
    )
    return scenario if source.messages else with_messages(scenario)


def deaths_left_out(source: Source) -> Iterator[str]:
    """Say that nothing dies here, though arguments of queues are there by which it would."""
    if any({EXCHANGE, TTL, *LENGTHS}.intersection(each) for each in source.arguments.values()):
        yield "Nothing dies in a queue here: arguments of queues are left out; route has --then."


def playable(source: Source, version: Version) -> tuple[list[Message], list[str]]:
    """Give the messages of a source that a broker takes, and say of the others why it does not."""
    loaded = source.loaded(version)
    among = tries(loaded.decided)
    messages, notes = [], []
    for number, each in enumerate(source.messages, 1):
        route = route_through(loaded.ready, each.message)
        costly = TOO_COSTLY if cost(among, each.message) > MOST_VISITS else None
        refused = route.refusal and route.refusal.why
        if why := route.undecided or refused or costly or too_long(each.message):
            notes.append(f"{each.spot or source.shown}: message {number} is left out: {why}.")
        else:
            messages.append(each.message)
    return messages, notes


def too_long(message: Message) -> str | None:
    """Say of a key that names a queue why no run can put its prefix before it."""
    length = len(message.routing_key.encode())
    if message.exchange != DEFAULT_EXCHANGE or length <= MOST_NAME_BYTES:
        return None
    return f"its routing key has {length} bytes, but {MOST_NAME_BYTES} is the most for a queue's"


def with_messages(scenario: Scenario) -> Scenario:
    """Make messages up for a scenario that has none: to its bindings, or else to its queues."""
    messages, of_what = [*{repr(each): each for each in fitting(scenario)}.values()], "binding"
    if not messages:
        messages = [Message(DEFAULT_EXCHANGE, queue) for queue in scenario.queues]
        of_what = "queue by its name"
    few = f" the first {MOST_MADE_UP} of them," if len(messages) > MOST_MADE_UP else ""
    said = f"It has no messages: these are made up,{few} one to fit each {of_what}."
    if not messages:
        said = "It has no messages, and no queue to make some up for."
    lesson = f"{scenario.lesson}\n{said}"
    return replace(scenario, messages=messages[:MOST_MADE_UP], lesson=lesson)


def fitting(scenario: Scenario) -> Iterator[Message]:
    """Make up a message for each binding of an exchange that producers can publish to."""
    exchanges = {**PREDECLARED, **{each.name: each for each in scenario.exchanges}}
    for binding in scenario.bindings:
        if not exchanges[binding.source].internal:
            yield fitting_one(binding, exchanges[binding.source].type)


def fitting_one(binding: AnyBinding, exchange_type: str) -> Message:
    """Make up a message that one binding takes."""
    if exchange_type == "headers":
        asked = criteria(binding).items()
        headers = {name: True if asks_for_presence(value) else value for name, value in asked}
        return Message(binding.source, headers=headers or None)
    words = [word for word in split_words(binding.binding_key) if word != "#"]
    topic = ".".join("any" if word == "*" else word for word in words)
    keys = {"fanout": "", "topic": topic}
    return Message(binding.source, keys.get(exchange_type, binding.binding_key))


def free_prefix(taken: Collection[str]) -> str:
    """Give what goes before the names of the broker's exchanges, so that each is a new one."""
    before = OWN
    while any(f"{before}{name}" in taken for name in PREDECLARED):
        before += OWN
    return before


def with_own_exchanges(scenario: Scenario) -> Scenario:
    """Have exchanges of its own stand for those that a broker has for all who use it."""
    named = {message.exchange for message in scenario.messages}
    for binding in scenario.bindings:
        named |= {binding.source, binding.destination}
    named |= {each.alternate or "" for each in scenario.exchanges}
    used = [each for name, each in PREDECLARED.items() if name in named]
    before = free_prefix({each.name for each in scenario.exchanges})

    def own(name: str) -> str:
        return f"{before}{name}" if name in PREDECLARED else name

    said = (f"{own(each.name)} stands for the broker's {each.name}." for each in used)
    return replace(
        exchanges_renamed(replace(scenario, exchanges=[*scenario.exchanges, *used]), own),
        messages=[message_renamed(each, own) for each in scenario.messages],
        lesson="\n".join([scenario.lesson, *said]),
    )
