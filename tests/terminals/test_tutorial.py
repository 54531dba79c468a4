"""Do the tutorial's own programs, written with plain pika, meet ours on the queue hello?"""

import secrets
import signal
import sys
from collections.abc import Iterator
from subprocess import PIPE, Popen, run

import pytest
from conftest import LIMIT
from meeting import is_there, terminal
from meeting import run as ours
from pika.adapters.blocking_connection import BlockingChannel

from routing.broker import Broker, reopened
from routing.terminals.alone import receiving
from routing.terminals.shared import Arrival
from routing.terminals.stopping import Stop

TRANSIENT = ""
DURABLE = ", durable=True"
QUORUM = ", durable=True, arguments={'x-queue-type': 'quorum'}"

SEND = """
import pika
connection = pika.BlockingConnection(pika.URLParameters({url!r}))
channel = connection.channel()
channel.queue_declare(queue={queue!r}{how})
channel.basic_publish(exchange='', routing_key={queue!r}, body='Hello World!')
connection.close()
"""

RECEIVE = """
import pika
channel = pika.BlockingConnection(pika.URLParameters({url!r})).channel()
channel.queue_declare(queue={queue!r}{how})
channel.basic_consume({queue!r}, lambda *got: print('got', got[3], flush=True), auto_ack=True)
print('waiting', flush=True)
channel.start_consuming()
"""


@pytest.fixture
def hello(brokers: list[Broker]) -> Iterator[str]:
    """Name a queue that no other test has, of which nothing may be left in the end."""
    name = f"hello-{secrets.token_hex(4)}"
    yield name
    for broker in brokers:
        with reopened(broker) as open_again:
            open_again.connection.channel().queue_delete(name)


def usual(broker: Broker) -> str:
    """Give what the tutorial says beside the name; 4.3 by itself takes no transient queue."""
    return DURABLE if broker.followed >= (4, 3) else TRANSIENT


