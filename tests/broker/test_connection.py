"""What a user reads where a URL leads to no broker, or a connection breaks."""

import socket
import struct
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

import pytest

from routing.amqp.errors import BadUse, NoBroker, Refused
from routing.amqp.versions import TYPE_REFUSED_ON_CHANNEL, parse_version
from routing.broker.address import without_password
from routing.broker.broken import translated
from routing.broker.connection import connect, server_of

SECRET = "s3cr3t"  # noqa: S105 - of nobody


@contextmanager
def server(says: bytes = b"", *, closes: bool = True) -> Iterator[int]:
    """Yield the port of a server that reads what a client says first, answers, and hangs up."""
    with ExitStack() as held, socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            client = held.enter_context(listening.accept()[0])
            listening.close()  # so that who asks again is refused, and does not wait
            client.recv(8)
            client.sendall(says)
            if closes:
                client.close()

        Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def failure(url: str) -> str:
    """Tell the sentence with which connecting fails."""
    with pytest.raises(NoBroker) as caught:
        connect(url)
    return str(caught.value)


def with_parts(url: str, user: str, password: str, path: str = "/") -> str:
    """Write the URL with another user, password and virtual host."""
    parts = urlsplit(url)
    return f"amqp://{user}:{password}@{parts.hostname}:{parts.port}{path}"


def test_connects(broker_url: str) -> None:
    """The URL of a broker opens a connection."""
    connection = connect(broker_url)
    assert connection.is_open
    connection.close()


def test_wrong_password(broker_url: str) -> None:
    """A wrong password is named as such, and not shown."""
    sentence = failure(with_parts(broker_url, "ann", SECRET))
    assert "user ann is refused: check user and password (ACCESS_REFUSED" in sentence
    assert SECRET not in sentence


def test_unknown_vhost(broker_url: str) -> None:
    """An unknown virtual host is named."""
    sentence = failure(broker_url.rstrip("/") + "/nowhere")
    assert "not let into virtual host nowhere (NOT_ALLOWED - vhost nowhere not found)" in sentence


def test_unknown_host() -> None:
    """A host name that nobody has is named as such."""
    assert "no machine of that name (broker.invalid)" in failure("amqp://broker.invalid/")


def test_nothing_listens() -> None:
    """A port where nothing listens is named as such."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert failure(f"amqp://127.0.0.1:{port}/") == (
        f"No connection to 127.0.0.1:{port}: nothing listens there: "
        "start a broker, or check host and port."
    )


def test_silent_port() -> None:
    """A port that accepts and says nothing is given up after the limit."""
    with server(closes=False) as port:
        assert "no AMQP answer within 1 s" in failure(f"amqp://127.0.0.1:{port}/?timeout=2")


def test_limit_of_the_url() -> None:
    """The URL's own options for pika go before ours, where they are shorter."""
    with server(closes=False) as port:
        url = f"amqp://127.0.0.1:{port}/?stack_timeout=0.2"
        assert "within 0.2 s" in failure(url)


@pytest.mark.parametrize("option", ["stack_timeout", "socket_timeout"])
@pytest.mark.parametrize("value", ["nan", "1e9"])
def test_can_an_option_of_the_url_make_a_run_wait_longer(option: str, value: str) -> None:
    """A time-out of its own ends a run sooner, and never later than is promised."""
    with server(closes=False) as port:
        url = f"amqp://127.0.0.1:{port}/?timeout=2&{option}={value}"
        assert "no AMQP answer within 1 s" in failure(url)


def test_can_it_be_tried_again_and_again() -> None:
    """One attempt takes half of the time that a run has; the URL cannot have more."""
    begun = monotonic()
    with server(closes=False) as port:
        url = f"amqp://127.0.0.1:{port}/?timeout=2&connection_attempts=5&retry_delay=0"
        assert "no AMQP answer within 1 s" in failure(url)
    assert monotonic() - begun < 3


