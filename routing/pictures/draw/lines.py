"""A text on several lines: broken between words, or else between the words of a key."""

import re
from typing import Final

from routing.amqp.notation import beginning, width

PIECES: Final = re.compile(r"\s+|[^\s.]*\.|[^\s.]+")
"""What stays together: blanks, a word of a key with its dot, and what has none."""


def folded(text: str, most: int) -> list[str]:
    """Break a text into lines of so many columns, without losing anything but blanks at an end."""
    lines = [""]
    for piece in PIECES.findall(text):
        if width(lines[-1] + piece) <= most:
            lines[-1] += piece
        else:
            lines += cut(piece.lstrip(), most)
    return [line.rstrip() for line in lines if line.strip()] or [""]


def cut(piece: str, most: int) -> list[str]:
    """Cut what is too long for one line, anywhere; nothing is a line, too."""
    parts = []
    while width(piece) > most:
        parts.append(beginning(piece, most))
        piece = piece[len(parts[-1]) :]
    return [*parts, piece]
