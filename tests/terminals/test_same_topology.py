"""Is it told when programs that meet do not share the same?"""

from pathlib import Path

import pytest
from meeting import ROOT, is_there, run, terminal

from routing.amqp.errors import BadUse
from routing.amqp.topology import Binding, Exchange, Topology
from routing.broker import Broker
from routing.terminals import shared as live
from routing.terminals.presence import fingerprint

LESSON = (ROOT / "scenarios/topic.py").read_text()


@pytest.fixture
def older(tmp_path: Path) -> str:
    """Write the lesson as it was before somebody edited it: europe asked for another word."""
    file = tmp_path / "topic.py"
    file.write_text(LESSON.replace('"#.eu.#"', '"#.uk.#"'))
    return str(file)


COMMANDS = [
    ["receive", "audit", "--scenario", "topic"],
    ["send", "refund.eu", "--scenario", "topic"],
    ["watch", "topic"],
]


def test_is_who_comes_with_another_version_told(broker: Broker, group: str, older: str) -> None:
    """The first one is still there: the second one hears what differs and what to do, status 2."""
    with terminal(broker.url, "receive", "audit", "--scenario", older, "--class", group) as first:
        seconds = [run(broker.url, *command, "--class", group) for command in COMMANDS]
        same = run(broker.url, "send", "refund.uk", "--scenario", older, "--class", group)
        first.end()
    assert {(each.returncode, each.stdout, each.stderr) for each in seconds} == {
        (
            2,
            "",
            f"Another program is here as {group}.topic, with other bindings: give all of them the "
            "same file, or take another class (--class NAME, with make CLASS=NAME).\n",
        )
    }
    assert same.returncode == 0


def test_does_what_an_older_version_left_lead_nowhere(
    broker: Broker, group: str, older: str
) -> None:
    """Nobody is there any longer: it is deleted, and that is said; routing is as written now."""
    run(broker.url, "send", "order.uk", "--scenario", older, "--class", group)
    now = run(broker.url, "send", "refund.uk", "--scenario", "topic", "--class", group)
    assert "What another version of topic had left here is deleted, with 2 messages" in now.stderr
    assert "must come back" in now.stdout
    assert "Returned by RabbitMQ (312 NO_ROUTE)" in now.stdout
    assert now.returncode == 0
    again = run(broker.url, "send", "refund.eu", "--scenario", "topic", "--class", group)
    assert again.stderr == ""
    with terminal(
        broker.url, "receive", "europe", "--scenario", "topic", "--class", group
    ) as receiver:
        receiver.await_line("refund.eu")
        assert "left here" not in receiver.end()[1]


def test_does_a_receiver_say_that_it_deleted_what_was_left(
    broker: Broker, group: str, older: str
) -> None:
    """It gets what is sent from now on, and nothing of before."""
    run(broker.url, "send", "order", "--scenario", older, "--class", group)
    with terminal(
        broker.url, "receive", "audit", "--scenario", "topic", "--class", group
    ) as receiver:
        _, said = receiver.end()
    assert "What another version of topic had left here is deleted, with a message" in said
    assert "  orders  order" not in said


ORDERS = Topology(
    exchanges=[Exchange("orders", "topic")],
    queues=["audit", "billing"],
    bindings=[Binding("orders", "audit", "#"), Binding("orders", "billing", "a", {"x": 1})],
)
OTHERS = {
    "bindings": Topology(exchanges=ORDERS.exchanges, queues=ORDERS.queues),
    "exchanges": Topology(
        exchanges=[Exchange("orders", "direct")], queues=ORDERS.queues, bindings=ORDERS.bindings
    ),
    "bindings and queues": Topology(
        exchanges=ORDERS.exchanges, queues=["audit"], bindings=ORDERS.bindings[:1]
    ),
    "bindings and exchanges and queues": Topology(queues=["other"]),
}


def test_does_every_rabbitmq_tell_what_differs(brokers: list[Broker]) -> None:
    """On all four versions; a topology whose parts stand in another order is the same."""
    turned = Topology(
        exchanges=ORDERS.exchanges, queues=ORDERS.queues[::-1], bindings=ORDERS.bindings[::-1]
    )
    names = live.names_for("versions", "orders")
    for broker in brokers:
        with live.present(broker, ORDERS, names), live.present(broker, turned, names):
            for what, other in OTHERS.items():
                told = rf"^2 other programs are here as .*, with other {what}: "
                with pytest.raises(BadUse, match=told), live.present(broker, other, names):
                    pass
        assert not is_there(broker, names.presence)
        assert not is_there(broker, "versions.orders.audit")


def test_is_a_type_that_was_left_no_obstacle(brokers: list[Broker]) -> None:
    """An exchange of another type, and queues of other names, were left by a sender."""
    names = live.names_for("versions", "types")
    for broker in brokers:
        left = live.Shared(broker, broker.connection.channel(), OTHERS["exchanges"], names)
        left.declare()
        fewer = OTHERS["bindings and queues"]
        with live.present(broker, fewer, names) as shared:
            assert shared.replaced == 0
        assert is_there(broker, shared.renamed("billing"))  # by itself, until its lease ends
        broker.connection.channel().queue_delete(shared.renamed("billing"))
        assert not is_there(broker, shared.renamed("orders"), "exchange")


def test_are_two_told_that_come_at_the_same_time(broker: Broker, group: str) -> None:
    """One was about to be counted when another came, which took it for gone."""
    names = live.names_for(group, "orders")
    slow = live.Shared(broker, broker.connection.channel(), ORDERS, names)
    slow.meet()
    with live.present(broker, OTHERS["bindings"], names) as other:
        assert other.replaced == 0
        slow.consume(names.presence, print)
        with pytest.raises(BadUse, match=r"^Another program is here .* with other bindings: "):
            slow.declare()
        slow.channel.close()


def test_fits_every_number_all_three_arguments() -> None:
    """Each argument takes 31 bits, and each part has a number of its own."""
    numbers = fingerprint(ORDERS)
    assert len(set(numbers.values())) == 3
    assert all(0 <= number < 2**31 for number in numbers.values())
    assert fingerprint(Topology()) != fingerprint(ORDERS)


def test_do_arguments_of_a_queue_tell_a_topology_from_others() -> None:
    """One whose queue has a time to live is another one, though all names are the same."""
    plain = Topology(queues=["a"])
    other = Topology(queues=["a"], queue_arguments={"a": {"x-message-ttl": 0}})
    assert fingerprint(plain) != fingerprint(other)


def test_is_a_queue_alone_no_version_of_a_scenario(broker: Broker, group: str) -> None:
    """A queue called topic and the lesson of that name do not meet."""
    with terminal(broker.url, "receive", "topic", "--class", group) as receiver:
        sent = run(broker.url, "send", "order", "--scenario", "topic", "--class", group)
        receiver.end()
    assert sent.returncode == 0
