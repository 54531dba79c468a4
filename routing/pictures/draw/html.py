"""A picture as a page: the image, and the same as a table of text."""

from collections.abc import Iterator
from html import escape

from routing.pictures.draw.picture import Picture
from routing.pictures.draw.svg import svg
from routing.pictures.draw.told import Row, Section, told

PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
body {{ font: 18px ui-monospace, monospace; margin: 1em auto; padding: 0 1em; max-width: 1320px; }}
h1 {{ font-size: 1.2em; }}
svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; }}
caption {{ font-weight: bold; text-align: left; }}
th, td {{ padding: 0.2em 1.5em 0.2em 0; text-align: left; vertical-align: top; }}
th, td {{ overflow-wrap: anywhere; }}
tbody th {{ font-weight: normal; }}
tbody {{ border-top: 1px solid #8888; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{svg}<table>
<caption>The same in words</caption>
<thead><tr><th>from</th><th>bound with</th><th>leads to</th><th>remarks</th></tr></thead>
{bodies}
</table>
</main>
</body>
</html>
"""


def html(picture: Picture) -> str:
    """Write a picture as a page that needs nothing beside itself."""
    bodies = "\n".join(f"<tbody>{''.join(rows_of(section))}</tbody>" for section in told(picture))
    return PAGE.format(title=escape(picture.title), svg=svg(picture), bodies=bodies)


def rows_of(section: Section) -> Iterator[str]:
    """Write a row for each way, and one for what nothing leads on from."""
    rows = section.rows or [Row("", "", "", "", "")]
    yield f'<tr><th scope="rowgroup" rowspan="{len(rows)}">{cell(section.heading)}</th>'
    for place, row in enumerate(rows):
        asked = f"{row.sign} {cell(row.asked)}"
        leads = f"{row.into} {cell(row.destination)}"
        begin = "<tr>" * bool(place)
        yield f"{begin}<td>{asked}</td><td>{leads}</td><td>{cell(row.remark)}</td></tr>\n"


def cell(text: str) -> str:
    """Write a text, whichever way it is read."""
    return f"<bdi>{escape(text)}</bdi>"
