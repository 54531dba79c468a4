"""Are many messages routed as each would be alone, with progress on a terminal and nowhere else?"""

import json
import os
import pty
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import warm
from conftest import await_end, family

from routing.amqp.topology import Binding, Exchange, ExchangeBinding, Message, Topology
from routing.amqp.versions import NEWEST
from routing.ask.answer import Asked, ask
from routing.ask.command import LARGE
from routing.ask.messages import Counted, answering, numbered
from routing.ask.outcome import EACH, Outcome, Remembered
from routing.ask.underway import OFTEN, READING
from routing.files.source import Source

ROOT = Path(__file__).parents[2]

DEFINITIONS = {
    "exchanges": [{"name": "x", "type": "topic"}],
    "queues": [{"name": "q"}],
    "bindings": [{"source": "x", "destination": "q", "routing_key": "a.#"}],
}

KEYS = [f"a.{number % 50}.c" for number in range(OFTEN + 10)]
"""So many that their count is told, and few that are new, which would only take time."""

TOPOLOGY = Topology(
    exchanges=[Exchange("x", "topic", {"alternate-exchange": "lost"}), Exchange("lost", "fanout")],
    queues=["q", "r", "unrouted"],
    bindings=[
        Binding("x", "q", "a.#"),
        Binding("x", "q", "#.c"),
        Binding("x", "r", "a.b.*"),
        ExchangeBinding("x", "lost", "b"),
        Binding("lost", "unrouted"),
    ],
)


@pytest.fixture
def asked() -> Asked:
    """Give a topology, ready for questions."""
    return ask(Source("it", TOPOLOGY), NEWEST)


def test_is_each_of_many_routed_as_if_alone(asked: Asked) -> None:
    """Keys that come again, that never came before, and that nobody takes."""
    keys = ["a.b.c", "a.c", "", "b", "nobody", "a.b.c", "ä.c"]
    alone = [asked.answer(Message("x", key, mandatory=False)).route.queues for key in keys]
    counted, found = Counted(), []
    answer = answering(asked, "f", "x", tell=True)
    parts = ["\n".join([*keys[:3], ""]), "\n".join([*keys[3:6], ""]), keys[6]]
    for answered in map(answer, numbered(part.encode() for part in parts)):
        counted.add(answered.counted)
        found += [frozenset(json.loads(each)["queues"]) for each in answered.told]
    assert found == alone
    assert counted.queues == Counter(queue for queues in alone for queue in queues)
    assert (counted.messages, counted.nobody, counted.undecided) == (7, 0, 0)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"k" * 256, "f:8: the key has 256 bytes, but 255 are the most; correct that line."),
        (b"\xff", "f:8: it is not UTF-8; correct that line."),
        (b'{"headers": ' + b"[" * 9_000, "f:8: it is nested too deep; correct that line."),
    ],
)
def test_is_a_line_told_that_cannot_be_sent(asked: Asked, line: bytes, said: str) -> None:
    """With its place, and what is wrong with it; the longest key is none of them."""
    answer = answering(asked, "f", "x", tell=False)
    assert answer((1, b"k" * 255)).fault is None
    answered = answer((7, b"a\n" + line + b"\nb\n"))
    assert answered.counted.messages == 1
    assert answered.fault == said


def test_is_what_is_remembered_bounded() -> None:
    """A line that comes again is not found out again, and whatever comes, no more is held."""
    found: list[bytes] = []

    def find(line: bytes) -> Outcome:
        found.append(line)
        return Outcome([str(line)] * len(line), None, None)

    known = Remembered(find, most=5 * (EACH + 9))
    for number in range(100):
        for line in (b"%d" % number, b"%d" % number, b"k" * 9_000):
            assert known.of(line) == Outcome([str(line)] * len(line), None, None)
        assert sum(EACH + 9 * len(line) for line in known.known) == known.held <= known.most
        assert known.known
    assert [line for line in found if len(line) < 9] == [b"%d" % number for number in range(100)]


def test_is_nothing_remembered_where_nothing_comes_again() -> None:
    """It would take time and help nobody."""
    known = Remembered(lambda _: Outcome((), None, None), most=40 * (EACH + 3))
    for again in (True, False):
        for number in range(100):
            for line in [b"%d" % number] * (2 if again else 1):
                known.of(line)
        assert (len(known.known) > 1) is again


