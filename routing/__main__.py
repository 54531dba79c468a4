"""The front door: `exchange-routing COMMAND`, which is also `python -m routing COMMAND`.

Nothing that is slow to import is imported before a signal ends the program as is promised.
"""

import gc
import sys
from collections.abc import Sequence

from routing.view.signals import end_at_once, settle

TYPE_CHECKING = False  # as typing has it, which is slow to import
if TYPE_CHECKING:
    from routing.view.command_line import Command

GROUPS = {
    "see": {
        "demo": ("demo", "play lessons: who got which message, and why"),
        "workers": ("workers", "one queue, three workers: in turn, prefetch 1, one dies"),
        "draw": ("pictures.draw", "a picture of a topology, and of a message's way through it"),
        "code": ("code", "a lesson as a plain pika script, to take home"),
    },
    "class": {
        "page": ("pictures.page", "a page for a class: guess, then see, in any browser"),
        "walk": ("walk", "a lesson, or workers, step by step: guess, then see"),
        "receive": ("terminals", "print what a queue gets"),
        "send": ("terminals", "publish one message: where it must arrive, and why"),
        "watch": ("terminals", "show what every queue of a lesson gets"),
    },
    "ask": {
        "route": ("ask", "a message through your own topology: where to, why, what if"),
        "match": ("match", "one binding, one message: does it take it, and why"),
        "convert": ("convert", "definitions, TOML, a lesson, a script: one from another"),
        "new": ("convert", "write a file to begin with: a topology or a lesson"),
        "reach": ("analysis.reach", "what reaches a queue, or can never: all messages at once"),
        "lint": ("analysis.lint", "what is wrong in a topology, or can never happen"),
        "diff": ("analysis.diff", "two topologies: which messages go elsewhere, and why"),
        "check": ("check", "recorded cases, held against the model and a broker"),
        "versions": ("versions", "several RabbitMQs side by side: what an upgrade changes"),
    },
    "prove": {
        "verify": ("verify", "random topologies and messages, model against broker"),
    },
    "broker": {
        "up": ("broker", "start a RabbitMQ that stays"),
        "status": ("broker", "say whether it runs"),
        "down": ("broker", "end it"),
    },
}
"""Every command: the room that has it, and what it is for."""

WALK = "walk"
WORKERS = "workers"
"""A story that is walked through as lessons are, though no lesson: its own room knows it."""

ROOM_OF = {name: room for group in GROUPS.values() for name, (room, _) in group.items()}

ABOUT = """\
usage: exchange-routing COMMAND [WORD ...] (COMMAND --help says more; --version)
Which queues get which messages: predicted, played on a real RabbitMQ, and why.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Carry out the command that the words name, and return the exit status.

    words: those of the command line where none are given; the process is then the program's own.
    """
    if words is None:
        end_at_once()
    # A run makes hardly any garbage, and looking for it as often as usual would slow its start.
    gc.set_threshold(100_000)
    from routing.view.command_line import guarded

    try:
        status = guarded(lambda: carry_out(sys.argv[1:] if words is None else words))
        settle(status)
    finally:
        # What is left goes with the process; a last search in it takes longer than to route.
        gc.freeze()
    return status


def carry_out(words: Sequence[str]) -> int:
    """Hand the words to the room of the command."""
    from routing.view.command_line import PROGRAM, parser_of, put
    from routing.view.saved_output import carried_out

    name, *rest = words or ["--help"]
    if name in ("-h", "--help", "help"):
        put(ABOUT + "\n".join(listed()))
        return 0
    if name == "--version":
        put(f"{PROGRAM} {version()}")
        return 0
    if name == WALK and WORKERS in rest:
        name, rest = WORKERS, ["--walk", *(word for word in rest if word != WORKERS)]
    without_asyncio()
    command = command_called(name)
    options = parser_of(name, command).read(rest)
    try:
        return carried_out(command.run, options)
    except KeyboardInterrupt as error:
        error.add_note(command.left)
        raise


def without_asyncio() -> None:
    """Have pika leave out its adapter for asyncio, which takes a seventh of a program's start."""
    adapter = type(sys)("pika.adapters.asyncio_connection")
    vars(adapter)["AsyncioConnection"] = None
    sys.modules.setdefault(adapter.__name__, adapter)


def command_called(name: str) -> "Command":
    """Find a command, importing its room alone.

    Raises BadUse where there is none of that name.
    """
    if name not in ROOM_OF:
        from routing.rules.validity import require_known
        from routing.view.command_line import PROGRAM

        require_known(PROGRAM, "command", name, ROOM_OF, near=("--help", "--version"))
    from importlib import import_module

    command: Command = import_module(f"routing.{ROOM_OF[name]}.command").COMMANDS[name]
    return command


def listed() -> list[str]:
    """List the commands in their groups."""
    return [
        f"{group if place == 0 else '':9}{name:10}{text}"
        for group, commands in GROUPS.items()
        for place, (name, (_, text)) in enumerate(commands.items())
    ]


def version() -> str:
    """Tell which version of the program this is."""
    from routing import __version__

    return __version__


if __name__ == "__main__":
    raise SystemExit(main())
