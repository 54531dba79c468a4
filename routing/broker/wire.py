"""A connection on which every wait has an end, and each failure tells the step at which it came.

pika's blocking connection waits for an answer for as long as the heartbeats go on, and what it
cannot read it reads on for.  Here a broker is given up once nothing has moved for a time: no whole
frame has come, and what is to be sent has not become less.
"""

from collections.abc import Callable
from time import monotonic
from typing import Any, Final

from pika import BlockingConnection, SelectConnection, spec
from pika.connection import Parameters
from pika.exceptions import AMQPError, ConnectionBlockedTimeout

from routing.amqp.errors import RoutingError
from routing.broker.rights import with_right

TICK: Final = 0.25
"""Seconds between two looks at whether something moves."""

SOON: Final = 2.0
"""Seconds of waiting after which it is said what is waited for."""

GLANCE: Final = 2.5
"""Seconds of listening without a frame after which the broker is asked whether it is there."""

PART: Final = 100_000
"""So many bytes less to be sent count as a move; a frame has 131,072 at most."""

CLOSED: Final = frozenset({"Channel.Close", "Connection.Close"})


class Silent(AMQPError):
    """Nothing has moved within the limit; the words say for how long."""


class Garbled(AMQPError):
    """What came is not AMQP."""


class Wire(SelectConnection):
    """pika's connection, which knows the step, and what the broker closed it or a channel for.

    closed_for: class and method (AMQP 0-9-1, 1.4.2.3) of what was refused last.
    blocked_for: why the broker takes no messages, in its words.
    """

    last: Any = None
    closed_for: tuple[int, int] = (0, 0)
    blocked_for: str = ""

    @property
    def step(self) -> str:
        """The last method that was sent, and what it is about: queue.declare (billing)."""
        names = (getattr(self.last, name, "") for name in ("queue", "destination", "exchange"))
        about = next(filter(None, names), "")
        name = "the handshake" if self.last is None else self.last.NAME.lower()
        return f"{name} ({about})" if about else name

    def _send_method(self, channel_number: int, method: Any, content: Any = None) -> None:
        """Send a method, and remember it, unless it only asks whether somebody is there."""
        if method.NAME != "Channel.Flow":
            self.last = method
        super()._send_method(channel_number, method, content)

    def _process_frame(self, frame_value: Any) -> None:
        """Take in a frame, and remember what it says was refused."""
        method: Any = getattr(frame_value, "method", None)
        name = method.NAME if method else ""
        if name in CLOSED:
            self.closed_for = (method.class_id, method.method_id)
            refused: Any = spec.methods.get(method.class_id << 16 | method.method_id)
            name = refused.NAME if refused else ""
            method.reply_text = with_right(method.reply_text, name, self.last)
        elif name == "Connection.Blocked":
            self.blocked_for = str(method.reason)
        super()._process_frame(frame_value)

    def _on_data_available(self, data_in: bytes) -> None:
        """Take in what has come.

        Raises Garbled where it cannot be read.
        """
        try:
            super()._on_data_available(data_in)
        except (AMQPError, RoutingError):
            raise
        except Exception as error:
            raise Garbled(repr(error)) from error


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
        self.doubted = False
        self.moved_at = monotonic()
        self.seen = (0, 0)
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
        if (now := self.state()) != self.seen or (self.listening and not now[1]):
            self.seen, self.moved_at, self.told, self.doubted = now, monotonic(), False, False
        waited = monotonic() - self.moved_at
        # One that takes no messages says so; pika then counts the seconds by itself.
        if waited > self.limit and self._impl._blocked_conn_timer is None:
            if self.doubted:
                self._impl._terminate_stream(Silent(f"{self.limit:g} s"))
                return
            # Where this process was stopped, or had no processor, what came is not read yet.
            self.doubted = True
        elif waited > SOON and not self.told:
            self.told = True
            left = self.limit - waited
            self.tell(f"The broker is silent after {self.step}: waiting {left:.0f} s more ...")
        self._impl._adapter_call_later(TICK, self.look)

    def state(self) -> tuple[int, int]:
        """Count the frames that have come, and the parts that are still to be sent."""
        return self._impl.frames_received, -(-self._impl._get_write_buffer_size() // PART)

    def _flush_output(self, *waiters: Callable[[], bool]) -> None:
        """Wait as pika does; what goes wrong meanwhile carries a note of the step."""
        self.moved_at = monotonic()
        try:
            super()._flush_output(*waiters)
        except AMQPError as error:
            blocked = isinstance(error, ConnectionBlockedTimeout)
            error.add_note(self._impl.blocked_for if blocked else self.step)
            raise

    def process_data_events(self, time_limit: float | None = 0) -> None:
        """Listen for so many seconds at most; a broker that is silent meanwhile is asked."""
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
        super()._dispatch_channel_events()

    def ask(self) -> None:
        """Ask for what changes nothing (channel.flow, which is on already)."""
        for channel in [*self._impl._channels.values()]:
            if channel.is_open and channel._get_cookie():
                channel._get_cookie().flow(active=True)
                return
