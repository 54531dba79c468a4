"""Does a lesson play when its file is run by itself?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from length import first

from routing.__main__ import main
from routing.broker import Broker
from routing.files.lesson import FIRST, file_of

ROOT = Path(__file__).parents[1]


def python(*words: str, cwd: Path = ROOT, url: str = "") -> subprocess.CompletedProcess[str]:
    """Run Python, with the program installed for it."""
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "AMQP_URL": url}
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env={**environ, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("name", first(("topic", "dead-letters"), FIRST))
def test_does_a_lesson_play_by_itself(name: str) -> None:
    """As the command demo shows it, with the words that follow it."""
    by_itself = python(f"scenarios/{file_of(name)}", "--predict", "--why")
    shown = python("-m", "routing", "demo", name, "--predict", "--why")
    assert (by_itself.returncode, by_itself.stderr) == (0, "")
    assert by_itself.stdout == shown.stdout


def test_does_a_new_lesson_play_by_itself(broker: Broker, tmp_path: Path) -> None:
    """From any folder, on a broker; it has the name of its file, and mistakes are told."""
    assert main(["new", str(tmp_path / "of us.py")]) == 0
    (tmp_path / "deep").mkdir()
    done = python("../of us.py", cwd=tmp_path / "deep", url=broker.url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "of-us" in done.stdout
    assert "all as predicted." in " ".join(done.stdout.split())
    text = (tmp_path / "of us.py").read_text()
    (tmp_path / "of us.py").write_text(text.replace('queue="audit"', 'queue="adit"'))
    done = python("of us.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("of us.py, line ")


def test_does_a_lesson_cost_nothing_that_is_only_read() -> None:
    """What plays it is found when it is run."""
    found = "import sys, scenarios.topic; print(*sys.modules)"
    modules = python("-c", found).stdout.split()
    assert "scenarios.topic" in modules
    assert not {"pika", "rich", "argparse", "routing.__main__"} & {*modules}
