"""Which RabbitMQs can be had, which of them are here, and which one a run would use."""

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from routing.amqp.errors import NoBroker
from routing.broker.find import opened, running_ways
from routing.broker.folder import FOLDER
from routing.broker.programs.debian import fetched, fetched_before
from routing.broker.programs.docker import NEWEST
from routing.broker.programs.installation import installed
from routing.broker.programs.suites import SUITES, suites_for
from routing.broker.way import untold


@dataclass(frozen=True)
class Stocked:
    """A RabbitMQ that can be started, or fetched and then started.

    source: where it is had from.
    here: its folder, None where it is still to be fetched.
    """

    version: str
    source: str
    here: Path | None = None


def stock(folder: Path = FOLDER) -> list[Stocked]:
    """List what is installed, then the newest first what can be fetched or was."""
    here = {each.version: each.root for each in fetched(folder)}
    known: dict[str, list[str]] = {}
    for suite in SUITES if can_fetch() else ():
        known.setdefault(str(suite.version), []).append(suite.name)
    sources = {version: f"Debian {', '.join(suites)}" for version, suites in known.items()}
    others = {version: "fetched before" for version in here if version not in sources}
    found = [
        Stocked(version, text, here.get(version)) for version, text in {**sources, **others}.items()
    ]
    with suppress(NoBroker):
        there = installed(None, untold)
        found.insert(0, Stocked(there.version, "installed", there.home))
    return found


def would_use(
    environ: Mapping[str, str], asked: str | None = None, folder: Path = FOLDER
) -> tuple[str, str]:
    """Tell which RabbitMQ a run would use, and why; nothing is started or fetched for that.

    asked: the version that it must have, or how that begins.
    Raises BadUse where a broker's URL is not well written.
    """
    if environ.get("AMQP_URL"):
        must = f", which must be a RabbitMQ {asked}" if asked else ""
        return f"the broker that AMQP_URL names{must}", "that is set"
    for way in running_ways():
        with suppress(NoBroker), opened(way, untold, asked) as broker:
            return f"RabbitMQ {broker.version} at {broker.address}", "one that runs comes first"
    with suppress(NoBroker):
        return f"the installed RabbitMQ {installed(asked, untold).version}", "none runs"
    with suppress(NoBroker):
        version = fetched_before(asked, untold, folder).version
        return f"RabbitMQ {version}, which is fetched", reason(asked)
    if (suites := suites_for(asked)) and can_fetch():
        return f"RabbitMQ {suites[0].version}, which it then fetches", reason(asked)
    if asked is None and (there := fetched(folder)):
        return f"RabbitMQ {there[0].version}, which is fetched", "no newer one can be fetched"
    return f"Docker's rabbitmq:{asked or NEWEST}, if that can be had", "nothing else has it"


def can_fetch() -> bool:
    """Tell whether this system can fetch from Debian's archive at all."""
    return shutil.which("apt-get") is not None


def reason(asked: str | None) -> str:
    """Say why a RabbitMQ that was fetched, or is to be, is the one."""
    return "it is asked for" if asked else "none runs, none is installed, and it is the newest"
