"""Is a running broker asked for its topology, and is it told why it does not answer?"""

import socket
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from nodes import ALL, Node
from pika import BlockingConnection, URLParameters

from routing.amqp.errors import BadUse, NoBroker
from routing.files.reading import read_source


def test_is_a_running_broker_asked(node: Node, vhost: str) -> None:
    """What is declared on it is answered, and nothing of the password is shown."""
    with BlockingConnection(URLParameters(node.url(vhost))) as connection:
        channel = connection.channel()
        channel.exchange_declare("orders", "topic", durable=True)
        channel.queue_declare("audit", durable=True)
        channel.queue_bind("audit", "orders", "order.#", {"a": 1, "b": [True, "x"]})
    source = read_source(node.page())
    assert source.route("orders", "order.eu", version=node.version).queues == {"audit"}
    assert node.login[1] not in repr(source)
    assert [*read_source(node.page(), vhost).topology.queues] == ["audit"]
    assert [*read_source(node.page(), "/").topology.queues] == []


@pytest.mark.parametrize("tags", ["", "management", "policymaker,monitoring"])
def test_is_a_user_told_who_may_see_definitions(node: Node, vhost: str, tags: str) -> None:
    """Whatever the user may do in the vhost, only the tag administrator will do."""
    node.made("users/plain", {"password": "SECRET", "tags": tags})
    node.made(f"permissions/{quote(vhost, safe='')}/plain", ALL)
    shown = f"http://{urlsplit(node.page()).netloc.rpartition('@')[2]}"
    may_not = f"{shown}: this user may not see definitions: name one with the tag administrator."
    try:
        for asked in (None, vhost, "nope"):
            with pytest.raises(NoBroker) as caught:
                read_source(node.page(("plain", "SECRET")), asked)
            assert str(caught.value) == may_not
        node.asked("PUT", "users/plain", {"password": "SECRET", "tags": "administrator"})
        assert [*read_source(node.page(("plain", "SECRET")), vhost).topology.queues] == []
    finally:
        node.asked("DELETE", "users/plain")


def test_what_is_said_where_it_does_not_answer(node: Node) -> None:
    """A wrong password, a vhost that is not there, AMQP's port, a closed one, and no URL at all."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    amqp = urlsplit(node.url())
    for url, vhost, kind, said in (
        (node.page(("routing", "SECRET")), None, NoBroker, "does not know this user and password"),
        (node.page(("nobody", "SECRET")), None, NoBroker, "does not know this user and password"),
        (node.page(), "nope", NoBroker, "there is no such vhost: choose another with --vhost"),
        (f"http://a:SECRET@127.0.0.1:{amqp.port}", None, NoBroker, "5672 is AMQP's port"),
        (node.page().replace("http:", "https:"), None, NoBroker, "it does not speak TLS there"),
        (f"https://a:SECRET@127.0.0.1:{amqp.port}", None, NoBroker, "it does not speak TLS there"),
        (f"http://a:SECRET@127.0.0.1:{port}", None, NoBroker, "nobody answers"),
        ("http://a:SECRET@host:port", None, BadUse, "is no address"),
        ("http://a:SECRET@[::1", None, BadUse, "is no address"),
        ("http://a:SECRET@a b", None, BadUse, "is no address"),
        (f"http://a:SECRET@{'a' * 64}", None, BadUse, "is no address"),
        ("http://a:SECRET@host/path", None, BadUse, "must be that of the management page"),
        (f"http://a@127.0.0.1:{port}", None, BadUse, "wants a password"),
    ):
        with pytest.raises(kind, match=said) as caught:
            read_source(url, vhost)
        assert "SECRET" not in str(caught.value)


def test_is_a_password_asked_for_only_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a terminal nobody could type it."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadUse, match="put it into the URL"):
        read_source("http://routing@127.0.0.1:15672")


@pytest.mark.parametrize(("scheme", "port"), [("http", 15672), ("https", 15671)])
def test_has_a_page_a_port_where_none_is_named(scheme: str, port: int) -> None:
    """That of RabbitMQ's own settings."""
    with pytest.raises(BadUse, match=f"^{scheme}://nowhere.example:{port} wants a password"):
        read_source(f"{scheme}://routing@nowhere.example")
