"""Does demo do what it says, with the status that it documents?"""

import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest
import warm
from length import first

from routing.broker import Broker
from routing.files.lesson import FIRST

ROOT = Path(__file__).parents[2]
LESSONS = [*FIRST]


def run(
    *arguments: str, environ: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, its output in a pipe."""
    environ = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(environ or {})}
    return warm.run(arguments, env=environ, cwd=cwd, timeout=120)


def scenarios(
    *arguments: str, environ: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run the lessons by themselves."""
    return subprocess.run(
        [sys.executable, "-m", "scenarios", *arguments],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **(environ or {})},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def titles(output: str) -> list[str]:
    """List the scenarios that an output shows, in order."""
    lines = [line.partition("  PREDICTION ONLY")[0] for line in output.splitlines()]
    return [line for line in lines if line in LESSONS]


@pytest.mark.parametrize("lesson", LESSONS)
@pytest.mark.parametrize("place", first((0, 3), range(4)))
def test_does_each_lesson_play_on_each_version(
    brokers: list[Broker], place: int, lesson: str
) -> None:
    """`demo topic` plays that lesson, and all goes as predicted."""
    broker = brokers[place]
    done = run("demo", lesson, environ={"AMQP_URL": broker.url})
    assert (done.returncode, done.stderr, titles(done.stdout)) == (0, "", [lesson])
    assert f"RabbitMQ {broker.version} at" in done.stdout
    assert "all as predicted." in done.stdout


def test_are_all_lessons_shown_where_none_is_named(broker: Broker, shipped: Path) -> None:
    """`python -m scenarios` begins with hello world and ends with a journey."""
    done = scenarios(environ={"AMQP_URL": broker.url}, cwd=shipped)
    assert (done.returncode, titles(done.stdout)) == (0, LESSONS)


def test_are_the_named_lessons_shown(broker: Broker) -> None:
    """`python -m scenarios topic default` shows these two, in this order."""
    done = scenarios("topic", "default", environ={"AMQP_URL": broker.url})
    assert (done.returncode, titles(done.stdout)) == (0, ["topic", "default"])


def test_does_the_caption_name_what_routed(broker: Broker) -> None:
    """Product, version and address, and never the password."""
    done = run("demo", "topic", environ={"AMQP_URL": broker.url})
    password = broker.url.split("@")[0].split(":")[-1]
    assert f"RabbitMQ {broker.version} at " in done.stdout
    assert broker.address in done.stdout
    assert len(password) > 4
    assert password not in done.stdout + done.stderr


def test_does_predict_ask_no_broker(shipped: Path) -> None:
    """--predict succeeds where there is no broker, and says that it is a prediction."""
    nowhere = {"AMQP_URL": "amqp://127.0.0.1:1/"}
    done = run("demo", "--predict", environ=nowhere, cwd=shipped)
    assert (done.returncode, done.stderr, titles(done.stdout)) == (0, "", LESSONS)
    assert done.stdout.count("PREDICTION ONLY") == len(LESSONS)
    assert "as predicted" not in done.stdout


WRONG_TOPIC = """
import sys
from routing.__main__ import main
from routing.rules import matching

right = matching.topic
def wrong(binding, message, version):
    return right(binding, message, version) and not (
        binding.binding_key == "order.#" and message.routing_key == "order"
    )
matching.RULES["topic"] = wrong
sys.exit(main(["demo", "topic"]))
"""


def test_is_a_wrong_rule_caught(broker: Broker) -> None:
    """A model whose `#` needs a word differs from the broker in one row, and that is status 1."""
    done = subprocess.run(
        [sys.executable, "-c", WRONG_TOPIC],
        cwd=ROOT,
        env={"AMQP_URL": broker.url, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "unexpected" in done.stdout
    assert "predicted: returned; the broker: audit" in done.stdout
    assert "message 4 NOT as predicted." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["topics"], "there is no scenario topics; did you mean topic?"),
        (["no/such/topic.py"], "there is no file no/such/topic.py; known: default"),
        (["scenarios/topik.py"], "did you mean scenarios/topic.py?"),
        (["--predicted", "x"], "there is no option --predicted; did you mean --predict?"),
        (["--rabbitmq"], "argument --rabbitmq: expected one argument"),
        (["topic", "--predict", "--rabbitmq", "x"], "'x' is not a RabbitMQ version"),
        (["topic", "--predict", "--rabbitmq", "4."], "'4.' is not a RabbitMQ version"),
        (["topic", "--predict", "--rabbitmq", ""], "'' is not a RabbitMQ version"),
        (["Makefile"], "Makefile is no lesson: its file ends in .py; another"),
    ],
)
def test_is_bad_use_told_in_a_sentence(arguments: list[str], said: str) -> None:
    """An unknown scenario or option is status 2 and one line, without a traceback."""
    done = run("demo", *arguments)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert said in done.stderr


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (("bindings=[", "bindings=(["), "scenarios/topic.py, line "),
        (
            ("import Binding, Exchange,", "import Binding,"),
            "Exchange is not imported: write",
        ),
        (("Scenario(\n", "Scenario(\n    colour=1,\n"), "Scenario has no colour; known: "),
        (('queue="billing"', 'queue="biling"'), "did you mean billing?"),
    ],
)
def test_is_a_slip_in_a_scenario_told_with_its_place(
    shipped: Path, slip: tuple[str, str], said: str
) -> None:
    """What a student wrote wrong is status 2, in one sentence with the line, or the binding."""
    lesson = shipped / "scenarios" / "topic.py"
    lesson.write_text(lesson.read_text().replace(*slip, 1))
    done = scenarios("topic", "--predict", cwd=shipped)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


