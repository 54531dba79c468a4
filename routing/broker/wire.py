"""A connection on which every wait has an end, and each failure tells the step at which it came.

pika's blocking connection waits for an answer for as long as the heartbeats go on, and what it
cannot read it reads on for.  Here a broker is given up once nothing has moved for a time: no whole
frame has come, and what is to be sent has not become less.
"""

from collections.abc import Callable
from struct import Struct
from time import monotonic
from typing import Any, Final

from pika import BlockingConnection, SelectConnection, spec
from pika.connection import Parameters
from pika.exceptions import (
    AMQPError,
    ChannelClosedByBroker,
    ConnectionBlockedTimeout,
    InvalidFrameError,
)
from pika.frame import Header, Method
from pika.spec import (
    FRAME_BODY,
    FRAME_END_SIZE,
    FRAME_HEADER,
    FRAME_HEARTBEAT,
    FRAME_METHOD,
)

from routing.amqp.errors import BadUse, RoutingError
from routing.broker.rights import with_right
from routing.rules.frames import LARGEST_FRAME

TICK: Final = 0.25
"""Seconds between two looks at whether something moves."""

SOON: Final = 2.0
"""Seconds of waiting after which it is said what is waited for."""

GLANCE: Final = 2.5
"""Seconds of listening without a frame after which the broker is asked whether it is there."""

PART: Final = 100_000
"""So many bytes less to be sent count as a move; a frame has 131,072 at most."""

CLOSED: Final = frozenset({"Channel.Close", "Connection.Close"})

HEADER: Final = Struct(">BHI")
"""Type, channel and size of a frame (AMQP 0-9-1, 2.3.5)."""

FRAMES: Final = frozenset({*b"A", FRAME_METHOD, FRAME_HEADER, FRAME_BODY, FRAME_HEARTBEAT})
"""What a frame may begin with; A is that of AMQP, which another version says of itself."""

LARGEST: Final = 1 << 24
"""Bytes that no frame has: RabbitMQ agrees to 131,072."""


class Silent(AMQPError):
    """Nothing has moved within the limit; the words say for how long."""


class Garbled(AMQPError):
    """What came is not AMQP; the words say why."""


