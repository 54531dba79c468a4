"""The record of the node that is kept running."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from routing.broker.address import each_of, without_password
from routing.broker.folder import write_private
from routing.broker.node.room import Room


@dataclass(frozen=True)
class Kept:
    """A node, or a cluster, that outlives the program that started it.

    url: with its password; of a cluster, those of its nodes, with commas between them.
    pid: of its keeper.
    started: local time, as in 2026-01-31 09:15.
    management: the address of its management page, if it has one.
    room: what a class needs, if it has a room.
    """

    url: str = field(repr=False)
    pid: int
    started: str
    management: str | None = None
    room: Room | None = None

    @property
    def urls(self) -> list[str]:
        """The URL of each node."""
        return each_of(self.url)

    @property
    def address(self) -> str:
        """Host, port and virtual host of each node, without user and password."""
        return without_password(self.url)

    @property
    def login(self) -> tuple[str, str]:
        """User and password, for the broker and for its management page."""
        parts = urlsplit(self.urls[0])
        return unquote(parts.username or ""), unquote(parts.password or "")


def lock_of(folder: Path) -> Path:
    """Name the file that the keeper of a recorded node holds locked for its life."""
    return folder / "node.lock"


def record_of(folder: Path) -> Path:
    """Name the file of the record."""
    return folder / "node.json"


@contextmanager
def recorded(kept: Kept, folder: Path) -> Iterator[None]:
    """Write a record that only this user can read, and remove it in the end."""
    record = record_of(folder)
    unfinished = record.with_suffix(".new")
    try:
        write_private(unfinished, json.dumps(asdict(kept)))
        unfinished.replace(record)
        yield
    finally:
        record.unlink(missing_ok=True)


def read_record(folder: Path) -> Kept | None:
    """Read the record, if there is one that is whole."""
    try:
        kept = Kept(**json.loads(record_of(folder).read_text()))
        return replace(kept, room=Room(**kept.room)) if isinstance(kept.room, dict) else kept
    except (OSError, ValueError, TypeError):
        return None
