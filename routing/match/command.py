"""match: one binding, one message: does it take it, and why."""

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import Any, Final

from routing.amqp.errors import BadUse
from routing.amqp.json_value import table_as_json
from routing.amqp.topology import Binding, Message
from routing.amqp.versions import Version
from routing.files.headers_text import read_criteria, read_headers
from routing.files.reason_json import reason_as_json
from routing.match.examples import Example, examples
from routing.match.meaning import meaning
from routing.match.verdict import bound, require_accepted, sent, verdict_on
from routing.rules.matching import RULES
from routing.rules.validity import require_known
from routing.view.command_line import (
    PROGRAM,
    Command,
    add_json,
    add_version,
    put,
    version_of,
)

LEAVES: Final = 4
"""The status where the binding leaves the message."""

SUCH_AS: Final = {"topic": "'order.#'", "direct": "error", "headers": "'region=eu,pages:int=1'"}


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.add_argument("type", metavar="TYPE", help=f"the exchange's: {', '.join(RULES)}")
    parser.add_argument(
        "binding",
        nargs="?",
        metavar="BINDING",
        help="a binding key; for headers x-match=any,region=eu,pages:int=1,urgent",
    )
    parser.add_argument(
        "message",
        nargs="?",
        metavar="MESSAGE",
        help="a routing key; for headers region=eu,pages:int=1; none: what it would take",
    )
    add_json(parser)
    add_version(parser)


def run(options: Namespace) -> int:
    """Tell whether the binding takes the message, or which messages it would take."""
    require_known(f"{PROGRAM} match", "type", options.type, RULES)
    version = version_of(options)
    by_headers = options.type == "headers"
    asked = options.binding if options.binding is not None else asked_by_default(options.type)
    binding = bound("", read_criteria(asked)) if by_headers else bound(asked)
    if options.message is None:
        require_accepted(options.type, binding, None, version)
        return tell_meaning(options.type, binding, version, as_json=options.json)
    message = sent("", read_headers(options.message)) if by_headers else sent(options.message)
    require_accepted(options.type, binding, message, version)
    return tell_verdict(options.type, binding, message, version, as_json=options.json)


def asked_by_default(exchange_type: str) -> str:
    """Give the binding of a fanout exchange, which nobody has to name.

    Raises BadUse for the other types.
    """
    if exchange_type != "fanout":
        raise BadUse(
            f"{PROGRAM} match {exchange_type} needs a BINDING, such as {SUCH_AS[exchange_type]}; "
            "'' is an empty one."
        )
    return ""


def tell_verdict(
    exchange_type: str, binding: Binding, message: Message, version: Version, *, as_json: bool
) -> int:
    """Print what becomes of a message, and give the status."""
    verdict = verdict_on(exchange_type, binding, message, version)
    if as_json:
        reason = reason_as_json(verdict.reason)
        of_binding, of_message = written(exchange_type, binding), sent_as_json(message)
        print_json(version, of_binding | of_message | {"takes": verdict.takes, "reason": reason})
    else:
        from routing.match.screen import judged
        from routing.view.console import stdout_console

        stdout_console().print(judged(verdict))
    return 0 if verdict.takes else LEAVES


def tell_meaning(exchange_type: str, binding: Binding, version: Version, *, as_json: bool) -> int:
    """Print what a binding asks for, with examples, and give the status."""
    found = examples(exchange_type, binding, version)
    if as_json:
        means = {
            "means": meaning(exchange_type, binding),
            "taken": [example_as_json(each) for each in found.taken],
            "left": [example_as_json(each) for each in found.left],
        }
        print_json(version, written(exchange_type, binding) | means)
    else:
        from routing.match.screen import explained
        from routing.view.console import stdout_console

        stdout_console().print(explained(exchange_type, binding, found, version))
    return 0


def print_json(version: Version, told: Mapping[str, Any]) -> None:
    """Print a line of JSON, with the version that it is told of."""
    put(json.dumps({"rabbitmq": str(version), **told}))


def written(exchange_type: str, binding: Binding) -> dict[str, Any]:
    """Write what is asked about."""
    arguments = table_as_json(binding.arguments)
    return {"type": exchange_type, "binding_key": binding.binding_key, "arguments": arguments}


def sent_as_json(message: Message) -> dict[str, Any]:
    """Write what a message is routed by."""
    return {"routing_key": message.routing_key, "headers": table_as_json(message.headers or {})}


def example_as_json(example: Example) -> dict[str, Any]:
    """Write a message, and why the binding takes it or leaves it."""
    return sent_as_json(example.message) | {"reason": reason_as_json(example.verdict.reason)}


COMMANDS: Final[Mapping[str, Command]] = {
    "match": Command(
        text="One binding, one message: does it take it, and why; or what it would take.",
        describe=describe,
        run=run,
        table=True,
        statuses="0 takes it, 4 leaves it, 2 bad use, 130 Ctrl-C",
        examples=("match topic 'order.#' order", "match headers 'x-match=any,pages:int=1'"),
    )
}
