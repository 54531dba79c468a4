"""The front door: `exchange-routing COMMAND`, which is also `python -m routing COMMAND`."""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Final

from routing.view.command_line import PROGRAM, Command, guarded, parser_of

GROUPS: Final = {
    "see": {
        "demo": ("demo", "play lessons: who got which message, and why"),
        "workers": ("workers", "one queue, three workers: in turn, prefetch 1, one dies"),
        "code": ("code", "a lesson as a plain pika script, to take home"),
    },
    "class": {
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

WALK: Final = "walk"
WORKERS: Final = "workers"
"""A story that is walked through as lessons are, though no lesson: its own room knows it."""

ROOM_OF: Final = {name: room for group in GROUPS.values() for name, (room, _) in group.items()}

ABOUT: Final = f"""\
usage: {PROGRAM} COMMAND [WORD ...]

Which queues get which messages: predicted, played on a real RabbitMQ, and why.

"""

MORE: Final = f"""
{PROGRAM} COMMAND --help tells more of one; --version says which this is.
"""


def main(words: Sequence[str] | None = None) -> int:
    """Carry out the command that the words name, and return the exit status."""
    # A run makes hardly any garbage, and looking for it as often as usual would slow its start.
    gc.set_threshold(100_000)
    try:
        return guarded(lambda: carry_out(sys.argv[1:] if words is None else words))
    finally:
        # What is left goes with the process; a last search in it takes longer than to route.
        gc.freeze()


def carry_out(words: Sequence[str]) -> int:
    """Hand the words to the room of the command."""
    name, *rest = words or ["--help"]
    if name in ("-h", "--help", "help"):
        print(ABOUT + "\n".join(listed()) + "\n" + MORE, end="")
        return 0
    if name == "--version":
        print(f"{PROGRAM} {version()}")
        return 0
    if name == WALK and WORKERS in rest:
        name, rest = WORKERS, ["--walk", *(word for word in rest if word != WORKERS)]
    without_asyncio()
    command = command_called(name)
    return command.run(parser_of(name, command).read(rest))


def without_asyncio() -> None:
    """Have pika leave out its adapter for asyncio, which takes a seventh of a program's start."""
    adapter = ModuleType("pika.adapters.asyncio_connection")
    vars(adapter)["AsyncioConnection"] = None
    sys.modules.setdefault(adapter.__name__, adapter)


def command_called(name: str) -> Command:
    """Find a command, importing its room alone.

    Raises BadUse where there is none of that name.
    """
    if name not in ROOM_OF:
        from routing.rules.validity import require_known

        require_known(PROGRAM, "command", name, ROOM_OF, near=("--help", "--version"))
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
