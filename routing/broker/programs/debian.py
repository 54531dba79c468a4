"""RabbitMQ from Debian's or Ubuntu's packages, fetched and unpacked without root.

Nothing of the system is touched: apt-get works on a state of its own, which says that no package
is installed.  So it lists Erlang whole, even where some of it is installed; what else is installed
is then left out.
"""

import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from routing.broker.folder import FOLDER
from routing.broker.lock import locked
from routing.broker.programs.apt import (
    Done,
    configure,
    download,
    installed_packages,
    packages_for,
    unpack,
    update,
)
from routing.broker.programs.installation import Installation
from routing.broker.way import Progress, Report, Unavailable

STEP = "fetching RabbitMQ's packages"


def fetched(report: Report, folder: Path = FOLDER) -> Installation:
    """Give the RabbitMQ that was unpacked from packages, which are fetched the first time.

    Raises Unavailable where they cannot be had.
    """
    root = folder / "packages"
    if not root.exists():
        with locked(folder / "fetch.lock", lambda: report(Progress("waiting for another fetch"))):
            if not root.exists():
                fetch(root, report)
    return Installation(home_in(root), root)


def home_in(root: Path) -> Path:
    """Find RabbitMQ's folder among what was unpacked.

    Raises Unavailable where it is not there.
    """
    for script in root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"):
        return script.parent.parent
    raise Unavailable(f"there is no RabbitMQ in {root}: remove that folder, and run this again")


def fetch(root: Path, report: Report) -> None:
    """Fetch and unpack beside the folder, which gets its name when all of it is there.

    Raises Unavailable where that fails.
    """
    for leftover in root.parent.glob(f"{root.name}.*"):
        shutil.rmtree(leftover, ignore_errors=True)
    work = Path(tempfile.mkdtemp(prefix=f"{root.name}.", dir=root.parent))
    try:
        unpacked = fetch_into(work, part_of(report))
        home_in(unpacked)
        unpacked.rename(root)
    except OSError as error:
        raise Unavailable(f"{root.parent} cannot be filled: {error.strerror}") from error
    finally:
        shutil.rmtree(work, ignore_errors=True)


def fetch_into(work: Path, part: Callable[[float, float], Done]) -> Path:
    """Fetch and unpack in a folder, and give the root of what was unpacked.

    Raises Unavailable where that fails.
    """
    configure(work)
    complaints = update(work, part(0, 0.2))
    try:
        files = download(work, missing(work), part(0.2, 0.7))
    except Unavailable as error:
        raise Unavailable("; ".join([str(error), *complaints[:1]])) from error
    (work / "root").mkdir()
    with ThreadPoolExecutor() as threads:
        for number, _ in enumerate(threads.map(partial(unpack, root=work / "root"), files)):
            part(0.7, 1)((number + 1) / len(files))
    for script in (work / "root").glob("usr/lib/erlang/**/bin/erl"):
        make_movable(script)
    return work / "root"


def part_of(report: Report) -> Callable[[float, float], Done]:
    """Give what makes a report of one part of the whole, such as its first fifth."""

    def part(start: float, end: float) -> Done:
        return lambda done: report(Progress(STEP, start + done * (end - start)))

    return part


def missing(work: Path) -> list[str]:
    """List the packages to fetch: RabbitMQ, Erlang, and libraries that are not installed.

    A node does without the other things that a RabbitMQ service needs, such as logrotate.
    Raises Unavailable where the distribution does not have them.
    """
    there = installed_packages()
    return [
        name
        for name in packages_for(work, "rabbitmq-server")
        if name.startswith(("erlang-", "rabbitmq-"))
        or (name not in there and name.startswith("lib") and not name.endswith("-perl"))
    ]


def make_movable(erl: Path) -> None:
    """Let Erlang's script find Erlang by a variable, and not in the system's folder."""
    text = erl.read_text()
    erl.write_text(text.replace("ROOTDIR=/usr/lib/erlang\n", 'ROOTDIR="$ERL_ROOTDIR"\n'))
