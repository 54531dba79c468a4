"""A page in a real browser: how it is looked at, what goes wrong with it, who cannot use it."""

import os
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from chromium import chromium

from routing.amqp.errors import NoBroker

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route

ARGUMENTS: Final = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    # What no event tells of, or none can refuse, reaches nobody, either: a socket, or a call.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
)

LOCAL: Final = ("file:", "data:", "blob:", "about:")
"""How an address begins that no network is needed for."""

VIOLATED: Final = """\
addEventListener('securitypolicyviolation', event =>
    console.error(`refused by ${event.effectiveDirective}: ${event.blockedURI}`))
"""
"""Told as an error, beside the browser's own words: it has none where a policy only reports."""

AXE: Final = """\
() => axe.run({resultTypes: ['violations']}).then(found => found.violations.flatMap(
    each => each.nodes.map(node => [each.id, node.target.join(' '), each.help])))
"""


TWO_FRAMES: Final = """\
() => new Promise(done =>
    requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))
"""
"""Time enough for what was asked for last to be on its way out, where it is refused."""


@dataclass(frozen=True)
class Look:
    """How a page is looked at.

    width, height: of the window, in the page's own pixels.
    dark: whether the user wants it dark; still: without motion; printed: on paper.
    """

    width: int = 1280
    height: int = 720
    dark: bool = False
    still: bool = False
    printed: bool = False


PLAIN: Final = Look()


@dataclass(frozen=True)
class Opened:
    """A page that is open, and what has gone wrong with it so far."""

    page: "Page"
    wrong: list[str]

    def faults(self) -> list[str]:
        """List what has gone wrong, when what the page has begun is done."""
        self.page.evaluate(TWO_FRAMES)
        return [*dict.fromkeys(self.wrong)]


@contextmanager
def started(program: Path) -> Iterator["Browser"]:
    """Yield a browser that asks nobody for anything by itself."""
    from playwright.sync_api import sync_playwright  # slow, and in no other test

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=[*ARGUMENTS], chromium_sandbox=can_shut_in()
        )
        with browser:
            yield browser


def can_shut_in() -> bool:
    """Tell whether this user may have namespaces, in which Chromium shuts its pages in."""
    if os.getuid() == 0:
        return False
    namespaces = ("--user", "--map-root-user", "--pid", "--net", "--fork")
    asked = subprocess.run(["unshare", *namespaces, "true"], capture_output=True, check=False)
    return asked.returncode == 0


@contextmanager
def opened(browser: "Browser", path: Path, look: Look = PLAIN) -> Iterator[Opened]:
    """Yield a page from a file, as somebody sees it who was never there before."""
    with browser.new_context(
        viewport={"width": look.width, "height": look.height},
        color_scheme="dark" if look.dark else "light",
        reduced_motion="reduce" if look.still else "no-preference",
    ) as context:
        wrong = watched(context)
        page = context.new_page()
        page.emulate_media(media="print" if look.printed else "screen")
        page.goto(path.absolute().as_uri())
        yield Opened(page, wrong)


def watched(context: "BrowserContext") -> list[str]:
    """Refuse all that would need a network, and give a list that then gets what goes wrong."""
    wrong: list[str] = []

    def refuse(route: "Route") -> None:
        wrong.append(f"asks for {route.request.url}")
        route.abort()

    def hear(said: "ConsoleMessage") -> None:
        if said.type == "error":
            wrong.append(f"tells an error: {said.text}")

    def follow(page: "Page") -> None:
        page.on("websocket", lambda socket: wrong.append(f"asks for {socket.url}"))

    context.route(lambda url: not url.startswith(LOCAL), refuse)
    context.on("console", hear)
    context.on("page", follow)
    context.on("weberror", lambda raised: wrong.append(f"raises {raised.error}"))
    context.add_init_script(VIOLATED)
    return wrong


def barriers(page: "Page") -> list[str]:
    """List what keeps somebody from using a page, element by element, as axe-core knows it."""
    page.evaluate(axe())
    found = page.evaluate(AXE)
    return [f"{rule}: {element}: {said}" for rule, element, said in found]


@cache
def axe() -> str:
    """Read axe-core."""
    return (resources.files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def fetching_chromium() -> Iterator[None]:
    """Begin to fetch a Chromium; who wants it waits for that, or tries again and tells why not."""
    with ThreadPoolExecutor() as threads:
        threads.submit(chromium)
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Start a browser for the tests of a file: as long as it runs, no other has an event loop."""
    try:
        program = chromium()
    except NoBroker as error:
        pytest.fail(f"No Chromium is installed, and none can be fetched. {error}.")
    with started(program) as browser:
        yield browser


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Open pages from files, with which nothing may have gone wrong in the end."""
    pages: list[Opened] = []
    with ExitStack() as stack:

        def open_one(path: Path, look: Look = PLAIN) -> "Page":
            pages.append(stack.enter_context(opened(browser, path, look)))
            return pages[-1].page

        yield open_one
        assert [fault for each in pages for fault in each.faults()] == []
