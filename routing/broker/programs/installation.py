"""A RabbitMQ that is installed on this machine."""

import os
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from routing.amqp.versions import begins_with
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

    @property
    def version(self) -> str:
        """RabbitMQ's version, as its folder tells; 0 where it does not."""
        names = (path.name for path in self.home.glob("plugins/rabbit-[0-9]*"))
        found = (re.match(r"rabbit-(\d+\.\d+\.\d+)", name) for name in names)
        return next((each[1] for each in found if each), "0")

    def environment(self) -> dict[str, str]:
        """List the variables that lead to Erlang."""
        if not self.root:
            return {"PATH": os.pathsep.join((os.environ.get("PATH", os.defpath), *PATH))}
        erlang = self.root / "usr/lib/erlang"
        return {"PATH": os.pathsep.join((str(erlang / "bin"), *PATH)), "ERL_ROOTDIR": str(erlang)}


def installed(
    asked: str | None, _: Report, candidates: Sequence[Path] | None = None
) -> Installation:
    """Find an installed RabbitMQ.

    asked: the version that it must have, or how that begins; by default, any.
    Raises Unavailable where there is none.
    """
    for script in scripts() if candidates is None else candidates:
        if script.is_file():
            found = Installation(script.resolve().parent.parent)
            if asked and not begins_with(found.version, asked):
                raise Unavailable(f"it is {found.version}")
            return found
    raise Unavailable("not installed")


def scripts() -> list[Path]:
    """List the places where RabbitMQ's start script may be."""
    found = shutil.which("rabbitmq-server")
    on_path = [Path(found)] if found and Path(found) != WRAPPER else []
    return [*SCRIPTS, *on_path]
