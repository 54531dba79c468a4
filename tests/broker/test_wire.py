"""Has every wait an end, and is none given up that goes on?"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from time import monotonic
from urllib.parse import urlsplit

import pytest
from conftest import LIMIT
from pika import BasicProperties, BlockingConnection
from pika.exceptions import ChannelClosedByBroker

from routing.amqp.errors import BadUse, Lost, NoBroker
from routing.broker import Broker, connection, wire
from routing.broker.address import timeout_of, with_timeout
from routing.broker.broken import translated
from routing.broker.connection import close, closing, connect, for_a_time, limit_of
from soak.matrix import at
from soak.proxy import Moment, Proxy

DECLARED = at("Queue.Declare")


@contextmanager
def behind(url: str, fault: str, moment: Moment) -> Iterator[str]:
    """Yield the URL of a proxy in front of a broker, with a time-out of one second."""
    parts, loop = urlsplit(url), asyncio.new_event_loop()
    proxy = Proxy((parts.hostname or "", parts.port or 0), fault, moment)
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    port = asyncio.run_coroutine_threadsafe(proxy.open(), loop).result()
    try:
        yield f"amqp://{parts.username}:{parts.password}@127.0.0.1:{port}/?timeout=1"
    finally:
        with suppress(asyncio.CancelledError):
            asyncio.run_coroutine_threadsafe(proxy.shut(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def declare(connection: BlockingConnection) -> None:
    """Declare a queue."""
    with translated("here"):
        connection.channel().queue_declare("q", exclusive=True)


@pytest.mark.parametrize("fault", ["silence", "half", "slow", "deaf"])
def test_is_a_broker_given_up_that_does_not_answer(broker_url: str, fault: str) -> None:
    """After half of the time-out, and the sentence names the step."""
    with behind(broker_url, fault, DECLARED) as url, closing(connect(url)) as connection:
        begun = monotonic()
        with pytest.raises(NoBroker, match=r"not answered for 0\.5 s after queue\.declare \(q\):"):
            declare(connection)
        assert 0.5 < monotonic() - begun < 5


def test_is_garbage_told_from_silence(broker_url: str) -> None:
    """What comes is read no further than to where it is no frame."""
    with (
        behind(broker_url, "garbage", DECLARED) as url,
        closing(connect(url)) as connection,
        pytest.raises(NoBroker, match=r"after queue\.declare \(q\) is not AMQP 0-9-1 \(.*\): see"),
    ):
        declare(connection)


def test_is_garbage_told_at_the_login(broker_url: str) -> None:
    """The password is not blamed for it."""
    with (
        behind(broker_url, "garbage", at("Connection.StartOk")) as url,
        pytest.raises(NoBroker, match=r"what listens there does not speak AMQP 0-9-1:"),
    ):
        connect(url)


def test_is_a_reset_told_with_its_step(broker_url: str) -> None:
    """It is told apart from silence, as it may be tried again."""
    with (
        behind(broker_url, "reset", DECLARED) as url,
        closing(connect(url)) as connection,
        pytest.raises(Lost, match=r"broke half way after queue\.declare \(q\):"),
    ):
        declare(connection)


@pytest.mark.parametrize("code", ["501", "541"])
def test_does_a_broker_say_that_it_cannot(broker_url: str, code: str) -> None:
    """A reply code that says nothing of what was asked is no refusal of that."""
    said = rf"closed the connection after queue\.declare \(q\) with {code}, \w+_ERROR"
    with (
        behind(broker_url, code, DECLARED) as url,
        closing(connect(url)) as connection,
        pytest.raises(NoBroker, match=said),
    ):
        declare(connection)


@pytest.mark.parametrize("code", ["320", "501", "541"])
def test_does_a_broker_say_so_at_the_login(broker_url: str, code: str) -> None:
    """The user is not blamed for it."""
    said = "it is shutting down" if code == "320" else f"it closed the connection with {code}, "
    with (
        behind(broker_url, code, at("Connection.StartOk")) as url,
        pytest.raises(NoBroker, match=said) as caught,
    ):
        connect(url)
    assert "user" not in str(caught.value)


def test_is_it_said_what_is_waited_for(
    broker_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once that takes long; once, and with the seconds that are left."""
    monkeypatch.setattr(wire, "SOON", 0.2)
    with (
        behind(broker_url, "silence", DECLARED) as url,
        closing(connect(with_timeout(url, 4))) as connection,
        pytest.raises(NoBroker),
    ):
        declare(connection)
    told = "The broker is silent after queue.declare (q): waiting 2 s more ...\n"
    assert capsys.readouterr().err == told


