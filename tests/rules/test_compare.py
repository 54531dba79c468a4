"""Does the comparison see every way in which a broker can differ from the prediction?"""

import pytest

from routing.amqp.topology import Binding, Exchange, Message, Observation, Scenario
from routing.rules.compare import Row, compare
from routing.rules.predict import Route, predict

ROUTED, UNROUTABLE = predict(
    Scenario(
        name="shop",
        lesson="Anything.",
        exchanges=[Exchange("orders", type="direct")],
        queues=["billing", "audit", "idle"],
        bindings=[Binding("orders", "billing", "eu"), Binding("orders", "audit", "eu")],
        messages=[Message("orders", "eu"), Message("orders", "us")],
    )
)


@pytest.mark.parametrize(
    ("route", "copies", "returned", "agrees"),
    [
        (ROUTED, {"billing": 1, "audit": 1}, 0, True),
        (ROUTED, {"billing": 1, "audit": 1, "idle": 0}, 0, True),
        (ROUTED, {"billing": 1}, 0, False),
        (ROUTED, {"billing": 2, "audit": 1}, 0, False),
        (ROUTED, {"billing": 1, "audit": 1, "idle": 1}, 0, False),
        (ROUTED, {"billing": 1, "audit": 1}, 1, False),
        (ROUTED, {}, 1, False),
        (UNROUTABLE, {}, 1, True),
        (UNROUTABLE, {}, 0, False),
        (UNROUTABLE, {}, 2, False),
        (UNROUTABLE, {"idle": 1}, 0, False),
    ],
)
def test_does_a_row_agree(
    route: Route, copies: dict[str, int], returned: int, *, agrees: bool
) -> None:
    """Copies are counted, returns too; a missing, an extra or a double one is a difference."""
    assert Row(1, route, Observation(copies, returned)).agrees is agrees


def test_must_every_message_have_an_observation() -> None:
    """A message that was lost between prediction and play is an error, not an agreement."""
    with pytest.raises(ValueError, match="shorter"):
        compare([ROUTED, UNROUTABLE], [Observation({"billing": 1, "audit": 1}, 0)])
