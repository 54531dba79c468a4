"""Is a running broker asked for its topology, and is it told why it does not answer?"""

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from conftest import had, untold
from pika import BlockingConnection, URLParameters

from routing.amqp.errors import BadUse, NoBroker
from routing.amqp.topology import Message
from routing.amqp.versions import NEWEST
from routing.broker.kept import down, up
from routing.broker.node.record import Kept
from routing.files.reading import read_source
from routing.rules.loaded import loaded
from routing.rules.predict import route_through


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """Have a node with a management page running."""
    folder = tmp_path_factory.mktemp("project") / ".rabbitmq"
    yield had(lambda: up(untold, folder, management=True))[0]
    down(folder)


def page(kept: Kept, login: tuple[str, str] | None = None) -> str:
    """Write the URL of the page with user and password."""
    user, password = (quote(each, safe="") for each in login or kept.login)
    return f"http://{user}:{password}@{urlsplit(kept.management or '').netloc}"


def test_is_a_running_broker_asked(kept: Kept) -> None:
    """What is declared on it is answered, and nothing of the password is shown."""
    with BlockingConnection(URLParameters(kept.url)) as connection:
        channel = connection.channel()
        channel.exchange_declare("orders", "topic", durable=True)
        channel.queue_declare("audit", durable=True)
        channel.queue_bind("audit", "orders", "order.#", {"a": 1, "b": [True, "x"]})
    source = read_source(page(kept))
    ready = loaded(source.topology, NEWEST, source.doubts).ready
    assert route_through(ready, Message("orders", "order.eu")).queues == {"audit"}
    assert kept.login[1] not in repr(source)
    assert list(read_source(page(kept), "/").topology.queues) == ["audit"]


def test_what_is_said_where_it_does_not_answer(kept: Kept) -> None:
    """A wrong password, a vhost that is not there, AMQP's port, a closed one, and no URL at all."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    amqp = urlsplit(kept.url)
    for url, vhost, kind, said in (
        (page(kept, ("routing", "wrong")), None, NoBroker, "it does not know this user"),
        (page(kept), "nope", NoBroker, "there is no such vhost"),
        (f"http://a:SECRET@127.0.0.1:{amqp.port}", None, NoBroker, "5672 is AMQP's port"),
        (page(kept).replace("http:", "https:"), None, NoBroker, "it does not speak TLS there"),
        (f"http://a:SECRET@127.0.0.1:{port}", None, NoBroker, "nobody answers"),
        ("http://a:SECRET@host:port", None, BadUse, "is no address"),
        ("http://a:SECRET@host/path", None, BadUse, "must be that of the management page"),
        (f"http://a@127.0.0.1:{port}", None, BadUse, "wants a password"),
    ):
        with pytest.raises(kind, match=said) as caught:
            read_source(url, vhost)
        assert "SECRET" not in str(caught.value)


def test_is_a_password_asked_for_only_at_a_terminal(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a terminal nobody could type it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadUse, match="put it into the URL"):
        read_source(f"http://routing@{urlsplit(kept.management or '').netloc}")
