"""One command that meets one fault: done with a real broker behind a proxy, and judged."""

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic
from typing import Final
from urllib.parse import quote, urlsplit

from nodes import Node

from soak.forks import Run, start
from soak.matrix import ALARMS, ALL_ALONG, CLEAN_UP, FULL, KILL, Cell
from soak.proxy import Proxy

PROGRESS: Final = re.compile(
    r"starting RabbitMQ|holding model and broker|playing cases|a difference, looking"
    r"|The broker is silent after .*: waiting \d+ s more \.\.\.$"
)
"""What may be told beside the sentence."""

SEEN: Final = re.compile(r"as predicted|all agree|no difference|do what was predicted")

BAD: Final = (2, 3)
"""Statuses that a sentence goes with."""

PULSE: Final = 0.05
"""Seconds between two looks."""

LEAVING: Final = 10.0
"""Seconds within which a broker has to notice that somebody has gone."""


@dataclass(frozen=True)
class Outcome:
    """What came of a cell.

    seconds: from the fault to the end; None where the step was never reached.
    left: names of what is left on the broker.
    """

    cell: Cell
    status: int
    seconds: float | None
    out: str
    err: str
    left: Sequence[str] = ()

    @property
    def sentences(self) -> list[str]:
        """What it said beside its results, and beside how far it has come."""
        return [line for line in self.err.splitlines() if line and not PROGRESS.match(line)]

    @property
    def goes_on(self) -> bool:
        """Whether it went on after the fault, and did its work once more: that takes time."""
        return self.cell.run.judges and self.status not in BAD

    @property
    def names_alarm(self) -> bool:
        """Whether it told why the node takes nothing, where it was in its way."""
        ill = self.cell.fault in ALARMS and self.status in BAD
        return not ill or f" is low on {self.cell.fault} and takes no messages: " in self.err

    def broken(self, limit: float) -> list[str]:
        """List the promises that were not kept."""
        promises = {
            "never came to this step": self.seconds is not None,
            f"took {self.seconds or 0:.1f} s": (self.seconds or 0) <= limit * (1 + self.goes_on),
            f"ended with {self.status}": self.status in self.cell.statuses,
            "showed a traceback": "Traceback" not in self.err + self.out,
            "said no single sentence": len(self.sentences) == (self.status in BAD)
            and all(each.endswith(".") for each in self.sentences),
            "did not say what the node is low on": self.names_alarm,
            "reported what it did not see": not (self.status in BAD and SEEN.search(self.out)),
            f"left {', '.join(self.left)}": not self.left,
        }
        return [broken for broken, kept in promises.items() if not kept]


