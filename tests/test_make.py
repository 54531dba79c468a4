"""Does make hand on what is given to it exactly as it is, and nothing else?"""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import make
from nodes import ALL, Node
from pika import BlockingConnection, URLParameters
from pika.adapters.blocking_connection import BlockingChannel

QUEUE = "odd $queue's $(HOME)"


@pytest.fixture
def url(nodes: list[Node]) -> Iterator[str]:
    """Give the URL of a user whose password is hard for make and for a shell."""
    node, password = nodes[-1], "pa$word' $(shell exit) $$ `id` # \" %41 \\"
    node.made("users/odd", {"password": password, "tags": ""})
    node.made("permissions/%2F/odd", ALL)
    port = URLParameters(node.running.url).port
    # What a URL permits stands in it as it is.
    typed = quote(password, safe="$'()`!*")
    yield f"amqp://odd:{typed}@127.0.0.1:{port}/"
    node.asked("DELETE", "users/odd")


@pytest.fixture
def channel(url: str) -> Iterator[BlockingChannel]:
    """Give a channel of that user, with a queue that has an odd name."""
    with BlockingConnection(URLParameters(url)) as connection:
        channel = connection.channel()
        channel.queue_declare(QUEUE, exclusive=False, durable=True)
        yield channel
        channel.queue_delete(QUEUE)


@pytest.mark.parametrize("by", ["word", "environment"])
def test_does_a_message_arrive_as_it_was_typed(
    channel: BlockingChannel,
    url: str,
    by: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No $, quote or line break in URL, body, headers or queue means anything on the way."""
    ran = f"$(shell touch {tmp_path}/make) `touch {tmp_path}/shell` $$(touch {tmp_path}/sub)"
    body = f"$HOME $$ #c 'one' \"two\" {ran}\\\n second\\n line\n\t%x \\"
    note = f"$HOME {ran} 'one' \"two\" #"
    given = {"QUEUE": QUEUE, "BODY": body, "HEADERS": f"note={note}", "AMQP_URL": url}
    for name, text in given.items() if by == "environment" else ():
        monkeypatch.setenv(name, text)
    words = [f"{name}={text}" for name, text in given.items()] if by == "word" else []
    done = make("send", *words)
    assert done.returncode == 0, done.stderr
    _, properties, arrived = channel.basic_get(QUEUE, auto_ack=True)
    assert (arrived or b"").decode() == body
    assert properties
    assert properties.headers == {"note": note}
    assert not [*tmp_path.iterdir()]


def test_does_make_keep_the_password_to_one_variable(tmp_path: Path) -> None:
    """It would repeat it in MAKEFLAGS, which all that is ever started then has."""
    makefile = Path(__file__).parents[1] / "Makefile"
    (tmp_path / "Makefile").symlink_to(makefile)
    (tmp_path / "environment").mkdir()
    for name in ("pyproject.toml", "environment/build.txt", "environment/run.txt"):
        (tmp_path / name).touch()
    done = make("status", "PYTHON=env #", "AMQP_URL=amqp://u:hu$sh@h/", cwd=tmp_path)
    lines = {line for line in done.stdout.splitlines() if "sh@h" in line}
    assert lines == {"AMQP_URL=amqp://u:hu$sh@h/"}, done.stdout
