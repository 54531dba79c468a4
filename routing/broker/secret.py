"""What no other program is told."""

from collections.abc import Mapping
from typing import Final

SECRET: Final = ("AMQP_URL", "MAKEFLAGS", "MAKEOVERRIDES")
"""Variables that may hold the password of a broker; make hands on all that it was given."""


def without_secret(environ: Mapping[str, str]) -> dict[str, str]:
    """Leave out of the variables of a process what the programs that it starts need not know."""
    return {name: text for name, text in environ.items() if name not in SECRET}
