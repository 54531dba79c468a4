"""Is a mistake in a lesson told in the same way, whatever is to be done with it?"""

import sys
from pathlib import Path

import pytest

from routing.__main__ import main

GOOD = """\
from routing import Binding, Exchange, Message, Scenario

scenario = Scenario(
    name="mine",
    lesson="The one sentence.",
    exchanges=[Exchange("orders", type="topic")],
    queues=["billing"],
    bindings=[
        Binding(exchange="orders", queue="billing", binding_key="order.*"),
    ],
    messages=[Message(exchange="orders", routing_key="order.eu")],
)
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_is_what_a_lesson_says_no_result(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It goes where other words go, and programs read what is theirs."""
    (folder / "mine.py").write_text(f"print('hello')\n{GOOD}")
    before = (sys.stdin, [*sys.path])
    assert main(["demo", "mine.py", "--predict", "--json"]) == 0
    out, err = capsys.readouterr()
    assert ("hello" in out, "hello" in err) == (False, True)
    assert (sys.stdin, sys.path) == before


@pytest.mark.parametrize("command", ["demo", "walk", "code", "check", "watch", "route", "convert"])
def test_does_every_command_tell_the_same(
    folder: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before any of them looks for a broker."""
    (folder / "mine.py").write_text(GOOD.replace("queue=", "quene="))
    more = {"route": ["-x", "orders"], "convert": ["--to", "toml"]}
    assert main([command, "mine.py", *more.get(command, [])]) == 2
    assert capsys.readouterr().err == "mine.py, line 9: Binding has no quene; did you mean queue?\n"


def test_are_arguments_of_a_queue_told_with_their_line(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What RabbitMQ refuses of them, too."""
    given = (
        '    queue_arguments={\n        "billing": {"x-message-ttl": -1},\n    },\n    messages='
    )
    (folder / "mine.py").write_text(GOOD.replace("    messages=", given))
    assert main(["demo", "mine.py", "--predict"]) == 2
    assert capsys.readouterr().err == (
        "mine.py, line 12: Scenario mine, queue billing: RabbitMQ refuses with 406: x-message-ttl "
        "must be a whole number, and not negative; change that.\n"
    )