def test_unanswered_call() -> None:
    """A machine that does not even accept is given up after the limit."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full, ExitStack() as waiting:
        port = full.getsockname()[1]
        for _ in range(3):  # the first is taken into the queue, the others fill it
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)  # noqa: FBT003 - the socket's own signature
            caller.connect_ex(("127.0.0.1", port))
        assert "no AMQP answer within 1 s" in failure(f"amqp://127.0.0.1:{port}/?timeout=2")


@pytest.mark.parametrize(
    "says", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"AMQP\x00\x01\x00\x00", bytes(range(256)), b""]
)
def test_something_else_listens(says: bytes) -> None:
    """A port that speaks HTTP, another AMQP, garbage or nothing at all is named as such."""
    with server(says) as port:
        sentence = failure(f"amqp://127.0.0.1:{port}/")
    assert sentence.endswith("what listens there does not speak AMQP 0-9-1: check the port.")


def test_no_tls(broker_url: str) -> None:
    """A failure of TLS is told as such, here to a port without it."""
    parts = urlsplit(broker_url)
    assert "it does not speak TLS there" in failure(f"amqps://{parts.hostname}:{parts.port}/")


@pytest.mark.parametrize(
    "url",
    [
        f"http://ann:{SECRET}@127.0.0.1/",
        f"ann:{SECRET}@127.0.0.1",
        f"amqp://ann:{SECRET}@127.0.0.1:port/",
        f"amqp://ann:{SECRET}@127.0.0.1:99999/",
        f"amqp://ann:{SECRET}@127.0.0.1:0/",
        f"amqp://ann:{SECRET}/1@127.0.0.1:5672/",
        f"amqp://ann:{SECRET}#1@127.0.0.1:5672/",
        f"amqp://ann:1?{SECRET}@127.0.0.1:5672/",
        f"amqp://ann:1/{SECRET}@127.0.0.1:5672/",
        f"amqp://ann:{SECRET}@127.0.0.1:5672//",
        f"amqp://ann:{SECRET}@127.0.0.1:5672/orders/eu",
        f"amqp://ann:{SECRET}@[::1/",
        f"amqp://ann:{SECRET}@127.0.0.1:1/?heartbeat=often",
        f"amqp://ann:{SECRET}@127.0.0.1:1/?unknown=1",
        f"amqp://ann:{SECRET}@127.0.0.1:1/?ssl_options={{'password':'{SECRET}'(",
        f"amqp://{SECRET}@127.0.0.1:5672/",
        "amqp://",
    ],
)
def test_badly_written_url(url: str) -> None:
    """A URL that is not well written is bad use, told without what may be its password."""
    with pytest.raises(BadUse) as caught:
        connect(url)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("amqp://ann:s3cr3t@example.org", "example.org:5672"),
        ("amqps://ann:s3cr3t@example.org/", "example.org:5671"),
        ("amqp://ann:s3cr3t@10.0.0.1:5673/%2F", "10.0.0.1:5673"),
        ("amqp://[::1]:5673/orders%2Feu?heartbeat=5", "[::1]:5673/orders/eu"),
    ],
)
def test_address(url: str, address: str) -> None:
    """Of a URL are shown host, port and virtual host."""
    assert without_password(url) == address


def test_refused_operation(broker_url: str) -> None:
    """What the broker does not accept is told in its own words, with its code."""
    connection = connect(broker_url)
    with pytest.raises(Refused, match="refused with 404, NOT_FOUND") as caught, translated("here"):
        connection.channel().queue_declare(queue="none", passive=True)
    assert caught.value.code == 404
    connection.close()


def test_refused_connection(broker_url: str) -> None:
    """An error is told the same way whether it closes the channel or, before 4.0, all."""
    connection = connect(broker_url)
    closes_all = parse_version(server_of(connection)[1]) < TYPE_REFUSED_ON_CHANNEL
    with pytest.raises(Refused, match="no-such-type") as caught, translated("here"):
        connection.channel().exchange_declare(exchange="x", exchange_type="no-such-type")
    assert caught.value.code == (503 if closes_all else 406)
    assert connection.is_open is not closes_all


@pytest.mark.parametrize("key", ["k" * 256, "é" * 128])
def test_value_too_long(broker_url: str, key: str) -> None:
    """A value that AMQP cannot carry is bad use."""
    connection = connect(broker_url)
    with pytest.raises(BadUse, match="AMQP cannot carry"), translated("here"):
        connection.channel().basic_publish(exchange="", routing_key=key, body=b"")
    connection.close()


def handshake(channel: int, *method: int, arguments: bytes = b"") -> bytes:
    """Write a frame that holds a method."""
    payload = struct.pack(">HH", *method) + arguments
    return struct.pack(">BHL", 1, channel, len(payload)) + payload + b"\xce"


def test_broker_that_dies_in_the_handshake() -> None:
    """A broker that hangs up without a word, once it knows the user, is told as just that."""
    start = handshake(
        0,
        10,
        10,
        arguments=b"\x00\x09"
        + struct.pack(">LL", 0, 5)
        + b"PLAIN"
        + struct.pack(">L", 5)
        + b"en_US",
    )
    with server(start) as port:
        assert "it was closed while user ann logged in" in failure(
            with_parts(f"amqp://127.0.0.1:{port}", "ann", "x")
        )
