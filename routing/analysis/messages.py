"""All messages at once, told apart by which of some bindings take them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from routing.amqp.topology import AnyBinding, Message
from routing.amqp.versions import Version
from routing.analysis.bound import Bound
from routing.analysis.headers import Headers, HeaderSets
from routing.analysis.keys import Keys, Letter, pattern_of


@dataclass(frozen=True)
class Asked:
    """A binding, the name and the type of its exchange, and the RabbitMQ that it is on."""

    binding: AnyBinding
    exchange: str
    exchange_type: str
    version: Version


@dataclass(frozen=True)
class Class:
    """Messages that the same bindings take, and a small one of them.

    taking: these bindings, as bits.
    """

    taking: int
    words: Sequence[Letter]
    headers: Headers


class Messages:
    """Bindings, numbered from 0, and the classes of messages that they make."""

    def __init__(self, asked: Sequence[Asked]) -> None:
        """Part those that ask for a key from those that ask for headers."""
        self.by_headers: Mapping[int, Headers] | None = None
        bits = {1 << number: each for number, each in enumerate(asked)}
        self.keys = Keys(
            {
                bit: pattern_of(each.exchange_type, each.binding.binding_key)
                for bit, each in bits.items()
                if each.exchange_type != "headers"
            }
        )
        self.headers = HeaderSets(
            {
                bit: (each.binding, each.version)
                for bit, each in bits.items()
                if each.exchange_type == "headers"
            }
        )

    def classes(self, bound: Bound, only: int = 0) -> Iterator[Class]:
        """Give each class once.

        only: the bit of a binding that is to take the messages; others are then left out.
        Raises NotDecided where there are too many.
        """
        if self.by_headers is None:
            self.by_headers = self.headers.classes(bound)
        by_key = only if only in self.keys.paths else 0
        for taking, words in self.keys.classes(bound, by_key):
            for met, headers in self.by_headers.items():
                bound.step()
                if (taking | met) & only == only:
                    yield Class(taking | met, words, headers)

    def least(self, bound: Bound, only: int) -> Iterator[Class]:
        """Give the classes of messages without needless headers that one binding takes.

        What others take of these they take of all: more headers make no binding leave a message.
        only: the bit of the binding; 0 stands for all messages without headers.
        Raises NotDecided where there are too many.
        """
        for taking, words in self.keys.classes(bound, only if only in self.keys.paths else 0):
            for met, headers in self.headers.least(only):
                bound.step()
                yield Class(taking | met, words, headers)

    def message(self, each: Class, exchange: str) -> Message:
        """Give a class's small message, as it is published to an exchange."""
        return Message(
            exchange, self.keys.key_of(each.words), each.headers or None, mandatory=False
        )


def size_of(message: Message) -> tuple[int, int]:
    """Tell how much there is to read of a message."""
    return len(message.headers or ()), len(message.routing_key)
