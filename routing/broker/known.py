"""Waiting, without guessing, until a node of a cluster knows what was declared through another.

RabbitMQ 4.3 keeps declarations in a log of all nodes.  What routes, each node makes of the log for
itself: it is up to date on the node that answers a declaration, and soon on the others
(rabbit_khepri.erl, reply_from; seen on 4.3.6: 127 of 300 messages missed a new binding, for 5.5 ms
at most).  So a node that has declared something itself knows all that was declared before.
"""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from routing.amqp.errors import Refused

if TYPE_CHECKING:
    from pika.adapters.blocking_connection import BlockingChannel


def await_known(channel: "BlockingChannel", prefix: str = "routing-") -> None:
    """Wait until the node of a channel knows what had been declared before, through any node.

    A queue of this connection's own is declared, which enters the log behind all of that, and
    deleted.
    prefix: goes before its name.
    """
    name = f"{prefix}{os.urandom(4).hex()}"
    channel.queue_declare(name, exclusive=True, auto_delete=True)
    channel.queue_delete(name)


def are_one(urls: Sequence[str]) -> bool:
    """Tell whether all these nodes know an exchange that was declared through the first.

    Raises NoBroker where one does not answer.
    """
    from routing.broker.broken import translated
    from routing.broker.connection import closing, connect

    name = f"routing-{os.urandom(4).hex()}"
    with ExitStack() as stack:
        first, *others = (stack.enter_context(closing(connect(url))).channel() for url in urls)
        first.exchange_declare(name)
        try:
            with translated("a cluster"):
                for each in others:
                    await_known(each)
                    each.exchange_declare(name, passive=True)
        except Refused:
            return False
        finally:
            first.exchange_delete(name)
    return True
