"""Does the front door find every room, and does every command say what it does?"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import warm
from conftest import LIMIT, make

import routing
from routing.__main__ import GROUPS, ROOM_OF, main
from routing.amqp.errors import RoutingError
from routing.broker import Broker

ROOT = Path(__file__).parents[1]
COMMANDS = list(ROOM_OF)
STATUSES = {"0", "1", "2", "3", "4", "5", "130"}


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """Go through the front door."""
    environ = {"PATH": os.environ["PATH"], "AMQP_URL": "amqp://127.0.0.1:1/"}
    return warm.run(words, env=environ, timeout=LIMIT)


def test_which_commands_are_there() -> None:
    """They are listed in groups, on one screen; no words at all ask for the list, too."""
    shown = run("--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines if re.match(r"\w+ {2,}\w+ {2,}", line)] == [*GROUPS]
    assert all(re.search(rf"^(\w+)? +{name} +\w", shown.stdout, re.MULTILINE) for name in COMMANDS)
    assert run().stdout == run("help").stdout == shown.stdout


def test_is_no_command_left_out() -> None:
    """What a room offers can be called, and is called by the name that the room gives it."""
    places = [path.relative_to(ROOT / "routing") for path in ROOT.glob("routing/**/command.py")]
    rooms = [".".join(place.parent.parts) for place in places]
    offered = {name for room in rooms for name in import_module(f"routing.{room}.command").COMMANDS}
    assert offered == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_what_does_a_command_say_of_itself(name: str) -> None:
    """On 80 x 24: its words, its exit statuses, and last of all two examples."""
    shown = run(name, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    lines = shown.stdout.splitlines()
    assert lines[0].startswith(f"usage: exchange-routing {name}")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80
    statuses = next(line for line in lines if line.startswith("exit status: 0 "))
    assert set(re.findall(r"\b\d+\b", statuses)) <= STATUSES
    assert lines[-3] == "examples:"
    assert all(line.startswith("  exchange-routing ") for line in lines[-2:])


ENDLESS = ("receive", "watch", "walk headers --auto")
"""Examples that go on until Ctrl-C, or for minutes."""

EXAMPLES = [
    pytest.param(example, marks=pytest.mark.long) if name == "versions" else example
    for name, room in ROOM_OF.items()
    if room != "broker"  # those are tried where the program is installed
    and name not in ("new", "page")  # these make a file, which the rooms' own tests do elsewhere
    for example in import_module(f"routing.{room}.command").COMMANDS[name].examples
    if example != "versions"  # all of them: two are enough here
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_do_the_examples_run(broker: Broker, example: str) -> None:
    """Each as it stands in the help, on a broker: status 0, or until Ctrl-C."""
    running = of_example(example, broker)
    endless = example.startswith(ENDLESS)
    if endless:
        assert running.stdout
        assert any(re.search("Ctrl-C|Watching|Headers meet", line) for line in running.stdout)
        running.send_signal(signal.SIGINT)
    _, error = running.communicate(timeout=60)
    assert running.returncode == (130 if endless and "walk" in example else 0), error


def of_example(example: str, broker: Broker) -> subprocess.Popen[str] | warm.Started:
    """Start an example as a shell does; a fork will do where there is no pipe."""
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "AMQP_URL": broker.url,
    }
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    if "|" not in example:
        words = shlex.split(example)
        return warm.started(words, env=environ, stdin=nothing, stdout=pipe, stderr=pipe)
    command = ["sh", "-c", f"exec exchange-routing {example}"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=nothing, stdout=pipe, stderr=pipe, text=True
    )


def test_is_1_for_nothing_but_not_as_predicted() -> None:
    """No error of the program's ends with the status of a wrong prediction."""
    kinds, seen = [RoutingError], []
    while kinds:
        seen.append(kinds.pop())
        kinds += seen[-1].__subclasses__()
    assert {kind.exit_status for kind in seen} == {2, 3}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["demmo"], "exchange-routing: there is no command demmo; did you mean demo?"),
        (["recieve", "hello"], "did you mean receive?"),
        (["--versoin"], "did you mean --version?"),
        (["x"], "there is no command x; known: demo, workers, draw, code, page"),
        (["up", "--managment"], "exchange-routing up: there is no option --managment; did you"),
        (["down", "now"], "exchange-routing down: too many words: now; exchange-routing down --h"),
        (["verify", "--cases", "0"], "argument --cases: 0 is not 1 or more"),
        (["verify", "--cases", "many"], "argument --cases: invalid number value: 'many'"),
    ],
)
def test_does_a_typo_name_the_nearest_right_word(words: list[str], said: str) -> None:
    """Status 2, and one line."""
    done = run(*words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_which_version_is_it() -> None:
    """The package knows, and the command says it."""
    assert run("--version").stdout == f"exchange-routing {routing.__version__}\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["up", "PORT=5672"], "make up does not know PORT, but LISTEN MANAGEMENT RABBITMQ TLS and"),
        (["demo-topic", "PREDICT=1", "WHYY=1"], "make demo-topic does not know WHYY, but PREDICT"),
        (["demo-topik", "FOLLOW=1"], "there is no scenario topik; did you mean topic?"),
        (["status", "X=1"], "make status does not know X, but RABBITMQ and AMQP_URL."),
        (["demo-topik", "PREDICT=1"], "there is no scenario topik; did you mean topic?"),
        (["walk-topik"], "there is no scenario topik; did you mean topic?"),
        (["code-topik"], "there is no scenario topik; did you mean topic?"),
    ],
)
def test_does_make_say_what_it_does_not_know(words: list[str], said: str) -> None:
    """A variable or a lesson that is not there ends with a sentence, and make's status 2."""
    done = make(*words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["walk"], "the following arguments are required: SOURCE"),
        (["walk", "topic", "direct"], "too many words: direct"),
        (["walk", "topik"], "did you mean topic?"),
        (["walk", "topic", "--predict"], "there is no option --predict"),
        (["walk", "topic", "--auto", "nan"], "nan is not from 0 to 3600"),
        (["walk", "topic", "--auto", "-1"], "-1 is not from 0 to 3600"),
        (["walk", "topic", "--auto", "soon"], "invalid seconds value: 'soon'"),
        (["walk", "-", "--follow"], "- is no file, and only a file can be followed"),
        (["walk", "topic", "--votes"], "--votes needs somebody who counts hands"),
        (["walk", "topic", "--from", "9"], "topic has no message 9: --from goes from 1 to 8."),
        (["walk", "topic", "--from", "0"], "topic has no message 0"),
        (["walk", "topic", "--from", "x"], "'x' is no number of a message: write --from 5, say.\n"),
        (["workers", "--walk", "--json"], "--walk asks on screens, and --json is for programs"),
        (["workers", "--auto", "8"], "--auto is for a walk: add --walk."),
    ],
)
def test_is_bad_use_of_a_walk_told(
    broker: Broker,
    words: list[str],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What a walk cannot do is status 2, and a sentence."""
    monkeypatch.setenv("AMQP_URL", broker.url)
    assert main(words) == 2
    assert said in capsys.readouterr().err


PLAIN = """
import json, sys
from routing.__main__ import main
main(["demo", "topic"])
print(json.dumps([*sys.modules]))
"""


def test_does_a_plain_demo_not_load_the_walk(broker: Broker) -> None:
    """Whoever does not walk does not wait for its modules, and nobody for asyncio."""
    done = subprocess.run(
        [sys.executable, "-c", PLAIN],
        cwd=ROOT,
        env=os.environ | {"AMQP_URL": broker.url},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "pika.adapters.blocking_connection" in loaded
    unused = ("routing.walk.", "routing.code.calls", "asyncio")
    assert not any(each.startswith(unused) for each in loaded)
