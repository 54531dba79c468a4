"""The RabbitMQ that stays for a class: `python -m routing up`, `status` and `down`."""

import argparse

from routing.cli import guarded

STATUSES = """\
exit status:
  0    done; for status: it runs
  2    bad use
  3    it could not be started; for status: it does not run
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


def up() -> int:
    """Start the node, unless it runs already."""
    from routing.broker import kept
    from routing.waiting import shown

    with shown() as report:
        node, new = kept.up(report)
    print(f"RabbitMQ {'runs now' if new else 'runs already'}, at {node.address}; the demos use it.")
    print(f"For other programs: AMQP_URL={node.url}")
    print("make down ends it.")
    return 0


def status() -> int:
    """Say whether the node runs."""
    from routing.broker import kept

    node = kept.status()
    if node is None:
        print("RabbitMQ does not run here; make up starts it.")
        return 3
    print(f"RabbitMQ runs at {node.address}, since {node.started}.")
    print(f"For other programs: AMQP_URL={node.url}")
    return 0


def down() -> int:
    """End the node, if it runs."""
    from routing.broker import kept

    print("RabbitMQ has ended." if kept.down() else "RabbitMQ did not run.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
