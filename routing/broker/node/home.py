"""RabbitMQ's folder, rebuilt of links for one node.

The links give it a path without a space, which Erlang's scripts need.  And as Erlang looks for
each module in one folder of its path after the other, leaving out the plugins that stay off makes
a node start in half the time.
"""

import re
from collections.abc import Collection, Iterable
from pathlib import Path


def link_home(home: Path, into: Path, plugins: Collection[str]) -> None:
    """Link RabbitMQ's folder, with no other plugins than these and what they need."""
    (into / "plugins").mkdir(parents=True)
    for part in home.iterdir():
        if part.name != "plugins":
            (into / part.name).symlink_to(part)
    needed = needed_by({"rabbit", *plugins}, home / "plugins")
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
        for file in folder.glob(f"{name}-*/ebin/{name}.app"):
            listed = re.search(r"{applications,\s*\[([^]]*)]", file.read_text())
            unread |= set(re.findall(r"\w+", listed[1]) if listed else ()) - found
    return found
