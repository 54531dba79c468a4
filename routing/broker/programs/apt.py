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
from typing import Final

from routing.broker.secret import without_secret
from routing.broker.way import NotFetched, Unavailable

# What is set to be run after an update (refreshing a software centre, say) is left to the system.
# Nothing without a valid signature is taken, whatever the system's settings permit, unless the
# system's own list of sources trusts one of them without.  Images of containers turn the cache of
# packages off: each call would then read all of them again, which takes longer than unpacking.
SETTINGS = """\
Dir::State "{work}/state";
Dir::State::status "{work}/status";
Dir::Cache "{work}/cache";
Dir::Cache::pkgcache "pkgcache.bin";
Debug::NoLocking "1";
APT::Sandbox::User "root";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
APT::Default-Release "";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "15";
Acquire::https::Timeout "15";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""

OWN_SOURCES = """\
Dir::Etc::sourcelist "{work}/debian.sources";
Dir::Etc::sourceparts "-";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
"""

FAULTS: Final = (
    ("No space left|enough free space|Wrote only", "the disk is full: free some space"),
    ("Could not resolve|Could not connect|[Cc]onnection (refused|failed|timed out)|unreachable"
     "|Unable to connect|Could not wait|Failure resolving|No route", "it cannot be reached"),
    ("NO_PUBKEY|BADSIG|EXPKEYSIG|not signed|signatures were invalid|couldn't be verified",
     "its signature is by none of the keys that are trusted here, so nothing of it is taken"),
    ("does not have a Release file| 404 ", "it is not there any longer"),
    ("Hash Sum mismatch|unexpected size|Some index files failed",
     "what came is not what its list says: try again later"),
    ("Unable to locate package|no installation candidate",
     "it has no RabbitMQ for this processor"),
)  # fmt: skip
"""What apt-get's words come down to; the first that is found tells."""


Done = Callable[[float], None]
"""Told how much of some work is done, between 0 and 1."""


@dataclass(frozen=True)
class Package:
    """A package that can be fetched; its size is in bytes."""

    name: str
    version: str
    size: int


@dataclass(frozen=True)
class Answer:
    """What apt-get said, and whether it did what it should."""

    well: bool
    said: str


def configure(work: Path, source: str | None = None) -> None:
    """Prepare a folder in which apt-get can work.

    source: the one that packages come from, as in a .sources file; by default, all of the system's.
    """
    for folder in ("state/lists/partial", "cache/archives/partial"):
        (work / folder).mkdir(parents=True)
    (work / "status").touch()
    settings = SETTINGS if source is None else SETTINGS + OWN_SOURCES
    (work / "apt.conf").write_text(settings.format(work=work))
    (work / "debian.sources").write_text(source or "")


def update(work: Path, done: Done) -> list[str]:
    """Read what packages there are, and give apt-get's complaints, which need not matter.

    A source that cannot be reached is no reason to fail: the packages may be in another.
    Raises Unavailable where there is no apt-get.
    """
    return complaints_in(apt_get(work, "update", done=done).said)


def addresses(work: Path) -> list[tuple[str, str]]:
    """List address and suite of each source whose component main the system takes packages from.

    Raises Unavailable where there is no apt-get.
    """
    said = apt_get(work, "update", "--print-uris").said
    return list(dict.fromkeys(re.findall(r"'(\S+)/dists/([^/' ]+)/main/binary-", said)))


def packages_for(work: Path, name: str) -> tuple[list[Package], list[str]]:
    """List a package and all that it needs, as if nothing were installed, or else complaints.

    Raises Unavailable where there is no apt-get.
    """
    options = ("--print-uris", "--quiet=2", "--no-install-recommends")
    answer = apt_get(work, "install", *options, name)
    found = re.findall(r"^'\S+' ([^_\s]+)_([^_\s]+)_\S+ (\d+)", answer.said, re.MULTILINE)
    packages = [Package(each, version, int(size)) for each, version, size in found]
    return packages, [] if answer.well else complaints_in(answer.said)


def download(work: Path, names: Sequence[str], done: Done) -> tuple[list[Path], list[str]]:
    """Fetch packages, and give their files, or else complaints.

    Raises Unavailable where there is no apt-get.
    """
    answer = apt_get(work, "download", *names, done=done)
    return sorted(work.glob("*.deb")), [] if answer.well else complaints_in(answer.said)


def unpack(package: Path, root: Path) -> None:
    """Unpack a package.

    Raises NotFetched where that fails.
    """
    command = ["dpkg-deb", "--extract", str(package), str(root)]
    environ = without_secret(os.environ)
    unpacked = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if unpacked.returncode:
        first, *_ = unpacked.stderr.splitlines() or ["it gives no reason"]
        why = fault_in(unpacked.stderr) or first
        raise NotFetched(f"{package.name} could not be unpacked: {why}")


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
                env=without_secret(os.environ) | {"LC_ALL": "C"},
                pass_fds=[writable],
                stdin=DEVNULL,
                stdout=said,
                stderr=STDOUT,
            )
        with ended_in_any_case(process):
            for line in status:
                tell(line, done)
        said.seek(0)
        return Answer(process.returncode == 0, said.read().decode(errors="replace"))


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


def say_fault(complaints: Sequence[str]) -> str:
    """Say in a few words what apt-get's complaints come down to."""
    first, *_ = complaints or ["nothing"]
    return fault_in("\n".join(complaints)) or f"apt-get says {first}"


def fault_in(said: str) -> str | None:
    """Find in a few words what went wrong, if it is one of the usual things."""
    return next((told for pattern, told in FAULTS if re.search(pattern, said)), None)
