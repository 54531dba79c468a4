"""What is looked at: a source, as one RabbitMQ has it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from routing.amqp.names import RESERVED, kept
from routing.amqp.topology import AnyBinding, Exchange
from routing.amqp.values import Value
from routing.amqp.versions import Version
from routing.analysis.dead import Onward, entries_to
from routing.analysis.lint.finding import Finding
from routing.analysis.net import Net, Place
from routing.files.source import Source, Spot
from routing.rules.matching import RULES
from routing.rules.policies import APPLIES, Doubtful
from routing.rules.queue_arguments import EXCHANGE, KEY, queue_type, text_in


@dataclass(frozen=True)
class Subject:
    """A source on a RabbitMQ of one version.

    every: whether what is mostly harmless is looked for, too.
    oldest: the oldest RabbitMQ that the source is for, if that is said.
    """

    source: Source
    version: Version
    every: bool = False
    oldest: Version | None = None

    @property
    def since(self) -> Version:
        """The oldest RabbitMQ of which it counts what it refuses."""
        return self.oldest or self.source.exported or self.version

    @cached_property
    def net(self) -> Net:
        """What leads where."""
        return Net(self.source.loaded(self.version).ready)

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """The exchanges that are declared, under the names that a broker keeps."""
        has = self.source.loaded(self.version).topology.exchanges
        return [self.net.ready.exchanges[kept(each.name)] for each in has]

    @property
    def queues(self) -> Sequence[str]:
        """The queues that are declared, and have a name of their own."""
        return [each for each in self.source.topology.queues if not each.startswith(RESERVED)]

    @property
    def bindings(self) -> Sequence[AnyBinding]:
        """The bindings that are there."""
        found = self.net.ready.bindings.items()
        return [each for name, bindings in found if name for each in bindings]

    def type_of(self, binding: AnyBinding) -> str:
        """Give the type of the exchange that a binding belongs to."""
        return self.net.ready.exchanges[binding.source].type

    def missing(self, code: str, name: str, sentence: str) -> Finding:
        """Find that an exchange is not there; of an export, that it is not listed there."""
        if self.source.exported:
            unlisted = f"{sentence}, or an internal one that the export leaves out"
            return Finding("not-decided", name, unlisted)
        return Finding(code, name, sentence)

    def spot(self, binding: AnyBinding) -> Spot | None:
        """Tell where a binding stands."""
        return self.source.spot(binding)

    def is_foreign(self, exchange: str) -> bool:
        """Tell whether a plugin decides what an exchange does, or it is not listed."""
        unknown = self.net.ready.exchanges[exchange].type not in RULES
        return unknown or exchange in self.source.doubts

    @cached_property
    def has_foreign(self) -> bool:
        """Tell whether there is any of which that is so."""
        return any(map(self.is_foreign, self.net.ready.exchanges))

    @cached_property
    def arguments(self) -> Mapping[str, Mapping[str, Value]]:
        """The arguments in force of the queues of which that can be told."""
        found = {}
        for queue in self.queues:
            try:
                found[queue] = self.source.arguments_in_force(queue)
            except Doubtful:
                continue
        return found

    @cached_property
    def dead_lettering(self) -> Mapping[str, str]:
        """The exchange to which a queue hands what dies in it, of those that name one."""
        named = {queue: text_in(each, EXCHANGE) for queue, each in self.arguments.items()}
        return {queue: each for queue, each in named.items() if each is not None}

    @cached_property
    def onward(self) -> Collection[Onward]:
        """Where dead letters go, of all queues."""
        return {
            (exchange, text_in(self.arguments[queue], KEY))
            for queue, exchange in self.dead_lettering.items()
        }

    @cached_property
    def dead_letter_exchanges(self) -> frozenset[str]:
        """The exchanges to which some queue hands what dies in it."""
        return frozenset(self.dead_lettering.values())

    def kind_of(self, queue: str) -> str:
        """Give the type of a queue, as policies go by it."""
        kind = queue_type(self.source.arguments.get(queue, {}))
        return kind if kind in APPLIES else "classic"

    @cached_property
    def doubtful(self) -> bool:
        """Whether it cannot be told of some queue where its dead letters go."""
        return len(self.arguments) < len({*self.queues})

    def entries_to(self, place: Place) -> list[str]:
        """Name the exchanges from which messages come to a place, dead letters among them."""
        return entries_to(self.net, self.onward, place)
