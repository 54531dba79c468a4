"""Is a table that does not fit into one frame refused before anything is declared?"""

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, Message, Scenario, Topology
from routing.amqp.values import Value
from routing.rules.frames import LARGEST_FRAME, MOST_IN_TABLE, size_of
from routing.rules.predict import route
from routing.rules.validity import validate

OF_ONE = 4 + 1 + 1 + 1 + 4
"""Bytes of a table with one text under a name of one letter, but for that text."""


def table(size: int, letter: str = "x") -> dict[str, Value]:
    """Make a table of so many bytes."""
    return {"h": letter * ((size - OF_ONE) // len(letter.encode()))}


FITS_HEADERS = LARGEST_FRAME - 14
FITS_BINDING = LARGEST_FRAME - 7 - (1 + 1) - (1 + 1) - (1 + 1)
FITS_EXCHANGE = LARGEST_FRAME - 7 - (1 + 1) - (1 + len("headers"))

ALL_FIT = (FITS_EXCHANGE, FITS_BINDING, FITS_HEADERS)


def shape(exchange: int, binding: int) -> Topology:
    """Make a topology with arguments of these sizes."""
    return Topology(
        exchanges=[Exchange("x", "headers", table(exchange))],
        queues=["q"],
        bindings=[Binding("x", "q", "k", table(binding))],
    )


SIZES = [
    (ALL_FIT, None),
    ((FITS_EXCHANGE + 1, 20, 20), ("declare", 501)),
    ((20, FITS_BINDING + 1, 20), ("bind", 501)),
    ((20, 20, FITS_HEADERS + 1), ("publish", 501)),
]


@pytest.mark.parametrize(("sizes", "refused"), SIZES)
def test_is_what_does_not_fit_predicted(
    sizes: tuple[int, int, int], refused: tuple[str, int] | None
) -> None:
    """To the byte, for each of what has a table, and why is said."""
    exchange, binding, headers = sizes
    refusal = route(shape(exchange, binding), Message("x", "k", table(headers))).refusal
    assert (refusal and (refusal.at, refusal.code)) == refused
    assert refusal is None or "do not fit into one frame, of 131072" in refusal.why


@pytest.mark.parametrize("letter", ["x", "é", "日", "\U0001f600"])
def test_is_every_table_counted_that_may_be_too_large(letter: str) -> None:
    """Whatever letters it is made of."""
    large = table(MOST_IN_TABLE + 1, letter)
    assert MOST_IN_TABLE - 4 < size_of(large) <= MOST_IN_TABLE + 1


GOOD = Scenario(
    name="shop",
    lesson="",
    exchanges=[Exchange("x", "headers")],
    queues=["q"],
    bindings=[Binding("x", "q")],
    messages=[Message("x")],
)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("exchanges", "Scenario shop, exchange x: the arguments"),
        ("bindings", "Scenario shop, binding 1: the arguments"),
        ("messages", "Scenario shop, message 1: the headers"),
    ],
)
def test_is_a_lesson_told_before_anything_is_declared(change: str, said: str) -> None:
    """Which part of it, and with some room for what a run adds."""

    def changed(size: int) -> Scenario:
        large = table(size)
        parts: dict[str, list[object]] = {
            "exchanges": [Exchange("x", "headers", large)],
            "bindings": [Binding("x", "q", "", large)],
            "messages": [Message("x", "", large)],
        }
        return Scenario(**{**vars(GOOD), change: parts[change]})

    validate(changed(MOST_IN_TABLE))
    with pytest.raises(BadUse, match=f"{said} take 130001 bytes, but 130000 is the most") as raised:
        validate(changed(MOST_IN_TABLE + 1))
    assert raised.value.part == (change, 0)


def test_do_further_keys_leave_room_for_prefixes() -> None:
    """Each names a queue for the default exchange, and gets a prefix."""
    keys: list[Value] = ["q"] * 5000
    with pytest.raises(BadUse, match="a prefix before each key in CC and BCC, take 305"):
        validate(Scenario(**{**vars(GOOD), "messages": [Message("", "q", {"CC": keys})]}))
    validate(Scenario(**{**vars(GOOD), "messages": [Message("x", "q", {"CC": keys})]}))
