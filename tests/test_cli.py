"""Does the command line do what it says, with the status that it documents?"""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from routing.broker import Broker

ROOT = Path(__file__).parents[1]
LESSONS = ["default", "direct", "fanout", "topic", "headers", "journey"]


def run(
    *arguments: str, environ: dict[str, str] | None = None, cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, its output in a pipe."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
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
def test_does_each_module_run_by_itself(broker: Broker, lesson: str) -> None:
    """`python -m scenarios.topic` plays that lesson, and all goes as predicted."""
    done = run(f"scenarios.{lesson}", environ={"AMQP_URL": broker.url})
    assert (done.returncode, done.stderr, titles(done.stdout)) == (0, "", [lesson])
    assert "all as predicted." in done.stdout


def test_are_all_lessons_shown_where_none_is_named(broker: Broker) -> None:
    """`python -m scenarios` begins with hello world and ends with a journey."""
    done = run("scenarios", environ={"AMQP_URL": broker.url})
    assert (done.returncode, titles(done.stdout)) == (0, LESSONS)


def test_are_the_named_lessons_shown(broker: Broker) -> None:
    """`python -m scenarios topic default` shows these two, in this order."""
    done = run("scenarios", "topic", "default", environ={"AMQP_URL": broker.url})
    assert (done.returncode, titles(done.stdout)) == (0, ["topic", "default"])


def test_does_the_caption_name_what_routed(broker: Broker) -> None:
    """Product, version and address, and never the password."""
    done = run("scenarios.topic", environ={"AMQP_URL": broker.url})
    password = broker.url.split("@")[0].split(":")[-1]
    assert f"RabbitMQ {broker.version} at " in done.stdout
    assert broker.address in done.stdout
    assert len(password) > 4
    assert password not in done.stdout + done.stderr


def test_does_predict_ask_no_broker() -> None:
    """--predict succeeds where there is no broker, and says that it is a prediction."""
    done = run("scenarios", "--predict", environ={"AMQP_URL": "amqp://127.0.0.1:1/"})
    assert (done.returncode, done.stderr, titles(done.stdout)) == (0, "", LESSONS)
    assert done.stdout.count("PREDICTION ONLY") == len(LESSONS)
    assert "as predicted" not in done.stdout


WRONG_TOPIC = """
import sys
from routing.rules import matching as rules
from routing.demo.command import main
from scenarios.topic import scenario

right = rules.topic
def wrong(binding, message, version):
    return right(binding, message, version) and not (
        binding.binding_key == "order.#" and message.routing_key == "order"
    )
rules.RULES["topic"] = wrong
sys.exit(main({"topic": lambda: scenario}))
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
        (["scenarios", "topics"], "there is no scenario topics; did you mean topic?"),
        (["scenarios", "--predicted", "x"], "unrecognized arguments: --predicted"),
        (["scenarios.topic", "headers"], "unrecognized arguments: headers"),
    ],
)
def test_is_bad_use_told_in_a_sentence(arguments: list[str], said: str) -> None:
    """An unknown scenario or option is status 2, without a traceback."""
    done = run(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("slip", "said"),
    [
        (("bindings=[", "bindings=(["), "scenarios/topic.py, line "),
        (("import Binding, Exchange,", "import Binding,"), "NameError: name 'Exchange' is not"),
        (("Scenario(\n", "Scenario(\n    colour=1,\n"), "unexpected keyword argument 'colour'"),
        (('queue="billing"', 'queue="biling"'), "did you mean billing?"),
    ],
)
def test_is_a_slip_in_a_scenario_told_with_its_place(
    tmp_path: Path, slip: tuple[str, str], said: str
) -> None:
    """What a student wrote wrong is status 2, in one sentence with the line, or the binding."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")
    (tmp_path / "routing").symlink_to(ROOT / "routing")
    lesson = tmp_path / "scenarios" / "topic.py"
    lesson.write_text(lesson.read_text().replace(*slip, 1))
    done = run("scenarios", "topic", "--predict", cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


DEAD = "amqp://ann:s3cr3t@127.0.0.1:1/"


@pytest.mark.parametrize("command", [["scenarios"], ["scenarios.topic"]])
def test_is_a_dead_broker_told_in_a_sentence(command: list[str]) -> None:
    """AMQP_URL is set, nothing listens there: status 3, and nothing else is tried."""
    done = run(*command, environ={"AMQP_URL": DEAD})
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


@pytest.mark.parametrize("after", [600, 700, 800, 900, 1000, 1200])
def test_is_a_broker_that_dies_half_way_told_in_a_sentence(broker: Broker, after: int) -> None:
    """A connection that breaks, wherever in the run, is status 3 without a traceback."""
    with cut_off(broker.url, after) as url:
        done = run("scenarios.topic", environ={"AMQP_URL": url})
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
from routing.demo.command import guarded, run
from scenarios.topic import scenario
sys.exit(guarded(lambda: run(itertools.repeat(scenario), predict_only=False)))
"""


def test_does_a_reader_that_leaves_end_the_run_quietly(broker: Broker) -> None:
    """`python -m scenarios | head -1` prints one line and no complaint."""
    command = f"{sys.executable} -m scenarios | head -2"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=ROOT,
        env={"AMQP_URL": broker.url, "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("\ndefault\n", "")


def test_does_a_pipe_get_plain_text() -> None:
    """Without a terminal there are no escape sequences, and no line is wider than 80."""
    done = run("scenarios", "--predict")
    assert "\x1b" not in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_does_a_terminal_without_unicode_get_signs_of_its_own() -> None:
    """Where the encoding is ASCII, marks and lines are ASCII too."""
    done = run("scenarios.topic", "--predict", environ={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert done.stdout.isascii()
    assert "O  audit" in done.stdout


def test_does_help_name_the_statuses() -> None:
    """--help tells what the exit statuses mean."""
    done = run("scenarios", "--help")
    assert done.returncode == 0
    assert all(f"\n  {status} " in done.stdout for status in (0, 1, 2, 3, 130))
