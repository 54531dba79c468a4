"""The RabbitMQ that stays for a class: `python -m routing up`, `status` and `down`."""

import argparse

from routing.cli import guarded, say

STATUSES = """\
exit status:
  0    done; for status: it runs
  2    bad use
  3    no broker; for status: none runs
  130  interrupted
"""


def main() -> int:
    """Do what the first argument says, and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m routing",
        description="Keep a RabbitMQ of this project's own running, for the demos to use.",
        epilog=STATUSES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = {"up": up, "status": status, "down": down}
    parser.add_argument("command", choices=commands, help="start it, ask for it, or end it")
    return guarded(commands[parser.parse_args().command])


if __name__ == "__main__":
    raise SystemExit(main())