def run(folder: Path, *options: str, piped: bool = False, one: bool = False) -> list[str]:
    """Route the keys with a terminal as standard error, and give what both outputs got.

    piped: whether they come from a pipe; one: whether that terminal is standard output, too.
    """
    (folder / "x.json").write_text(json.dumps(DEFINITIONS))
    (folder / "keys").write_text("\n".join(KEYS))
    leader, follower = pty.openpty()
    file = "-" if piped else str(folder / "keys")
    words = ["route", str(folder / "x.json"), "-x", "x", "--messages", file, *options]
    with (folder / "out").open("wb") as told:
        process = warm.started(
            words,
            env={**os.environ, "TERM": "xterm"},
            stdin=subprocess.PIPE,
            stdout=follower if one else told.fileno(),
            stderr=follower,
        )
    os.close(follower)
    assert process.stdin
    with process.stdin as pipe:
        pipe.write("\n".join(KEYS) if piped else "")
    shown = b"".join(iter(lambda: read(leader), b"")).decode()
    os.close(leader)
    assert process.wait() == 0
    return [shown, (folder / "out").read_text()]


def read(descriptor: int) -> bytes:
    """Read what a terminal shows; nothing once all have left it."""
    try:
        return os.read(descriptor, 65536)
    except OSError:  # Linux says so, macOS gives nothing
        return b""


def test_does_a_terminal_show_how_far_it_is(tmp_path: Path) -> None:
    """The share of a file, the count of a pipe; of neither is anything in the output."""
    shown, out = run(tmp_path)
    assert READING in shown
    assert f"{READING}: " not in shown
    assert READING not in out
    shown, out = run(tmp_path, piped=True)
    assert f"{READING}: {OFTEN:,}" in shown
    assert f"{len(KEYS)} messages, 0 that nobody takes" in out


def test_is_every_answer_where_it_belongs(tmp_path: Path) -> None:
    """A bar takes no line away from the output, and there is none where that is the terminal."""
    shown, out = run(tmp_path, "--json")
    assert READING in shown
    assert "queues" not in shown
    assert [json.loads(line)["queues"] for line in out.splitlines()] == [["q"]] * len(KEYS)
    shown, _ = run(tmp_path, "--json", one=True)
    assert [json.loads(line)["queues"] for line in shown.splitlines()] == [["q"]] * len(KEYS)


def test_does_a_pipe_get_nothing_of_it(tmp_path: Path) -> None:
    """Standard error stays empty where it is no terminal."""
    (tmp_path / "x.json").write_text(json.dumps(DEFINITIONS))
    words = ["-x", "x", "--messages", "-"]
    done = subprocess.run(
        [sys.executable, "-m", "routing", "route", f"{tmp_path}/x.json", *words],
        cwd=ROOT,
        input="\n".join(KEYS).encode(),
        capture_output=True,
        check=True,
    )
    assert done.stderr == b""


def large(folder: Path, *, spoiled: int | None = None) -> list[str]:
    """Save so many keys that several processes answer them, every third of which is taken.

    spoiled: the line that cannot be read.
    """
    keys = [f"{'a' if number % 3 else 'b'}.{number}" for number in range(1_200)]
    (folder / "x.json").write_text(json.dumps(DEFINITIONS))
    long = {"headers": {"long": "k" * 1_700}}
    lines = [json.dumps({"routing_key": key, **long}).encode() for key in keys]
    if spoiled is not None:
        lines[spoiled - 1] = b"\xff"
    (folder / "keys").write_bytes(b"\n".join(lines))
    assert (folder / "keys").stat().st_size > LARGE
    return keys


def routed(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Route the keys, no output being a terminal."""
    words = ["route", f"{folder}/x.json", "-x", "x", "--messages", f"{folder}/keys", *options]
    return warm.run(words, env=os.environ, timeout=60)


def test_do_several_processes_answer_as_one_would(tmp_path: Path) -> None:
    """Each line in its place, and all of them counted."""
    keys = large(tmp_path)
    done = routed(tmp_path, "--json")
    told = [json.loads(line)["queues"] for line in done.stdout.splitlines()]
    assert told == [["q"] * key.startswith("a") for key in keys]
    assert done.stderr == ""
    assert "1200 messages, 400 that nobody takes" in routed(tmp_path).stdout


def test_where_is_it_that_a_line_cannot_be_read(tmp_path: Path) -> None:
    """In the file, however it was dealt out; all before it is answered."""
    large(tmp_path, spoiled=777)
    done = routed(tmp_path, "--json")
    assert done.returncode == 2
    assert len(done.stdout.splitlines()) == 776
    assert done.stderr.endswith("keys:777: it is not UTF-8; correct that line.\n")


ASKING = """
import sys
from routing.ask.beside import beside
with beside(len, 3) as lengths:
    print(*lengths(["", "a", "ab", "abc"]), flush=True)
    sys.stdin.read()
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_does_a_process_end_with_the_one_that_asks(number: signal.Signals) -> None:
    """Whatever ends that one."""
    with subprocess.Popen(
        [sys.executable, "-c", ASKING],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "0 1 2 3\n"
        all_of_it = family(process.pid)
        assert len(all_of_it) == 4
        process.send_signal(number)
        await_end(all_of_it)
