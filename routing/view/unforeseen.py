"""What nobody foresaw, in one sentence: a fault of this program, or of the lesson that it read."""

import errno
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

LESSON: Final = "lesson_"
"""How the names of modules begin that are lessons; no others do."""

MOST_SAID: Final = 300
"""So many letters of an error's own words are told."""

LACKING: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""What a process may lack, whatever it does: descriptors, or memory."""


def lacks(error: Exception) -> bool:
    """Tell whether it is this process that lacks something."""
    return isinstance(error, OSError) and error.errno in LACKING


def unforeseen(error: Exception) -> str:
    """Say what went wrong, where, and what to do."""
    if lacks(error):
        return f"{words_of(error)}: end other programs, or raise the limit (ulimit -a)."
    places = [*places_of(error)]
    of_lesson = [(file, line) for name, file, line in places if name.startswith(LESSON)]
    if of_lesson:
        file, line = of_lesson[-1]
        return f"{file}, line {line}: {words_of(error)}; correct that."
    ours = [(file, line) for name, file, line in places if name.startswith("routing.")]
    file, line = ours[-1] if ours else ("", 0)
    where = f"routing/{file.rpartition('/routing/')[2]}, line {line}"
    return f"this should not happen, please report it: {words_of(error)} ({where})."


def places_of(error: Exception) -> Iterator[tuple[str, str, int]]:
    """List the module, file and line of each call on the way to an error."""
    traceback = error.__traceback__
    while traceback:
        code, names = traceback.tb_frame.f_code, traceback.tb_frame.f_globals
        yield str(names.get("__name__")), code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next


def words_of(error: Exception) -> str:
    """Write an error by its kind and its words, which may go wrong as well."""
    words = ""
    with suppress(Exception):
        words = " ".join(str(error).split())[:MOST_SAID].rstrip(".")
    return f"{type(error).__name__}{words and f': {words}'}"
