"""Many messages, one a line: keys, or JSON in the form of a recorded case's `publish`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from routing.amqp.errors import BadUse
from routing.amqp.json_form import read_message
from routing.amqp.notation import write_key
from routing.amqp.topology import MOST_BYTES, Message
from routing.ask.answer import Asked
from routing.ask.outcome import Outcome, Remembered, outcome_of
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


def outcomes(
    asked: Asked, lines: Iterable[bytes], file: str, exchange: str | None
) -> Iterator[Outcome]:
    """Tell what the message of each line comes to, passing over empty lines.

    exchange: that the keys are published to; None where each line is JSON that names its own.
    Raises BadUse with the line that cannot be read.
    """
    known = Remembered(lambda line: outcome_of(asked.route(read_one(line, exchange))))
    for number, line in enumerate(lines, 1):
        text = line.rstrip(b"\r\n")
        if text or exchange is not None:
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
