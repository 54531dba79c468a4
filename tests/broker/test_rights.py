"""Is it told which right a user lacks, or which limit is reached, and taken for no outcome?"""

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

import pytest
from nodes import ALL, Node
from pika.adapters.blocking_connection import BlockingChannel

from routing.amqp.errors import NoBroker, NotPermitted, Refused
from routing.amqp.versions import parse_version
from routing.broker.address import without_password
from routing.broker.broken import translated
from routing.broker.connection import closing, connect
from routing.broker.rights import missing_in, pattern_for, with_right

NOTHING = "^$"
Work = Callable[[BlockingChannel], Any]


def refused(url: str, work: Work) -> str:
    """Give the sentence with which something is refused."""
    with (
        closing(connect(url)) as connection,
        pytest.raises(NotPermitted) as caught,
        translated(without_password(url)),
    ):
        work(connection.channel())
    assert caught.value.exit_status == 3
    return str(caught.value)


def published(channel: BlockingChannel) -> object:
    """Publish to an exchange, and wait for what is said to that."""
    channel.basic_publish("t.x", "a.b", b"")
    return channel.basic_qos()  # type: ignore[func-returns-value]


def declared(name: str, channel: BlockingChannel) -> None:
    """Declare a queue."""
    channel.queue_declare(name)


DEAD = {"x-dead-letter-exchange": "t.x"}
ELSE = {"alternate-exchange": "t.x"}
SELF = {"alternate-exchange": "t.s"}

OPERATIONS: list[tuple[str, Work, str]] = [
    ("configure", lambda c: c.queue_declare("t.new"), "configure queue t.new"),
    ("configure", lambda c: c.exchange_declare("t.new"), "configure exchange t.new"),
    ("configure", lambda c: c.queue_declare(""), "configure queue amq.gen-"),
    ("configure", lambda c: c.queue_delete("t.q"), "configure queue t.q"),
    ("configure", lambda c: c.exchange_delete("t.x"), "configure exchange t.x"),
    ("write", published, "write to exchange t.x"),
    ("write", lambda c: c.queue_bind("t.q", "t.x"), "write to queue t.q"),
    ("write", lambda c: c.queue_unbind("t.q", "t.x"), "write to queue t.q"),
    ("write", lambda c: c.exchange_bind("t.y", "t.x"), "write to exchange t.y"),
    ("write", lambda c: c.exchange_unbind("t.y", "t.x"), "write to exchange t.y"),
    ("write", lambda c: c.queue_declare("t.d", arguments=DEAD), "write to exchange t.x"),
    ("write", lambda c: c.exchange_declare("t.a", arguments=ELSE), "write to exchange t.x"),
    ("read", lambda c: c.queue_bind("t.q", "t.x"), "read from exchange t.x"),
    ("read", lambda c: c.queue_unbind("t.q", "t.x"), "read from exchange t.x"),
    ("read", lambda c: c.exchange_bind("t.y", "t.x"), "read from exchange t.x"),
    ("read", lambda c: c.basic_consume("t.q", print), "read from queue t.q"),
    ("read", lambda c: c.basic_get("t.q"), "read from queue t.q"),
    ("read", lambda c: c.queue_purge("t.q"), "read from queue t.q"),
    ("read", lambda c: c.queue_declare("t.d", arguments=DEAD), "read from queue t.d"),
    ("read", lambda c: c.exchange_declare("t.a", arguments=ELSE), "read from exchange t.a"),
    ("write", lambda c: c.exchange_declare("t.s", arguments=SELF), "write to exchange t.s"),
]


WITHOUT_WORD = {
    "read from queue t.d": "configure or read from queue t.d",
    "read from exchange t.a": "configure or read from exchange t.a",
    "write to exchange t.s": "configure or read from or write to exchange t.s",
}
"""What is told of some of them before 4.0."""


@pytest.fixture
def furnished(node: Node, vhost: str) -> str:
    """Give a vhost that has a queue and two exchanges."""
    with closing(connect(node.url(vhost))) as connection:
        channel = connection.channel()
        channel.queue_declare("t.q", durable=True)
        channel.exchange_declare("t.x", "topic")
        channel.exchange_declare("t.y", "fanout")
    return vhost


def test_is_the_missing_right_named(node: Node, furnished: str) -> None:
    """Whatever was to be done, on every version: before 4.0 the broker does not say which it is.

    There, of what hands on to another exchange, any of two or three rights may be the one.
    """
    silent = parse_version(node.version) < parse_version("4.0")
    for right, work, does in OPERATIONS:
        url = node.user(furnished, **{**ALL, right: NOTHING})
        told = WITHOUT_WORD.get(does, does) if silent else does
        sentence = refused(url, work)
        assert sentence.startswith(f"The user ann may not {told}")
        assert f" at {without_password(url)}: add ^" in sentence
        assert sentence.endswith("(rabbitmqctl set_permissions), or ask whoever runs the broker.")