DEAD = "amqp://ann:s3cr3t@127.0.0.1:1/"


@pytest.mark.parametrize(("start", "words"), [(scenarios, ["topic"]), (run, ["demo", "topic"])])
def test_is_a_dead_broker_told_in_a_sentence(
    start: "Callable[..., subprocess.CompletedProcess[str]]", words: list[str]
) -> None:
    """AMQP_URL is set, nothing listens there: status 3, and nothing else is tried."""
    done = start(*words, environ={"AMQP_URL": DEAD})
    assert (done.returncode, done.stdout) == (3, "")
    assert "nothing listens there" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "s3cr3t" not in done.stderr


@contextmanager
def cut_off(url: str, after: int) -> Iterator[str]:
    """Yield the URL of a way to a broker that is cut after so many bytes from the broker."""
    parts = urlsplit(url)
    target = (str(parts.hostname), parts.port or 5672)

    def serve(server: socket.socket) -> None:
        client, _ = server.accept()
        with client, socket.create_connection(target) as broker, suppress(OSError):
            pass_on({client: broker, broker: client}, limited=broker, left=after)

    with socket.create_server(("127.0.0.1", 0)) as server:
        Thread(target=serve, args=(server,), daemon=True).start()
        yield url.replace(f":{parts.port}/", f":{server.getsockname()[1]}/")


def pass_on(ends: dict[socket.socket, socket.socket], limited: socket.socket, left: int) -> None:
    """Hand each end's bytes to the other, until one end has said so many."""
    while left > 0:
        for ready in select.select(list(ends), [], [], 10)[0]:
            data = ready.recv(min(left, 4096))
            ends[ready].sendall(data)
            left -= len(data) if ready is limited else 0


def test_is_a_broker_that_dies_half_way_told_in_a_sentence(broker: Broker) -> None:
    """A connection that breaks, wherever in the run, is status 3 without a traceback."""

    def cut(after: int) -> subprocess.CompletedProcess[str]:
        with cut_off(broker.url, after) as url:
            patience = "?socket_timeout=4&stack_timeout=4"
            return run("demo", "topic", environ={"AMQP_URL": url + patience})

    with ThreadPoolExecutor() as threads:  # each run waits for an answer that does not come
        for done in threads.map(cut, [600, 700, 800, 900, 1000, 1200]):
            assert (done.returncode, done.stdout) == (3, "")
            assert "Traceback" not in done.stderr
            assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
