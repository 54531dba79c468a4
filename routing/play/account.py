"""What has come of a run so far, and what it has made on the broker."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from routing.amqp.topology import ExchangeBinding, Observation
from routing.amqp.values import Value
from routing.rules.refusal import Operation

END: Final = "end"
"""The message_id of the messages that mark the end."""

BEFORE: Final = "before"
"""The message_id of messages that do not count."""


@dataclass
class Account:
    """What has come of a run so far, by the number of the message.

    operation: which kind is under way.
    queues: the names on the broker of those that this run declared, by their own ones.
    made: the names of exchanges that this run declared.
    lasting: bindings between exchanges that stay, which somebody has to take away.
    auto_delete: whether an exchange goes with its last binding.
    queue_arguments: of the queues that have some.
    unread: the names of queues that may have no consumer to go with.
    """

    copies: defaultdict[int, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    returned: Counter[int] = field(default_factory=Counter)
    ends: int = 0
    arrived: int = 0
    operation: Operation = "declare"
    queues: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    lasting: list[ExchangeBinding] = field(default_factory=list)
    auto_delete: bool = True
    queue_arguments: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def enter(self, message_id: str, queue: str | None) -> None:
        """Count one copy in a queue, or with None a return; or that one of these has ended."""
        self.arrived += 1
        if message_id == BEFORE:
            return
        if message_id == END:
            self.ends += 1
        elif queue is None:
            self.returned[int(message_id)] += 1
        else:
            self.copies[int(message_id)][queue] += 1

    @property
    def ended(self) -> bool:
        """Whether every queue has ended, and what came back has, too."""
        return self.ends > len(self.queues)

    def observed(self, number: int) -> Observation:
        """Tell what has come of one message."""
        return Observation(self.copies[number], self.returned[number])
