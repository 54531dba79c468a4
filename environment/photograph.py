"""Takes the picture of a page that the README shows.

PYTHONPATH=tests .venv/bin/python environment/photograph.py page.html pictures/page.png
"""

import sys
from pathlib import Path
from typing import Final

from browsing import Look, opened, started
from chromium import chromium

QUESTION: Final = "#lesson=topic&m=3"


def main() -> None:
    """Open a page at a question, guess, go some steps, and save what is to be seen."""
    page_file, picture = map(Path, sys.argv[1:])
    with started(chromium()) as browser, opened(browser, page_file, Look(1280, 640)) as shown:
        page = shown.page
        page.goto(f"{page_file.absolute().as_uri()}{QUESTION}")
        page.reload()
        page.click("#queue-1")
        for _ in range(3):
            page.click("#forward")
        page.screenshot(path=picture)


if __name__ == "__main__":
    main()