def test_does_a_run_end_cleanly_when_it_is_told_to(
    broker: Broker, signal_number: signal.Signals
) -> None:
    """Ctrl-C is status 130 and one line; SIGTERM is 143; neither prints a traceback."""
    running = subprocess.Popen(
        [sys.executable, "-c", ENDLESS],
        cwd=ROOT,
        env={"AMQP_URL": broker.url, "PATH": os.environ["PATH"]},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert running.stdout is not None
    assert "topic" in running.stdout.readline() + running.stdout.readline()
    running.send_signal(signal_number)
    _, error = running.communicate(timeout=30)
    assert running.returncode == 128 + signal_number
    assert error in ("", "\nInterrupted; nothing is left behind.\n")
    assert bool(error) is (signal_number == signal.SIGINT)


ENDLESS = """
import itertools, sys
from routing.demo.command import played, tables
from routing.files.scenario import scenario_meant
from routing.view.command_line import guarded
topics = itertools.repeat(scenario_meant("topic"))
sys.exit(guarded(lambda: played(topics, None, tables(why=False))))
"""


@pytest.mark.parametrize("options", ["", "--predict", "--json", "--predict --json", "--help"])
def test_does_a_reader_that_leaves_end_the_run_quietly(broker: Broker, options: str) -> None:
    """As in `demo | head -1`: no complaint, and never status 1, which says "not as predicted"."""
    readable, writable = os.pipe()
    os.close(readable)
    done = subprocess.run(
        [sys.executable, "-m", "routing", "demo", "topic", *options.split()],
        cwd=ROOT,
        env={"AMQP_URL": broker.url, "PATH": os.environ["PATH"]},
        stdout=writable,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writable)
    assert (done.returncode, done.stderr) == (141, "")


def test_does_a_pipe_get_plain_text(shipped: Path) -> None:
    """Without a terminal there are no escape sequences, and no line is wider than 80."""
    done = run("demo", "--predict", cwd=shipped)
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_does_a_terminal_without_unicode_get_signs_of_its_own() -> None:
    """Where the encoding is ASCII, marks and lines are ASCII too."""
    done = run("demo", "topic", "--predict", environ={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "\\u" not in done.stdout  # an escape stands for text, never for a sign of ours
    assert "o  audit" in done.stdout


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    """Give a folder with the program and the lessons that are shipped, and no others."""
    (tmp_path / "scenarios").mkdir()
    for name in ("__init__", "__main__", *LESSONS):
        shutil.copy(ROOT / f"scenarios/{name.replace('-', '_')}.py", tmp_path / "scenarios")
    (tmp_path / "routing").symlink_to(ROOT / "routing")
    return tmp_path


MINE = """
from routing import Binding, Exchange, Message, Scenario
from words import KEY

scenario = Scenario(
    name="mine",
    lesson="My own.",
    exchanges=[Exchange("letters", type="direct")],
    queues=["inbox"],
    bindings=[Binding("letters", "inbox", binding_key=KEY)],
    messages=[Message("letters", KEY), Message("letters", "b")],
)
"""


def test_is_a_lesson_a_file_from_any_folder(broker: Broker, tmp_path: Path) -> None:
    """It needs no `__main__` block, may import what lies beside it, and is named by its path."""
    (tmp_path / "lessons").mkdir()
    (tmp_path / "lessons/mine.py").write_text(MINE)
    (tmp_path / "lessons/words.py").write_text('KEY = "a"')
    environ = {"AMQP_URL": broker.url, "PYTHONPATH": str(ROOT)}
    for path, folder in (("mine.py", "lessons"), ("lessons/mine.py", "."), ("../mine.py", "deep")):
        (tmp_path / "lessons/deep").mkdir(exist_ok=True)
        cwd = tmp_path / ("lessons/deep" if folder == "deep" else folder)
        done = run("demo", path, environ=environ, cwd=cwd)
        assert (done.returncode, done.stderr) == (0, "")
        assert "2 messages, 1 copy, 1 returned: all as predicted." in " ".join(done.stdout.split())
    (tmp_path / "lessons/mine.py").rename(tmp_path / "lessons/my_lesson.py")
    near = run("demo", "my_lesson", environ=environ, cwd=tmp_path / "lessons")
    assert near.stderr == "Bad use: there is no scenario my_lesson; did you mean my_lesson.py?\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "mine.py has no scenario: write `scenario = Scenario(...)` in it"),
        ("scenario = 1", "mine.py, line 1: scenario is of type int, but must be a Scenario(...)."),
        ("import no_such_module", "mine.py, line 1: there is no module no_such_module: install"),
        ("\n1/0", "mine.py, line 2: ZeroDivisionError: division by zero."),
        ("def (", "mine.py, line 1: this is no Python (invalid syntax): `def (`; correct that."),
        (
            MINE.replace('Binding("letters", "inbox", binding_key=KEY)', '"letters"'),
            "bindings[0] of Scenario is 'letters', but must be a Binding or an ExchangeBinding.",
        ),
        (
            MINE.replace("[Binding(", "[(").replace("binding_key=", ""),
            "bindings[0] of Scenario is ('letters', 'inbox', 'a'), but must be a Binding",
        ),
        (
            MINE.replace('Message("letters", "b")', 'Message("letters", 7)'),
            "mine.py, line 11: routing_key of Message is 7, but must be text.",
        ),
    ],
)
def test_is_what_is_wrong_in_a_file_told(tmp_path: Path, text: str, said: str) -> None:
    """In one sentence, with the file, the line, and where it is a noun, the field."""
    (tmp_path / "mine.py").write_text(text)
    (tmp_path / "words.py").write_text('KEY = "a"')
    environ = {"PYTHONPATH": str(ROOT)}
    done = run("demo", "mine.py", "--predict", environ=environ, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_does_a_prediction_follow_the_version_that_is_named() -> None:
    """A lesson that a RabbitMQ refuses is told so, with its version."""
    lesson = ROOT / "tests/demo/three_hashes.py"
    old, new = (
        run("demo", str(lesson), "--predict", "--rabbitmq", version)
        for version in ("4.3.4", "4.3.5")
    )
    assert (old.returncode, old.stderr) == (0, "")
    assert new.returncode == 2
    assert "RabbitMQ 4.3.5 refuses with 406" in new.stderr


def test_can_what_a_demo_writes_for_programs_be_checked(broker: Broker) -> None:
    """A line of JSON for each message: the case, what was predicted and seen, and why."""
    environ = {"AMQP_URL": broker.url}
    done = run("demo", "journey", "--json", environ=environ)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, len(lines)) == (0, 5)
    assert lines[1]["observed"] == {"queues": ["audit"], "copies": {"audit": 1}, "returned": 0}
    assert lines[1]["predicted"] == {"queues": ["audit"], "returned": 0}
    assert lines[1]["agrees"] is True
    assert "home.express takes it for audit: the same key" in lines[1]["why"]
    checked = check(done.stdout)
    assert (checked.returncode, checked.stdout[:7]) == (0, "5 cases")


def check(lines: str) -> "subprocess.CompletedProcess[str]":
    """Have lines of JSON checked that a demo has written."""
    return subprocess.run(
        [sys.executable, "-m", "routing", "check", "-"],
        cwd=ROOT,
        input=lines,
        capture_output=True,
        text=True,
        check=False,
    )


def test_is_what_dies_told_to_programs(broker: Broker) -> None:
    """Each death, and how each copy rests; `check` says of such a line that it holds none."""
    environ = {"AMQP_URL": broker.url}
    done = run("demo", "dead-letters", "--json", environ=environ)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, len(lines)) == (0, 8)
    first, last = lines[0], lines[7]
    assert [(each["queue"], each["reason"]) for each in first["deaths"]] == [("work", "rejected")]
    assert first["predicted"]["queues"] == first["observed"]["queues"] == ["graveyard"]
    for key in ("message", "queue", "exchange", "routing_key"):
        assert first["predicted"]["resting"][0][key] == first["observed"]["resting"][0][key]
    assert [each["message"] for each in last["deaths"]] == [7]
    checked = check(done.stdout)
    assert checked.returncode == 2
    assert "line 1: its message dies in a queue, and a case holds a route alone" in checked.stdout
    assert "1 cases" in checked.stdout


