"""Many messages, one a line: keys, or JSON in the form of a recorded case's `publish`."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from routing.amqp.errors import BadUse
from routing.amqp.json_form import read_message
from routing.amqp.notation import write_key
from routing.amqp.topology import Message
from routing.ask.answer import Answer
from routing.files.lines import read_json


@dataclass
class Counted:
    """What became of many messages."""

    messages: int = 0
    nobody: int = 0
    undecided: int = 0
    queues: Counter[str] = field(default_factory=Counter)

    def enter(self, answer: Answer) -> None:
        """Count one."""
        queues, undecided = answer.route.queues, answer.route.undecided is not None
        self.messages += 1
        self.undecided += undecided
        self.nobody += not queues and not undecided
        for queue in queues:
            self.queues[queue] += 1


def read_messages(lines: Iterable[bytes], file: str, exchange: str | None) -> Iterator[Message]:
    """Read messages, passing over empty lines.

    exchange: that the keys are published to; None where each line is JSON that names its own.
    Raises BadUse with the line that cannot be read.
    """
    for number, line in enumerate(lines, 1):
        text = line.rstrip(b"\r\n")
        if text or exchange is not None:
            try:
                yield read_one(text, exchange)
            except (BadUse, UnicodeDecodeError, RecursionError) as fault:
                said = str(fault).rstrip(".") if isinstance(fault, BadUse) else "it is not UTF-8"
                raise BadUse(f"{write_key(file)}:{number}: {said}; correct that line.") from fault


def read_one(line: bytes, exchange: str | None) -> Message:
    """Read one message."""
    if exchange is not None and not line.startswith(b"{"):
        return Message(exchange, line.decode(), mandatory=False)
    published = read_json(line)
    given = {"exchange": exchange or "", "routing_key": ""}
    return read_message(given | published if isinstance(published, dict) else published)
