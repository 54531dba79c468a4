"""A proxy that passes AMQP on, frame by frame, until a step is reached; then it does a fault.

A fault lasts, so that later connections meet it, too, where the network is gone or the broker ill:
silence, half a frame, a byte a second, deafness.  The others are over once they have come.
"""

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from time import monotonic
from typing import Any, Final

from pika import spec

HEADER: Final = struct.Struct(">BHI")
"""Type, channel and size of a frame (AMQP 0-9-1, 2.3.5)."""

SIZE: Final = struct.Struct(">HHQ")
"""Class, weight and size of a message (AMQP 0-9-1, 2.3.5.2)."""

METHOD: Final = 1
GREETING: Final = b"AMQP"
LONG: Final = 3600
"""Seconds that nobody waits for."""

SLUGGISH: Final = 0.3
"""Seconds after which a broker that is slow, and no more, goes on with the next whole frame."""

TEXTS: Final = {
    320: "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'",
    403: "ACCESS_REFUSED - by a test",
    404: "NOT_FOUND - by a test",
    405: "RESOURCE_LOCKED - by a test",
    406: "PRECONDITION_FAILED - by a test",
    501: "FRAME_ERROR - by a test",
    541: "INTERNAL_ERROR",
}
ON_CHANNEL: Final = (403, 404, 405, 406)
"""Codes that close a channel; the others close the connection (AMQP 0-9-1, 1.2)."""

LASTING: Final = ("silence", "half", "slow", "deaf")
"""Faults that later connections meet as well."""

PASSING: Final = ("half", "garbage", "slow", "sluggish", "kill")
"""Faults that let the frame through at which they come."""


@dataclass(frozen=True)
class Frame:
    """A frame, or what a client says before its first one."""

    data: bytes

    @property
    def channel(self) -> int:
        """The number of its channel."""
        return int(HEADER.unpack_from(self.data)[1])

    @property
    def name(self) -> str:
        """The method that it carries, as in Queue.Declare, if it carries one."""
        if self.data.startswith(GREETING) or self.data[0] != METHOD:
            return ""
        method: Any = spec.methods[int.from_bytes(self.data[7:11], "big")]
        return str(method.NAME)


@dataclass(frozen=True)
class Moment:
    """When a fault comes: at the frame of this number that carries one of these methods.

    methods: none for the moment of connecting.
    after: they count only once this method was seen.
    """

    methods: frozenset[str] = frozenset()
    number: int = 1
    after: str = ""


def refusal(code: int, at: Frame | None) -> bytes:
    """Write the frame by which a broker refuses what another frame asked for."""
    class_id, method_id = struct.unpack_from(">HH", at.data, 7) if at and at.name else (0, 0)
    on_channel = code in ON_CHANNEL and at
    method = spec.Channel.Close if on_channel else spec.Connection.Close
    channel = at.channel if on_channel and at else 0
    return framed(method(code, TEXTS[code], class_id, method_id), channel)


def framed(method: spec.Channel.Close | spec.Connection.Close, channel: int) -> bytes:
    """Write a method as a frame."""
    payload = struct.pack(">I", method.INDEX) + b"".join(encoded(method))
    return HEADER.pack(METHOD, channel, len(payload)) + payload + b"\xce"


def encoded(method: Any) -> list[bytes]:
    """Write what a method carries; pika's are not annotated."""
    pieces: list[bytes] = method.encode()
    return pieces


async def next_frame(reader: asyncio.StreamReader) -> Frame | None:
    """Read the next frame; None at the end."""
    try:
        head = await reader.readexactly(HEADER.size)
        rest = 1 if head.startswith(GREETING) else HEADER.unpack(head)[2] + 1
        return Frame(head + await reader.readexactly(rest))
    except (asyncio.IncompleteReadError, OSError):
        return None


async def next_whole(reader: asyncio.StreamReader) -> Frame | None:
    """Read the next frame of a client, or a whole message: a channel is not closed within one."""
    frame = await next_frame(reader)
    if frame is None or frame.name != "Basic.Publish":
        return frame
    parts = [frame, await next_frame(reader)]
    left = SIZE.unpack_from(parts[1].data, HEADER.size)[2] if parts[1] else 0
    while left > 0 and (part := await next_frame(reader)):
        parts.append(part)
        left -= len(part.data) - HEADER.size - 1
    return Frame(b"".join(each.data for each in parts if each))


@dataclass
class Link:
    """One connection through the proxy, with both its ends.

    struck: whether the fault came over it, and is still to be seen there.
    over: whether the client was told that the connection is closed.
    refused: the channels of which the client was told so; set once the broker agrees.
    """

    from_client: asyncio.StreamReader
    to_client: asyncio.StreamWriter
    from_broker: asyncio.StreamReader
    to_broker: asyncio.StreamWriter
    struck: bool = False
    over: bool = False
    refused: dict[int, asyncio.Event] = field(default_factory=dict)

    def end(self) -> None:
        """Close both ends."""
        for each in (self.to_client, self.to_broker):
            each.close()

    def reset(self) -> None:
        """Break both ends off, of which a reset tells the others."""
        for each in (self.to_client, self.to_broker):
            raw = each.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            each.transport.abort()


