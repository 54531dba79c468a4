"""Are two texts written so that nobody takes one for the other?"""

import pytest

from routing.rules.apart import differ_in_case, tell_apart

X, Y = "x" * 40, "y" * 40


@pytest.mark.parametrize(
    ("one", "other", "written"),
    [
        ("a", "b", ("a", "b")),
        ("", "b", ("", "b")),
        ("é", "e", ("é", "e")),
        ("é", "e\u0301", (r"\xe9", r"e\u0301")),
        ("\u0430", "a", (r"\u0430", "a")),
        ("\u0391b", "Ab", (r"\u0391b", "Ab")),
        ("a\u3164", "a", (r"a\u3164", "a")),
        ("a\ufe0f", "a", (r"a\ufe0f", "a")),
        (f"{X}a", f"{X}b", ("xxxxxxxx[...]xxxxxxa", "xxxxxxxx[...]xxxxxxb")),
        (f"{X}{X}", f"{X}", ("[...]xxxxxxxxxx[...]", "[...]xx")),
        (f"{X}a{'x' * 12}", f"{X}b{'x' * 13}", ("[...]xxaxxxxxxxxxxxx", "[...]xxbxxxxxxx[...]")),
        (f"{X}b{'y' * 12}", f"{X}ab{'y' * 12}", ("[...]xxbyyyyyyyyyyyy", "[...]xxabyyyyyy[...]")),
        (f"{X}a{Y}", f"{X}b{Y}", ("[...]xxayyyyyyy[...]", "[...]xxbyyyyyyy[...]")),
        (f"{X}a{'y' * 12}{X}", f"{X}{X}", ("[...]xxayyyyyyy[...]", "[...]xxxxxxxxxx[...]")),
        (f"a{X}{X}", f"b{X}{X}", ("axxxxxxx[...]xxxxxxx", "bxxxxxxx[...]xxxxxxx")),
    ],
)
def test_how_are_two_texts_told_apart(one: str, other: str, written: tuple[str, str]) -> None:
    """By the letters alone, by their numbers, or from shortly before where they begin to differ."""
    assert tell_apart(one, other, 20) == written
    assert tell_apart(other, one, 20) == written[::-1]


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("a", "A", True),
        ("aB.c", "Ab.C", True),
        ("a", "a", False),
        ("a", "b", False),
        ("\u03c2", "\u03c3", False),
        ("\u212a", "k", False),
        ("ß", "SS", False),
    ],
)
def test_do_two_texts_differ_in_capitals(one: str, other: str, *, differ: bool) -> None:
    """Letter by letter, and in nothing else."""
    assert differ_in_case(one, other) is differ
    assert differ_in_case(other, one) is differ
