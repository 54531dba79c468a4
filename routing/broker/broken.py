"""What ended a connection in use, or what a broker did not accept, in one sentence."""

import re
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pika.exceptions import (
    AMQPError,
    ChannelClosedByBroker,
    ConnectionBlockedTimeout,
    ConnectionClosedByBroker,
    NoFreeChannels,
    ShortStringTooLong,
    UnsupportedAMQPFieldException,
)

from routing.amqp.errors import BadUse, Failed, Lost, NoBroker, NotPermitted, Refused
from routing.broker.rights import not_permitted
from routing.broker.wire import Garbled, Silent

NODE_DOWN: Final = re.compile("(due to (a )?timeout|timed out|is down or inaccessible)$")
"""How the words of a broker end that lacks another node (rabbit_amqqueue.erl, rabbit_channel.erl;
seen on 3.10.8 and 4.3.6 with 404 and 541)."""

CONNECTION_FORCED = 320
"""The reply code of a broker that is shutting down."""

FAILURES = (501, 502, 504, 505, 506, 541)
"""Reply codes of a connection that cannot go on: of its frames, of their order, of the broker.  503
is none of them: it is what RabbitMQ up to 3.13.2 says to an exchange of an unknown type."""

UNABLE = re.compile("is reached$|no leader|not available")
"""Words of a broker that cannot do now what it would do otherwise (rabbit_queue_type.erl,
rabbit_khepri.erl)."""

QUOTED = re.compile("'.*?'")
"""A name in a broker's words, which may say anything."""

WHAT_TO_DO = {
    403: "take another name, one that does not begin with amq.",
    404: "declare it first",
    405: "wait until the connection that holds it has closed, or take another name",
    406: "take another name, or declare it just as it is there",
}


@contextmanager
def translated(address: str) -> Iterator[None]:
    """Tell in one sentence what goes wrong while a connection to the address is in use.

    Raises Refused where the broker does not accept an operation, BadUse where a value does not
    fit into an AMQP frame, NotPermitted where its user may not do it, NoBroker where it takes
    nothing, Lost where the connection is lost.
    """
    try:
        yield
    except (ChannelClosedByBroker, ConnectionClosedByBroker) as error:
        raise refusal(error.reply_code, error.reply_text, address, noted(error)) from error
    except (ShortStringTooLong, UnsupportedAMQPFieldException, struct.error) as error:
        raise BadUse(f"AMQP cannot carry a value, shorten or change it: {error}.") from error
    except ConnectionBlockedTimeout as error:
        why = noted(error) or "low on memory or disk"
        raise NoBroker(
            f"The broker at {address} is {why} and takes no messages: "
            "free some, or use another broker."
        ) from error
    except NoFreeChannels as error:
        raise NoBroker(
            f"The broker at {address}, or its URL, allows too few channels on a connection: "
            "raise channel_max there."
        ) from error
    except (AMQPError, ConnectionError) as error:
        raise broken(root_of(error), noted(error), address) from error


def root_of(error: BaseException) -> BaseException:
    """Unwrap what pika wrapped around a socket's error."""
    inner = getattr(error, "exception", None) or next(iter(error.args), None)
    return root_of(inner) if isinstance(inner, BaseException) else error


def noted(error: BaseException) -> str:
    """Give what was noted of an error: the step at which it came, or why."""
    return next(iter(getattr(error, "__notes__", ())), "")


def broken(error: BaseException, step: str, address: str) -> NoBroker:
    """Tell in one sentence how a connection ended, and at which step."""
    after = f" after {step}" if step else ""
    if isinstance(error, Silent):
        return NoBroker(
            f"The broker at {address} has not answered for {error}{after}: "
            "see what keeps it busy, or the network between, and run this again."
        )
    if isinstance(error, Garbled):
        return NoBroker(
            f"What came from {address}{after} is not AMQP 0-9-1 ({error}): "
            "see what stands between here and the broker, and run this again."
        )
    return Lost(
        f"The connection to {address} broke half way{after}: "
        "see whether the broker still runs, and run this again."
    )


def refusal(code: int, words: str, address: str, step: str = "") -> Refused | NoBroker:
    """Tell in one sentence what the broker did not accept, and what to do."""
    if code == CONNECTION_FORCED:
        return NoBroker(f"The broker at {address} is shutting down ({words}): use another.")
    if NODE_DOWN.search(words):
        return NoBroker(
            f"The broker at {address} lacks a node of its cluster ({words}): start that again."
        )
    if sentence := not_permitted(code, words, address):
        return NotPermitted(sentence)
    advice, said = WHAT_TO_DO.get(code, "see the broker's log"), " ".join(words.split())
    after = f" after {step}" if step else ""
    if code in FAILURES:
        failed = f"The broker at {address} closed the connection{after} with {code}, {said}"
        return Failed(f"{failed}: see the broker's log, and run this again.", code)
    if UNABLE.search(QUOTED.sub("", said)):
        unable = f"The broker at {address} cannot go on{after} ({code}, {said})"
        return NoBroker(f"{unable}: mend that, and run this again.")
    return Refused(f"The broker at {address} refused with {code}, {said}: {advice}.", code)
