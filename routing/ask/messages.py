"""Many messages, one a line: keys, or JSON in the form of a recorded case's `publish`."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from routing.amqp.errors import BadUse
from routing.amqp.json_form import read_message
from routing.amqp.notation import write_key
from routing.amqp.topology import MOST_BYTES, Message
from routing.ask.answer import Asked
from routing.ask.outcome import Outcome, Remembered, outcome_of
from routing.ask.written import in_short
from routing.files.lines import read_json


@dataclass
class Counted:
    """What became of many messages."""

    messages: int = 0
    nobody: int = 0
    undecided: int = 0
    queues: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def enter(self, outcome: Outcome) -> None:
        """Count one."""
        self.messages += 1
        if outcome.undecided is not None:
            self.undecided += 1
        elif not outcome.queues:
            self.nobody += 1
        queues = self.queues
        for queue in outcome.queues:
            queues[queue] += 1

    def add(self, other: "Counted") -> None:
        """Count all that was counted elsewhere."""
        self.messages += other.messages
        self.nobody += other.nobody
        self.undecided += other.undecided
        for queue, number in other.queues.items():
            self.queues[queue] += number


Lines = tuple[int, bytes]
"""The number of a line, and what a file has from there on: that line, or many of them."""


@dataclass
class Answered:
    """What became of the messages of some lines.

    told: each answer as JSON, where that is wanted.
    fault: what is wrong with the line at which reading ended, if one could not be read.
    """

    counted: Counted = field(default_factory=Counted)
    told: list[str] = field(default_factory=list)
    fault: str | None = None


def numbered(parts: Iterable[bytes]) -> Iterator[Lines]:
    """Give each part of a file with the number of its first line."""
    first = 1
    for part in parts:
        yield first, part
        first += part.count(b"\n")


def answering(
    asked: Asked, file: str, exchange: str | None, *, tell: bool
) -> Callable[[Lines], Answered]:
    """Give what answers lines."""
    known = Remembered(lambda line: outcome_of(asked.route(read_one(line, exchange))))

    def answer(lines: Lines) -> Answered:
        answered, (first, part) = Answered(), lines
        each = part.removesuffix(b"\n").split(b"\n")
        try:
            for outcome in outcomes(known, each, first, file, empty=exchange is not None):
                answered.counted.enter(outcome)
                if tell:
                    answered.told.append(json.dumps(in_short(outcome)))
        except BadUse as fault:
            answered.fault = str(fault)
        return answered

    return answer


def outcomes(
    known: Remembered, lines: Iterable[bytes], first: int, file: str, *, empty: bool
) -> Iterator[Outcome]:
    """Tell what the message of each line comes to.

    empty: whether an empty line is a key, and not passed over.
    Raises BadUse with the line that cannot be read.
    """
    for number, line in enumerate(lines, first):
        text = line.rstrip(b"\r")
        if text or empty:
            try:
                yield known.of(text)
            except (BadUse, UnicodeDecodeError, RecursionError) as fault:
                said = wrong_with(fault)
                raise BadUse(f"{write_key(file)}:{number}: {said}; correct that line.") from fault


def wrong_with(fault: Exception) -> str:
    """Say what is wrong with a line."""
    if isinstance(fault, BadUse):
        return str(fault).rstrip(".")
    return "it is nested too deep" if isinstance(fault, RecursionError) else "it is not UTF-8"


def read_one(line: bytes, exchange: str | None) -> Message:
    """Read one message."""
    if exchange is not None and not line.startswith(b"{"):
        if len(line) > MOST_BYTES:
            raise BadUse(f"the key has {len(line)} bytes, but {MOST_BYTES} are the most")
        return Message(exchange, line.decode(), mandatory=False)
    published = read_json(line)
    given = {"exchange": exchange or "", "routing_key": ""}
    return read_message(given | published if isinstance(published, dict) else published)
