"""Why a binding takes a message, or does not: a reason, from which the sentence is made.

The rules decide; this only explains, and the tests hold each reason against them.
"""

from routing.amqp.topology import DEFAULT_EXCHANGE, AnyBinding, Message
from routing.amqp.versions import NEWEST, Version
from routing.rules.matching import topic
from routing.rules.reasons import (
    EveryMessage,
    NoWildcards,
    OneOfThose,
    OtherKey,
    Reason,
    SameKey,
)
from routing.rules.why_headers import explain_headers
from routing.rules.why_topic import explain_topic


def explain(
    exchange_type: str, binding: AnyBinding, message: Message, version: Version = NEWEST
) -> Reason:
    """Say why this binding, of an exchange of this type, takes the message or leaves it."""
    match exchange_type:
        case "direct":
            return explain_direct(binding, message)
        case "topic":
            return explain_topic(binding, message)
        case "headers":
            return explain_headers(binding, message, version)
        case "fanout":
            return EveryMessage()
    return OneOfThose()


def explain_direct(binding: AnyBinding, message: Message) -> Reason:
    """Compare two keys as a whole."""
    wanted, sent = binding.binding_key, message.routing_key
    default = binding.source == DEFAULT_EXCHANGE
    if wanted == sent:
        return SameKey(of_queue=default)
    from difflib import SequenceMatcher  # seldom needed, and slow to import

    likeness = SequenceMatcher(None, wanted, sent, autojunk=False).ratio()
    if not default and topic(binding, message):  # which a class expects to take it
        return NoWildcards(nearness=likeness)
    return OtherKey(sent, wanted, nearness=likeness)
