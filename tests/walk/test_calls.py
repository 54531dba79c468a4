"""Do the calls that a walk shows work as they stand, in a sender and in a receiver?"""

from dataclasses import dataclass
from typing import Any

import pytest
from lessons import ALIVE, lesson
from pika.exceptions import UnroutableError

from routing.amqp.topology import Binding, Exchange, Message, Scenario, declarations
from routing.broker import Broker
from routing.code.calls import connected, published, received, shared, written
from routing.rules.predict import predict

PREFIX = "test-of-walk."


@dataclass
class Renamed:
    """A channel on which every name has a prefix, so that tests meet nobody."""

    channel: Any

    def __getattr__(self, method: str) -> Any:
        """Give a method that puts the prefix before names."""
        names = ("queue", "exchange", "source", "destination", "alternate-exchange")

        def call(**arguments: Any) -> Any:
            table = arguments.get("arguments") or {}
            if arguments.get("exchange") == "" and "routing_key" in arguments:
                arguments["routing_key"] = PREFIX + arguments["routing_key"]
            for given in (arguments, table):
                given.update({name: PREFIX + given[name] for name in names if given.get(name)})
            return getattr(self.channel, method)(**arguments)

        return call


class Program:
    """What a student has pasted into a file so far, run line by line; said: what it printed."""

    def __init__(self, url: str) -> None:
        """Connect as it is shown."""
        self.said: list[Any] = []
        self.names: dict[str, Any] = {"print": self.said.append}
        self.paste(connected(url))
        self.names["channel"] = Renamed(self.names["channel"])

    def paste(self, source: str) -> None:
        """Run some more of it."""
        exec(source, self.names)  # noqa: S102


def sent(sender: Program, message: Message) -> bool:
    """Publish a message, and tell whether pika says that nobody takes it."""
    try:
        sender.paste(published(message))
    except UnroutableError:
        return True
    return False


@pytest.mark.parametrize("name", ALIVE)
def test_do_the_calls_work_in_a_sender_and_a_receiver(broker: Broker, name: str) -> None:
    """Both declare all of it, over two connections; then each message goes where it must."""
    scenario = lesson(name)
    sender, receiver = Program(broker.url), Program(broker.url)
    for program in (receiver, sender):
        for declaration in declarations(scenario):
            program.paste(shared(declaration, scenario))
    for message, route in zip(scenario.messages, predict(scenario), strict=True):
        assert sent(sender, message) is route.returned
        receiver.said.clear()
        for queue in scenario.queues:
            receiver.paste(received(queue))
        got = {q for q, (m, *_) in zip(scenario.queues, receiver.said, strict=True) if m}
        assert got == route.queues
    for queue in scenario.queues:
        receiver.names["channel"].queue_delete(queue=queue)
    for exchange in scenario.exchanges:
        receiver.names["channel"].exchange_delete(exchange=exchange.name)


SMALL = Scenario(
    name="small",
    lesson="Anything.",
    exchanges=[Exchange("in", type="direct")],
    queues=["one"],
    bindings=[Binding("in", "one", "k")],
)


def test_how_is_a_call_written() -> None:
    """As a person would: no argument that pika assumes anyway, but an empty key."""
    assert [shared(each, SMALL) for each in declarations(SMALL)] == [
        'channel.exchange_declare(\n    exchange="in",\n    exchange_type="direct",\n'
        "    auto_delete=True,\n)",
        'channel.queue_declare(\n    queue="one",\n    durable=True,\n    auto_delete=True,\n'
        '    arguments={"x-expires": 120000},\n)',
        'channel.queue_bind(queue="one", exchange="in", routing_key="k")',
    ]
    assert written(Binding("in", "one", "")).endswith('routing_key="")')
    assert published(Message("in", "k", {"n": 1}, mandatory=False)) == (
        'channel.basic_publish(\n    exchange="in",\n    routing_key="k",\n    body="",\n'
        '    properties=pika.BasicProperties(headers={"n": 1}),\n)'
    )


def test_is_what_pika_cannot_send_said_in_place_of_the_call() -> None:
    """In a comment."""
    sources = {
        published(Message("in", "k", {"n": 1.5})),
        shared(Binding("in", "one", arguments={"n": 1.5}), SMALL),
        shared(Exchange("in", "direct", {"n": 1.5}), SMALL),
    }
    assert sources == {"# Left out: pika cannot send n=1.5, of type float64, by itself."}
