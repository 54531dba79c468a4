"""Does each sign mean one thing, and does each style hold on every background?"""

from dataclasses import asdict

import pytest
from rich.color import Color
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.style import Style

from routing.view import colours
from routing.view.marks import ASCII, MEANINGS, UNICODE, Legend, Marks

BACKGROUNDS = ("#000000", "#ffffff", "#1e1e1e", "#002b36", "#fdf6e3")
"""Black, white, and the backgrounds of VS Code and Solarized."""

LEAST = 3.5


@pytest.mark.parametrize("marks", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_does_no_sign_mean_two_things(marks: Marks) -> None:
    """No two facts have one sign, and none is a wildcard; only lines may look the same."""
    lines = {"rule", "onward", "cut", "into"}
    signs = [sign for name, sign in asdict(marks).items() if name not in lines]
    assert len({*signs, *"*#"}) == len(signs) + 2
    assert not {*signs} & {marks.rule, marks.onward, marks.into}


def test_is_ascii_ascii() -> None:
    """Its signs can be shown everywhere."""
    assert "".join(asdict(ASCII).values()).isascii()


def test_does_the_legend_tell_just_what_is_there() -> None:
    """In one order, whatever the order in which it is asked for."""
    console = Console(width=60, color_system=None)
    with console.capture() as capture:
        console.print(Legend({"misses", "arrived"}), Legend([]), Legend(MEANINGS))
    assert capture.get().splitlines()[0] == "● a copy   ✗ does not fit"
    assert len(capture.get().splitlines()) == 3


def luminance(colour: ColorTriplet) -> float:
    """Measure how bright a colour is, as WCAG 2 does."""
    parts = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
        for part in colour.normalized
    )
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


def contrast(one: ColorTriplet, other: ColorTriplet) -> float:
    """Measure how two colours stand out from one another."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


STYLES = {name: style for name, style in vars(colours).items() if name.isupper()}


@pytest.mark.parametrize("name", STYLES)
def test_does_a_style_hold_on_every_background(name: str) -> None:
    """Its colour is no one's own, stands out from light and dark, and is never dimmed."""
    style = Style.parse(STYLES[name])
    assert not style.dim
    behind = [style.bgcolor] if style.bgcolor else [Color.parse(each) for each in BACKGROUNDS]
    for each in behind:
        if style.color:
            assert (style.color.number or 0) >= 16
            assert contrast(style.color.get_truecolor(), each.get_truecolor()) >= LEAST