def test_is_a_key_named_that_a_topic_permission_does_not_take(node: Node, furnished: str) -> None:
    """Who may write to the exchange may not with every key, nor bind with every key."""
    url = node.user(furnished, **ALL)
    path = f"topic-permissions/{quote(furnished, safe='')}/ann"
    rights = {"exchange": "t.x", "write": "^c", "read": "^c"}
    assert node.asked("PUT", path, rights)[0] in (201, 204)
    written = refused(url, published)
    read = refused(url, lambda channel: channel.queue_bind("t.q", "t.x", "a.b"))
    for said, does, right in ((written, "write to", "write"), (read, "read from", "read")):
        assert said.startswith(f"The user ann may not {does} exchange t.x at ")
        assert f" with the key a.b: let the {right} pattern of its topic permissions" in said


def internal(channel: BlockingChannel) -> object:
    """Publish to an exchange that takes from others alone."""
    channel.exchange_declare("t.x", internal=True)
    return published(channel)


EVERYBODY: list[Work] = [
    lambda c: c.exchange_declare("amq.t"),
    lambda c: c.queue_declare("amq.t"),
    lambda c: c.exchange_declare(""),
    lambda c: c.queue_bind(c.queue_declare("t.q", exclusive=True).method.queue, ""),
    internal,
]


def test_is_what_is_refused_to_everybody_an_outcome(node: Node, vhost: str) -> None:
    """A reserved name, the default exchange, an internal one: with its code, as the model does."""
    url = node.user(vhost, configure="^t", write="^t", read="^t")
    for work in EVERYBODY:
        with closing(connect(url)) as connection:
            with pytest.raises(Refused) as caught, translated("here"):
                work(connection.channel())
            connection.channel().exchange_delete("t.x")
        assert caught.value.code == 403
    sentence = refused(url, lambda channel: channel.exchange_declare("amq.topic", "topic"))
    assert "may not configure exchange amq.topic" in sentence


def test_is_a_right_found_in_words_that_were_cut(node: Node, vhost: str) -> None:
    """The broker cuts its words at 255 bytes, and with them the name, or the user."""
    url = node.user(vhost, configure=NOTHING, write=NOTHING, read=NOTHING)
    for size in (120, 160, 180, 200, 255):
        sentence = refused(url, partial(declared, "q" * size))
        assert "may not configure queue qqq" in sentence
        assert sentence.startswith(("The user ann may", "The user may"))


def limits(node: Node, path: str, value: int) -> None:
    """Set a limit, of a vhost or of a user."""
    assert node.asked("PUT", path, {"value": value})[0] == 204


def test_is_a_limit_told_as_one(node: Node, vhost: str) -> None:
    """Of queues, connections and channels: no outcome of routing, and status 3."""
    url, of_vhost = node.user(vhost, **ALL), f"vhost-limits/{quote(vhost, safe='')}"
    limits(node, f"{of_vhost}/max-queues", 0)
    queues = refused(url, lambda channel: channel.queue_declare("q", exclusive=True))
    assert "has a limit (cannot declare queue 'q': queue limit in vhost" in queues
    limits(node, f"{of_vhost}/max-connections", 0)
    with pytest.raises(NoBroker, match=r"too many are open \(.*connection limit .0. is reached"):
        connect(url)
    limits(node, f"{of_vhost}/max-connections", -1)
    if parse_version(node.version) >= parse_version("3.10"):
        limits(node, "user-limits/ann/max-channels", 0)
        try:
            channels = refused(url, lambda channel: channel)
        finally:
            limits(node, "user-limits/ann/max-channels", -1)
        assert "has a limit (number of channels opened for user '" in channels


def test_is_who_may_not_enter_told(node: Node, vhost: str) -> None:
    """A user with no right at all in the vhost."""
    url = node.user(vhost, **ALL)
    node.asked("DELETE", f"permissions/{quote(vhost, safe='')}/ann")
    with pytest.raises(NoBroker, match="user ann is not let into virtual host of one test"):
        connect(url)


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("routing-1a2b3c4d.orders", "^routing-"),
        ("amq.gen-JzTY20BRgKO-HjmUJj0wLg", r"^amq\.gen-"),
        ("amq.default", r"^amq\.default$"),
        ("class.topic (present)", r"^class\."),
        ("hello", "^hello$"),
        ("a+b", r"^a\+b$"),
    ],
)
def test_is_the_pattern_one_that_would_do(name: str, pattern: str) -> None:
    """It takes the name, and what is called otherwise next time."""
    assert pattern_for(name) == pattern


def test_does_a_quote_in_a_name_mislead_nobody() -> None:
    """Names may have anything in them, the broker's own words as well."""
    name = "it's' in vhost"
    words = f"ACCESS_REFUSED - access to queue '{name}' in vhost '/' refused for user 'o'hara'"
    missing = missing_in(with_right(words, "Queue.Purge", None))
    assert missing
    assert (missing.right, missing.name, missing.user) == ("read", name, "o'hara")