class Wire(SelectConnection):
    """pika's connection, which knows the step, and names in a refusal the right that is missing.

    blocked_for: why the broker takes no messages, in its words.
    refused: what the broker has closed a channel for, and nobody has been told yet.
    moved: what was last seen to move; moved_at: when, by the clock that only goes on.
    doubted: whether a look has found that nothing has moved for too long.
    """

    last: Any = None
    blocked_for: str = ""
    refused: ChannelClosedByBroker | None = None
    moved: tuple[int, int] = (0, 0)
    moved_at: float = 0.0
    doubted: bool = False

    @property
    def step(self) -> str:
        """The last method that was sent, and what it is about: queue.declare (billing)."""
        names = (getattr(self.last, name, "") for name in ("queue", "destination", "exchange"))
        about = next(filter(None, names), "")
        name = "the handshake" if self.last is None else self.last.NAME.lower()
        return f"{name} ({about})" if about else name

    def note_of(self, error: BaseException) -> str:
        """Give what a sentence about an error needs: why the broker takes nothing, or the step."""
        return self.blocked_for if isinstance(error, ConnectionBlockedTimeout) else self.step

    def _send_method(self, channel_number: int, method: Any, content: Any = None) -> None:
        """Send a method, and remember it, unless it only asks whether somebody is there."""
        if method.NAME != "Channel.Flow" and getattr(method, "prefetch_count", None) != 0:
            self.last = method
        if self.params.frame_max < LARGEST_FRAME:
            properties, body = content or (None, b"")
            self.require_fit(Header(1, len(body), properties) if properties else Method(1, method))
        super()._send_method(channel_number, method, content)

    def require_fit(self, frame: Header | Method[Any]) -> None:
        """Raise BadUse where a method, or a message's header, is larger than any frame here.

        The broker would close the connection, and a prediction is for frames of the usual size.
        """
        size = len(frame.marshal()) - HEADER.size - FRAME_END_SIZE
        most = self.params.frame_max
        if size > most:
            raise BadUse(
                f"A table of {size} bytes does not fit into one frame of this connection, of "
                f"{most}: shorten the headers or arguments, or permit larger frames (frame_max)."
            )

    def _process_frame(self, frame_value: Any) -> None:
        """Take in a frame; of what was refused, the right that is missing is named."""
        method: Any = getattr(frame_value, "method", None)
        name = method.NAME if method else ""
        if name in CLOSED:
            refused: Any = spec.methods.get(method.class_id << 16 | method.method_id)
            name = refused.NAME if refused else ""
            method.reply_text = with_right(whole_letters(method.reply_text), name, self.last)
            self.refused = ChannelClosedByBroker(method.reply_code, method.reply_text)
        elif name == "Connection.Blocked":
            self.blocked_for = str(method.reason)
        super()._process_frame(frame_value)

    def _on_data_available(self, data_in: bytes) -> None:
        """Take in what has come, and end where that cannot be read."""
        try:
            super()._on_data_available(data_in)
        except InvalidFrameError as error:
            self._terminate_stream(Garbled(str(error)))
        except (AMQPError, RoutingError):
            raise
        except Exception as error:  # whatever pika stumbles over
            self._terminate_stream(Garbled(repr(error)))

    def _read_frame(self) -> Any:
        """Read a frame, if there is a whole one; of what is none, pika would wait for the rest.

        Raises InvalidFrameError where it begins as no frame does.
        """
        if len(self._frame_buffer) >= HEADER.size:
            kind, _, size = HEADER.unpack_from(self._frame_buffer)
            if kind not in FRAMES or (kind != ord("A") and size > LARGEST):
                raise InvalidFrameError(f"a frame of type {kind} and {size} bytes")
        return super()._read_frame()

    def moves(self) -> tuple[int, int]:
        """Count the frames that have come, and the parts that are still to be sent."""
        left = self._get_write_buffer_size() if self._transport else 0
        return self.frames_received, -(-left // PART)

    def waited(self, *, listening: bool = False) -> float:
        """Look, and tell for how many seconds nothing has moved; who listens waits for nothing."""
        now = self.moves()
        if now != self.moved or not self.moved_at or (listening and not now[1]):
            self.moved, self.moved_at, self.doubted = now, monotonic(), False
        return monotonic() - self.moved_at

    def give_up(self, seconds: float) -> bool:
        """End because nothing has moved for so long, also at a second look; tell whether it has.

        Where this process was stopped, or had no processor, what came is not read at the first
        one.  Where a broker says that it takes nothing, pika counts the seconds by itself.
        """
        if self._transport is None or self._blocked_conn_timer is not None:
            return False
        if not self.doubted:
            self.doubted = True
            return False
        self._terminate_stream(Silent(f"{seconds:g} s"))
        return True


def whole_letters(words: str | bytes) -> str:
    """Give what a broker says as text: it cuts at 255 bytes, perhaps within a letter."""
    return words if isinstance(words, str) else words.decode(errors="ignore")


class Patient(BlockingConnection):
    """pika's blocking connection, which gives a broker up that does not answer.

    limit: seconds within which something has to move.
    tell: is told what is waited for, once that takes long.
    """

    def __init__(self, parameters: Parameters, limit: float, tell: Callable[[str], None]) -> None:
        """Connect; raises what pika raises."""
        self.limit = limit
        self.tell = tell
        self.listening = False
        self.told = False
        super().__init__(parameters, _impl_class=Wire)  # type: ignore[arg-type]
        self.look()

    @property
    def step(self) -> str:
        """The last method that was sent, and what it is about."""
        return str(self._impl.step)

    def look(self) -> None:
        """See whether something has moved, give the broker up in the end, and look again soon."""
        if self._impl._transport is None:
            return  # the connection has ended, but its end is still to be told
        waited = self._impl.waited(listening=self.listening)
        if waited > self.limit and self._impl.give_up(self.limit):
            return
        if SOON < waited < self.limit and not self.told:
            left = self.limit - waited
            self.tell(f"The broker is silent after {self.step}: waiting {left:.0f} s more ...")
        self.told = waited > SOON
        self._impl._adapter_call_later(TICK, self.look)

    def _flush_output(self, *waiters: Callable[[], bool]) -> None:
        """Wait as pika does; what goes wrong meanwhile carries a note of the step."""
        self._impl.moved_at = monotonic()
        try:
            super()._flush_output(*waiters)
        except AMQPError as error:
            error.add_note(self._impl.note_of(error))
            raise

    def process_data_events(self, time_limit: float | None = 0) -> None:
        """Listen for so many seconds at most; a broker that is silent meanwhile is asked.

        Raises ChannelClosedByBroker where it closes a channel meanwhile, as pika's own does not.
        """
        self._impl.refused = None  # what was before, those have heard who asked
        frames, most = self._impl.frames_received, min(time_limit or 0, GLANCE)
        self.listening = True
        try:
            super().process_data_events(most)
        finally:
            self.listening = False
        if most == GLANCE and frames == self._impl.frames_received:
            self.ask()

    def _dispatch_channel_events(self) -> None:
        """Hand on what has come: whoever gets it may ask something, and then waits."""
        self.listening = False
        refused = self._impl.refused
        super()._dispatch_channel_events()
        if refused:
            raise refused

    def ask(self) -> None:
        """Ask for what changes nothing (channel.flow, which is on already)."""
        for channel in [*self._impl._channels.values()]:
            if channel.is_open and channel._get_cookie():
                channel._get_cookie().flow(active=True)
                return
