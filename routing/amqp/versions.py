"""Where RabbitMQ's versions route differently.  All that is known stands here.

Observed on the versions in TRIED; where a boundary lies between two of these, it is from
RabbitMQ's own sources, compared on both sides, or from its release notes.
"""

import re
from typing import Final, NamedTuple

from routing.amqp.errors import BadUse


class Version(NamedTuple):
    """A RabbitMQ version, compared number by number.

    erlang: the major version of the Erlang that it runs on, 0 where that is not known.
    """

    major: int
    minor: int
    patch: int
    erlang: int = 0

    def __str__(self) -> str:
        """Write it as RabbitMQ does."""
        return f"{self.major}.{self.minor}.{self.patch}"


TRIED: Final = (Version(4, 3, 6), Version(4, 0, 5), Version(3, 10, 8), Version(3, 8, 9))
"""What the model is held against, the newest first."""

NEWEST: Final = TRIED[0]
"""What a prediction follows where no broker is asked."""

NOT_ONLY_PLAIN_MODES: Final = Version(3, 10, 0)
"""From here on x-match may be all-with-x or any-with-x; before, that is refused at bind (406).
Source: rabbit_exchange_type_headers.erl, PR #4143; seen on 3.8.9 and 3.10.8."""

EXACT_NUMBERS: Final = Version(3, 13, 0)
"""From here on numbers in headers are compared by type too, and a timestamp in a message counts
milliseconds, in a binding seconds.  Before, 1 was 1.0, and a timestamp was its number of seconds.
Source: message containers, PR #5077 (mc_amqpl.erl, routing_value); seen on 3.10.8 and 4.0.5."""

LAST_HEADER: Final = Version(3, 13, 0)
"""From here on, of headers of one name, the last one is routed by; before, the first one.
Source: mc_amqpl.erl, routing_headers; seen on 3.10.8 and 4.0.5."""

TYPE_REFUSED_ON_CHANNEL: Final = Version(3, 13, 3)
"""From here on an unknown exchange type closes the channel (406); before, the connection (503).
Source: rabbit_exchange.erl, check_type; seen on 3.10.8 and 4.0.5."""

ONE_OF_ITS_QUEUES: Final = {
    "x-local-random": Version(4, 0, 0),
    "x-modulus-hash": Version(4, 3, 0),
}
"""Exchange types beyond the four, and from when on they are known without a plugin: each hands a
message to one of the queues that are bound, at random or by a hash of its key.
Source: rabbit_exchange_type_local_random.erl, _modulus_hash.erl; seen on 3.10.8, 4.0.5, 4.3.6."""

SMALL_MESSAGES: Final = Version(4, 0, 0)
"""From here on a body of over 16 MiB is refused at publish (406); before, of over 128 MiB.
Source: max_message_size in deps/rabbit/Makefile; seen on 3.10.8 and 4.0.5."""

ANY_REPLY_KEY: Final = Version(4, 1, 0)
"""From here on the default exchange takes a key such as amq.rabbitmq.reply-to.a.b for the name of
no queue; before, one that is in two parts, but is not of its own making, closes the connection
(541).  Source: rabbit_direct_reply_to.erl, decode_reply_to_v1; seen on 4.0.5 and 4.3.6."""

NO_REPLY_BINDING: Final = Version(4, 2, 6)
"""From here on a queue whose name begins with amq.rabbitmq.reply-to. is refused at bind (403), not
missed (404).  Source: rabbit_channel.erl, reject_volatile_queue_as_binding_target; seen on 4.0.5,
4.3.6."""

SIGNED_ZERO_ERLANG: Final = 27
"""From this Erlang on 0.0 and -0.0 differ where numbers are compared by type (=:=).
Source: Erlang's release notes of 27; seen on 3.8.9, 4.0.5 (Erlang 27) and 4.3.6 (29)."""

SIGNED_ZERO: Final = Version(4, 0, 3)
"""From here on RabbitMQ can run on that Erlang, which is assumed where its Erlang is not known.
Source: release notes of 4.0.3."""

SHARED_EMPTY_KEY: Final = Version(4, 3, 0)
"""This one alone gives a message with an empty key to the empty binding keys of all topic
exchanges.  Source: rabbit_db_topic_exchange.erl, trie_match, where they share one root; mended in
4.3.1 (#16271).  By source."""

DURABLE_OR_EXCLUSIVE: Final = Version(4, 3, 0)
"""From here on a queue that is neither is refused on the connection (541), unless a setting permits
it.  Source: rabbit_amqqueue.erl; seen on 4.0.5 and 4.3.6."""

FEW_HASHES: Final = Version(4, 3, 5)
"""From here on a topic binding key with more than MOST_HASHES `#` is refused at bind (406).
Source: rabbit_exchange_type_topic.erl, PR #17039; seen on 4.0.5 and 4.3.6."""

MOST_HASHES: Final = 2

