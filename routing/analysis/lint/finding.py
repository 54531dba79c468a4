"""One finding."""

from dataclasses import dataclass

from routing.amqp.topology import Message
from routing.analysis.lint.codes import CODES, Code
from routing.files.source import Spot


@dataclass(frozen=True)
class Finding:
    """What is found, and where.

    code: a name of CODES.
    about: such as "queue audit"; spot: where that stands, if it is known.
    witness: a message that shows it.
    """

    code: str
    about: str
    sentence: str
    spot: Spot | None = None
    witness: Message | None = None

    @property
    def kind(self) -> Code:
        """What findings of this code have in common."""
        return CODES[self.code]