def send_as_the_tutorial(broker: Broker, queue: str, how: str) -> None:
    """Run the tutorial's sender."""
    script = SEND.format(url=broker.url, queue=queue, how=how)
    done = run([sys.executable, "-c", script], timeout=LIMIT, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def bodies(channel: BlockingChannel, queue: str) -> list[bytes]:
    """Take what waits in a queue."""
    taken = iter(lambda: channel.basic_get(queue, auto_ack=True)[2], None)
    return [body for body in taken if body]


def test_does_the_tutorials_sender_reach_our_receiver(brokers: list[Broker], hello: str) -> None:
    """On all four versions; the queue is declared so that the tutorial agrees, and goes again."""
    for broker in brokers:
        with terminal(broker.url, "receive", hello) as receiver:
            send_as_the_tutorial(broker, hello, usual(broker))
            receiver.await_line("Hello World!")
            status, said = receiver.end()
        assert status == 0
        assert f"this declared it: queue_declare(queue='{hello}'{usual(broker)})\n" in said
        assert f"Ended: {hello} was declared here, and is deleted." in said
        assert not is_there(broker, hello)


def test_does_our_sender_reach_the_tutorials_receiver(brokers: list[Broker], hello: str) -> None:
    """On all four versions; nothing but the message comes to be."""
    for broker in brokers:
        script = RECEIVE.format(url=broker.url, queue=hello, how=usual(broker))
        with Popen([sys.executable, "-c", script], stdout=PIPE, text=True) as receiver:
            assert receiver.stdout
            assert receiver.stdout.readline() == "waiting\n"
            sent = ours(broker.url, "send", hello, "--body", "Hello World!")
            assert receiver.stdout.readline() == "got b'Hello World!'\n"
            receiver.kill()
        assert f"must arrive in {hello}\n" in sent.stdout
        assert "Sent: RabbitMQ took it.\n" in sent.stdout
        assert sent.returncode == 0


def test_does_a_queue_that_is_there_stay_as_it_is(brokers: list[Broker], hello: str) -> None:
    """Of any type: what waited in it is printed, and it is there afterwards, empty."""
    for broker, how in zip(brokers[::3], (DURABLE, QUORUM), strict=True):
        send_as_the_tutorial(broker, hello, how)
        with terminal(broker.url, "receive", hello) as receiver:
            receiver.await_line("Hello World!")
            _, said = receiver.end()
        assert f"Ended: {hello} stays, because it was there before." in said
        assert "declared it" not in said
        assert is_there(broker, hello)
        send_as_the_tutorial(broker, hello, how)  # and it is as it was


def test_does_what_was_not_shown_stay_in_the_queue(brokers: list[Broker], hello: str) -> None:
    """Whoever ends after two of five messages leaves three, in their order."""
    for broker in brokers:
        channel, seen, stop = broker.connection.channel(), list[str](), Stop()
        channel.queue_declare(hello, durable=True)
        channel.confirm_delivery()
        for number in range(5):
            channel.basic_publish("", hello, str(number).encode())

        def on_arrival(arrival: Arrival, seen: list[str] = seen, stop: Stop = stop) -> None:
            seen.append(arrival.body)
            if len(seen) == 2:
                stop.signal = signal.SIGINT

        with receiving(broker, hello, on_arrival) as alone:
            alone.await_stop(stop)
        assert (seen, alone.stays) == (["0", "1"], "it was there before")
        assert bodies(channel, hello) == [b"2", b"3", b"4"]


@pytest.mark.parametrize("version", [0, 3])
def test_does_the_queue_stay_while_others_use_it(
    brokers: list[Broker], hello: str, version: int
) -> None:
    """Who made it leaves first; or a message waits in it that came meanwhile."""
    broker = brokers[version]
    with receiving(broker, hello, print) as first, receiving(broker, hello, print) as second:
        first.leave()
        assert first.declared
        assert first.stays == "others use it, or messages wait there"
        assert second.declared is None
    assert is_there(broker, hello)
    broker.connection.channel().queue_delete(hello)
    with receiving(broker, hello, print) as alone:
        alone.channel.basic_cancel(*alone.channel.consumer_tags)
        alone.channel.basic_publish("", hello, b"late")
    assert alone.stays == "others use it, or messages wait there"
    assert bodies(broker.connection.channel(), hello) == [b"late"]


def test_is_a_queue_told_that_cannot_be_deleted(brokers: list[Broker], hello: str) -> None:
    """Where every queue is a quorum queue by default, RabbitMQ closes the connection with 540."""
    for broker in brokers:
        arguments = {"x-queue-type": "quorum"}
        broker.connection.channel().queue_declare(hello, durable=True, arguments=arguments)
        with receiving(broker, hello, print) as alone:
            alone.declared = "by this program"
        assert alone.stays == "RabbitMQ does not see whether a queue of its type is unused"


def test_does_a_queue_that_is_deleted_come_back(brokers: list[Broker], hello: str) -> None:
    """Somebody deletes it on the management page: the receiver declares it again."""
    broker, stop = brokers[-1], Stop()

    def on_arrival(_: Arrival) -> None:
        stop.signal = signal.SIGINT

    with receiving(broker, hello, on_arrival) as alone:
        channel = broker.connection.channel()
        channel.queue_delete(hello)
        broker.connection.call_later(0.2, lambda: channel.basic_publish("", hello, b"again"))
        alone.await_stop(stop)
    assert alone.stays is None


def test_is_a_queue_that_takes_nothing_told(brokers: list[Broker], hello: str) -> None:
    """One that is full, and rejects: the sender says that it was not as predicted, status 1."""
    full = {"x-max-length": 0, "x-overflow": "reject-publish"}
    brokers[-1].connection.channel().queue_declare(hello, durable=True, arguments=full)
    sent = ours(brokers[-1].url, "send", hello)
    assert sent.returncode == 1
    assert "NOT as predicted: the queue came, went, or is full." in sent.stdout


def test_is_a_queue_of_another_connection_reached(brokers: list[Broker], hello: str) -> None:
    """It is exclusive: nobody else may receive from it, which is told, but a message reaches it."""
    channel = brokers[-1].connection.channel()
    channel.queue_declare(hello, exclusive=True)
    sent = ours(brokers[-1].url, "send", hello, "--body", "here")
    received = ours(brokers[-1].url, "receive", hello)
    assert (sent.returncode, bodies(channel, hello)) == (0, [b"here"])
    assert received.returncode == 2
    assert "refused with 405" in received.stderr
    assert "Traceback" not in received.stderr


def test_is_a_class_apart_from_the_tutorial(broker: Broker, group: str) -> None:
    """With a class, the queue is called after it, as ever."""
    with terminal(broker.url, "receive", "hello", "--class", group) as receiver:
        receiver.end()
        assert f"Waiting for messages in {group}.hello on" in receiver.said


def test_how_long_may_a_name_be(broker: Broker) -> None:
    """As long as RabbitMQ takes it, 255 bytes; where a class goes before it, 200."""
    name = "q" * 255
    with terminal(broker.url, "receive", name) as receiver:
        sent = ours(broker.url, "send", name)
        assert (sent.returncode, sent.stderr) == (0, "")
        assert receiver.end()[0] == 0
    for command, words, most in (
        ("receive", ["q" * 256], 255),
        ("send", ["q" * 256], 255),
        ("send", ["q" * 201, "--class", "monday"], 200),
    ):
        refused = ours(broker.url, command, *words)
        said = f"has {len(words[0])} bytes, but {most} is the most; shorten it.\n"
        assert (refused.returncode, refused.stderr.endswith(said)) == (2, True), refused.stderr
