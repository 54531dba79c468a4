"""What was printed in colours, as an image or a page that needs nothing beside itself.

The colours are those of the terminal; what has none is dark on light, or light on dark, as the
reader has it.
"""

from io import StringIO
from typing import Final

from rich.ansi import AnsiDecoder
from rich.cells import cell_len
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Span

INK: Final = "#1f2328"
PAPER: Final = "#fefefe"  # unlike a white that is meant, which is not to turn dark

COLOURS: Final = (
    ("ink", INK, INK, "#e6edf3"),
    ("paper", PAPER, PAPER, "#0d1117"),
    ("good", "#0087d7", "#0072b8", "#4db2f5"),
    ("bad", "#d75f00", "#b35000", "#ff8f3f"),
)
"""Each as it is printed, and as it is on light and on dark so that small letters stand out."""

THEME: Final = TerminalTheme(
    (254, 254, 254),
    (31, 35, 40),
    [(each, each, each) for each in (31, 200, 160, 120, 90, 140, 150, 240)],
)
"""Of a terminal's own sixteen colours none is used."""

LEAST: Final = 20
"""Columns, however short what was printed is."""

STYLES: Final = "/* rules of the text */"
"""Where they begin and end."""

SVG: Final = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" \
width="{{width}}" height="{{height}}">
<title>{{unique_id}}</title>
<style>
.{{unique_id}}-matrix {{{{ font: {{char_height}}px ui-monospace, monospace; }}}}
{STYLES}{{styles}}
{"".join(f".{name} {{{{ fill: {printed}; }}}}" for name, printed, _, _ in COLOURS)}
{STYLES}
</style>
<defs>{{lines}}</defs>
<rect class="paper" width="100%" height="100%"/>
<g transform="translate(9, 9)">{{backgrounds}}
<g class="{{unique_id}}-matrix">{{matrix}}</g>
</g>
</svg>
"""

HTML: Final = f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>TITLE</title>
<style>
{STYLES}{{stylesheet}}
body {{{{ color: {INK}; background: {PAPER}; margin: 2em; }}}}
{STYLES}
pre {{{{ font: 16px ui-monospace, monospace; }}}}
</style>
</head>
<body>
<main><pre><code>{{code}}</code></pre></main>
</body>
</html>
"""


def printed(text: str) -> Console:
    """Print a text with its colours once more, on a console that remembers it."""
    lines = [*AnsiDecoder().decode(text.strip("\n"))]
    wide = max([LEAST, *(cell_len(line.plain.rstrip()) for line in lines)])
    console = Console(
        record=True, width=wide, file=StringIO(), force_terminal=True, color_system="256",
        legacy_windows=False, _environ={},
    )  # fmt: skip
    for line in lines:
        line.spans = [Span(each.start, each.end, turned(each.style)) for each in line.spans]
        line.rstrip()
        console.print(line, soft_wrap=True, highlight=False)
    return console


def turned(style: str | Style) -> Style:
    """Give a style that turns colours round as one that names them: a page has no word for it."""
    given = Style.parse(style) if isinstance(style, str) else style
    if not given.reverse:
        return given
    return given + Style(color=given.bgcolor or PAPER, bgcolor=given.color or INK, reverse=False)


def svg(text: str, title: str) -> str:
    """Draw it as an image."""
    drawn = printed(text).export_svg(title=title, theme=THEME, code_format=SVG, unique_id=title)
    for name, printed_as, _, _ in COLOURS:
        drawn = drawn.replace(f'fill="{printed_as}"', f'class="{name}"')
    return for_both(drawn)


def html(text: str, title: str) -> str:
    """Write it as a page."""
    page = printed(text).export_html(theme=THEME, code_format=HTML.replace("TITLE", title))
    return for_both(page)


def for_both(text: str) -> str:
    """Give the rules of the text as they are on light, and once more as they are in the dark."""
    before, rules, after = text.split(STYLES)
    light = dark = rules
    for _, printed_as, on_light, on_dark in COLOURS:
        light, dark = light.replace(printed_as, on_light), dark.replace(printed_as, on_dark)
    begin, end, rest = after.partition("</style>")
    in_dark = f"@media (prefers-color-scheme: dark) {{\n{dark}}}\n"
    return f"{before}{light}{begin}{in_dark}{end}{rest}"
