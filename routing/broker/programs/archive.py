"""Where Debian's archive is, and the keys by which it must be signed."""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

from routing.amqp.errors import BadUse
from routing.broker.programs.apt import addresses, configure
from routing.broker.programs.suites import SUITES
from routing.broker.way import NotFetched

KEYRINGS: Final = tuple(
    Path(f"/usr/share/keyrings/debian-archive-keyring.{ending}") for ending in ("gpg", "pgp")
)

SOURCE: Final = """\
Types: deb
URIs: {address}
Suites: {suite}
Components: main
Signed-By: {keyring}
"""

RELEASES: Final = ("stable", "oldstable", "oldoldstable", "testing", "unstable")
"""What a source may call a suite, beside its name."""


def source_of(suite: str, work: Path) -> str:
    """Write a suite as a source of packages, each of which must be signed by a key of Debian's.

    Raises NotFetched where the keys are not here, or nothing tells where the archive is.
    """
    keyring = next((path for path in KEYRINGS if path.is_file()), None)
    if not keyring:
        raise NotFetched(
            "the keys of Debian's archive are not here, so that nothing of it can be trusted: "
            "install the package debian-archive-keyring"
        )
    return SOURCE.format(address=address(work, os.environ), suite=suite, keyring=keyring)


def address(work: Path, environ: Mapping[str, str]) -> str:
    """Tell where Debian's archive is: DEBIAN_ARCHIVE says it, or the system's own sources do.

    Raises NotFetched where none of them does, BadUse where what is said is no address.
    """
    if named := environ.get("DEBIAN_ARCHIVE"):
        # It becomes a line of apt-get's settings, and must be no more than that.
        if not re.fullmatch(r"[a-z+]+:[!-~]+", named):
            raise BadUse(f"DEBIAN_ARCHIVE is {named!r}: write it like http://HOST/debian.")
        return named
    configure(work / "system")
    suites = {*RELEASES, *(suite.name for suite in SUITES)}
    for found, suite in addresses(work / "system"):
        # Others have suites of these names, too, but not in a folder of this name.
        if suite in suites and PurePath(found).name.startswith("debian"):
            return found
    raise NotFetched(
        "where Debian's archive is, the system's sources do not tell: "
        "name a mirror of it by DEBIAN_ARCHIVE=http://HOST/debian"
    )
