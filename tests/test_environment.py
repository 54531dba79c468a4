"""Is .venv made whole, by one at a time, and of what is locked alone?"""

import fcntl
import importlib.util
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
from pathlib import Path
from subprocess import PIPE, Popen
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]


def module(path: Path) -> ModuleType:
    """Import a file that belongs to no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a checkout with a .venv that nobody has put pip into yet."""
    shutil.copytree(ROOT / "environment", tmp_path / "environment")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    venv = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path / ".venv")]
    subprocess.run(venv, check=True)
    return tmp_path


def install(checkout: Path, what: str = "run") -> Popen[str]:
    """Begin what make does."""
    command = [sys.executable, str(checkout / "environment/install.py"), what]
    return Popen(command, stderr=PIPE, text=True)


def test_does_a_half_made_one_count(checkout: Path) -> None:
    """Not before its stamp is there, and not while a change has begun that never came to an end."""
    asked = module(checkout / "environment/install.py")
    assert (asked.is_half_made(), asked.is_made("run")) == (True, False)
    (checkout / ".venv/run").touch()
    assert (asked.is_half_made(), asked.is_made("run"), asked.is_made("dev")) == (
        False,
        True,
        False,
    )
    (checkout / ".venv/dev.begun").touch()
    assert (asked.is_half_made(), asked.is_made("run")) == (True, False)
    (checkout / ".venv/dev.begun").unlink()
    (checkout / ".venv/bin/python").unlink()
    assert asked.is_half_made()


@pytest.mark.parametrize("newer", ["pyproject.toml", "environment/run.txt"])
def test_is_it_brought_up_to_date(checkout: Path, newer: str) -> None:
    """What it is made of is newer: pip is asked, and where it fails the stamp stays as old."""
    stamp = checkout / ".venv/run"
    stamp.touch()
    os.utime(stamp, (1e9, 1e9))
    os.utime(checkout / newer, (2e9, 2e9))
    _, said = (running := install(checkout)).communicate(timeout=60)
    assert (running.returncode, "No module named pip" in said) == (2, True)
    assert stamp.stat().st_mtime == 1e9
    assert not (checkout / ".venv/run.begun").exists()


def test_does_a_second_one_wait(checkout: Path) -> None:
    """It says what for, and does nothing again that the first has done meanwhile."""
    with (checkout / "pyproject.toml").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with install(checkout) as second:
            assert second.stderr
            waiting = "Waiting for another make, which is setting up .venv ...\n"
            assert second.stderr.readline() == waiting
            (checkout / ".venv/run").touch()
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert (second.wait(60), second.stderr.read()) == (0, "")


def test_is_a_wait_ended_by_ctrl_c(checkout: Path) -> None:
    """At once, and without a traceback."""
    # Where the tests run in the background, their shell has them, and all they start, ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with (checkout / "pyproject.toml").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with install(checkout) as second:
            assert second.stderr
            second.stderr.readline()
            second.send_signal(signal.SIGINT)
            assert (second.wait(60), second.stderr.read()) == (130, "")


def test_does_what_pip_does_hold_the_lock(checkout: Path) -> None:
    """Where the one that started it is killed, nobody else begins before it has ended."""
    asked = module(checkout / "environment/install.py")
    again = "import fcntl; fcntl.flock(open('pyproject.toml', 'a'), fcntl.LOCK_EX | fcntl.LOCK_NB)"
    with (checkout / "pyproject.toml").open("a") as lock:
        asked.take(lock.fileno())
        wait = "import sys; print(flush=True); sys.stdin.read()"
        script = (
            "import importlib.util, sys\n"
            f"sys.path.insert(0, '{checkout}/environment')\n"
            "import install\n"
            f"install.run([sys.executable, '-c', {wait!r}], {lock.fileno()})"
        )
        command = [sys.executable, "-c", script]
        child = Popen(command, stdin=PIPE, stdout=PIPE, pass_fds=[lock.fileno()])
        assert child.stdout
        child.stdout.readline()
        child.kill()
        child.wait()
    refused = subprocess.run([sys.executable, "-c", again], cwd=checkout, stderr=PIPE, check=False)
    assert b"BlockingIOError" in refused.stderr
    assert child.stdin
    child.stdin.close()
    assert child.stdout.read() == b""  # the end of what held it
    subprocess.run([sys.executable, "-c", again], cwd=checkout, check=True)


def locked(name: str) -> dict[str, str]:
    """Read a list: what is said of each package, by its name."""
    text = (ROOT / "environment" / name).read_text().replace("\\\n", "")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {line.partition("==")[0]: line.partition("==")[2] for line in lines}


def test_is_all_locked_that_is_installed() -> None:
    """Each in one version, with hashes, and what the program needs in one for both."""
    dev, run, build = (locked(name) for name in ("dev.txt", "run.txt", "build.txt"))
    form = re.compile(r"\S+( +--hash=sha256:[0-9a-f]{64})+ *")
    assert all(form.fullmatch(said) for each in (dev, run, build) for said in each.values())
    assert run.items() | build.items() <= dev.items()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = settings["project"]["optional-dependencies"]
    for asked, there in (
        (settings["build-system"]["requires"], build),
        (settings["project"]["dependencies"], run),
        ([*extras["dev"], *extras["bench"]], dev),
    ):
        assert {re.split("[<>=]", each)[0] for each in asked} <= there.keys()


def test_does_no_list_name_a_registry() -> None:
    """Where packages come from is for whoever installs them to say."""
    for path in (ROOT / "environment").iterdir():
        assert "//" not in path.read_text() if path.is_file() else True


BROKEN = {
    "name": "left-pad",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-2024-1", "fix_versions": ["1.1", "2.0"], "aliases": []}],
}
WHOLE = {"name": "pika", "version": "1.4.4", "vulns": []}
UNKNOWN = {"name": "rich", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "said", "known"),
    [
        ([WHOLE, BROKEN], "left-pad 1.0: PYSEC-2024-1, mended in 1.1 or 2.0\nmake lock", True),
        ([WHOLE, WHOLE], "No known vulnerability in 2 packages.", False),
        ([WHOLE, UNKNOWN], "No known vulnerability in 1 packages, and no answer for 1 more", False),
        ([UNKNOWN], "Not asked for known vulnerabilities: no registry answers that here.", False),
        ([], "Not asked for known vulnerabilities: no registry answers that here.", False),
    ],
)
def test_is_a_vulnerability_told(packages: list[object], said: str, known: bool) -> None:  # noqa: FBT001
    """What is known fails; that nobody answers is told, and never taken for a good word."""
    words, fails = module(ROOT / "environment/audit.py").told(packages)
    assert (words.startswith(said), fails) == (True, known)


def test_does_nobody_answering_not_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one that takes too long."""
    audit = module(ROOT / "environment/audit.py")
    for code in ("raise SystemExit('no connection')", "import time; time.sleep(1000)"):
        monkeypatch.setattr(audit, "AUDIT", (sys.executable, "-c", code))
        monkeypatch.setattr(audit, "LIMIT", 0.5)
        assert audit.answer() == []