@dataclass
class Proxy:
    """Listens on a port of its own, and passes on what comes to a broker.

    fault: what is done; a number is the reply code of a refusal.
    meanwhile: is done while the frame is held at which the fault comes.
    struck: when it came, by the clock that only goes on.
    """

    broker: tuple[str, int]
    fault: str
    moment: Moment
    meanwhile: Callable[[], Awaitable[None]] | None = None
    struck: float | None = None
    counted: int = 0
    seen: set[str] = field(default_factory=set)
    links: list[Link] = field(default_factory=list)
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def open(self) -> int:
        """Begin to listen, and tell on which port."""
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        port: int = self.server.sockets[0].getsockname()[1]
        return port

    async def shut(self) -> None:
        """Listen no more, and close what is open: whoever was connected has gone."""
        self.server.close()
        for link in self.links:
            link.end()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Pass one connection on, both ways, until one end closes it."""
        if task := asyncio.current_task():
            self.tasks.add(task)
        try:
            link = Link(reader, writer, *await asyncio.open_connection(*self.broker))
        except OSError:
            writer.close()
            return
        self.links.append(link)
        if not self.moment.methods and self.struck is None:
            await self.strike(link, None)
        with_suppressed = asyncio.gather(self.forth(link), self.back(link))
        try:
            await with_suppressed
        except (OSError, asyncio.CancelledError):
            link.end()

    def comes_at(self, frame: Frame) -> bool:
        """Tell whether this is the frame at which the fault comes."""
        counts = self.moment.after in ("", *self.seen) and frame.name in self.moment.methods
        self.seen.add(frame.name)
        self.counted += counts
        return counts and self.struck is None and self.counted == self.moment.number

    async def strike(self, link: Link, frame: Frame | None) -> None:
        """Do the fault."""
        if self.meanwhile:
            await self.meanwhile()
        self.struck, link.struck = monotonic(), True
        if self.fault == "kill":
            self.server.close()
        elif self.fault == "reset":
            link.reset()
        elif self.fault.isdecimal():
            code = int(self.fault)
            link.to_client.write(refusal(code, frame))
            if code in ON_CHANNEL and frame:
                link.refused[frame.channel] = asyncio.Event()
                close = spec.Channel.Close(code, TEXTS[code], 0, 0)
                link.to_broker.write(framed(close, frame.channel))
            else:
                link.over = True
                link.to_broker.close()

    async def forth(self, link: Link) -> None:
        """Pass on what the client says."""
        while frame := await next_whole(link.from_client):
            if self.comes_at(frame):
                await self.strike(link, frame)
                if self.fault not in PASSING:
                    continue
            if not await self.is_lost(link, frame):
                link.to_broker.write(frame.data)
                await link.to_broker.drain()
        if self.fault in LASTING and self.struck is not None:
            await asyncio.sleep(LONG)  # nobody hears that the client has gone
        link.end()

    async def is_lost(self, link: Link, frame: Frame) -> bool:
        """Tell whether something that the client says gets no further."""
        if self.struck is None:
            return False
        if self.fault == "deaf":
            link.to_client.transport.pause_reading()  # type: ignore[attr-defined]
            await asyncio.sleep(LONG)
        if link.over:
            if frame.name == "Connection.CloseOk":
                link.to_client.close()
            return True
        if agreed := link.refused.get(frame.channel):
            if frame.name == "Channel.CloseOk":
                await agreed.wait()
                del link.refused[frame.channel]
            return True
        return self.fault == "silence"

    async def back(self, link: Link) -> None:
        """Pass on what the broker says."""
        while frame := await next_frame(link.from_broker):
            if self.comes_at(frame):
                await self.strike(link, frame)
                if self.fault not in PASSING:
                    continue
            agreed = link.refused.get(frame.channel)
            if agreed is None or agreed.is_set():
                await self.say(link, frame.data)
            elif frame.name == "Channel.CloseOk":
                agreed.set()
        if not (link.over or (self.fault in LASTING and self.struck is not None)):
            link.end()

    async def say(self, link: Link, data: bytes) -> None:
        """Hand something to the client, as far as the fault lets it through."""
        fault = "" if self.struck is None else self.fault
        if fault == "silence" or (fault == "half" and not link.struck):
            return
        if fault == "half":
            data, link.struck = data[: len(data) // 2], False
        elif fault == "garbage" and link.struck:
            data = Random(len(data)).randbytes(len(data))  # noqa: S311 - nothing here is secret
        elif fault == "sluggish":
            await asyncio.sleep(SLUGGISH)
        for part in map(bytes, zip(data, strict=True)) if fault == "slow" else [data]:
            link.to_client.write(part)
            await link.to_client.drain()
            if fault == "slow":
                await asyncio.sleep(1)
