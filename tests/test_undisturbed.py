"""Does a lesson that disturbs the program end in a sentence, and disturb nothing after it?"""

import builtins
import errno
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from conftest import LIMIT, ROOT

from routing.__main__ import main

GOOD = """\
from routing import Binding, Exchange, Message, Scenario

scenario = Scenario(
    name="mine",
    lesson="The one sentence.",
    exchanges=[Exchange("orders", type="topic")],
    queues=["billing"],
    bindings=[Binding(exchange="orders", queue="billing", binding_key="order.*")],
    messages=[Message(exchange="orders", routing_key="order.eu")],
)
"""

HOSTILE = """\
from routing import Scenario

class Text(str):
    def wrong(self, *_): 1 / 0
    __eq__ = __hash__ = __len__ = __str__ = __repr__ = __format__ = encode = isprintable = wrong

"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("lesson", "said"),
    [
        (f"{GOOD}def again(): again()\nagain()", "mine.py, line 11: RecursionError: "),
        (
            f"{GOOD}import threading, time\nthreading.Thread(target=time.sleep, args=(1,)).start()",
            "mine.py: it starts a thread that goes on, but a lesson is only read: take this out.",
        ),
        (
            f"{GOOD}import threading\nit = threading.Thread(target=lambda: 1 / 0)\nit.start()\n"
            "it.join()",
            "mine.py, line 12: ZeroDivisionError: division by zero.",
        ),
        (
            f"{HOSTILE}scenario = Scenario(name='mine', lesson='A', queues=[Text('a')])",
            "mine.py has a value that AMQP cannot carry: ZeroDivisionError: division by zero.",
        ),
        (
            f"{GOOD}raise BaseExceptionGroup('many', [KeyboardInterrupt()])",
            "line 11: BaseException",
        ),
    ],
)
def test_is_a_disturber_told(
    folder: Path, lesson: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Status 2 and one line, which names the file, and mostly its line."""
    (folder / "mine.py").write_text(lesson)
    assert main(["demo", "mine.py", "--predict"]) == 2
    told = capsys.readouterr().err
    assert (said in told, told.count("\n")) == (True, 1), told


@pytest.mark.parametrize(
    "line",
    [
        "import builtins; del builtins.print; builtins.isinstance = None",
        "import sys; sys.path[:] = []; sys.meta_path.clear(); sys.setrecursionlimit(300)",
        "import os; os.chdir('/')",
        "import os; os._exit = None",
    ],
)
def test_is_what_belongs_to_all_put_back(folder: Path, line: str) -> None:
    """The lesson is played, and what runs after it finds all as it was.

    In a process of its own: other threads of this one would be disturbed meanwhile.
    """
    leave, child = os._exit, os.fork()
    if not child:
        with suppress(BaseException):
            hold_undisturbed(folder, line)
            leave(0)
        leave(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def hold_undisturbed(folder: Path, line: str) -> None:
    """Play a lesson that disturbs, and hold all that belongs to others against what it was."""
    shared = (dict(vars(builtins)), [*sys.path], [*sys.meta_path], sys.getrecursionlimit())
    leave, modules = os._exit, dict(sys.modules)
    (folder / "mine.py").write_text(f"{GOOD}{line}\n")
    assert main(["demo", "mine.py", "--predict"]) == 0
    assert (dict(vars(builtins)), [*sys.path], [*sys.meta_path], sys.getrecursionlimit()) == shared
    assert (os._exit, Path.cwd()) == (leave, folder)
    assert modules.items() <= sys.modules.items()


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        ("import sys; sys.modules.clear()", 0, ""),
        ("import os; os._exit(1)", 2, "mine.py, line 11: the program would end here, but"),
        (
            "import threading; threading.Thread(target=threading.Event().wait).start()",
            2,
            "mine.py: it starts a thread that goes on",
        ),
        ("import sys; sys.__stdout__.close()", 2, "exchange-routing: "),
    ],
)
def test_does_a_program_end_all_the_same(folder: Path, line: str, status: int, said: str) -> None:
    """A process of its own, which neither leaves early nor waits for ever."""
    (folder / "mine.py").write_text(f"{GOOD}{line}\n")
    done = subprocess.run(
        [sys.executable, "-m", "routing", "demo", "mine.py", "--predict"],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (done.returncode, done.stderr.count("\n")) == (status, bool(said)), done.stderr
    assert done.stderr.startswith(said)


def test_is_a_fault_of_our_own_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In a sentence that asks for a report, and with status 2."""
    monkeypatch.setattr("routing.demo.command.expected", lambda *_: 1 // 0)
    assert main(["demo", "topic", "--predict"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("exchange-routing: this should not happen, please report it: Zero")
    assert "(routing/demo/command.py, line " in told
    assert told.count("\n") == 1


def test_is_it_told_what_a_process_lacks(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is no fault of ours, nor of the output, though the system names no file with it."""

    def lacking(*_: object) -> None:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr("routing.demo.command.expected", lacking)
    assert main(["demo", "topic", "--predict"]) == 2
    assert capsys.readouterr().err == (
        "exchange-routing: OSError: [Errno 24] Too many open files: "
        "end other programs, or raise the limit (ulimit -a).\n"
    )
