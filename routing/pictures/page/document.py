"""The file of a page: one template, filled in, with a policy that forbids all but what is in it."""

import json
import re
from base64 import b64encode
from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from importlib.resources import files
from itertools import chain, count
from typing import Any, Final

from routing.amqp.versions import TRIED, Version
from routing.pictures.page.lessons import Lesson, lesson_as_json
from routing.pictures.page.plain import plain

SCRIPTS: Final = (
    *("values.js", "rules.js", "notation.js", "why.js", "refusal.js", "route.js"),
    *("fit.js", "missed.js", "reading.js", "export.js", "state.js"),
    *("elements.js", "steps.js", "declared.js", "typed.js", "message.js"),
    *("asked.js", "score.js", "change.js", "share.js", "page.js"),
)
"""In the order in which they build on each other; the first eight are twins of Python."""

MARK: Final = "<!-- made by exchange-routing page -->\n"
"""How every page begins, so that no other file is written over."""

POLICY: Final = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
    "script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'\">"
)
"""Nothing is loaded from anywhere, and no text becomes markup or script."""


def document(lessons: Sequence[Lesson], today: date) -> str:
    """Write the page of these lessons.

    today: when a broker was asked, if one was.
    """
    template, script = read("page.html"), "\n" + "\n".join(map(read, SCRIPTS))
    style = re.search("<style>(.*?)</style>", template, re.DOTALL)
    assert style  # noqa: S101 - the template is ours
    parts = {
        "policy": POLICY.format(script=hashed(script), style=hashed(style[1])),
        "plain": "".join(map(plain, lessons)),
        "data": data(lessons, today),
        "scripts": script,
    }
    # In one pass, so that nothing that is filled in is taken for a place.
    return re.sub("<!--([a-z]+)-->", lambda place: parts[place[1]], template)


def read(name: str) -> str:
    """Read a file that lies beside this one."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def hashed(text: str) -> str:
    """Give what a policy names an inline script or style by."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def data(lessons: Sequence[Lesson], today: date) -> str:
    """Write all that the page shows as JSON that can stand in HTML."""
    followed = [each.version for each in lessons]
    written: dict[str, Any] = {
        "versions": {str(each): list(each) for each in versions(followed)},
        "date": today.isoformat(),
        "lessons": with_own_names([lesson_as_json(each) for each in lessons]),
    }
    return json.dumps(written, separators=(",", ":")).replace("<", "\\u003c")


def versions(followed: Sequence[Version]) -> list[Version]:
    """List the versions that a page knows: first that of its broker, then those that were tried."""
    known = {str(each): each for each in TRIED} | {str(each): each for each in followed}
    return [known[name] for name in dict.fromkeys([*map(str, followed), *known])]


def with_own_names(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give each lesson a name of its own, by which a link finds it."""
    taken: set[str] = set()
    for lesson in lessons:
        names = (f"{lesson['name']}-{number}" for number in count(2))
        lesson["name"] = next(n for n in chain([lesson["name"]], names) if n not in taken)
        taken.add(lesson["name"])
    return lessons
