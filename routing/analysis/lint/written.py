"""Findings for programs: JSON, SARIF 2.1.0, and lines that code hosts show beside a change."""

from collections.abc import Iterator, Sequence
from typing import Any, Final
from urllib.parse import quote

from routing.amqp.json_form import message_as_json
from routing.analysis.lint.codes import CODES
from routing.analysis.lint.finding import Finding

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"

ANNOTATIONS: Final = {"error": "error", "warning": "warning", "note": "notice"}
"""What severities are called there."""


def as_json(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Write findings with their places and witnesses."""
    return [
        {
            "code": each.code,
            "severity": each.kind.severity,
            "about": each.about,
            "sentence": each.sentence,
            "at": None if each.spot is None else str(each.spot),
            "witness": None if each.witness is None else message_as_json(each.witness),
        }
        for each in found
    ]


def as_sarif(found: Sequence[Finding], program: str, version: str) -> dict[str, Any]:
    """Write a run in the form that tools for static analysis share."""
    rules = [
        {"id": code, "shortDescription": {"text": kind.reason}, "help": {"text": kind.remedy}}
        for code, kind in CODES.items()
    ]
    driver = {"name": program, "version": version, "rules": rules}
    results = [*map(result, found)]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": results}],
    }


def result(each: Finding) -> dict[str, Any]:
    """Write one finding for SARIF."""
    written: dict[str, Any] = {
        "ruleId": each.code,
        "level": each.kind.severity,
        "message": {"text": f"{each.about}: {each.sentence}"},
    }
    if each.spot:
        region = {"startLine": each.spot.line} | (
            {"startColumn": each.spot.column} if each.spot.column else {}
        )
        place = {"artifactLocation": {"uri": quote(each.spot.file)}, "region": region}
        written["locations"] = [{"physicalLocation": place}]
    return written


def annotations(found: Sequence[Finding]) -> Iterator[str]:
    """Write workflow commands, which GitHub shows beside the line."""
    for each in found:
        place = f" file={value(each.spot.file)},line={each.spot.line}," if each.spot else " "
        kind = ANNOTATIONS[each.kind.severity]
        yield f"::{kind}{place}title={each.code}::{text(f'{each.about}: {each.sentence}')}"


def text(said: str) -> str:
    """Escape what would end a command."""
    return said.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(said: str) -> str:
    """Escape what would end one of its properties."""
    return text(said).replace(":", "%3A").replace(",", "%2C")
