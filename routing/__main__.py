"""The program: `exchange-routing COMMAND`, which is also `python -m routing COMMAND`.

Nothing else is imported before a signal ends it as is promised.
"""

import gc
import sys
from collections.abc import Sequence

from routing.view.signals import change_nothing, end_at_once


def main(words: Sequence[str] | None = None) -> int:
    """Carry out the command that the words name, and return the exit status.

    words: those of the command line where none are given; the process is then the program's own.
    """
    if words is None:
        end_at_once()
    # A run makes hardly any garbage, and looking for it as often as usual would slow its start.
    gc.set_threshold(100_000)
    from routing.front import carry_out
    from routing.view.command_line import guarded

    try:
        status = guarded(lambda: carry_out(sys.argv[1:] if words is None else words))
        change_nothing()
    finally:
        # What is left goes with the process; a last search in it takes longer than to route.
        gc.freeze()
    return status


if __name__ == "__main__":
    raise SystemExit(main())
