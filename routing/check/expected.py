"""The messages of a source as cases: what somebody expects stands for what was recorded."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.versions import NEWEST, Version
from routing.files.cases import Case, Place
from routing.files.lesson import names
from routing.files.lines import Fault, read_each
from routing.files.reading import MESSAGES, content_of, read_source
from routing.files.source import Expected, Source, Spot
from routing.files.toml import read_expected
from routing.rules.predict import Route, route_through

EXAMPLE: Final = '{"exchange": "orders", "routing_key": "order.eu", "queues": ["audit"]}'


@dataclass(frozen=True, kw_only=True)
class Expectation(Case):
    """A message of a source; its topology is what can be played of that."""

    source: Source

    @property
    def title(self) -> str:
        """Its place, whole, so that an editor can jump there."""
        return self.id

    def route(self, version: Version) -> Route:
        """Predict where the message goes: what is foreign concerns only what comes to it."""
        return route_through(self.source.loaded(version).ready, self.message)


def is_source(word: str) -> bool:
    """Tell whether a word names a source, and no file of cases."""
    if word.startswith(("http://", "https://")) or word.endswith((".json", ".toml", ".py")):
        return True
    return word in names() and not os.path.isfile(word)  # noqa: PTH113 - false for any name


def source_with(word: str, vhost: str | None, more: Sequence[Expected | Fault]) -> Source:
    """Read a source, and add to it what is a message.

    Raises BadUse where neither has anything.
    """
    source = read_source(word, vhost)
    if not source.messages and not more:
        raise BadUse(
            f"{source.shown} has no messages to check: give some with --messages FILE, "
            f"one on a line: {EXAMPLE}."
        )
    messages = [each for each in more if isinstance(each, Expected)]
    return replace(source, messages=[*source.messages, *messages])


def read_messages(file: str) -> Iterator[Expected | Fault]:
    """Read messages, one on a line, each with the queues that are expected to get it.

    Raises BadUse where the file cannot be read at all.
    """

    def read(entry: Any, place: Place) -> Expected:
        return Expected(*read_expected(entry), Spot(*place))

    return read_each(content_of(file, MESSAGES).split(b"\n"), file, read)


def cases_of(source: Source, version: Version) -> list[Case]:
    """Give the messages of a source as cases for one version."""
    topology = source.loaded(version).decided.routing_alone
    return [
        Expectation(
            str(each.spot) if each.spot else f"{source.shown}, message {number}",
            topology,
            each.message,
            {NEWEST: each.outcome} if each.outcome else {},
            Place(each.spot.file, each.spot.line) if each.spot else Place(source.shown, 0),
            source=source,
        )
        for number, each in enumerate(source.messages, 1)
    ]
