"""RabbitMQ from Debian's archive, or from the distribution's own, fetched without root.

Nothing of the system is touched: apt-get works on a state of its own, which says that no package
is installed.  So each RabbitMQ comes with its own Erlang, and with the C library that this was
made for, and any of them runs on any Linux of the same processor.
"""

import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from routing.amqp.versions import NEWEST, begins_with, parse_version
from routing.broker.folder import FOLDER
from routing.broker.lock import locked
from routing.broker.programs.apt import (
    Done,
    Package,
    configure,
    download,
    packages_for,
    say_fault,
    unpack,
    update,
)
from routing.broker.programs.archive import source_of
from routing.broker.programs.installation import Installation
from routing.broker.programs.loader import make_movable
from routing.broker.programs.suites import Suite
from routing.broker.way import NotFetched, Progress, Report, Unavailable

PREFIX: Final = "rabbitmq-"
"""What the folder of a RabbitMQ that was fetched is called, before its version."""

FETCHING: Final = "fetching-"
"""What the folder of one that is being fetched is called, before the name of its suite."""

SCRIPT: Final = "usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"
"""Where RabbitMQ's start script is among what was unpacked."""

DISTRIBUTION: Final = "distribution"
"""Stands for what the system's own sources have, where others are named by their suite."""

NEEDLESS: Final = re.compile("python|perl|pam|systemd-shared|gconv|sqlite|l10n|eunit|libdb")
"""Libraries that RabbitMQ's service, or the packaging, needs, but no node."""


Wanted = Callable[[str], bool]
"""Tells whether a version is one that will do."""


def of_suite(
    suite: Suite, asked: str | None, report: Report, folder: Path = FOLDER
) -> Installation:
    """Give the RabbitMQ of a suite of Debian's archive, which is fetched the first time.

    asked: the version that it must have, or how that begins; by default, the newest tried or newer.
    Raises NotFetched where it cannot be had.
    """
    return had(suite.name, partial(source_of, suite.name), wanted_for(asked), report, folder)


def of_distribution(report: Report, folder: Path = FOLDER) -> Installation:
    """Give the RabbitMQ of the distribution, which is fetched the first time; any version will do.

    Raises NotFetched where it cannot be had.
    """
    return had(DISTRIBUTION, lambda _: None, lambda _: True, report, folder)


def fetched_before(asked: str | None, _: Report, folder: Path = FOLDER) -> Installation:
    """Give a RabbitMQ that is there already.

    asked: as above.
    Raises Unavailable where there is none.
    """
    found = first_wanted(wanted_for(asked), folder)
    if not found:
        raise Unavailable("none is here")
    return found


def wanted_for(asked: str | None) -> Wanted:
    """Give what tells whether a version will do."""
    if asked is None:
        return lambda version: parse_version(version) >= NEWEST
    return partial(begins_with, text=asked)


def fetched(folder: Path = FOLDER) -> list[Installation]:
    """List what was fetched before, the newest first."""
    scripts = folder.glob(f"{PREFIX}*/{SCRIPT}")
    found = [Installation(each.parents[1], each.parents[6]) for each in scripts]
    return sorted(found, key=lambda each: parse_version(each.version), reverse=True)


def had(
    name: str, source: Callable[[Path], str | None], wanted: Wanted, report: Report, folder: Path
) -> Installation:
    """Give what was fetched before, where that will do, and else fetch it.

    name: of the suite, or that it is the distribution.
    source: gives what to write into apt-get's list of sources.
    Raises NotFetched where it cannot be had.
    """
    if there := first_wanted(wanted, folder):
        return there
    lock = folder / f"{FETCHING}{name}.lock"
    with locked(lock, lambda: report(Progress("waiting for another fetch"))):
        return first_wanted(wanted, folder) or fetch(name, source, wanted, report, folder)


def first_wanted(wanted: Wanted, folder: Path) -> Installation | None:
    """Find the newest that will do of what was fetched before."""
    return next((each for each in fetched(folder) if wanted(each.version)), None)