ODD = MINE.replace("KEY, Message", "KEY").replace("from words import KEY", 'KEY = "é\\u2028日本🐇"')


@pytest.mark.parametrize("options", ["--json", "", "--why"])
def test_does_any_text_get_through_any_terminal(tmp_path: Path, options: str) -> None:
    """Where the encoding lacks a letter it is escaped; for programs it can be read back."""
    (tmp_path / "mine.py").write_text(ODD)
    environ = {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    words = ["mine.py", "--predict", *options.split()]
    done = run("demo", *words, environ=environ, cwd=tmp_path)
    assert (done.returncode, done.stderr, done.stdout.isascii()) == (0, "", True)
    if options == "--json":
        sent = json.loads(done.stdout.splitlines()[0])["publish"]
        assert sent["routing_key"] == "é\u2028日本🐇"


@pytest.mark.parametrize(
    "text",
    [
        MINE.replace('"b"', '"\\ud800"'),
        MINE.replace('"b"', '"b", body="\\ud800"'),
        MINE.replace('"b"', '"b", {"\\ud800": 1}'),
        MINE.replace('"b"', '"b", {"a": "\\ud800"}'),
        MINE.replace('"inbox"', '"\\ud800"'),
        "import sys; sys.exit('bye')",
        "class Odd(BaseException): pass\nraise Odd('a\\n\\x1b[31m')",
        MINE.replace('"inbox"', '"in\\nbox"'),
        MINE.replace('"b"', '"b", {"a": 10**5000}'),
    ],
)
def test_is_what_cannot_be_sent_or_run_told(tmp_path: Path, text: str) -> None:
    """Half a surrogate pair is no text, and a lesson is no program that ends: status 2."""
    (tmp_path / "mine.py").write_text(text)
    (tmp_path / "words.py").write_text('KEY = "a"')
    environ = {"PYTHONPATH": str(ROOT)}
    done = run("demo", "mine.py", "--predict", environ=environ, cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("options", ["", "--json"])
def test_is_a_full_disk_told(options: str) -> None:
    """What cannot be written is no wrong prediction: status 2, and one line."""
    command = f"{sys.executable} -m routing demo topic --predict {options} >/dev/full"
    done = subprocess.run(
        ["sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "No space left on device: see where the output goes." in done.stderr


EVIL = "\\x1b[31m\\x1b]0;title\\x07 \\u202e[b]"


@pytest.mark.parametrize("command", ["demo", "walk"])
def test_does_no_text_command_the_terminal(broker: Broker, tmp_path: Path, command: str) -> None:
    """Not the name, the lesson, a key, a header or a body, on either output."""
    text = MINE.replace("My own.", f"My own. {EVIL}").replace('name="mine"', f'name="mine {EVIL}"')
    text = text.replace('Message("letters", "b")', f'Message("letters", "b{EVIL}", None, "{EVIL}")')
    (tmp_path / "mine.py").write_text(text)
    (tmp_path / "words.py").write_text('KEY = "a"')
    environ = {"PYTHONPATH": str(ROOT), "AMQP_URL": broker.url}
    done = run(command, "mine.py", environ=environ, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert not {"\x1b", "\x07", "\u202e"} & set(done.stdout)
    typo = run(command, "mine.py", "x\x1b[31m", environ=environ, cwd=tmp_path)
    assert (typo.returncode, "\x1b" in typo.stderr) == (2, False)


@pytest.mark.parametrize("word", ["**", "**a", "a" * 300, "a" * 300 + ".py", "\ud800"])
def test_is_an_odd_name_no_lesson(word: str) -> None:
    """Status 2 and one line, whatever a file system would say of it."""
    done = run("demo", word.encode(errors="surrogatepass").decode(errors="replace"))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_may_the_outputs_be_closed(broker: Broker, closed: str) -> None:
    """A run without them goes as with them."""
    command = f"{sys.executable} -m routing demo topic {closed}"
    environ = {"AMQP_URL": broker.url, "PATH": os.environ["PATH"]}
    done = subprocess.run(["sh", "-c", command], cwd=ROOT, env=environ, check=False)
    assert done.returncode == 0


def test_are_notes_for_people_alone() -> None:
    """They change no status, and programs get none."""
    plain, json_lines = (run("demo", "fanout", "--predict", *more) for more in ((), ("--json",)))
    assert (plain.returncode, plain.stdout.count("Note: binding")) == (0, 2)
    assert (json_lines.returncode, "Note" in json_lines.stdout + json_lines.stderr) == (0, False)


def test_are_two_lessons_of_one_name_told(tmp_path: Path) -> None:
    """They are shown nevertheless; one lesson twice is no two lessons."""
    for name in ("mine", "yours"):
        (tmp_path / f"{name}.py").write_text(MINE)
    (tmp_path / "words.py").write_text('KEY = "a"')
    environ = {"PYTHONPATH": str(ROOT)}
    words = ("demo", "mine.py", "yours.py", "mine.py", "--predict")
    done = run(*words, environ=environ, cwd=tmp_path)
    assert (done.returncode, done.stdout.count("My own.")) == (0, 3)
    assert done.stderr == (
        "mine.py and yours.py are both called mine, by which terminals would meet: "
        "change one of the names.\n"
    )
