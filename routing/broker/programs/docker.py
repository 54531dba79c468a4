"""A RabbitMQ from Docker, where an engine answers."""

import subprocess

from routing.broker.way import Progress, Report, Unavailable

IMAGE = "rabbitmq:4"

ANSWER = 10.0
"""Seconds within which an engine has to answer."""


def image(report: Report) -> None:
    """Have RabbitMQ's image at hand.

    Raises Unavailable where Docker is not installed, no engine answers or the image is not to
    be had.
    """
    ask("version", "--format", "{{.Server.Version}}", why="no engine answers", limit=ANSWER)
    try:
        ask("image", "inspect", IMAGE, why="not there", limit=ANSWER)
    except Unavailable:
        report(Progress(f"fetching {IMAGE} with Docker"))
        ask("pull", "--quiet", IMAGE, why=f"could not fetch {IMAGE}")


def ask(*arguments: str, why: str, limit: float | None = None) -> None:
    """Run a command of Docker.

    Raises Unavailable where Docker is not installed, or where the command fails: then with `why`.
    """
    try:
        subprocess.run(["docker", *arguments], capture_output=True, check=True, timeout=limit)
    except FileNotFoundError:
        raise Unavailable("not installed") from None
    except (subprocess.SubprocessError, OSError) as error:
        raise Unavailable(why) from error
