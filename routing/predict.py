"""Which queues each message of a scenario reaches, by the rules alone: no broker is asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from routing.model import DEFAULT_EXCHANGE, Binding, Message, Scenario
from routing.rules import RULES
from routing.why import Reason, explain


@dataclass(frozen=True)
class Verdict:
    """What one binding does with one message, and why."""

    binding: Binding
    takes: bool
    reason: Reason


@dataclass(frozen=True)
class Route:
    """Where one message goes: what every binding of its exchange does with it."""

    message: Message
    exchange_type: str
    verdicts: Sequence[Verdict]

    @property
    def hits(self) -> list[Verdict]:
        """The bindings that take the message, in the order of their declaration."""
        return [verdict for verdict in self.verdicts if verdict.takes]

    @property
    def copies(self) -> Counter[str]:
        """Copies for each queue: one, however many of its bindings match."""
        return Counter({verdict.binding.queue for verdict in self.hits})

    @property
    def returned(self) -> bool:
        """Whether nobody takes the message, so that a mandatory one comes back."""
        return not self.hits

    @property
    def nearest_miss(self) -> Verdict | None:
        """The binding that came closest, of those that do not take the message."""
        misses = [verdict for verdict in self.verdicts if not verdict.takes]
        return max(misses, key=lambda verdict: verdict.reason.nearness, default=None)


def predict(scenario: Scenario) -> list[Route]:
    """Predict the route of each message of a scenario, in order."""
    return [route(scenario, message) for message in scenario.messages]


def route(scenario: Scenario, message: Message) -> Route:
    """Hold one message against every binding of the exchange that it is published to."""
    exchange_type = type_of(scenario, message.exchange)
    return Route(
        message,
        exchange_type,
        [
            Verdict(
                binding,
                RULES[exchange_type](binding, message),
                explain(exchange_type, binding, message),
            )
            for binding in bindings_of(scenario, message.exchange)
        ],
    )


def type_of(scenario: Scenario, exchange: str) -> str:
    """Give the type of an exchange; the default exchange is a direct one."""
    types = {declared.name: declared.type for declared in scenario.exchanges}
    return types.get(exchange, "direct")


def bindings_of(scenario: Scenario, exchange: str) -> list[Binding]:
    """List the bindings of an exchange, those of the default exchange included."""
    if exchange == DEFAULT_EXCHANGE:
        return [Binding(DEFAULT_EXCHANGE, queue, binding_key=queue) for queue in scenario.queues]
    return [binding for binding in scenario.bindings if binding.exchange == exchange]
