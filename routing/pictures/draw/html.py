"""A picture as a page: the image, and the same as a table of text."""

from collections.abc import Iterator
from html import escape

from routing.pictures.draw.picture import Picture
from routing.pictures.draw.svg import svg
from routing.pictures.draw.told import Row, told

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
body {{ font: 18px ui-monospace, monospace; margin: 2em auto; max-width: 1280px; }}
svg {{ max-width: 100%; height: auto; }}
table {{ border-collapse: collapse; }}
caption {{ font-weight: bold; text-align: left; }}
th, td {{ padding: 0.2em 1.5em 0.2em 0; text-align: left; vertical-align: top; }}
td, th {{ overflow-wrap: anywhere; }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
{svg}<table>
<caption>The same in words</caption>
<thead><tr><th>from</th><th>bound with</th><th>leads to</th><th>remarks</th></tr></thead>
<tbody>
{rows}
</tbody>
</table>
</main>
</body>
</html>
"""


def html(picture: Picture) -> str:
    """Write a picture as a page that needs nothing beside itself."""
    rows = "\n".join(rows_of(picture))
    return PAGE.format(title=escape(picture.title), svg=svg(picture), rows=rows)


def rows_of(picture: Picture) -> Iterator[str]:
    """Write a row for each way, and one for what nothing leads on from."""
    for section in told(picture):
        for row in section.rows or [Row("", "", "", "", "")]:
            asked, leads = f"{row.sign} {row.asked}", f"{row.into} {row.destination}"
            cells = (section.heading, asked, leads, row.remark)
            told_cells = (f"<td><bdi>{escape(cell.strip())}</bdi></td>" for cell in cells)
            yield f"<tr>{''.join(told_cells)}</tr>"
