"""Can text from outside do anything to a terminal, or end the program as is not documented?"""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meeting import run, terminal

from routing.__main__ import ROOM_OF, command_called, main
from routing.broker import Broker
from routing.view.command_line import parser_of

STATUSES = {0, 1, 2, 3, 4, 5}

NOWHERE = "amqp://127.0.0.1:1/"

HOSTILE = (
    *("\x1b[31m", "\x9b2J", "\x07", "\t", "\n", "\u202e", "\u2066", "\u200f", "\u2028", "\xa0"),
    *("\ud800", "\udcff", "\U000e0001", "[bold]", "[/]", "--", "-", "=", ",", ":", "@", "%1b", "*"),
    *("9" * 5000, "[" * 3000, "x" * 300, "é", "x:int=", "x:json=", "topic", "order.eu", "headers"),
)
"""Parts of what is thrown at the program."""

TEXT = st.lists(st.sampled_from(HOSTILE) | st.text(max_size=3), max_size=4).map("".join)

STARTS_NODES = ("up", "down", "versions")
"""What goes on to start something, where the words are right by chance."""

ASKED = [name for name in ROOM_OF if name not in STARTS_NODES]


def options_of(name: str) -> list[str]:
    """List the options of a command, with the one that its help does not have room for."""
    shown = parser_of(name, command_called(name)).format_help().partition("exit status")[0]
    return sorted({*re.findall(r"(?<![\w-])--?[a-z-]+", shown), "--vhost"} - {"--follow", "--save"})


OPTIONS: Mapping[str, list[str]] = {name: options_of(name) for name in ASKED}


@st.composite
def command_lines(draw: st.DrawFn) -> list[str]:
    """Make a command with words and options up; no text leads out of the folder."""
    text = TEXT.map(lambda each: each.replace("/", "_").replace("\0", "_"))
    name = draw(st.sampled_from(ASKED))
    words = draw(st.lists(text | st.sampled_from(["topic", "headers", "order.eu"]), max_size=3))
    for option in draw(st.lists(st.sampled_from(OPTIONS[name]), max_size=3)):
        value = draw(text)
        words += draw(st.sampled_from([[option], [option, value], [f"{option}={value}"]]))
    return [name, *words]


@contextmanager
def written() -> Iterator[list[str]]:
    """Have all that is printed, both streams as a terminal would get them."""
    said: list[str] = []
    with ExitStack() as stack:
        files = [TextIOWrapper(BytesIO(), "utf-8", "backslashreplace") for _ in range(2)]
        stack.enter_context(redirect_stdout(files[0]))
        stack.enter_context(redirect_stderr(files[1]))
        stack.enter_context(patch.object(sys, "stdin", TextIOWrapper(BytesIO(b"\xff\x1b\n"))))
        yield said
        for each in files:
            each.flush()
            raw = each.buffer
            assert isinstance(raw, BytesIO)
            said.append(raw.getvalue().decode())


def harmless(*words: str, url: str = NOWHERE) -> tuple[int, str, str]:
    """Carry out a command; give status and what was printed, which can do nothing."""
    with patch.dict(os.environ, {"AMQP_URL": url}), written() as said:
        try:
            status = main(words)
        except SystemExit as error:  # as --help ends
            status = int(error.code or 0)
    assert status in STATUSES, said
    for each in said:
        assert each.replace("\n", "").isprintable(), f"{words} {each!a}"
        assert "Traceback" not in each
        assert "should not happen" not in each, each
    return status, said[0], said[1]


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Work in a folder of its own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.chdir(tmp_path_factory.mktemp("hostile"))
        yield Path.cwd()


@given(words=command_lines())
@settings(max_examples=80, deadline=None, derandomize=True, database=None)
def test_do_words_no_harm(words: list[str]) -> None:
    """Whatever a command line holds: a documented status, and nothing but text."""
    harmless(*words)


@pytest.mark.parametrize("word", ["--class=--", "--class=\ud800", "--vhost=\x1b", "--scenario=--"])
def test_does_a_strange_value_end_in_a_sentence(word: str) -> None:
    """One that argparse itself stumbles over, as well."""
    status, shown, said = harmless("receive", "hello", word)
    assert (status in {2, 3}, shown, said.count("\n")) == (True, "", 1)


@given(url=TEXT | TEXT.map(lambda each: f"amqp://u{each}:p@127.0.0.1:1/{each}"), columns=TEXT)
@settings(max_examples=12, deadline=None, derandomize=True, database=None)
def test_does_the_environment_no_harm(url: str, columns: str) -> None:
    """The URL of a broker, and what a terminal says of itself."""
    clean = [each.encode(errors="ignore").decode().replace("\0", "") for each in (url, columns)]
    with patch.dict(os.environ, {"COLUMNS": clean[1], "TERM": clean[1]}):
        assert harmless("code", "topic", url=clean[0])[0] in {0, 2}
        assert harmless("match", "topic", "a.*", "a.b", url=clean[0])[0] == 0
        if "//" in clean[0]:
            harmless("send", "hello", url=clean[0])


