"""Makes .venv, or brings it up to date: one at a time, and what is half made is made anew.

    python3 environment/install.py run      what the program needs
    python3 environment/install.py dev      what it takes to work on it, too

Each gets a stamp, the file .venv/run or .venv/dev, when all of it is there.  It begins with the
system's Python, so there is nothing here but the standard library.
"""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parents[1]
SETTINGS: Final = PROJECT / "pyproject.toml"
LOCKED: Final = {"run": ("build.txt", "run.txt"), "dev": ("dev.txt",)}
"""What is installed, each package in one version, with the hash of each of its files."""

VENV: Final = PROJECT / ".venv"
PYTHON: Final = VENV / "bin/python"
PIP: Final = (str(PYTHON), "-m", "pip", "--quiet", "--disable-pip-version-check", "install")

HASHED: Final = ("--require-hashes", "--only-binary=:all:")
"""Only wheels: to build one would take packages that no list has locked."""

# A path to this folder, where the usual import hook would slow every start.
EDITABLE: Final = ("--config-settings", "editable_mode=compat", "--editable", str(PROJECT))

COMPILED: Final = {"run": (), "dev": ("--no-compile",)}
"""Of the tools, each is compiled when it is first used: most of what comes with them never is."""

TOLD: Final = {"run": "Setting up .venv, once ...", "dev": "Installing the development tools ..."}


def main() -> None:
    """Have what is named installed."""
    what = sys.argv[1]
    try:
        # A file that stays when .venv goes; its lock ends with this process and with what it runs.
        with SETTINGS.open("a") as lock:
            take(lock.fileno())
            if not is_made(what):
                say(TOLD[what])
                sys.exit(0 if made(what, lock.fileno()) else 2)
    except KeyboardInterrupt:
        sys.exit(130)


def take(lock: int) -> None:
    """Take the lock, after waiting for whoever has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("Waiting for another make, which is setting up .venv ...")
        fcntl.flock(lock, fcntl.LOCK_EX)


def is_made(what: str) -> bool:
    """Tell whether all of it is there, and as new as what it was made of."""
    stamp = VENV / what
    made_of = [SETTINGS, *listed(what)]
    return (
        not is_half_made()
        and stamp.exists()
        and all(stamp.stat().st_mtime >= each.stat().st_mtime for each in made_of)
    )


def is_half_made() -> bool:
    """Tell whether .venv is none, or somebody began to change it and never came to an end."""
    whole = PYTHON.exists() and (VENV / "run").exists()
    return not whole or any(VENV.glob("*.begun"))


def listed(what: str) -> list[Path]:
    """List the files that say what is installed."""
    return [PROJECT / "environment" / name for name in LOCKED[what]]


def made(what: str, lock: int) -> bool:
    """Install, and tell whether that went well; whatever fails has said why."""
    if is_half_made() and not made_empty(lock):
        return False
    stamp, begun = VENV / what, VENV / f"{what}.begun"
    before = stamp.exists()
    stamp.replace(begun) if before else begun.touch()
    files = [word for path in listed(what) for word in ("--requirement", str(path))]
    well = run([*PIP, *HASHED, *COMPILED[what], *files], lock) and run(
        [*PIP, "--no-deps", "--no-build-isolation", *EDITABLE], lock
    )
    if well:
        (VENV / "run").touch()  # the development tools come with all that the program needs
        stamp.touch()
    elif before:
        begun.replace(stamp)  # as old as it was, so that the next make tries again
    begun.unlink(missing_ok=True)
    return well


def made_empty(lock: int) -> bool:
    """Make .venv anew, with nothing in it but pip, and tell whether that went well."""
    shutil.rmtree(VENV, ignore_errors=True)
    well = run([sys.executable, "-m", "venv", str(VENV)], lock)
    if not well:
        shutil.rmtree(VENV, ignore_errors=True)
    return well


def run(command: list[str], lock: int) -> bool:
    """Run a command, which holds the lock as long as it lives, and tell whether it went well."""
    environ = {name: text for name, text in os.environ.items() if name != "AMQP_URL"}
    environ["PYTHONWARNINGS"] = "ignore"  # setuptools would tell each user what concerns EDITABLE
    return not subprocess.run(command, env=environ, pass_fds=[lock], check=False).returncode


def say(words: str) -> None:
    """Tell the user."""
    sys.stderr.write(f"{words}\n")


if __name__ == "__main__":
    main()
