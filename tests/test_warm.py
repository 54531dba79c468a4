"""Is a run that is forked as one that Python has just started?"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from subprocess import DEVNULL, PIPE

import pytest
import warm
from conftest import LIMIT, ROOT, await_end, family

from routing.broker import Broker

PLAIN = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}


def cold(*words: str, environ: dict[str, str], text: str | None = None) -> tuple[int, str, str]:
    """Start Python, and give status, output, and what is said beside it."""
    done = subprocess.run(
        [sys.executable, "-m", "routing", *words],
        cwd=ROOT,
        env=environ,
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def warmly(*words: str, environ: dict[str, str], text: str | None = None) -> tuple[int, str, str]:
    """Do so by a fork."""
    done = warm.run(words, env=environ, text=text, timeout=LIMIT)
    return done.returncode, done.stdout, done.stderr


CASE = '{"id": "a", "exchanges": [], "queues": ["q"], "message": {"exchange": "", "key": "q"}}\n'


@pytest.mark.parametrize(
    ("words", "environ", "text"),
    [
        (["demo", "journey", "--predict", "--why"], {}, None),
        (["demo", "journey", "--predict", "--why"], {"COLUMNS": "50"}, None),
        (["demo", "topic", "--predict"], {"PYTHONIOENCODING": "ascii"}, None),
        (["demo", "topic", "--predict"], {"FORCE_COLOR": "1", "TERM": "xterm"}, None),
        (["demo", "topic"], {"AMQP_URL": "amqp://127.0.0.1:1/"}, None),
        (["demmo"], {}, None),
        (["walk", "--help"], {}, None),
        (["check", "-"], {}, CASE),
    ],
)
def test_does_it_write_and_end_alike(
    words: list[str], environ: dict[str, str], text: str | None
) -> None:
    """A table, in colours or signs of its own; a sentence; a refusal; and what it reads."""
    both = [each(*words, environ=PLAIN | environ, text=text) for each in (cold, warmly)]
    assert both[0] == both[1]


STATE = """
import os, signal, sys
print({each: signal.getsignal(each) for each in signal.valid_signals()})
print(sys.path, os.getcwd(), sys.argv[1:], {**os.environ, "LC_CTYPE": ""})
print(sorted(os.listdir("/proc/self/fd")), os.getpgid(0), os.getsid(0))
for each in (sys.stdin, sys.stdout, sys.stderr):
    print(each.encoding, each.errors, each.newlines, each.line_buffering, each.isatty())
"""


@pytest.mark.parametrize("environ", [{}, {"PYTHONIOENCODING": "utf-8"}, {"PYTHONPATH": "/x:/y"}])
def test_is_its_state_the_same(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Signals, path, folder, words, variables, descriptors, streams, group and session."""
    monkeypatch.setenv("AMQP_URL", "amqp://127.0.0.1:1/")  # of the test, and of no run
    environ = PLAIN | environ
    fresh = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[0] = {str(ROOT)!r}\n{STATE}", "a", "b"],
        cwd=ROOT,
        env=environ,
        stdin=DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    streams = warm.Streams(stdin=DEVNULL, stdout=PIPE, stderr=PIPE)
    with warm.started(["a", "b"], env=environ, script=STATE, **streams) as running:
        assert running.communicate(timeout=LIMIT) == (fresh.stdout, fresh.stderr)


@pytest.mark.parametrize(
    ("words", "awaited", "status"),
    [(["walk", "topic", "--auto", "60"], "topic", 130), (["receive", "hello"], "Ctrl-C", 0)],
)
def test_does_ctrl_c_end_it_alike(
    broker: Broker, group: str, words: list[str], awaited: str, status: int
) -> None:
    """While it waits, with what it says then."""
    words = [*words, "--class", group] if "receive" in words else words
    environ = PLAIN | {"AMQP_URL": broker.url}
    with warm.started(words, env=environ, stdin=DEVNULL, stdout=PIPE, stderr=PIPE) as running:
        assert running.stdout
        assert any(awaited in line for line in running.stdout)
        running.send_signal(signal.SIGINT)
        _, error = running.communicate(timeout=LIMIT)
    assert (running.returncode, "Traceback" in error) == (status, False)


def test_is_a_signal_its_status() -> None:
    """Below 0, as Popen has it; and before its end there is none."""
    with warm.started([], env=PLAIN, script="input()", stdin=PIPE) as running:
        assert running.poll() is None
        running.kill()
        assert running.wait(LIMIT) == -signal.SIGKILL
        running.kill()  # of what has ended, nothing


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ("raise SystemExit('no')", 1, "no\n"),
        ("import atexit; atexit.register(print, 'last'); raise SystemExit(4)", 4, "last\n"),
        ("1 / 0", 1, "ZeroDivisionError: division by zero\n"),
        ("open('/dev/full', 'w').fileno(); raise SystemExit(3)", 3, ""),
    ],
)
def test_does_it_end_as_python_ends(script: str, status: int, said: str) -> None:
    """With what is to be done at the end, and with a traceback."""
    streams = warm.Streams(stdout=PIPE, stderr=subprocess.STDOUT)
    with warm.started([], env=PLAIN, script=script, **streams) as running:
        out, _ = running.communicate(timeout=LIMIT)
    assert running.returncode == status
    assert out.endswith(said)


OWNER = """
import warm
print(warm.started(["a"], env={}, script="input()", stdin=warm.PIPE).pid)
print(warm.server().process.pid, flush=True)
input()
"""


@pytest.mark.parametrize("end", [subprocess.Popen.terminate, subprocess.Popen.kill])
def test_does_what_is_forked_end_with_its_owner(
    end: "Callable[[subprocess.Popen[str]], None]",
) -> None:
    """However that ends; a run that reads from it ends, too."""
    environ = PLAIN | {"PYTHONPATH": f"{ROOT}/tests:{ROOT}"}
    with subprocess.Popen(
        [sys.executable, "-c", OWNER], env=environ, stdin=PIPE, stdout=PIPE, text=True
    ) as owner:
        assert owner.stdout
        pids = {int(owner.stdout.readline()) for _ in range(2)}
        assert pids < family(owner.pid)
        end(owner)
    await_end(pids)