FIELD = TEXT.map(lambda each: each.encode(errors="ignore").decode()[:60].replace("\r", ""))


def definitions(text: str) -> dict[str, Any]:
    """Write definitions with a text wherever they have one."""
    names = {"vhost": text, "durable": True, "auto_delete": False}
    return {
        "exchanges": [
            {"name": f"a{text}", "type": kind, "internal": False, "arguments": {text: text}} | names
            for kind in ("topic", f"x-{text}")
        ],
        "queues": [{"name": f"q{text}", "arguments": {"x-dead-letter-exchange": text}} | names],
        "bindings": [
            {
                "source": f"a{text}",
                "vhost": text,
                "destination": f"q{text}",
                "destination_type": "queue",
                "routing_key": f"k.{text}",
                "arguments": {f"h{text}": text},
            }
        ],
    }


@given(text=FIELD)
@settings(max_examples=12, deadline=None, derandomize=True, database=None)
def test_do_definitions_no_harm(text: str) -> None:
    """A name, a key or an argument of others; and JSON stays JSON."""
    Path("its.json").write_text(json.dumps(definitions(text)))
    asked = ("route", "its.json", "-x", f"a{text}", f"-kk.{text}")
    if not harmless(*asked, "--json")[2]:
        json.loads(harmless(*asked, "--json")[1])
    harmless(*asked, "--why", "--then")
    harmless("demo", "its.json", "--predict")
    for form in ("json", "toml", "py", "code", "rabbitmqadmin"):
        harmless("convert", "its.json", "--to", form)


FILES = {
    "bytes.json": b'{"exchanges": [{"name": "\xff\x1b"}]}',
    "deep.json": b'{"exchanges": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    "digits.json": b'{"exchanges": ' + b"9" * 5000 + b"}",
    "half.json": b'{"exchanges": [{"name": "\\ud800", "vhost": "/", "type": "topic"}]}',
    "bytes.toml": b"[exchange.\xff]\n",
    "deep.toml": b"x = " + b"[" * 3000,
    "digits.toml": b"x = " + b"9" * 5000,
    "bytes.py": b'x = "\xff\x1b"\n',
    "raises.py": b'raise ValueError("\\x1b[31m\\u202e")\n',
    "\x1b\u202e.py": b"1 / 0\n",
    "\x1b\u202e.toml": b"bindings = 1\n",
    "\x1b\u202e.json": b"[]\n",
    "lines.jsonl": b"\n".join([b'{"\xff\x1b": 1}', b"[" * 3000, b"9" * 5000, b'{"\\u202e": 1}']),
}


@pytest.mark.parametrize("file", FILES, ids=ascii)
def test_do_files_no_harm(file: str) -> None:
    """Each is told in a sentence, with status 2."""
    Path(file).write_bytes(FILES[file])
    for words in (["check", file], ["route", file, "-k", "a"], ["demo", file, "--predict"]):
        if words[0] == "check" or not file.endswith(".jsonl"):
            assert harmless(*words)[0] == 2
    harmless("route", "topic", "-x", "orders", "--messages", file)


EVIL = "\x1b[31m\u202e\u2066\x07[bold]é"

LESSON = f"""
from routing import Binding, Exchange, Message, Scenario

text = {EVIL!a}
scenario = Scenario(
    name="mine",
    lesson=text,
    exchanges=[Exchange(text, type="topic")],
    queues=[text],
    bindings=[Binding(exchange=text, queue=text, binding_key="#." + text)],
    messages=[Message(exchange=text, routing_key=text, headers={{text: text}}, body=text)],
)
"""


def test_do_messages_no_harm(broker: Broker, folder: Path) -> None:
    """Played, sent by another student, received and shown: nothing of it commands a terminal."""
    (folder / "evil.py").write_text(LESSON)
    for more in ([], ["--json"], ["--why"]):
        assert harmless("demo", "evil.py", *more, url=broker.url)[0] == 0
    scenario = ("--scenario", str(folder / "evil.py"))
    with terminal(broker.url, "receive", EVIL, *scenario) as receiver:
        sent = run(broker.url, "send", EVIL, *scenario, "--body", EVIL, "--headers", f"{EVIL}=1")
        assert sent.returncode == 0, sent.stderr
        _, said = receiver.end()
    for each in (sent.stdout, sent.stderr, said):
        assert each.replace("\n", "").isprintable(), ascii(each)
