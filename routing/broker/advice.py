"""What to type next, as it can be typed where the program runs."""

from routing.broker.folder import IN_CHECKOUT
from routing.view.command_line import PROGRAM


def advice(target: str, command: str) -> str:
    """Spell a command: with make in a checkout, and by its own name elsewhere."""
    return f"make {target}" if IN_CHECKOUT else f"{PROGRAM} {command}"
