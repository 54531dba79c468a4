"""`python -m scenarios topic headers` is `exchange-routing demo topic headers`."""

import sys

from routing.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main(["demo", *sys.argv[1:]]))
