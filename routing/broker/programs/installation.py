"""A RabbitMQ that is installed on this machine."""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.broker.way import Report, Unavailable

SCRIPTS = (
    # Debian's and RPM's /usr/sbin/rabbitmq-server refuses ordinary users; this is the real one.
    Path("/usr/lib/rabbitmq/bin/rabbitmq-server"),
    Path("/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server"),
    Path("/usr/local/opt/rabbitmq/sbin/rabbitmq-server"),
)

WRAPPER = Path("/usr/sbin/rabbitmq-server")

PATH = ("/opt/homebrew/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin")
"""Where Erlang may be installed."""


@dataclass(frozen=True)
class Installation:
    """A RabbitMQ that can be started.

    home: RabbitMQ's folder, which holds `sbin` and `plugins`.
    root: where the packages are unpacked, None where they are installed.
    """

    home: Path
    root: Path | None = None

    def environment(self) -> dict[str, str]:
        """List the variables that lead to Erlang."""
        if not self.root:
            return {"PATH": os.pathsep.join((os.environ.get("PATH", os.defpath), *PATH))}
        erlang = self.root / "usr/lib/erlang"
        libraries = [*self.root.glob("usr/lib/*-linux-*"), *self.root.glob("lib/*-linux-*")]
        return {
            "PATH": os.pathsep.join((str(erlang / "bin"), *PATH)),
            "ERL_ROOTDIR": str(erlang),
            "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        }


def installed(_: Report, candidates: Sequence[Path] | None = None) -> Installation:
    """Find an installed RabbitMQ.

    Raises Unavailable where there is none.
    """
    for script in scripts() if candidates is None else candidates:
        if script.is_file():
            return Installation(script.resolve().parent.parent)
    raise Unavailable("not installed")


def scripts() -> list[Path]:
    """List the places where RabbitMQ's start script may be."""
    found = shutil.which("rabbitmq-server")
    on_path = [Path(found)] if found and Path(found) != WRAPPER else []
    return [*SCRIPTS, *on_path]