def fetch(
    name: str, source: Callable[[Path], str | None], wanted: Wanted, report: Report, folder: Path
) -> Installation:
    """Fetch and unpack in a folder beside, which gets its name when all of it is there.

    Raises NotFetched where that fails.
    """
    for leftover in folder.glob(f"{FETCHING}{name}.*/"):
        shutil.rmtree(leftover, ignore_errors=True)
    asking = "the distribution" if name == DISTRIBUTION else f"Debian {name}"
    try:
        with TemporaryDirectory(prefix=f"{FETCHING}{name}.", dir=folder) as work:
            configure(Path(work), source(Path(work)))
            unpacked = fetch_into(Path(work), f"asking {asking} for RabbitMQ", wanted, report)
            return put_in_place(unpacked, folder)
    except OSError as error:
        raise NotFetched(f"{folder} cannot be filled: {error.strerror}") from error


def put_in_place(unpacked: Installation, folder: Path) -> Installation:
    """Give what was unpacked its name, unless another fetch has brought the same meanwhile."""
    with locked(folder / f"{FETCHING}end.lock"):
        if there := first_wanted(lambda version: version == unpacked.version, folder):
            return there
        root = folder / f"{PREFIX}{unpacked.version}"
        shutil.rmtree(root, ignore_errors=True)  # whatever it is, no RabbitMQ was found in it
        assert unpacked.root  # noqa: S101 - fetch_into has unpacked there
        unpacked.root.rename(root)
        return Installation(root / unpacked.home.relative_to(unpacked.root), root)


def fetch_into(work: Path, asking: str, wanted: Wanted, report: Report) -> Installation:
    """Fetch and unpack in a folder that is configured.

    asking: what is said while the packages are looked up.
    Raises NotFetched where that fails.
    """
    complaints = update(work, lambda done: report(Progress(asking, done)))
    listed, more = packages_for(work, "rabbitmq-server")
    packages = [each for each in listed if is_needed(each.name)]
    version = next((each.version for each in listed if each.name == "rabbitmq-server"), None)
    if version is None:
        raise NotFetched(say_fault([*complaints, *more]))
    if not wanted(version):
        raise NotFetched(f"it has RabbitMQ {parse_version(version)} now")
    part = parts(f"fetching RabbitMQ {parse_version(version)}, {size(packages)}", report)
    files, faults = download(work, [each.name for each in packages], part(0, 0.6))
    if faults:
        raise NotFetched(say_fault(faults))
    unpack_all(files, work / "root", part(0.6, 1))
    return Installation(home_in(work / "root"), work / "root")


def is_needed(package: str) -> bool:
    """Tell whether a node needs a package: RabbitMQ, Erlang, and the libraries of its programs."""
    kinds = ("erlang-", "rabbitmq-server", "lib", "zlib1g")
    return package.startswith(kinds) and not NEEDLESS.search(package)


def size(packages: Sequence[Package]) -> str:
    """Say how much there is to fetch."""
    return f"{sum(package.size for package in packages) / 1e6:.0f} MB"


def parts(step: str, report: Report) -> Callable[[float, float], Done]:
    """Give what makes a report of one part of a step, such as its first half."""

    def part(start: float, end: float) -> Done:
        return lambda done: report(Progress(step, start + done * (end - start)))

    return part


def unpack_all(files: Sequence[Path], root: Path, done: Done) -> None:
    """Unpack packages, and make the programs in them movable.

    Raises NotFetched where one of them is broken.
    """
    root.mkdir()
    with ThreadPoolExecutor() as threads:
        for number, _ in enumerate(threads.map(partial(unpack, root=root), files)):
            done((number + 1) / len(files))
    make_movable(root)


def home_in(root: Path) -> Path:
    """Find RabbitMQ's folder among what was unpacked.

    Raises NotFetched where it is not there.
    """
    for script in root.glob(SCRIPT):
        return script.parents[1]
    raise NotFetched("there is no RabbitMQ in its packages")