BROKERS_OWN_DEATHS: Final = Version(4, 0, 0)
"""From here on a broker keeps the deaths of a message itself, in their order; before, it went by
the header x-death, whoever had sent it, and turned it round at every death.
Source: mc.erl, record_death, and rabbit_dead_letter.erl; seen on 3.8.9, 3.10.8, 4.0.5, 4.3.6."""

DEATHS_NOT_TRIED: Final = Version(3, 13, 0)
"""From here up to those a broker keeps them itself, but in no order, and takes them over from the
header in some patch versions: none of that was tried."""

QUORUM_EXPIRES: Final = Version(3, 10, 0)
"""From here on messages expire in quorum queues, too; before, x-message-ttl is refused there (406)
and the message's own expiration plays no part.
Source: rabbit_quorum_queue.erl; seen on 3.8.9 and 3.10.8."""

OVERFLOW_OF_QUORUM: Final = Version(3, 8, 10)
"""From here on quorum queues take x-overflow.  Source: rabbit_quorum_queue.erl; seen on 3.8.9 and
3.10.8."""

OTHER_TYPES_ARGUMENTS: Final = Version(3, 10, 0)
"""From here on an argument of another queue type is refused (406).
Source: rabbit_amqqueue.erl, PR #4572; seen on 3.8.9 and 3.10.8."""

NO_MASTER_LOCATOR: Final = Version(4, 3, 0)
"""From here on a policy that sets this is refused, unless the deprecated feature is permitted.
Source: rabbit_queue_location.erl, denied_by_default; seen on 4.0.5 and 4.3.6."""

DELIVERY_LIMIT: Final = Version(4, 0, 0)
"""From here on a quorum queue that says nothing has a delivery limit, of 20, and one of -1 has
none; before, it had none, and -1 was like 0.  Source: release notes; seen on 3.10.8 and 4.0.5."""

NO_MIRRORING: Final = Version(4, 0, 0)
"""From here on a policy that sets one of MIRRORING is refused, and what stands behind the policies
of a definitions file is then not imported.  Source: release notes; seen on 3.8.9 and 4.3.6."""

MIRRORING: Final = frozenset(
    {
        *("ha-mode", "ha-params", "ha-sync-mode", "ha-sync-batch-size"),
        *("ha-promote-on-shutdown", "ha-promote-on-failure"),
    }
)

MISSING_ENDS_IMPORT: Final = Version(4, 0, 0)
"""From here on an import of definitions ends with a binding whose source or destination is not
there, or that names no vhost, and other bindings may then be missing; before, it is passed over.
Seen on 3.8.9, 3.10.8, 4.0.5 and 4.3.6; what is between was not tried."""


def exact_numbers(version: Version) -> bool:
    """Tell whether numbers are compared by their type, too."""
    return version >= EXACT_NUMBERS


def signed_zeros(version: Version) -> bool:
    """Tell whether 0.0 and -0.0 differ."""
    newer = version.erlang >= SIGNED_ZERO_ERLANG if version.erlang else version >= SIGNED_ZERO
    return exact_numbers(version) and newer


def largest_body(version: Version) -> int:
    """Give the most bytes that a message's body may have, as a broker has it that is not set up."""
    return (16 if version >= SMALL_MESSAGES else 128) * 1024 * 1024


NAME_ONE: Final = f"name one of {', '.join(map(str, TRIED))}, or how it begins, as 4.3"


def beyond_tried(version: Version) -> str:
    """Say of a version that is newer or older than all that were tried what is followed for it."""
    if version._replace(erlang=0) > NEWEST:
        return f"predicted as {NEWEST}, the newest that was tried"
    oldest = TRIED[-1]
    return f"predicted as {oldest}, the oldest that was tried" if version < oldest else ""


def parse_version(text: str) -> Version:
    """Read a version such as 4.3.6 or 3.13.0-rc.1; a number that is left out is 0.

    Raises BadUse where it does not begin with a number.
    """
    return Version(*(*numbers_in(text), 0, 0)[:3])


def version_meant(text: str) -> Version:
    """Read a version; one that is not said in full is the newest that was tried and begins so.

    Raises BadUse where it does not begin with a number.
    """
    tried = (version for version in TRIED if begins_with(str(version), text))
    return next(tried, parse_version(text))


def begins_with(version: str, text: str) -> bool:
    """Tell whether a version, such as 3.10.8, begins with the numbers of a text, such as 3.10.

    Raises BadUse where the text does not begin with a number.
    """
    numbers = numbers_in(text)
    return parse_version(version)[: len(numbers)] == numbers


def numbers_in(text: str) -> tuple[int, ...]:
    """Read the numbers at the beginning of a version, three at the most.

    Raises BadUse where there are none.
    """
    found = re.match(r"\d+(?:\.\d+){0,2}", text)
    if not found:
        raise BadUse(f"{text!r} is not a RabbitMQ version: {NAME_ONE}.")
    return tuple(map(int, found[0].split(".")))
