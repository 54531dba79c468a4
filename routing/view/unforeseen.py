"""What nobody foresaw, in one sentence: a fault of this program, or of the lesson that it read."""

from contextlib import suppress
from traceback import walk_tb
from typing import Final

LESSON: Final = "lesson_"
"""How the modules begin that are lessons; elsewhere no name does."""

MOST_SAID: Final = 300


def unforeseen(error: Exception) -> str:
    """Say what went wrong, where, and what to do."""
    places = [
        (frame.f_globals.get("__name__", ""), frame.f_code.co_filename, line)
        for frame, line in walk_tb(error.__traceback__)
    ]
    ours = [(file, line) for name, file, line in places if str(name).startswith("routing.")]
    theirs = [(file, line) for name, file, line in places if str(name).startswith(LESSON)]
    if theirs:
        file, line = theirs[-1]
        return f"{file}, line {line}: {words_of(error)}: the lesson does this, so change it there."
    file, line = ours[-1] if ours else ("?", 0)
    where = f"routing/{file.rpartition('/routing/')[2]}, line {line}"
    return f"a fault of this program, please report it: {words_of(error)} ({where})."


def words_of(error: Exception) -> str:
    """Write an error by its kind and its words, which may go wrong as well."""
    words = ""
    with suppress(Exception):
        words = " ".join(str(error).split())[:MOST_SAID].rstrip(".")
    return f"{type(error).__name__}{words and f': {words}'}"
