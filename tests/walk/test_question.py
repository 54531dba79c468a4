"""Can each queue be chosen, by a key or by what is typed, whatever its name is?"""

import pytest

from routing.walk.question import Question, Unclear

QUEUES = ["billing", "europe", "audit"]


def chosen(queues: list[str], pressed: str, *, one: bool = False) -> frozenset[str] | None:
    """Press keys, and give what is chosen."""
    question = Question(queues, one)
    assert all(question.press(key) for key in pressed)
    return question.chosen


@pytest.mark.parametrize(
    ("pressed", "meant"),
    [("13", "billing audit"), ("CA", "billing audit"), ("B", "europe"), ("131", "audit")],
)
def test_what_do_keys_choose(pressed: str, meant: str) -> None:
    """Digits and capital letters, each of which a second time takes it back."""
    assert chosen(QUEUES, pressed) == frozenset(meant.split())


def test_is_none_an_answer_and_nothing_pressed_no_answer() -> None:
    """0 says that nobody gets it; whoever takes all back has not answered."""
    assert chosen(QUEUES, "") is None
    assert chosen(QUEUES, "11") is None
    assert chosen(QUEUES, "0") == chosen(QUEUES, "10") == frozenset()
    assert chosen(QUEUES, "00") is None
    assert chosen(QUEUES, "02") == frozenset({"europe"})


@pytest.mark.parametrize("name", ["q", "b", "w", "c", "?", "none", "0", ""])
def test_can_a_queue_be_chosen_that_is_called_like_a_key(name: str) -> None:
    """Its digit and its letter are other keys."""
    assert chosen(["first", name], "2") == chosen(["first", name], "B") == frozenset({name})


def test_is_just_one_chosen_where_one_is_asked_for() -> None:
    """Another one takes its place, and none is no answer."""
    assert chosen(QUEUES, "12", one=True) == frozenset({"europe"})
    assert chosen(QUEUES, "11", one=True) is None
    assert not Question(QUEUES, one=True).press("0")


def test_which_keys_have_many_queues() -> None:
    """More than nine have letters; and beyond the letters, what is typed."""
    many = [f"queue {number}" for number in range(1, 31)]
    assert chosen(many[:12], "L") == frozenset({"queue 12"})
    assert not Question(many[:12]).press("1")
    question = Question(many)
    assert question.begins("/") == ""
    question.enter("30, A")
    assert question.chosen == frozenset({"queue 30", "queue 1"})
    assert [each.split()[2] for each in question.shown()[24:28]] == ["Y", "Z", "27", "28"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("1 3", "billing audit"),
        ("1,3", "billing audit"),
        ("A C", "billing audit"),
        ("c", "audit"),
        ("2 2", "europe"),
        ("Audit, europe", "audit europe"),
        (" 1 audit ", "billing audit"),
        ("none", ""),
        ("0", ""),
    ],
)
def test_which_queues_does_a_line_name(typed: str, meant: str) -> None:
    """Numbers, letters and names, one or several, or none."""
    question = Question(QUEUES)
    question.enter(typed)
    assert question.chosen == frozenset(meant.split())


@pytest.mark.parametrize("typed", ["4", "14", "D", "bill", "x", ",", "1 none", "\x1b[A", "é" * 999])
def test_is_a_line_that_names_no_queue_told(typed: str) -> None:
    """Rubbish is told in one short line, with nothing in it that would move the cursor."""
    question = Question(QUEUES)
    with pytest.raises(Unclear) as told:
        question.enter(typed)
    assert question.chosen is None
    assert str(told.value).isprintable()
    assert len(str(told.value)) <= 80
