"""RabbitMQ's folder, rebuilt of links for one node.

The links give it a path without a space, which Erlang's scripts need.  And as Erlang looks for
each module in one folder of its path after the other, leaving out the plugins that stay off makes
a node start in half the time.
"""

import re
import zipfile
from collections.abc import Collection, Iterable
from pathlib import Path

CORE = ("rabbit", "rabbitmq_prelaunch")
"""What every node begins with; before 3.9 the one did not list the other as what it needs."""


def link_home(home: Path, into: Path, plugins: Collection[str]) -> None:
    """Link RabbitMQ's folder, with no other plugins than these and what they need."""
    (into / "plugins").mkdir(parents=True)
    for part in home.iterdir():
        if part.name != "plugins":
            (into / part.name).symlink_to(part)
    needed = needed_by({*CORE, *plugins}, home / "plugins")
    for application in (home / "plugins").iterdir():
        if is_needed(application.name, needed):
            (into / "plugins" / application.name).symlink_to(application)


def is_needed(folder: str, needed: Collection[str]) -> bool:
    """Tell whether an application's folder, such as ranch-2.1.0, is no plugin, or one we want."""
    return not folder.startswith("rabbitmq_") or folder.partition("-")[0] in needed


def needed_by(names: Iterable[str], folder: Path) -> set[str]:
    """Name applications and all that they need, as their .app files tell."""
    found: set[str] = set()
    unread = set(names)
    while unread:
        name = unread.pop()
        found.add(name)
        for application in folder.glob(f"{name}-[0-9]*"):
            listed = re.search(r"{applications,\s*\[([^]]*)]", described(application, name))
            unread |= set(re.findall(r"\w+", listed[1]) if listed else ()) - found
    return found


def described(application: Path, name: str) -> str:
    """Read the .app file of an application: a folder, or before 3.9 an archive with that in it."""
    if application.suffix == ".ez":
        folder = zipfile.Path(application) / application.stem
        return (folder / f"ebin/{name}.app").read_text(encoding="utf-8")
    file = application / f"ebin/{name}.app"
    return file.read_text(encoding="utf-8") if file.exists() else ""
