"""Is a lesson shown again each time that it is saved?"""

import json
import os
import pty
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import pytest
import warm
from conftest import LIMIT, ROOT

from routing.broker import Broker
from routing.demo.command import play_one
from routing.demo.follow import await_on
from routing.files.lesson import lesson

MINE = """
from routing import Binding, Exchange, Message, Scenario

scenario = Scenario(
    name="mine",
    lesson="My own.",
    exchanges=[Exchange("letters", type="direct")],
    queues=["inbox"],
    bindings=[Binding("letters", "inbox", "a")],
    messages=[Message("letters", "a"), Message("letters", "b")],
)
"""


@dataclass
class Following:
    """A demo that follows files, and what it has said so far."""

    process: warm.Started
    output: int
    said: str = ""

    def await_text(self, text: str) -> str:
        """Wait for a text in what comes from now on, and give all of that."""
        self.said, limit = "", monotonic() + LIMIT
        while text not in self.said:
            ready = select.select([self.output], [], [], limit - monotonic())[0]
            assert ready, f"{text} did not come, but {self.said}"
            more = os.read(self.output, 65536).decode()
            assert more, f"it ended with {self.said}"
            self.said += more
        return self.said


@contextmanager
def following(*words: str, cwd: Path, url: str = "", screen: bool = False) -> Iterator[Following]:
    """Yield a demo that follows files, in a pipe or on a terminal."""
    output, its_end = pty.openpty() if screen else os.pipe()
    environ = {"AMQP_URL": url, "PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"}
    process = warm.started(
        ["demo", "--follow", *words],
        cwd=cwd,
        env={**environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdin=subprocess.DEVNULL,
        stdout=its_end,
        stderr=its_end,
    )
    os.close(its_end)
    try:
        yield Following(process, output)
    finally:
        process.kill()
        process.wait()
        os.close(output)


def ended(shown: Following, number: signal.Signals = signal.SIGINT) -> int:
    """End it, and give its status."""
    shown.process.send_signal(number)
    return shown.process.wait(LIMIT)


def test_is_it_shown_again_when_it_is_saved(broker: Broker, tmp_path: Path) -> None:
    """On one broker; a mistake is told in place of the table, and Ctrl-C ends it with status 0."""
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    with following("mine.py", cwd=tmp_path, url=broker.url) as shown:
        assert "2 messages, 1 copy" in " ".join(shown.await_text("predicted.").split())
        path.write_text(MINE.replace('"inbox", "a"', '"inbox", "c"'))
        assert "0 copies" in shown.await_text("predicted.")
        path.write_text(MINE.replace('"inbox", "a"', '"inbx", "a"'))
        said = shown.await_text("inbox?\n")
        assert said.startswith("mine.py, line 9: Scenario mine, binding 1: there is no queue inbx;")
        path.write_text("")
        assert "mine.py has no scenario" in shown.await_text("\n")
        (tmp_path / "other").write_text(MINE)
        (tmp_path / "other").replace(path)
        assert "\x1b" not in shown.await_text("predicted.")
        assert ended(shown) == 0
    assert [*tmp_path.iterdir()] == [path]


def test_is_the_screen_cleared(tmp_path: Path) -> None:
    """On a terminal the table stands where it stood, with a word on how it ends."""
    (tmp_path / "mine.py").write_text(MINE)
    with following("mine.py", "--predict", cwd=tmp_path, screen=True) as shown:
        for _ in range(2):
            said = shown.await_text("Ctrl-C ends it.")
            assert said.index("\x1b[2J") < said.index("inbox")
            (tmp_path / "mine.py").write_text(f"{MINE}\n")
        assert ended(shown) == 0


@pytest.mark.parametrize("name", ["of.toml", "of.json", "mine.py"])
def test_does_it_follow_any_file(tmp_path: Path, name: str) -> None:
    """Topologies as well, several at once, also for programs; SIGTERM ends it as ever."""
    binding = {"source": "x", "destination": "q", "destination_type": "queue", "vhost": "/"}
    definitions = {
        "exchanges": [{"name": "x", "type": "fanout", "vhost": "/"}],
        "queues": [{"name": "q", "vhost": "/"}],
        "bindings": [binding],
    }
    toml = 'queues = ["q"]\nexchanges = [{name = "x", type = "fanout"}]\nbindings = ['
    texts = {
        "of.toml": toml + '{source = "x", destination = "q", routing_key = "k"}]',
        "of.json": json.dumps(definitions),
        "mine.py": MINE,
    }
    for each, text in texts.items():
        (tmp_path / each).write_text(text)
    with following(*texts, "--predict", "--json", cwd=tmp_path) as shown:
        for _ in range(2):
            assert shown.await_text('"b"').count('"publish"') == 4
            (tmp_path / name).write_text(f"{texts[name]}\n")
        assert ended(shown, signal.SIGTERM) == 143


def test_what_is_followed_is_a_file(tmp_path: Path) -> None:
    """Anything else is told at once, before a broker is looked for."""
    with following("-", cwd=tmp_path) as shown:
        assert "only a file can be followed" in shown.await_text("\n")
        assert shown.process.wait(LIMIT) == 2


def test_is_the_broker_answered_meanwhile(broker: Broker) -> None:
    """It would hang up otherwise; where it has, what is played next opens a connection."""
    done: list[str] = []
    broker.connection.call_later(0, lambda: done.append("answered"))
    await_on(broker, 0.01)
    assert done == ["answered"]
    broker.connection.close()
    await_on(broker, 0)
    _, rows, _ = play_one(lesson("topic"), broker)
    assert all(row.agrees for row in rows)
