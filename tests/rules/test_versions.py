"""Which version does a prediction follow?"""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.values import Repeated, Typed, Value
from routing.amqp.versions import Version, parse_version, version_meant
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
    with pytest.raises(BadUse, match=r"is not a RabbitMQ version: name one of 4\.3\.6, .*3\.8\.9"):
        parse_version(text)


@pytest.mark.parametrize(
    ("text", "version"),
    [("4", "4.3.6"), ("4.3", "4.3.6"), ("4.3.0", "4.3.0"), ("3", "3.10.8"), ("3.13", "3.13.0")],
)
def test_what_does_a_part_of_a_version_mean(text: str, version: str) -> None:
    """The newest that was tried and begins so; what is not said is 0 where there is none."""
    assert str(version_meant(text)) == version
    topology = asking({"x-match": "any-with-x"})
    assert (
        route(topology, Message("x"), text).refusal
        == route(topology, Message("x"), version).refusal
    )


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
    """On the connection before 3.13.3, since then on the channel."""
    topology = Topology(exchanges=[Exchange("x", "banana")])
    assert refusal(topology, "3.13.2") == ("declare", 503)
    assert refusal(topology, "3.13.3") == ("declare", 406)


@pytest.mark.parametrize("mode", ["all-with-x", "any-with-x", "all", "any"])
def test_since_when_are_there_modes_with_x(mode: str) -> None:
    """Since 3.10.0; the two plain ones are fine everywhere, and a third never."""
    topology = asking({"x-match": mode})
    assert refusal(topology, "3.9.29") == (("bind", 406) if mode.endswith("x") else None)
    assert refusal(topology, "3.10.0") is None
    assert refusal(asking({"x-match": "none"}), "4.3.6") == ("bind", 406)


def asking(arguments: Mapping[str, Value], exchange_type: str = "headers") -> Topology:
    """Bind one queue with these arguments."""
    return Topology(
        exchanges=[Exchange("x", exchange_type)],
        queues=["q"],
        bindings=[Binding("x", "q", arguments=arguments)],
    )


def test_is_it_said_before_which_version_a_mode_is_refused() -> None:
    """With the ones that there were."""
    refused = route(asking({"x-match": "any-with-x"}), Message("x"), "3.8.9").refusal
    assert refused
    assert (
        refused.why == 'x-match is "any-with-x", but must be one of all, any before RabbitMQ 3.10.0'
    )


@pytest.mark.parametrize(
    ("version", "erlang", "same"),
    [
        ("3.12.14", 0, True),
        ("3.13.7", 26, True),
        ("4.0.2", 0, True),
        ("4.0.3", 0, False),
        ("4.0.5", 26, True),
        ("4.0.5", 27, False),
        ("4.3.6", 29, False),
        ("3.12.14", 27, True),
    ],
)
def test_on_what_do_zeros_differ(version: str, erlang: int, same: bool) -> None:  # noqa: FBT001
    """On Erlang 27, where numbers are compared by type; from 4.0.3 on that is assumed."""
    followed = parse_version(version)._replace(erlang=erlang)
    topology = asking({"h": 0.0})
    assert bool(route(topology, Message("x", headers={"h": -0.0}), followed).copies) == same
    assert route(topology, Message("x", headers={"h": 0.0}), followed).copies


def test_which_of_two_headers_of_one_name_counts() -> None:
    """The first one before 3.13.0, since then the last one."""
    message = Message("x", headers=Repeated([("h", 1), ("h", 2)]))
    for version, wanted in (("3.12.14", 1), ("3.13.0", 2)):
        assert route(asking({"h": wanted}), message, version).copies
        assert not route(asking({"h": 3 - wanted}), message, version).copies


@pytest.mark.parametrize("version", ["3.8.9", "4.3.6"])
def test_which_of_two_ccs_counts(version: str) -> None:
    """The first one on every version, also for its type; of two BCCs the second one is seen."""
    queues = Topology(queues=["a", "b"])
    twice = Repeated([("CC", ["a"]), ("CC", ["b"])])
    assert route(queues, Message("", "c", twice), version).queues == {"a"}
    wrong_first = Repeated([("CC", "a"), ("CC", ["b"])])
    refused = route(queues, Message("", "c", wrong_first), version).refusal
    assert (refused and refused.code) == 406
    hidden = Repeated([("BCC", ["a"]), ("BCC", ["b"])])
    assert route(asking({"BCC": None}), Message("x", headers=hidden), version).queues == {"q"}
    assert not route(asking({"BCC": None}), Message("x", headers={"BCC": ["a"]}), version).queues


def test_how_large_may_a_body_be() -> None:
    """128 MiB before 4.0.0, since then 16, counted in bytes."""
    topology = asking({}, "fanout")
    for version, most in (("3.13.7", 2**27), ("4.0.0", 2**24)):
        assert route(topology, Message("x", body="é" * (most // 2)), version).copies
        refused = route(topology, Message("x", body="é" * (most // 2) + "."), version).refusal
        assert refused
        assert (refused.at, refused.code, str(most) in refused.why) == ("publish", 406, True)


@pytest.mark.parametrize(
    ("exchange_type", "before", "since"),
    [("x-local-random", "3.13.7", "4.0.0"), ("x-modulus-hash", "4.2.9", "4.3.0")],
)
def test_since_when_are_there_more_types(exchange_type: str, before: str, since: str) -> None:
    """Each takes a message for its queue; with two queues it is not decided which one gets it."""
    topology = asking({}, exchange_type)
    if exchange_type == "x-modulus-hash":  # which a plugin can bring before
        assert "a plugin" in str(route(topology, Message("x"), before).undecided)
    else:
        assert refusal(topology, before) == ("declare", 406)
    assert route(topology, Message("x"), since).queues == {"q"}
    assert route(topology, Message("x", "a.key"), since).undecided is None
    bindings = [Binding("x", "q"), Binding("x", "r")]
    either = route(replace(topology, queues=["q", "r"], bindings=bindings), Message("x"), since)
    assert either.undecided == "exchange x hands each message to one of its 2"
    assert str(either).startswith("x with (empty key): not decided: ")
    again = replace(topology, bindings=[Binding("x", "q")] * 100)
    assert route(again, Message("x"), since).undecided is None


def test_what_may_be_bound_to_local_random() -> None:
    """Queues alone, and without a key."""
    exchanges = [Exchange("x", "x-local-random"), Exchange("y", "fanout")]
    keyed = Topology(exchanges=exchanges, queues=["q"], bindings=[Binding("x", "q", "a")])
    onward = Topology(exchanges=exchanges, bindings=[ExchangeBinding("x", "y")])
    assert refusal(keyed, "4.0.0") == refusal(onward, "4.0.0") == ("bind", 406)


def test_which_version_mixes_empty_keys_up() -> None:
    """4.3.0 alone: every topic exchange asks the empty binding keys of the others, too."""
    topology = Topology(
        exchanges=[Exchange(name, kind) for name, kind in KINDS],
        queues=["q", "r", "s"],
        bindings=[Binding("x", "q", "a"), Binding("y", "r"), Binding("z", "s")],
    )
    for version, queues in (("4.2.9", set()), ("4.3.0", {"r"}), ("4.3.1", set())):
        assert route(topology, Message("x"), version).queues == queues
        assert route(topology, Message("x", "a"), version).queues == {"q"}
    assert "takes it for r" in "".join(route(topology, Message("x"), "4.3.0").why)


KINDS = (("x", "topic"), ("y", "topic"), ("z", "direct"))
