"""A source: a topology wherever it comes from, and where each part of it stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from routing.amqp.notation import write_key
from routing.amqp.topology import AnyBinding, Message, Topology
from routing.amqp.values import Value
from routing.amqp.versions import NEWEST, Version, version_meant
from routing.files.cases import Outcome
from routing.rules.loaded import Loaded, loaded
from routing.rules.policies import Policy, with_policy
from routing.rules.predict import Route, route_through


@dataclass(frozen=True)
class Spot:
    """Where something stands in a file.

    column: counted from 1, as the line is; None where the line is enough.
    """

    file: str
    line: int
    column: int | None = None

    def __str__(self) -> str:
        """Write it so that an editor can jump there."""
        where = f"{self.line}" if self.column is None else f"{self.line}:{self.column}"
        return f"{write_key(self.file)}:{where}"


@dataclass(frozen=True)
class Expected:
    """A message, and what somebody expects of it.

    outcome: None where nothing is expected.
    """

    message: Message
    outcome: Outcome | None = None
    spot: Spot | None = None


@dataclass(frozen=True)
class Source:
    """A topology, what else belongs to it, and where its parts stand.

    shown: how it is called in a sentence.
    arguments: of the queues that have some.
    transient: the queues that are not durable.
    spots: of bindings, by their identity.
    places: of exchanges, queues and policies, by "exchange", "queue" or "policy" and their name.
    exported: the RabbitMQ that has written it, if one has, which leaves internal exchanges out.
    without_vhost: what names no vhost, and where, though other parts do.
    ignored: codes of findings that the file says are meant so, by the line of a table, or None.
    doubts: why what an exchange does is not decided, by its name.
    """

    shown: str
    topology: Topology
    messages: Sequence[Expected] = ()
    arguments: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    transient: Sequence[str] = ()
    policies: Sequence[Policy] = ()
    operator_policies: Sequence[Policy] = ()
    spots: Mapping[int, Spot] = field(default_factory=dict)
    places: Mapping[tuple[str, str], Spot] = field(default_factory=dict)
    exported: Version | None = None
    without_vhost: tuple[str, Spot] | None = None
    ignored: Mapping[int | None, Collection[str]] = field(default_factory=dict)
    doubts: Mapping[str, str] = field(default_factory=dict)

    def spot(self, binding: AnyBinding) -> Spot | None:
        """Tell where a binding stands."""
        return self.spots.get(id(binding))

    def aside(self, binding: AnyBinding) -> str:
        """Write where a binding stands, to follow what is said of it; nothing where unknown."""
        spot = self.spot(binding)
        return f" ({spot})" if spot else ""

    def loaded(self, version: Version) -> Loaded:
        """Give what a broker of one version has of it, made ready once."""
        if version not in self._loaded:
            self._loaded[version] = loaded(self.topology, version, self.doubts)
        return self._loaded[version]

    def left_out(self, version: Version) -> Iterator[str]:
        """Say what a broker has not of it, though it is written there, and why."""
        for each in self.loaded(version).left_out:
            spot = self.spot(each.part) if isinstance(each.part, AnyBinding) else None
            name = each.part if isinstance(each.part, str) else getattr(each.part, "name", "")
            what = write_key(name) if name else "a binding"
            yield f"{spot or self.shown}: {what} is left out: {each.why}."

    def arguments_in_force(self, queue: str) -> Mapping[str, Value]:
        """Give the arguments of a queue, with what its policies add to them.

        Raises Doubtful where it cannot be told which policy it has.
        """
        given = self.arguments.get(queue, {})
        return with_policy(queue, given, self.policies, self.operator_policies)

    @cached_property
    def _loaded(self) -> dict[Version, Loaded]:
        """What is made ready already."""
        return {}

    def route(
        self,
        exchange: str,
        routing_key: str = "",
        headers: Mapping[str, Value] | None = None,
        *,
        mandatory: bool = True,
        version: Version | str = NEWEST,
    ) -> Route:
        """Predict where one message goes, on a RabbitMQ of this version, such as "4.3".

        Raises BadUse where an argument is of the wrong kind, or the version is none.
        """
        followed = version_meant(version) if isinstance(version, str) else version
        message = Message(exchange, routing_key, headers, mandatory=mandatory)
        return route_through(self.loaded(followed).ready, message)
