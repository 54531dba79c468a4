"""How is a sentence made to fit, in which much may stand?"""

import pytest

from routing.rules.say import fitted, lines_of, listed


def test_in_which_order_is_a_sentence_shortened() -> None:
    """Its words first, then its lists, and at last both; no further, whether it fits or not."""
    tried = []

    def said(letters: int, items: int) -> str:
        tried.append((letters, items))
        return " ".join(["word"] * 100)

    assert fitted(said) == " ".join(["word"] * 100)
    words, lists = [(60, 42), (40, 42), (24, 42)], [(24, items) for items in range(8, 0, -1)]
    assert tried == [*words, *lists, (16, 1), (16, 0)]


@pytest.mark.parametrize(
    ("sentence", "lines"),
    [
        ("", 1),
        ("x" * 64, 1),
        (f"{'x' * 31} {'x' * 32}", 1),
        (f"{'x' * 32} {'x' * 32}", 2),
        (f"{'x' * 64} {'x' * 64}", 2),
        (f"{'x' * 31} {'x' * 32} {'x' * 64}", 2),
        (f"{'x' * 32} {'x' * 31} {'x' * 64} x", 3),
        (f"x {'x' * 64} {'x' * 62} x", 3),
        ("\u6f22" * 32, 1),
        (f"{chr(0x6F22) * 16} {chr(0x6F22) * 16}", 2),
    ],
)
def test_how_many_lines_does_a_sentence_take(sentence: str, lines: int) -> None:
    """Of 64 columns, broken between words; some letters are two columns wide."""
    assert lines_of(sentence) == lines
    assert (fitted(lambda letters, _: sentence if letters == 60 else "") == sentence) is (lines < 3)


@pytest.mark.parametrize(
    ("items", "most", "separator", "written"),
    [
        ("", 1, ", ", ""),
        ("abc", 3, ", ", "A, B, C"),
        ("abc", 2, ", ", "A, B and 1 more"),
        ("abc", 3, "; ", "A; B; C"),
        ("abc", 1, "; ", "A; and 2 more"),
    ],
)
def test_how_is_a_list_written(items: str, most: int, separator: str, written: str) -> None:
    """So many items, and how many more there are."""
    assert listed(items, str.upper, most, separator) == written


def test_how_is_a_list_written_of_which_nothing_is_said() -> None:
    """With commas."""
    assert listed("abc", str.upper, 2) == "A, B and 1 more"
