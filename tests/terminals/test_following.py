"""Does a watcher take what is saved?"""

import re
from pathlib import Path

import pytest
from meeting import ROOT, is_there, run, terminal

from routing.broker import Broker

LESSON = (ROOT / "scenarios/topic.py").read_text()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write a lesson that can be saved again."""
    written = tmp_path / "topic.py"
    written.write_text(LESSON)
    return written


def test_does_it_go_on_with_what_is_saved(broker: Broker, group: str, file: Path) -> None:
    """Nobody else is there: the old one is deleted, and the new one is declared and watched."""
    with terminal(broker.url, "watch", str(file), "--follow", "--class", group) as watcher:
        file.write_text(LESSON.replace("europe", "north").replace('"#.eu.#"', '"#.uk.#"'))
        watcher.await_line("Watching")
        assert not is_there(broker, f"{group}.topic.europe")
        sent = run(broker.url, "send", "refund.uk", "--scenario", str(file), "--class", group)
        line = watcher.await_line("refund.uk")
        _, said = watcher.end()
    assert "must arrive in north" in sent.stdout
    assert line.split("  ")[1:] == ["north", "orders", "refund.uk\n"]
    assert "Ended: nobody else was here" in said
    assert not is_there(broker, f"{group}.topic.north")


def test_does_it_wait_for_those_who_use_the_old_one(broker: Broker, group: str, file: Path) -> None:
    """It says so; they go on as before, and once they have ended, it takes what was saved."""
    with terminal(broker.url, "watch", str(file), "--follow", "--class", group) as watcher:
        shared = ("--scenario", "topic", "--class", group)
        with terminal(broker.url, "receive", "audit", *shared) as receiver:
            file.write_text(LESSON.replace('"#.eu.#"', '"#.uk.#"'))
            watcher.await_line("Another program uses topic as it was: what is saved is taken when")
            assert run(broker.url, "send", "order", *shared).returncode == 0
            receiver.await_line("order")
            watcher.await_line("order")
            _, said = receiver.end()
        watcher.await_line("Watching")
        watcher.end()
    assert "Ended: others are here." in said


def test_is_a_mistake_told_and_the_old_one_kept(broker: Broker, group: str, file: Path) -> None:
    """Half a file, one that RabbitMQ refuses, and one where only a remark is new."""
    with terminal(broker.url, "watch", str(file), "--follow", "--class", group) as watcher:
        file.write_text(LESSON + "\nscenario = (\n")
        watcher.await_line("never closed")
        file.write_text(re.sub(r'type="topic"', 'type="topc"', LESSON))
        watcher.await_line("did you mean topic?")
        file.write_text(LESSON + "\n# a remark\n")
        run(broker.url, "send", "refund.eu", "--scenario", str(file), "--class", group)
        watcher.await_line("refund.eu")
        _, said = watcher.end()
    assert said.count("Watching") == 1
    assert "Traceback" not in said


def test_is_what_is_no_file_not_followed() -> None:
    """It is told before a broker is looked for."""
    done = run("amqp://127.0.0.1:1/", "watch", "http://localhost:1", "--follow")
    assert done.returncode == 2
    assert "only a file can be followed" in done.stderr