def test_is_a_goodbye_given_up_that_is_not_answered(
    broker_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The broker sees the end at once, and not only with the process; nothing is told of it."""
    monkeypatch.setattr(connection, "CLOSING", 0.2)
    with behind(broker_url, "silence", at("Channel.Close")) as url:
        opened = connect(with_timeout(url, 100))
        declare(opened)
        close(opened)
        for_a_time(LIMIT, lambda: await_closed(opened))
        assert not opened.is_open
    assert not capsys.readouterr().err


def await_closed(opened: BlockingConnection) -> None:
    """Wait until another thread has closed a connection."""
    while opened.is_open:
        pass


def test_is_a_broker_waited_for_that_goes_on(broker_url: str) -> None:
    """An answer may take longer than the limit, as long as whole frames of it come."""
    with (
        behind(broker_url, "sluggish", at("Basic.Get")) as url,
        closing(connect(url)) as connection,
    ):
        channel = connection.channel()
        channel.queue_declare("large", exclusive=True)
        channel.basic_publish("", "large", bytes(1_000_000))
        begun = monotonic()
        body = channel.basic_get("large", auto_ack=True)[2]
        assert body == bytes(1_000_000)
        assert monotonic() - begun > 2 * limit_of(connection)


def listen(connection: BlockingConnection, seconds: float) -> None:
    """Consume from a queue to which nothing comes."""
    channel = connection.channel()
    channel.queue_declare("idle", exclusive=True)
    channel.basic_consume("idle", lambda *_: None)
    begun = monotonic()
    with translated("here"):
        while monotonic() - begun < seconds:
            connection.process_data_events(time_limit=10)


def test_may_a_broker_have_nothing_to_say(
    broker_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever listens for longer than the limit asks it now and then, and nothing is told."""
    monkeypatch.setattr(wire, "GLANCE", 0.3)
    with closing(connect(with_timeout(broker_url, 1))) as connection:
        listen(connection, 1.5)
        assert connection.is_open
    assert not capsys.readouterr().err


def test_is_a_broker_given_up_that_is_listened_to(
    broker_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does not answer when it is asked."""
    monkeypatch.setattr(wire, "GLANCE", 0.3)
    with (
        behind(broker_url, "silence", at("Channel.Flow")) as url,
        closing(connect(url)) as connection,
        pytest.raises(NoBroker, match=r"not answered for 0\.5 s after basic\.consume"),
    ):
        listen(connection, 10)


def test_is_a_channel_told_that_is_closed_while_a_program_listens(broker_url: str) -> None:
    """Then, and only then: whoever asked for what was refused has heard of it already."""
    with closing(connect(broker_url)) as connection:
        with pytest.raises(ChannelClosedByBroker, match="404"):
            connection.channel().queue_declare("missing", passive=True)
        connection.process_data_events(0)
        connection.channel().basic_publish("missing", "key", b"")
        with pytest.raises(ChannelClosedByBroker, match="'missing'"):
            connection.process_data_events(LIMIT)
        connection.process_data_events(0)


@pytest.mark.parametrize("place", range(2))
def test_are_words_told_that_are_cut_within_a_letter(brokers: list[Broker], place: int) -> None:
    """RabbitMQ 3 cuts them at 255 bytes, wherever that is, and pika gives bytes then.

    From 4.0 on it cuts at 255 letters, and closes the connection over more bytes (541).
    """
    name = "x" * place + "ä" * 120
    for broker in brokers[:2]:
        with closing(connect(broker.url)) as connection:
            with pytest.raises(ChannelClosedByBroker) as caught:
                connection.channel().queue_declare(name, passive=True)
            words = caught.value.reply_text
            assert words.startswith(f"NOT_FOUND - no queue '{name[:90]}")
            assert "\ufffd" not in words


def test_is_a_copy_that_is_waited_for_no_refusal(broker_url: str) -> None:
    """Pika ends the listening for either of them in the same way."""
    with closing(connect(broker_url)) as connection:
        channel = connection.channel()
        channel.queue_declare("mine", exclusive=True)
        copies = channel.consume("mine", auto_ack=True, inactivity_timeout=0.1)
        assert next(copies)[2] is None
        channel.basic_publish("", "mine", b"a copy")
        assert next(body for _, _, body in copies if body) == b"a copy"


@pytest.mark.parametrize("what", ["headers", "arguments"])
def test_is_it_told_what_does_not_fit_into_small_frames(broker_url: str, what: str) -> None:
    """Before it is sent, as the broker would close the connection over one byte more."""
    with closing(connect(f"{broker_url}?frame_max=8192")) as connection:
        send_table(connection, what, 8192)
        with pytest.raises(BadUse, match="A table of 8193 bytes does not fit into one frame"):
            send_table(connection, what, 8193)


def test_is_it_told_which_frames_are_too_small_for_a_broker(broker_url: str) -> None:
    """It hangs up, and says nothing: the user is not blamed for it."""
    with pytest.raises(
        NoBroker, match=r"at frames of 4096 bytes \(frame_max\): RabbitMQ from 4\.1"
    ):
        connect(f"{broker_url}?frame_max=4096")


def send_table(connection: BlockingConnection, what: str, size: int) -> None:
    """Send a frame of this size, whose table has one name, and a text in it."""
    channel = connection.channel()
    of_message = 12 + 2  # class, weight, size of the body; which properties there are
    of_method = 4 + 2 + 1 + 1  # class and method, a reserved field, an empty name, bits
    before = of_message if what == "headers" else of_method
    table = {"a": "x" * (size - before - len("....") - len(".a") - len("S...."))}
    with translated("here"):
        if what == "headers":
            channel.basic_publish("", "nobody", b"", BasicProperties(headers=table))
            channel.basic_qos()
        else:
            channel.queue_declare("", exclusive=True, arguments=table)


def test_which_timeout_counts() -> None:
    """The option's before the URL's, and that before ours."""
    url = "amqp://localhost/?timeout=4&heartbeat=9"
    assert timeout_of("amqp://localhost") == 15
    assert timeout_of(url) == 4
    assert with_timeout(url, None) == url
    assert with_timeout(url, 5) == "amqp://localhost/?heartbeat=9&timeout=5"
