"""Does a browser look at a page as asked, and see what is wrong with it?"""

import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browsing import Look, barriers, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Request

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


FAULTS = """
<script>console.error('no such queue')</script>
<script>addEventListener('load', () => setTimeout(() => { throw Error('late') }))</script>
<script>fetch('https://h.example/fetched')</script>
<script>new WebSocket('ws://h.example/socket')</script>
<img src="http://h.example/image" alt="">
<img src="none.png" alt="">
"""

SEEN = (
    "tells an error: no such queue",
    "raises late",
    "asks for https://h.example/fetched",
    "asks for http://h.example/opened",
    "asks for ws://h.example/socket",
    "asks for http://h.example/image",
    "asks for ws://h.example/last",
    "tells an error: Failed to load resource: net::ERR_FILE_NOT_FOUND",
)


def is_opened(request: "Request") -> bool:
    """Tell whether a request is that of a page which a page has opened."""
    return request.url.endswith("/opened")


def test_is_each_fault_seen(browser: "Browser", tmp_path: Path) -> None:
    """What is told and raised as an error, also later, and whatever is asked for."""
    with opened(browser, written(tmp_path, FAULTS, LAX)) as page:
        with page.page.context.expect_event("requestfailed", is_opened):
            page.page.evaluate("() => { open('http://h.example/opened') }")
        page.page.evaluate("new WebSocket('ws://h.example/last').url")
        assert not {*SEEN} - {*page.faults()}


def test_is_it_seen_what_a_policy_forbids(browser: "Browser", tmp_path: Path) -> None:
    """All that a page does in spite of what it says of itself, and nothing else of it."""
    with opened(browser, written(tmp_path, FAULTS)) as page:
        told = {each for each in page.faults() if "violates" not in each}
    assert told == {
        "tells an error: refused by script-src-elem: inline",
        "tells an error: refused by img-src: http://h.example/image",
        "tells an error: refused by img-src: file",
    }


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
        (
            Look(),
            "screen and (width: 1280px) and (height: 720px) and (prefers-color-scheme: light)"
            " and (prefers-reduced-motion: no-preference)",
        ),
        (
            Look(width=320, height=500, dark=True, still=True, printed=True),
            "print and (width: 320px) and (height: 500px) and (prefers-color-scheme: dark)"
            " and (prefers-reduced-motion: reduce)",
        ),
    ],
)
def test_is_a_page_looked_at_as_asked(
    open_page: "Callable[..., Page]", tmp_path: Path, look: Look, asked: str
) -> None:
    """Its size, its colours, its motion and its medium are what a page can ask for."""
    page = open_page(written(tmp_path), look)
    assert page.evaluate("asked => matchMedia(asked).matches", asked)
