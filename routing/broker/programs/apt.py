"""What apt-get and dpkg do for an ordinary user."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

from routing.broker.way import Unavailable

# What is set to be run after an update (refreshing a software centre, say) is left to the system.
SETTINGS = """\
Dir::State "{work}/state";
Dir::State::status "{work}/status";
Dir::Cache "{work}/cache";
Debug::NoLocking "1";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


Done = Callable[[float], None]
"""Told how much of some work is done, between 0 and 1."""


@dataclass(frozen=True)
class Answer:
    """What apt-get said, and whether it did what it should."""

    command: str
    well: bool
    said: str

    def check(self) -> None:
        """Raise Unavailable, with the first error, where it did not."""
        if not self.well:
            error = next(iter(complaints_in(self.said)), "it gave no reason")
            raise Unavailable(f"apt-get {self.command} failed: {error}")


def configure(work: Path) -> None:
    """Prepare a folder in which apt-get can work."""
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    (work / "apt.conf").write_text(SETTINGS.format(work=work))


def update(work: Path, done: Done) -> list[str]:
    """Read what packages there are, and give apt-get's complaints, which need not matter.

    A source that cannot be reached is no reason to fail: the packages may be in another.
    Raises Unavailable where there is no apt-get.
    """
    return complaints_in(apt_get(work, "update", done=done).said)


def packages_for(work: Path, name: str) -> list[str]:
    """List a package and all that it needs, as if nothing were installed.

    Raises Unavailable where apt-get does not know how.
    """
    answer = apt_get(work, "install", "--simulate", "--no-install-recommends", name)
    answer.check()
    return re.findall(r"^Inst (\S+)", answer.said, re.MULTILINE)


def installed_packages() -> set[str]:
    """List the packages that are installed on this machine."""
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Package}\n"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^ii +(\S+)", listed, re.MULTILINE))


def download(work: Path, names: Sequence[str], done: Done) -> list[Path]:
    """Fetch packages, and give their files.

    Raises Unavailable where one cannot be fetched.
    """
    apt_get(work, "download", *names, done=done).check()
    return sorted(work.glob("*.deb"))


def unpack(package: Path, root: Path) -> None:
    """Unpack a package.

    Raises Unavailable where that fails.
    """
    command = ["dpkg-deb", "--extract", str(package), str(root)]
    unpacked = subprocess.run(command, capture_output=True, text=True, check=False)
    if unpacked.returncode:
        first = unpacked.stderr.partition("\n")[0]
        raise Unavailable(f"{package.name} could not be unpacked: {first}")


def apt_get(work: Path, *arguments: str, done: Done = lambda _: None) -> Answer:
    """Run apt-get in its folder, and tell `done` how much of the work is done.

    Raises Unavailable where there is no apt-get.
    """
    if not shutil.which("apt-get"):
        raise Unavailable("there is no apt-get, as on Debian and Ubuntu")
    readable, writable = os.pipe()
    command = ["apt-get", f"-c={work}/apt.conf", f"-oAPT::Status-Fd={writable}", *arguments]
    with tempfile.TemporaryFile() as said, os.fdopen(readable) as status:
        with os.fdopen(writable, "wb"):
            process = Popen(
                command,
                cwd=work,
                env=os.environ | {"LC_ALL": "C"},
                pass_fds=[writable],
                stdin=DEVNULL,
                stdout=said,
                stderr=STDOUT,
            )
        with ended_in_any_case(process):
            for line in status:
                tell(line, done)
        said.seek(0)
        return Answer(arguments[0], process.returncode == 0, said.read().decode(errors="replace"))


@contextmanager
def ended_in_any_case(process: Popen[bytes]) -> Iterator[None]:
    """Wait for the end of a process, which is killed where this one is interrupted."""
    try:
        yield
    except BaseException:
        process.kill()
        raise
    finally:
        process.wait()


def tell(line: str, done: Done) -> None:
    """Pass on how much is done, from a line such as dlstatus:22:98.96:Retrieving file 22 of 22."""
    kind, _, percent, *_ = [*line.split(":"), "", ""]
    if kind == "dlstatus":
        done(float(percent) / 100)


def complaints_in(said: str) -> list[str]:
    """Pick apt-get's errors and warnings."""
    return re.findall(r"^[EW]: *(.*?)\.?$", said, re.MULTILINE)
