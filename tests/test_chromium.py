"""Can anybody have a Chromium, and is one that is there already taken?"""

import os
import re
import sys
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory

import pytest
from browsing import opened, started
from chromium import chromium, fetched_once
from conftest import family
from fetching import BY_NOBODY, NOBODY, needs_apt

from routing.broker.folder import PROJECT
from routing.broker.way import NotFetched, Unavailable


def test_does_an_installed_one_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By any of its names, and then one that was fetched; a snap is none."""
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "chromium-1.0").mkdir()
    (tmp_path / "chromium-1.0/chromium").touch()
    (tmp_path / "snap").touch(0o755)
    (tmp_path / "chromium").symlink_to("snap")
    assert chromium(tmp_path) == tmp_path / "chromium-1.0/chromium"
    for name in ("google-chrome", "chromium-headless-shell"):
        (tmp_path / name).touch(0o755)
        assert chromium(tmp_path) == tmp_path / name


def test_is_it_told_why_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without apt-get is told as such, and nothing is left of the attempt."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"^there is no apt-get, as on Debian and Ubuntu$"):
        chromium(tmp_path / "project")
    assert [path.name for path in (tmp_path / "project").iterdir()] == ["fetching-chromium.lock"]


@pytest.mark.long
@needs_apt
def test_does_each_source_tell_why_it_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive that cannot be reached leads to the distribution, which may not have it."""
    monkeypatch.setenv("DEBIAN_ARCHIVE", "http://127.0.0.1:9/debian")
    (tmp_path / "apt.conf").write_text(
        'Dir::Etc::sourcelist "-"; Dir::Etc::sourceparts "/dev/null";'
    )
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    told = "Debian bookworm: it cannot be reached; the distribution: it has no chromium-headless"
    with pytest.raises(NotFetched, match=f"^{told}"):
        fetched_once(tmp_path / "project")
    assert [path.name for path in (tmp_path / "project").iterdir()] == ["fetching-chromium.lock"]


FETCHER = """
import sys
from pathlib import Path
from chromium import fetched_once
print(fetched_once(Path(sys.argv[1])))
"""


def fetcher(folder: Path) -> "Popen[str]":
    """Start a fetch by an ordinary user."""
    root = os.getuid() == 0
    return Popen(
        [*(BY_NOBODY if root else ()), sys.executable, "-c", FETCHER, str(folder)],
        env=os.environ | {"HOME": str(folder), "PYTHONPATH": f"{PROJECT}:{PROJECT}/tests"},
        cwd=folder,
        stdout=PIPE,
        text=True,
    )


@pytest.mark.long
@needs_apt
def test_can_anybody_fetch_one(tmp_path: Path) -> None:
    """Several at once have it once, whole, from where it runs anywhere by its own libraries."""
    page = tmp_path / "page.html"
    page.write_text("<title>orders</title>")
    # The folder that pytest gives lies in one that only its user may enter.
    with TemporaryDirectory() as home:
        folder = Path(home)
        (folder / "fetching-chromium.killed").mkdir()
        if os.getuid() == 0:
            os.chown(folder, NOBODY, NOBODY)
        both = [fetcher(folder) for _ in range(2)]
        said = {process.communicate(timeout=120)[0] for process in both}
        [program] = [Path(each.strip()) for each in said]
        assert {each.name for each in folder.iterdir()} == {
            program.parent.name,
            "fetching-chromium.lock",
        }
        moved = program.parent.rename(folder / "with space")
        before = family(os.getpid())
        with started(moved / program.name) as browser:
            assert f"chromium-{browser.version}" == program.parent.name
            with opened(browser, page) as shown:
                assert shown.page.title() == "orders"
                libraries = mapped(family(os.getpid()) - before, moved)
        assert len(libraries) > 50
        assert all(Path(each).is_relative_to(moved) for each in libraries)


def mapped(pids: set[int], root: Path) -> set[str]:
    """List the libraries in those of these processes whose program lies in a folder."""
    processes = [Path(f"/proc/{pid}") for pid in pids]
    ours = [each for each in processes if (each / "exe").resolve().is_relative_to(root)]
    assert len(ours) > 2
    maps = "".join((each / "maps").read_text() for each in ours)
    return {*re.findall(r"/.+\.so\S*$", maps, re.MULTILINE)}
