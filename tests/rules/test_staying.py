"""Which exchanges does nothing but their deletion take away?"""

import pytest

from routing.amqp.topology import AnyBinding, Binding, Exchange, ExchangeBinding, Topology
from routing.rules.staying import staying


@pytest.mark.parametrize(
    ("bindings", "stay"),
    [
        ([], ["a", "b", "c"]),
        ([Binding(name, "q") for name in "abc"], []),
        ([Binding(name, name) for name in "abc"], []),
        ([ExchangeBinding("a", "b"), Binding("b", "q")], ["c"]),
        ([ExchangeBinding("a", "a"), ExchangeBinding("b", "a"), Binding("c", "q")], ["a"]),
        ([ExchangeBinding(*pair) for pair in ("ab", "bc", "cb")], ["b", "c"]),
        ([ExchangeBinding(*pair) for pair in ("ab", "bc", "ca")], ["a", "b", "c"]),
    ],
)
def test_which_exchanges_stay(bindings: list[AnyBinding], stay: list[str]) -> None:
    """What never had a binding, and each circle; what leads to one goes once that is deleted."""
    exchanges = [Exchange(name, "fanout") for name in "abc"]
    assert staying(Topology(exchanges=exchanges, queues=[*"qabc"], bindings=bindings)) == stay
