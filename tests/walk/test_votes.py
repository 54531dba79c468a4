"""Are hands counted as a teacher types them, and is the gain told rightly?"""

import pytest
from lessons import lesson, rendered, rows
from rich.console import Group

from routing.view.marks import UNICODE
from routing.walk.judged import judge
from routing.walk.question import Unclear
from routing.walk.rules import HASH, STAR, WORDS
from routing.walk.screen import votes as view
from routing.walk.votes import Hands, Vote, Voted, Voters, gains, parse_hands

QUEUES = ["billing", "europe", "audit"]


@pytest.mark.parametrize(
    ("typed", "counts"),
    [
        ("A 12 B 3", (12, 3, 0, 0)),
        ("A12B3", (12, 3, 0, 0)),
        ("a12 c3", (12, 0, 3, 0)),
        ("1 12, 2 3", (12, 3, 0, 0)),
        ("1:12 3:4", (12, 0, 4, 0)),
        ("12 3 0", (12, 3, 0, 0)),
        ("12,3,0", (12, 3, 0, 0)),
        ("12+3+0+7", (12, 3, 0, 7)),
        ("none 4", (0, 0, 0, 4)),
        ("none4", (0, 0, 0, 4)),
        ("B 20 none 4", (0, 20, 0, 4)),
        ("audit 9", (0, 0, 9, 0)),
        ("B 0", (0, 0, 0, 0)),
    ],
)
def test_how_are_hands_typed(typed: str, counts: tuple[int, ...]) -> None:
    """Pairs of a queue and a count in any writing, or a count for each queue in turn."""
    hands = parse_hands(typed, QUEUES)
    assert tuple(hands.get(each, 0) for each in [*QUEUES, None]) == counts


def test_is_a_queue_that_looks_like_a_count_meant_by_its_name() -> None:
    """q1 is a queue, if there is one."""
    assert parse_hands("q1 12 q2 3", ["q1", "q2"]) == {"q1": 12, "q2": 3}


@pytest.mark.parametrize(
    "typed",
    [
        *("", ",", "12", "12 3", "1 2 3 4 5", "A", "A B", "D 3", "A -3", "A 1e9", "A 999999999"),
        *("9" * 5000 + " 1 2", "A " + "9" * 5000),
    ],
)
def test_is_a_line_that_counts_nothing_told(typed: str) -> None:
    """In one line."""
    vote = Vote(QUEUES, Voters())
    with pytest.raises(Unclear) as told:
        vote.enter(typed)
    assert vote.hands is None
    assert len(str(told.value)) <= 80


def test_can_there_be_more_hands_than_voters() -> None:
    """Not where their number was said; else the largest count stands for it."""
    voters = Voters()
    Vote(QUEUES, voters).enter("A 12 B 3")
    assert voters.number == 12
    voters.enter("10")
    with pytest.raises(Unclear, match="12 hands, but only 10 vote"):
        Vote(QUEUES, voters).enter("A 12")
    for typed in ("0", "9" * 5000):
        with pytest.raises(Unclear):
            voters.enter(typed)


def test_what_is_the_gain() -> None:
    """Of each rule: the share of hands that were right, up where a copy comes, down where none."""
    topic = lesson("topic")
    judged = judge(rows(topic)[0], None, topic)  # billing and audit get order.us.paid
    first: Hands = {"billing": 5, "europe": 6, "audit": 2}
    second: Hands = {"billing": 10, "audit": 7}
    found = {g.rule: (g.first, g.second) for g in gains([Voted(judged, first, second)], 10)}
    assert found == {STAR: (0.5, 1.0), WORDS: (0.4, 1.0), HASH: (0.2, 0.7)}
    twice = [Voted(judged, first, second), Voted(judged, second, second)]
    assert next(g for g in gains(twice, 10) if g.rule == HASH).first == pytest.approx(0.45)
    shown = rendered(Group(*view.gained(gains([Voted(judged, first, second)], 10), 10)))
    assert "20 % 70 % +50 # is zero or more words." in " ".join(shown.split())


def test_does_a_bar_show_the_share() -> None:
    """Half of the hands, half of the bar; a count that nobody gave is 0."""
    lines = rendered(view.bars(["a", "b"], {"a": 5}, 10, UNICODE)).splitlines()
    assert [line.count("█") for line in lines] == [view.BAR // 2, 0, 0]
