"""What there is to find: how bad it is, why, what to do, a wrong and a right example."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True)
class Code:
    """A kind of finding.

    severity: an error loses messages, a warning is hardly meant so, a note has no effect.
    wrong, right: examples, in a line.
    quiet: whether it is mostly fine, and told only where all is asked for.
    """

    severity: Severity
    reason: str
    remedy: str
    wrong: str
    right: str
    quiet: bool = False


CODES: Final[Mapping[str, Code]] = {
    "queue-unreachable": Code(
        "error",
        "Bindings lead to the queue, and no message with one key can go all the way of any.",
        "Change the binding that no message gets past, or take the queue away.",
        "direct exchange a, key x -> topic exchange b, key y.# -> queue",
        "direct exchange a, key y.x -> topic exchange b, key y.# -> queue",
    ),
    "binding-never-matches": Code(
        "error",
        "No message that comes to the exchange can be taken by the binding.",
        "Ask for what can come there, or take the binding away.",
        "headers: x-match=any and nothing else",
        "headers: x-match=any, region=eu",
    ),
    "binding-covered": Code(
        "warning",
        "Other bindings to the same place take every message that this one takes.",
        "Take it away: no route changes.",
        "audit: order.#, order.*.paid",
        "audit: order.#",
    ),
    "any-of-nothing": Code(
        "error",
        "x-match=any is met by any one criterion, and there is none.",
        "Name a criterion; any-with-x counts names that begin with x-.",
        "x-match=any, x-region=eu",
        "x-match=any, region=eu",
    ),
    "all-of-nothing": Code(
        "warning",
        "Without x-match, or with all, criteria that begin with x- are passed over: none is left, "
        "and every message is taken.",
        "Use all-with-x (from RabbitMQ 3.10 on), or a name without x-.",
        "x-match=all, x-region=eu",
        "x-match=all-with-x, x-region=eu",
    ),
    "wildcard-in-direct": Code(
        "error",
        "A direct exchange takes * and # as letters.",
        "Make it a topic exchange, or bind each key.",
        "direct: order.*",
        "topic: order.*",
    ),
    "wildcard-in-word": Code(
        "error",
        "* and # are wildcards only as whole words, between dots.",
        "Put a dot between, or match whole words.",
        "topic: order*",
        "topic: order.*",
    ),
    "x-match-misspelt": Code(
        "error",
        "Only x-match says how much must be met; what reads like it is one more criterion.",
        "Write x-match.",
        "x_match=any",
        "x-match=any",
    ),
    "x-match-ignored": Code(
        "warning",
        "Only a headers exchange looks at x-match and at the criteria beside it; others go by the "
        "key alone.",
        "Make it a headers exchange, or leave the arguments out.",
        "direct: x-match=any, region=eu",
        "headers: x-match=any, region=eu",
    ),
    "criterion-passed-over": Code(
        "warning",
        "all and any pass over criteria whose names begin with x-.",
        "Use all-with-x or any-with-x (from RabbitMQ 3.10 on), or a name without x-.",
        "x-match=all, region=eu, x-kind=a",
        "x-match=all-with-x, region=eu, x-kind=a",
    ),
    "arguments-ignored": Code(
        "note",
        "Only a headers exchange looks at the arguments of a binding.",
        "Leave them out, or make it a headers exchange.",
        "topic: order.#, region=eu",
        "topic: order.#",
        quiet=True,
    ),
    "key-ignored": Code(
        "note",
        "Fanout and headers exchanges do not look at the binding key.",
        "Leave it out, or make it a topic exchange.",
        "fanout: order.#",
        "fanout: (no key)",
        quiet=True,
    ),
    "type-near-miss": Code(
        "warning",
        "Headers are compared by type: bindings of one exchange ask for one value as text and as "
        "a number or a truth.",
        "Ask for one type, the one that producers send.",
        'version="1" in one binding, version=1 in another',
        "version=1 in both",
    ),
    "alternate-missing": Code(
        "error",
        "What no binding takes is handed to an alternate exchange that is not there, and lost.",
        "Declare it, or correct its name.",
        "alternate-exchange=lots, and exchange lost",
        "alternate-exchange=lost, and exchange lost",
    ),
    "alternate-circle": Code(
        "warning",
        "Alternates lead back to an exchange that has seen the message: it is dropped.",
        "Let the last one be a fanout exchange with a queue.",
        "a -> b -> a",
        "a -> b -> lost (fanout)",
    ),
    "alternate-loses": Code(
        "warning",
        "What no binding takes goes to an alternate of which no binding takes it, either.",
        "Let the alternate be a fanout exchange, or bind it by #.",
        "lost: direct, by key order",
        "lost: fanout",
    ),
    "exchange-drops-everything": Code(
        "error",
        "No message that is published there reaches any queue, though bindings lead on.",
        "Bind a queue where they lead to.",
        "exchange a -> exchange b, and nothing behind it",
        "exchange a -> exchange b -> queue",
    ),
    "exchange-without-bindings": Code(
        "note",
        "Nothing is bound to it: what is published there is lost until a program binds a queue.",
        "Bind a queue, unless programs do so.",
        "exchange news, no binding",
        "exchange news -> queue readers",
        quiet=True,
    ),
    "exchange-drops-some": Code(
        "note",
        "Some messages are taken by no binding, and there is no alternate exchange.",
        "Give it an alternate exchange, or publish with mandatory.",
        "topic: order.#",
        "topic: order.#, with alternate-exchange=lost",
        quiet=True,
    ),
    "internal-unfed": Code(
        "error",
        "Producers cannot publish to an internal exchange, and nothing else leads to it.",
        "Bind it to another exchange, or do not make it internal.",
        "internal exchange archive, bound to nothing",
        "exchange orders -> internal exchange archive",
    ),
    "queue-without-bindings": Code(
        "note",
        "Only the default exchange leads to it, by its name.",
        "Bind it, unless producers publish to it by name.",
        "queue work, no binding",
        "exchange jobs -> queue work",
        quiet=True,
    ),
    "dead-letter-exchange-missing": Code(
        "error",
        "What dies in the queue is handed to an exchange that is not there, and lost.",
        "Declare it, or correct its name.",
        "x-dead-letter-exchange=dead, and no such exchange",
        "x-dead-letter-exchange=dead, and exchange dead -> queue graveyard",
    ),
    "dead-letter-lost": Code(
        "error",
        "What dies in the queue is handed on with a key that no binding takes, and lost.",
        "Bind a queue by that key.",
        "x-dead-letter-routing-key=late, and dead is bound by key early",
        "x-dead-letter-routing-key=late, and dead is bound by key late",
    ),
    "dead-letter-circle": Code(
        "warning",
        "What dies in the queue comes back to it: rejected, it goes round without end; expired, it "
        "is dropped.",
        "Lead dead letters to a queue of their own.",
        "queue work -> exchange jobs -> queue work",
        "queue work -> exchange dead -> queue graveyard",
    ),
    "dead-letter-hidden": Code(
        "error",
        "A queue has one policy alone: one of higher priority takes away the dead-letter exchange "
        "that another one sets.",
        "Set it in the policy of the highest priority, too.",
        "policy all, priority 0, sets dead-letter-exchange; policy ttl, priority 1, does not",
        "both set dead-letter-exchange",
    ),
    "policies-tie": Code(
        "warning",
        "Two policies of one priority fit, and either may count.",
        "Give one of them another priority.",
        "policies a and b, both of priority 0, for ^q",
        "policy a of priority 1, b of priority 0",
    ),
    "argument-misspelt": Code(
        "warning",
        "A broker passes over arguments that it does not know, and this one reads like another.",
        "Write the one that is meant.",
        "x-dead-letter_exchange=dead",
        "x-dead-letter-exchange=dead",
    ),
    "policy-fits-nothing": Code(
        "note",
        "The policy sets where messages go on to, and no name fits its pattern, unless a program "
        "declares one that does.",
        "Correct the pattern, or what it applies to.",
        "policy for ^job[.], and queue jobs.new",
        "policy for ^jobs[.], and queue jobs.new",
        quiet=True,
    ),
    "names-alike": Code(
        "note",
        "Two names differ by capitals, by spaces or signs, or by one letter: one may be a slip.",
        "Use one name.",
        "queues invoices and Invoices",
        "queue invoices",
    ),
    "not-decided": Code(
        "note",
        "What would have to be known is not in the source, or it would take too long to find out.",
        "See what the sentence names.",
        "an export without its internal exchanges",
        "all exchanges, each with its type",
    ),
    "refused": Code(
        "error",
        "A RabbitMQ does not take it, or ends an import there.",
        "Change it as the sentence says.",
        "a policy with ha-mode, on RabbitMQ 4",
        "quorum queues",
    ),
    "refused-by-older": Code(
        "note",
        "A RabbitMQ does not take it that is older than the one that this is for: with --rabbitmq, "
        "that one; of an export, the one that wrote it; else the newest.",
        "Change it, if it is to run there.",
        "a quorum queue with x-message-ttl, on RabbitMQ 3.8",
        "the same on RabbitMQ 3.10",
        quiet=True,
    ),
    "binding-dangling": Code(
        "error",
        "One of its ends is not there: the binding is not made, and from RabbitMQ 4 on an import "
        "of definitions ends there.",
        "Declare that end, or take the binding away.",
        "exchange orders -> queue biling, and queue billing",
        "exchange orders -> queue billing",
    ),
    "needs-plugin": Code(
        "note",
        "A RabbitMQ without the plugin refuses the exchange, and where it leads is not decided.",
        "Enable the plugin wherever this is imported.",
        "exchange later, x-delayed-message",
        "exchange later, topic",
    ),
    "routes-otherwise": Code(
        "warning",
        "Another RabbitMQ sends a message elsewhere, mostly for the type of a number.",
        "Ask for a value that all compare in the same way.",
        "criterion pages=1, and producers that send 1.0",
        "criterion pages=1, and producers that send 1",
        quiet=True,
    ),
}