@dataclass
class Place:
    """A virtual host that one cell after the other has to itself."""

    node: Node
    vhost: str

    async def asked(self, method: str, path: str, content: object = None) -> bytes:
        """Ask the page."""
        return (await asyncio.to_thread(self.node.asked, method, path, content))[1]

    async def names(self, kind: str) -> list[dict[str, object]]:
        """List exchanges or queues, but for those that are always there."""
        path = f"{kind}/{quote(self.vhost, safe='')}"
        found = json.loads(await self.asked("GET", path))
        return [each for each in found if not str(each["name"]).startswith("amq.") and each["name"]]

    async def left(self, may_stay: frozenset[str]) -> list[str]:
        """Name what is left once the broker has noticed that somebody has gone; and delete it."""
        end = monotonic() + LEAVING
        while found := await self.found(may_stay):
            if monotonic() > end:
                break
            await asyncio.sleep(PULSE)
        for kind in ("queues", "exchanges"):
            for each in await self.names(kind):
                name = quote(str(each["name"]), safe="")
                await self.asked("DELETE", f"{kind}/{quote(self.vhost, safe='')}/{name}")
        return found

    async def found(self, may_stay: frozenset[str]) -> list[str]:
        """Name what is there and may not stay."""
        queues, exchanges = await self.names("queues"), await self.names("exchanges")
        if "leases" in may_stay:
            queues = [each for each in queues if "x-expires" not in str(each.get("arguments"))]
        if "messages" in may_stay:
            queues = [each for each in queues if not each.get("durable")]
        if may_stay:
            exchanges = [each for each in exchanges if not each.get("auto_delete")]
        return [str(each["name"]) for each in (*queues, *exchanges)]

    @asynccontextmanager
    async def limited(self, fault: str) -> AsyncIterator[None]:
        """Have a limit as long as a fault wants one."""
        path = quote(self.vhost, safe="")
        none = {"max-length": 0, "overflow": "reject-publish"}
        ways = {
            "limit": (f"vhost-limits/{path}/max-queues", {"value": 0}),
            "rejects": (f"policies/{path}/none", {"pattern": "", "definition": none}),
        }
        if fault not in ways:
            yield
            return
        where, content = ways[fault]
        await self.asked("PUT", where, content)
        try:
            yield
        finally:
            await self.asked("DELETE", where)

    async def publish(self, exchange: str, key: str) -> None:
        """Publish a message."""
        path = f"exchanges/{quote(self.vhost, safe='')}/{quote(exchange, safe='')}/publish"
        message = {
            "properties": {},
            "routing_key": key,
            "payload": "",
            "payload_encoding": "string",
        }
        await self.asked("POST", path, message)


@dataclass(frozen=True)
class Ground:
    """What every cell is done with.

    folder: where runs write.
    timeout: tells within how many seconds the run of a cell has to end.
    tell: is told what came of each cell.
    """

    folder: Path
    timeout: Callable[[Cell], float]
    tell: Callable[[Outcome], None]

    def start(self, cell: Cell, words: Sequence[str], url: str) -> Run:
        """Start the run of a cell on the broker of a URL; without one, on nodes of its own."""
        words = [*words, "--timeout", f"{self.timeout(cell):g}"]
        folder = Path(mkdtemp(dir=self.folder))
        return start(words, {"AMQP_URL": url}, folder)


async def done(
    cell: Cell,
    place: Place,
    ground: Ground,
    meanwhile: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Run the command of a cell through a proxy, and tell what came of it."""
    parts = urlsplit(place.node.running.url)
    moment = cell.run.steps()[cell.step]
    proxy = Proxy((parts.hostname or "", parts.port or 0), cell.fault, moment, meanwhile)
    netloc = f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{await proxy.open()}"
    url = f"amqp://{netloc}/{quote(place.vhost, safe='')}"
    async with place.limited(cell.fault):
        run = ground.start(cell, cell.run.words, url)
        waiting = asyncio.ensure_future(attend(cell, place, run))
        status, at = await ended(run, proxy, ground.timeout(cell))
    waiting.cancel()
    await proxy.shut()
    left = [] if cell.fault in (*ALARMS, KILL, FULL) else await place.left(cell.may_stay)
    ground.tell(Outcome(cell, status, proxy.struck and at - proxy.struck, *run.said(), left))


async def ended(run: Run, proxy: Proxy, timeout: float) -> tuple[int, float]:
    """Wait for the end of a run; one that does not come to it in three times its time is killed."""
    while True:
        done, _ = await asyncio.wait([run.ended], timeout=3 * timeout)
        if done:
            return run.ended.result()
        if proxy.struck is None or monotonic() - proxy.struck > 2 * timeout:
            os.kill(run.pid, signal.SIGKILL)


async def attend(cell: Cell, place: Place, run: Run) -> None:
    """Send messages to what waits for some, or end it, where that is the step."""
    if not cell.run.copies:
        return
    while not re.search("Waiting|Watching", run.out.read_text() if run.out.exists() else ""):
        await asyncio.sleep(PULSE)
    if cell.step in (CLEAN_UP, ALL_ALONG):
        os.kill(run.pid, signal.SIGINT)
    for _ in range(2 * (cell.step == "collect")):
        await place.publish(*cell.run.copies)
