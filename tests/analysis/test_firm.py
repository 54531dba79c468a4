"""Definitions as people have them: is all found that a careful reader noted, at its line?"""

import json
from pathlib import Path
from random import Random

from routing.amqp.versions import NEWEST
from routing.analysis.lint.found import findings
from routing.analysis.lint.subject import Subject
from routing.files.reading import of_text

FILE = Path(__file__).with_name("firm.json")

NOTED = [
    (7, "refused", "policy ha"),
    (12, "alternate-loses", "exchange orders"),
    (18, "needs-plugin", "exchange late"),
    (21, "dead-letter-lost", "queue billing"),
    (23, "dead-letter-circle", "queue shipping"),
    (24, "dead-letter-hidden", "queue payment"),
    (25, "dead-letter-hidden", "queue report"),
    (26, "dead-letter-lost", "queue print"),
    (26, "queue-unreachable", "queue print"),
    (27, "dead-letter-lost", "queue archived"),
    (28, "dead-letter-circle", "queue graveyard"),
    (30, "refused", "queue priority"),
    (35, "binding-covered", "binding of orders to queue audit"),
    (39, "binding-never-matches", "binding of archive to queue archived"),
    (41, "wildcard-in-direct", "binding of events to queue payment"),
    (42, "any-of-nothing", "binding of documents to queue print"),
    (43, "type-near-miss", "binding of documents to queue report"),
    (45, "x-match-ignored", "binding of events to queue report"),
]
"""Line, code and what it is about.  In audit a dead letter is not lost: of those that come from
documents each may have the key shipping.  What dies in payment and in report is dropped."""


def found_in(text: str) -> list[tuple[int, str, str]]:
    """List what is found in definitions, in the order in which it is told."""
    found = findings(Subject(of_text("firm.json", text.encode(), None), NEWEST))
    return [(each.spot.line if each.spot else 0, each.code, each.about) for each in found]


def test_is_all_found_that_is_noted_and_nothing_else() -> None:
    """In the order of the lines."""
    assert found_in(FILE.read_text()) == NOTED


def test_does_the_order_of_a_file_play_no_part() -> None:
    """An export may list things in any order."""
    whole = json.loads(FILE.read_text())
    for part in ("exchanges", "queues", "policies"):
        Random(part).shuffle(whole[part])  # noqa: S311
    found = found_in(json.dumps(whole, indent=1))
    # Of a circle only the queue is named that stands first.
    assert {each[1:] for each in found} == {each[1:] for each in NOTED}
