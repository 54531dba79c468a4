"""A RabbitMQ from Docker, where an engine answers."""

import os
import subprocess
from dataclasses import dataclass

from routing.broker.secret import without_secret
from routing.broker.way import Progress, Report, Unavailable

NEWEST = "4"
"""The tag of the newest image that is like what is tried here."""

ANSWER = 10.0
"""Seconds within which an engine has to answer."""


@dataclass(frozen=True)
class Image:
    """RabbitMQ's image, by its name."""

    name: str

    @property
    def version(self) -> str:
        """The version, or how it begins."""
        return self.name.partition(":")[2]


def image(asked: str | None, report: Report) -> Image:
    """Have RabbitMQ's image at hand.

    asked: the version that it must have, or how that begins.
    Raises Unavailable where Docker is not installed, no engine answers or the image is not to
    be had.
    """
    ask("version", "--format", "{{.Server.Version}}", why="no engine answers", limit=ANSWER)
    found = Image(f"rabbitmq:{asked or NEWEST}")
    try:
        ask("image", "inspect", found.name, why="not there", limit=ANSWER)
    except Unavailable:
        report(Progress(f"fetching {found.name} with Docker"))
        ask("pull", "--quiet", found.name, why=f"could not fetch {found.name}")
    return found


def ask(*arguments: str, why: str, limit: float | None = None) -> None:
    """Run a command of Docker.

    Raises Unavailable where Docker is not installed, or where the command fails: then with `why`.
    """
    try:
        subprocess.run(
            ["docker", *arguments],
            env=without_secret(os.environ),
            capture_output=True,
            check=True,
            timeout=limit,
        )
    except FileNotFoundError:
        raise Unavailable("not installed") from None
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable(why) from error
