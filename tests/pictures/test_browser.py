"""Does a browser see what is wrong with a page, and can anybody have one?"""

import os
import re
import shutil
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from subprocess import PIPE, Popen
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest
from browsing import Look, barriers, opened, started
from conftest import family
from fetching import BY_NOBODY, NOBODY

from chromium import chromium, fetched_once, installed
from routing.broker.folder import PROJECT
from routing.broker.way import Unavailable

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STRICT = "default-src 'none'; style-src 'unsafe-inline'; require-trusted-types-for 'script'"
LAX = "default-src * 'unsafe-inline'"

PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>orders</title>
<main><h1>orders</h1><p>order.eu → ● billing</p>{more}</main>
</html>
"""


def written(folder: Path, more: str = "", policy: str = STRICT) -> Path:
    """Write a page, with something added to it."""
    path = folder / "ünusual #1 page.html"
    path.write_text(PAGE.format(policy=policy, more=more), encoding="utf-8")
    return path


def test_does_a_good_page_pass(open_page: "Callable[..., Page]", tmp_path: Path) -> None:
    """Whatever its policy forbids, what is asked of it here is done, and is no fault of its."""
    page = open_page(written(tmp_path))
    assert page.inner_text("p") == "order.eu → ● billing"
    assert barriers(page) == []


@pytest.mark.parametrize(
    ("more", "policy", "said"),
    [
        ("<script>console.error('no such queue')</script>", LAX, "tells an error: no such queue"),
        ("<script>setTimeout(() => { throw Error('late') })</script>", LAX, "raises late"),
        ("<script>1</script>", STRICT, "tells an error: refused by script-src-elem: inline"),
        ("<img src='http://h.example/i'>", STRICT, "tells an error: refused by img-src: http://h"),
        ("<img src='http://h.example/i'>", LAX, "asks for http://h.example/i"),
        ("<script>fetch('https://h.example/f')</script>", LAX, "asks for https://h.example/f"),
        ("<script>open('http://h.example/o')</script>", LAX, "asks for http://h.example/o"),
        ("<script>new WebSocket('ws://h.example/s')</script>", LAX, "asks for ws://h.example/s"),
        ("<img src='none.png'>", LAX, "tells an error: Failed to load resource"),
    ],
)
def test_is_a_fault_seen(
    browser: "Browser", tmp_path: Path, more: str, policy: str, said: str
) -> None:
    """An error, what its policy forbids, and what it asks for, wherever that is refused."""
    with opened(browser, written(tmp_path, more, policy)) as page:
        assert [each for each in page.faults() if each.startswith(said)], page.faults()


def test_is_what_cannot_be_read_seen(browser: "Browser", tmp_path: Path) -> None:
    """Pale text is told with the element that has it, and with the rule that it breaks."""
    pale = "<p id='pale' style='color: #bbb; background: #fff'>order.#</p>"
    with opened(browser, written(tmp_path, pale)) as page:
        [barrier] = barriers(page.page)
        assert barrier.startswith("color-contrast: #pale: Elements must")
        assert page.faults() == []


CALL = """\
([tcp, udp]) => Promise.all([
    new Promise(done => { new WebSocket(`ws://127.0.0.1:${tcp}`).onclose = () => done() }),
    new Promise(done => {
        const call = new RTCPeerConnection({iceServers: [{urls: `stun:127.0.0.1:${udp}`}]})
        call.onicecandidate = event => event.candidate || done()
        call.createDataChannel('call')
        call.createOffer().then(offer => call.setLocalDescription(offer))
    })
])
"""


def test_does_nothing_get_out(browser: "Browser", tmp_path: Path) -> None:
    """Not even by the ways on which no request can be refused."""
    kinds = (socket.SOCK_STREAM, socket.SOCK_DGRAM)
    sockets = [socket.socket(socket.AF_INET, kind) for kind in kinds]
    with closing(sockets[0]) as tcp, closing(sockets[1]) as udp:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
            each.setblocking(False)  # noqa: FBT003 - as the standard library has it
        tcp.listen()
        with opened(browser, written(tmp_path, policy=LAX)) as page:
            page.page.evaluate(CALL, [each.getsockname()[1] for each in sockets])
        for came in (tcp.accept, lambda: udp.recv(99)):
            with pytest.raises(BlockingIOError):
                came()


@pytest.mark.parametrize(
    ("look", "asked"),
    [
        (Look(), "screen and (width: 1280px) and (height: 720px)"),
        (Look(width=320, height=500), "(width: 320px) and (height: 500px)"),
        (Look(), "(prefers-color-scheme: light) and (prefers-reduced-motion: no-preference)"),
        (Look(dark=True), "(prefers-color-scheme: dark)"),
        (Look(still=True), "(prefers-reduced-motion: reduce)"),
        (Look(printed=True), "print"),
    ],
)
def test_is_a_page_looked_at_as_asked(
    open_page: "Callable[..., Page]", tmp_path: Path, look: Look, asked: str
) -> None:
    """Its size, its colours, its motion and its medium are what a page can ask for."""
    page = open_page(written(tmp_path), look)
    assert page.evaluate("asked => matchMedia(asked).matches", asked)


def test_does_an_installed_one_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By any of its names; but a snap could not read what a test writes."""
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("snap", "google-chrome"):
        (tmp_path / name).touch(0o755)
    (tmp_path / "chromium").symlink_to("snap")
    assert installed() == chromium(tmp_path) == tmp_path / "google-chrome"
    (tmp_path / "chromium").unlink()
    (tmp_path / "chromium").touch(0o755)
    assert installed() == tmp_path / "chromium"


def test_is_it_told_why_there_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A system without apt-get is told as such, once, and nothing is left of the attempt."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match=r"^there is no apt-get, as on Debian and Ubuntu$"):
        chromium(tmp_path / "project")
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
@pytest.mark.skipif(not shutil.which("apt-get"), reason="a system without apt-get")
def test_can_anybody_fetch_one(tmp_path: Path) -> None:
    """Several at once have it once, whole, from where it runs anywhere by its own libraries."""
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
        moved = program.parent.rename(folder / "with space") / program.name
        before = family(os.getpid())
        with started(moved) as browser, opened(browser, written(tmp_path)) as page:
            assert page.page.inner_text("h1") == "orders"
            assert re.fullmatch(r"chromium-\d+", program.parent.name.partition(".")[0])
            foreign = {
                each
                for pid in family(os.getpid()) - before
                if Path(f"/proc/{pid}/exe").readlink().is_relative_to(moved.parent)
                for each in re.findall(r"/.+\.so\S*$", Path(f"/proc/{pid}/maps").read_text(), re.M)
                if not each.startswith(str(moved.parent))
            }
            assert foreign == set()
