"""The colours, named by what they mean; every one of them comes with a sign or a word.

They are of the 256 that look the same in every terminal, unlike its own sixteen, and stand out on
a light background as on a dark one (3.5 to 1 at the least), blue against orange for every eye.
What is not bold is quiet enough: dimmed, it is gone on a projector.
"""

from typing import Final

GOOD: Final = "bold color(32)"
"""A copy that arrived, a binding that takes, a right guess, all as predicted."""

BAD: Final = "bold color(166)"
"""A message that came back, a binding that leaves, a wrong guess, what was left out."""

DIFFERS: Final = "bold color(231) on color(124)"
"""The broker did something else than was predicted."""

LITERAL: Final = "color(32)"
"""A text or a number in a program."""

TITLE: Final = "bold reverse"
"""What a screen is about."""

STRONG: Final = "bold"
"""What is looked for first: a message, a name, a question."""

QUIET: Final = ""
"""What only leads to the rest: headings, places, keys to press."""
