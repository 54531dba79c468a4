"""A Chromium for the tests of pages: one that is installed, or else Debian's, had without root.

It is fetched as RabbitMQ is, and like that comes with its own C library, so that it runs on any
Linux of the same processor.
"""

import re
import shutil
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from routing.broker.folder import FOLDER
from routing.broker.lock import locked
from routing.broker.programs.apt import configure, download, packages_for, say_fault, unpack, update
from routing.broker.programs.archive import source_of
from routing.broker.programs.loader import HEAD
from routing.broker.way import NotFetched

PACKAGE: Final = "chromium-headless-shell"

INSTALLED: Final = (PACKAGE, "chromium", "google-chrome")
"""What an installed one may be called, the one that starts fastest first."""

PREFIX: Final = "chromium-"
"""What the folder of one that was fetched is called, before its version."""

FETCHING: Final = "fetching-chromium"
"""What the folder of one that is being fetched is called, and its lock, before a dot."""

SOURCES: Final[Mapping[str, Callable[[Path], str | None]]] = {
    "Debian bookworm": partial(source_of, "bookworm"),
    "the distribution": lambda _: None,
}
"""Where it is fetched from, the first that has it; each gives what apt-get's list of sources is."""

NEEDLESS: Final = re.compile("llvm|mesa|z3|icu|sqlite|libxml")
"""Libraries for graphics cards, for the programs of a desktop, and for certificates."""

PROGRAMS: Final = "usr/lib/chromium"
"""The folder of its programs among what was unpacked."""

LOADER: Final = re.compile(rb"/lib[^\0]*/(ld[^/\0]*)\0")
"""The loader that a program asks for, by its whole path."""

# The shell itself must not see the foreign libraries: they are named when it has begun.
SCRIPT: Final = """\
#!/bin/sh
cd "${{0%/*}}/{programs}" || exit
up="${{PWD%/{programs}}}"
export FONTCONFIG_FILE="$up/fonts.conf" LD_LIBRARY_PATH="{libraries}"
exec ./{package} "$@"
"""

FONTS: Final = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
</fontconfig>
"""


def chromium(folder: Path = FOLDER) -> Path:
    """Give a Chromium that can be started, which is fetched the first time.

    Raises Unavailable where none can be had.
    """
    return installed() or fetched(folder) or fetched_once(folder)


def installed() -> Path | None:
    """Find one that is installed; a snap is none, as it reads no file in a temporary folder."""
    found = (Path(path) for name in INSTALLED if (path := shutil.which(name)))
    return next((each for each in found if each.resolve().name != "snap"), None)


def fetched(folder: Path) -> Path | None:
    """Find one that was fetched before."""
    return next(folder.glob(f"{PREFIX}*/chromium"), None)


def fetched_once(folder: Path) -> Path:
    """Fetch it, unless another process has done so meanwhile.

    Raises NotFetched where no source has it, Unavailable where there is no apt-get.
    """
    with locked(folder / f"{FETCHING}.lock"):
        if there := fetched(folder):
            return there
        reasons = []
        for name, source in SOURCES.items():
            try:
                return fetch(source, folder)
            except NotFetched as error:
                reasons.append(f"{name}: {error}")
        raise NotFetched("; ".join(reasons))


def fetch(source: Callable[[Path], str | None], folder: Path) -> Path:
    """Fetch and unpack in a folder beside, which gets its name when all of it is there.

    Raises NotFetched where that fails, Unavailable as above.
    """
    for leftover in folder.glob(f"{FETCHING}.*/"):
        shutil.rmtree(leftover, ignore_errors=True)
    with TemporaryDirectory(prefix=f"{FETCHING}.", dir=folder) as work:
        configure(Path(work), source(Path(work)))
        version, root = fetch_into(Path(work))
        make_movable(root)
        return root.rename(folder / f"{PREFIX}{version}") / "chromium"


def fetch_into(work: Path) -> tuple[str, Path]:
    """Fetch and unpack in a folder that is configured, and give the version and where it is.

    Raises NotFetched where that fails, Unavailable as above.
    """
    complaints = update(work, lambda _: None)
    listed, _ = packages_for(work, PACKAGE)
    version = next((each.version for each in listed if each.name == PACKAGE), None)
    if version is None:
        raise NotFetched(say_fault(complaints) if complaints else f"it has no {PACKAGE}")
    needed = [each.name for each in listed if is_needed(each.name)]
    files, faults = download(work, needed, lambda _: None)
    if faults:
        raise NotFetched(say_fault(faults))
    root = work / "root"
    root.mkdir()
    with ThreadPoolExecutor() as threads:
        list(threads.map(partial(unpack, root=root), files))
    return version.partition("-")[0], root


def is_needed(package: str) -> bool:
    """Tell whether a page needs a package: Chromium, its libraries, and one family of fonts."""
    kinds = ("chromium-", "fonts-", "lib", "zlib1g")
    return package.startswith(kinds) and not NEEDLESS.search(package)


def make_movable(root: Path) -> None:
    """Let it run from any folder, with the fonts and the libraries beside it.

    Raises NotFetched where its loader is not among them.
    """
    folders = [*root.glob("usr/lib/*-linux-*"), *root.glob("lib/*-linux-*")]
    name = loaded_beside(root / PROGRAMS / PACKAGE)
    loader = next((each / name for each in folders if (each / name).exists()), None)
    if not loader:
        raise NotFetched(f"its packages do not have {name}, with which it starts")
    (root / PROGRAMS / name).hardlink_to(loader.resolve())
    libraries = [*folders, *root.glob("usr/lib/*/pulseaudio")]
    script = SCRIPT.format(
        programs=PROGRAMS,
        libraries=":".join(f"$up/{each.relative_to(root)}" for each in libraries),
        package=PACKAGE,
    )
    (root / "fonts.conf").write_text(FONTS)
    (root / "chromium").write_text(script)
    (root / "chromium").chmod(0o755)


def loaded_beside(program: Path) -> str:
    """Have a program ask for a loader in the folder where it is started, and name that.

    No script can stand between the two, as it does for Erlang: Chromium starts itself again.
    """
    with program.open("r+b") as file:
        asked = LOADER.search(file.read(HEAD))
        assert asked, "Debian's programs have a loader"
        file.seek(asked.start())
        file.write(asked[1].ljust(len(asked[0]), b"\0"))
    return asked[1].decode()
