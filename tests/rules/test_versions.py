"""Which version does a prediction follow?"""

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, Message, Topology
from routing.amqp.values import Typed, Value
from routing.amqp.versions import Version, parse_version
from routing.rules.predict import route


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("4.3.6", Version(4, 3, 6)),
        ("3.13", Version(3, 13, 0)),
        ("4", Version(4, 0, 0)),
        ("4.1.0-rc.2", Version(4, 1, 0)),
        ("3.12.1+7.gabc", Version(3, 12, 1)),
    ],
)
def test_how_is_a_version_read(text: str, version: Version) -> None:
    """As RabbitMQ names itself; what is left out is 0."""
    assert parse_version(text) == version


@pytest.mark.parametrize("text", ["", "v4", "newest"])
def test_is_what_is_no_version_refused(text: str) -> None:
    """With a sentence that shows the form of one."""
    with pytest.raises(BadUse, match=r"is not a RabbitMQ version: write one like \d"):
        parse_version(text)


def taken(wanted: Value, sent: Value, version: str) -> bool:
    """Tell whether a headers binding takes a message, on a version."""
    topology = Topology(
        exchanges=[Exchange("x", "headers")],
        queues=["q"],
        bindings=[Binding("x", "q", arguments={"h": wanted})],
    )
    return bool(route(topology, Message("x", headers={"h": sent}), parse_version(version)).copies)


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        (1, 1.0),
        (Typed("timestamp", 7), 7.0),
        (Typed("timestamp", 7), Typed("timestamp", 7)),
        (7, Typed("timestamp", 7)),
        (0.0, -0.0),
    ],
)
def test_do_numbers_compare_by_value_up_to_3_12(wanted: Value, sent: Value) -> None:
    """From 3.13.0 on they compare by type, and a message's timestamp counts milliseconds."""
    assert taken(wanted, sent, "3.12.14")
    assert not taken(wanted, sent, "3.13.0")


def test_which_timestamp_meets_a_number_from_3_13_on() -> None:
    """The one that is as many milliseconds."""
    assert taken(7000, Typed("timestamp", 7), "4.3.6")
    assert not taken(7000, Typed("timestamp", 7), "3.12.0")


def refusal(topology: Topology, version: str) -> tuple[str, int] | None:
    """Tell what a version refuses of a topology, and with which code."""
    refused = route(topology, Message("x"), parse_version(version)).refusal
    return (refused.at, refused.code) if refused else None


def test_since_when_are_three_hashes_refused() -> None:
    """Since 4.3.5; two are fine everywhere."""
    for key, expected in (("#.a.#", None), ("#.a.#.#", ("bind", 406))):
        topology = Topology(
            exchanges=[Exchange("x", "topic")], queues=["q"], bindings=[Binding("x", "q", key)]
        )
        assert refusal(topology, "4.3.4") is None
        assert refusal(topology, "4.3.5") == expected


def test_how_is_an_unknown_type_refused() -> None:
    """On the connection before 4.0, since then on the channel."""
    topology = Topology(exchanges=[Exchange("x", "banana")])
    assert refusal(topology, "3.13.7") == ("declare", 503)
    assert refusal(topology, "4.0.0") == ("declare", 406)
