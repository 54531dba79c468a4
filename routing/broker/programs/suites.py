"""Which RabbitMQ each suite of Debian's archive holds, and which of them is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from routing.amqp.versions import NEWEST, Version, begins_with


@dataclass(frozen=True)
class Suite:
    """A suite of Debian's archive.

    version: of the RabbitMQ that it held when that was last looked up; it may have moved on.
    """

    name: str
    version: Version


SUITES: Final[Sequence[Suite]] = (
    Suite("forky", Version(4, 3, 6)),
    Suite("sid", Version(4, 3, 6)),
    Suite("trixie", Version(4, 0, 5)),
    Suite("bookworm", Version(3, 10, 8)),
    Suite("bullseye", Version(3, 8, 9)),
)
"""The newest first; looked up on 2026-11-24."""


def suites_for(asked: str | None) -> list[Suite]:
    """List the suites that hold what is asked for, the newest first; by default, the newest alone.

    asked: a version, or how it begins.
    """
    return [suite for suite in SUITES if begins_with(str(suite.version), asked or str(NEWEST))]
