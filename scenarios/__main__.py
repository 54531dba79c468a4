"""`python -m scenarios topic headers` is `exchange-routing demo topic headers`."""

import sys

from routing.__main__ import main
from routing.view.signals import end_at_once

if __name__ == "__main__":
    end_at_once()
    raise SystemExit(main(["demo", *sys.argv[1:]]))
