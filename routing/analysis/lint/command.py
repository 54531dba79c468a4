"""lint: what is wrong in a topology, or can never happen."""

import json
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, Final

from routing.amqp.versions import NEWEST, version_meant
from routing.analysis.lint.codes import CODES
from routing.analysis.lint.finding import UNDECIDED, Finding
from routing.analysis.lint.found import findings
from routing.analysis.lint.subject import Subject
from routing.analysis.lint.written import annotations, as_json, as_sarif
from routing.ask.answer import NOT_DECIDED
from routing.files.reading import read_source, source_choice
from routing.rules.validity import require_known
from routing.view.command_line import (
    COMMON,
    OF_SEVERAL,
    PROGRAM,
    Command,
    add_json,
    add_version,
    add_vhost,
    put,
)

CLEAN: Final = 0
FOUND: Final = 1
"""How `lint` ends."""


class Explain(Action):
    """Tells what a code stands for, and ends."""

    def __call__(
        self,
        parser: ArgumentParser,
        _namespace: Namespace,
        values: str | Sequence[Any] | None,
        _option: str | None = None,
    ) -> None:
        """Print it."""
        code = str(values)
        require_known(parser.prog, "code", code, CODES)
        from routing.analysis.lint.screen import explained
        from routing.view.console import stdout_console

        stdout_console().print(explained(code))
        parser.exit()


def describe(parser: ArgumentParser) -> None:
    """Add the arguments."""
    parser.usage = "%(prog)s SOURCE [OPTION ...]"
    parser.add_argument("source", metavar="SOURCE", help=source_choice())
    parser.add_argument("--all", action="store_true", help="what is mostly harmless, too")
    parser.add_argument(
        "--ignore", action="append", metavar="CODE", default=[], help="not this; may be said again"
    )
    parser.add_argument("--explain", action=Explain, metavar="CODE", help="what a code means")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--github", action="store_true", help="as lines that a code host shows")
    form.add_argument("--sarif", action="store_true", help="as SARIF, which tools share")
    add_json(form)
    add_version(parser)
    add_vhost(parser, OF_SEVERAL)


def run(options: Namespace) -> int:
    """List what is found, and tell whether there is anything."""
    source = read_source(options.source, options.vhost)
    in_file = [(f"{PROGRAM} lint: in {source.shown}", c) for c in chain(*source.ignored.values())]
    for where, code in [*((f"{PROGRAM} lint", code) for code in options.ignore), *in_file]:
        require_known(where, "code", code, CODES)
    asked = version_meant(options.rabbitmq) if options.rabbitmq else None
    found = findings(Subject(source, asked or NEWEST, options.all, asked), options.ignore)
    tell(found, source.shown, options)
    if any(each.code not in UNDECIDED for each in found):
        return FOUND
    return NOT_DECIDED if found else CLEAN


def tell(found: Sequence[Finding], source: str, options: Namespace) -> None:
    """Print the findings in the form that is asked for."""
    if options.json:
        put(json.dumps(as_json(found)))
    elif options.sarif:
        from routing import __version__

        put(json.dumps(as_sarif(found, PROGRAM, __version__)))
    elif options.github:
        for line in annotations(found):
            put(line)
    else:
        from routing.analysis.lint.screen import shown
        from routing.view.console import stdout_console

        stdout_console().print(shown(found, source))


COMMANDS: Final[Mapping[str, Command]] = {
    "lint": Command(
        text="What is wrong in a topology, or can never happen: proven, or shown by a message.",
        describe=describe,
        run=run,
        table=True,
        statuses=f"0 clean, 1 found, 5 undecided, {COMMON}",
        examples=("lint journey", "lint --explain binding-covered"),
    )
}
