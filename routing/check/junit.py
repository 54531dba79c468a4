"""What was checked as JUnit XML, which CI servers show."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from routing.amqp.errors import BadUse
from routing.amqp.notation import write_key, write_sent
from routing.check.check import Checked
from routing.check.screen import sayings
from routing.files.lines import Fault
from routing.view.command_line import harmless


def junit(results: Sequence[Checked], faults: Sequence[Fault]) -> bytes:
    """Write a test case for each message, and one for each line that is none, or was not played.

    What XML cannot hold, control characters, is escaped.
    """
    suite = Element("testsuite", name="exchange-routing check")
    # The faults tell of what was not played.
    played = [each for each in results if not (each.unplayed and each.agrees)]
    found = [(each.case.place, name_of(each), *verdict(each)) for each in played]
    found += [(each.place, f"line {each.place.line}", "error", [each.text]) for each in faults]
    for place, name, kind, told in found:
        case = SubElement(suite, "testcase", name=harmless(name), line=str(place.line))
        case.set("classname", harmless(place.file))
        case.set("file", harmless(place.file))
        if kind:
            text = harmless("\n".join(told))
            SubElement(case, kind, message=text.partition("\n")[0]).text = text
    kinds = [kind for _, _, kind, _ in found]
    suite.set("tests", str(len(found)))
    for kind, counted in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(counted, str(kinds.count(kind)))
    written: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return written


def name_of(checked: Checked) -> str:
    """Name a test case so that it stays the same where lines move."""
    return write_sent(checked.case.message) if checked.is_expected else checked.case.title


def verdict(checked: Checked) -> tuple[str, list[str]]:
    """Say how a test case ends, in JUnit's word, and why; with no word all is well."""
    if not checked.agrees:
        said = "; ".join(f"{who} {what}" for who, what in sayings(checked))
        return "failure", [said, *checked.why]
    if checked.is_open:
        return "error", [f"not decided: {checked.route.undecided}"]
    if checked.recorded is None and checked.observed is None:
        return "skipped", ["nothing is expected"]
    return "", []


def write_whole(file: str, content: bytes) -> None:
    """Write a file so that nobody reads a part of it.

    What is there and no plain file, a device or a link, is written to, and stays what it is.
    Raises BadUse where it cannot be written.
    """
    path = Path(file)
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            path.write_bytes(content)
        else:
            put_in_place(path, content)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise BadUse(f"{write_key(file)} cannot be written ({said}): name another file.") from error


def put_in_place(path: Path, content: bytes) -> None:
    """Write a file beside the path, and let it take that name.

    Raises OSError where it cannot be written.
    """
    unfinished = path.with_name(f".{path.name[:100]}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        with suppress(OSError):
            unfinished.unlink()
