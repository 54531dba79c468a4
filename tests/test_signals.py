"""What does a signal do at the first moment of a run, amid its work, and at its last?"""

import os
import signal
import subprocess
import sys
from threading import Event
from time import monotonic

import pytest
from conftest import LIMIT, ROOT

from routing.__main__ import main
from routing.view import signals
from routing.view.command_line import guarded
from routing.view.signals import Interrupted, raising

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def await_signal() -> int:
    """Wait for what never comes; only a signal ends this."""
    Event().wait(LIMIT)
    return 0


def python(program: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a program that has to do with signals in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


FIRST = """
import os, sys
class Finder:
    def find_spec(self, name, *_):
        if name == "routing.view.command_line":
            os.kill(os.getpid(), int(sys.argv[1]))
sys.meta_path.insert(0, Finder())
import routing.__main__ as program
print(*sys.modules, flush=True)
program.main()
"""


@pytest.mark.parametrize("number", SIGNALS)
def test_does_it_end_at_once_where_nothing_is_to_be_cleaned_up(number: signal.Signals) -> None:
    """Without a word, with its status, while all that is slow is imported; nothing is before."""
    done = python(FIRST, str(int(number)))
    assert (done.returncode, done.stderr) == (128 + number, "")
    assert not {"argparse", "dataclasses", "typing", "pika", "rich"} & {*done.stdout.split()}


LAST = """
import os, signal, sys
from routing.__main__ import main
sys.argv[1:] = ["--version"]
status = main()
for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    os.kill(os.getpid(), each)
raise SystemExit(status)
"""


def test_is_a_status_that_is_decided_kept() -> None:
    """In the last moments no signal changes it."""
    done = python(LAST)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("number", SIGNALS)
def test_which_status_has_it(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    """128 and its number; only Ctrl-C is told, and what handled signals before does so again."""
    before = [signal.getsignal(each) for each in SIGNALS]

    def work() -> int:
        os.kill(os.getpid(), number)
        return await_signal()

    assert guarded(work) == 128 + number
    said = "\nInterrupted; nothing is left behind.\n" if number == signal.SIGINT else ""
    assert capsys.readouterr().err == said
    assert [signal.getsignal(each) for each in SIGNALS] == before


class Swallowing:
    """Where it is taken away, a signal comes, and Python drops what that raises."""

    def __del__(self) -> None:
        """Have the signal come here."""
        os.kill(os.getpid(), signal.SIGINT)


def test_is_none_lost_in_a_callback(capfd: pytest.CaptureFixture[str]) -> None:
    """It is delivered again, and Python says nothing of an exception that it ignored."""

    def work() -> int:
        Swallowing()
        return await_signal()

    assert guarded(work) == 130
    assert "ignored" not in capfd.readouterr().err


def test_is_one_delivered_again_until_it_is_heard() -> None:
    """What comes between the last look for signals and a wait would be heard only after it."""
    unheard: list[int] = []

    def work() -> int:
        hearing = signal.signal(signal.SIGALRM, lambda number, _: unheard.append(number))
        Swallowing()
        while not unheard:
            Event().wait(signals.LOST)
        signal.signal(signal.SIGALRM, hearing)
        return await_signal()

    begun = monotonic()
    assert guarded(work) == 130
    assert monotonic() - begun < LIMIT / 2


def test_is_it_known_in_the_guise_of_an_error() -> None:
    """Python makes an error of what comes while a class is being made."""

    def work() -> int:
        raise RuntimeError from Interrupted(signal.SIGTERM)

    assert guarded(work) == 143


def test_is_the_same_once_more_no_second_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Within a second; later, another one cuts the cleaning up short, and that is said."""

    def work() -> int:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            cleaned.append(True)
        return 0

    cleaned: list[bool] = []
    assert guarded(work) == 130
    assert cleaned == [True]
    monkeypatch.setattr(signals, "SAME", 0.0)
    with pytest.raises(SystemExit) as ended:
        guarded(work)
    assert (ended.value.code, cleaned) == (130, [True])
    assert capsys.readouterr().err.endswith("\nInterrupted; something may be left behind.\n")


def test_is_one_that_is_ignored_left_so() -> None:
    """As nohup has it of a terminal that is closed."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with raising():
            os.kill(os.getpid(), signal.SIGHUP)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_does_a_fork_clean_nothing_up() -> None:
    """It ends at once, with the same status."""
    with raising():
        if not (pid := os.fork()):
            os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
        _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 143


def test_does_a_command_say_what_it_leaves(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A node that is being started or ended may run."""

    def interrupted() -> bool:
        raise Interrupted(signal.SIGINT)

    monkeypatch.setattr("routing.broker.kept.down", interrupted)
    assert main(["down"]) == 130
    assert capsys.readouterr().err == "\nInterrupted; make status says whether it runs.\n"
