"""A reason as JSON: `{"code": "wrong-word", "text": ..., "place": 3, "sent": "late", ...}`.

code: the kind of reason, by its name in rules/reasons.py; text: its sentence; all others are the
parts that make it true, by their names there.  Header values are written as in recorded cases
(tests/vectors/README.md).  `criteria` is a list of what is lacking, each with a code of its own.
"""

import re
from dataclasses import fields
from typing import Any

from routing.amqp.json_value import value_as_json
from routing.rules.reasons import Criterion, NotMet, Reason


def reason_as_json(reason: Reason) -> dict[str, Any]:
    """Write a reason: its code, its sentence and its parts."""
    written = {"code": code_of(reason), "text": reason.text, **parts_of(reason)}
    if isinstance(reason, NotMet):
        lacking = [{"code": code_of(each), **parts_of(each)} for each in reason.criteria]
        written["criteria"] = lacking
    return written


def code_of(reason: Reason | Criterion) -> str:
    """Name the kind: WrongWord is "wrong-word"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(reason).__name__).lower()


def parts_of(reason: Reason | Criterion) -> dict[str, Any]:
    """Write what makes it true; how near it came is no part of that."""
    names = [each.name for each in fields(reason) if each.name not in ("nearness", "criteria")]
    return {name: value_as_json(getattr(reason, name)) for name in names}
