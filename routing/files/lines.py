"""The lines of a file of cases: each is a case, or what is wrong with it."""

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from routing.amqp.errors import BadUse
from routing.amqp.json_parts import brief
from routing.amqp.notation import write_key
from routing.files.cases import Case, Place, read_case

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Fault:
    """A line that cannot be read as a case, or a case that cannot be played.

    text: the reason, without a full stop, on one line and harmless to a terminal.
    """

    place: Place
    text: str

    def __str__(self) -> str:
        """Say where it is, and what is wrong."""
        return f"{self.place}: {self.text}"


def read_file(file: str) -> Iterator[Case | Fault]:
    """Read the lines of a file, or with - those of standard input.

    Raises BadUse where it cannot be read at all.
    """
    try:
        content = sys.stdin.buffer.read() if file == "-" and sys.stdin else Path(file).read_bytes()
    except (OSError, ValueError) as error:
        said = f"{write_key(file)} cannot be read ({getattr(error, 'strerror', None) or error})"
        raise BadUse(f"{said}: name a file in the form of cases.") from error
    yield from read_lines(content.split(b"\n"), file)


def read_lines(lines: Iterable[bytes], file: str) -> Iterator[Case | Fault]:
    """Read lines, each a case, passing over empty ones."""
    return read_each(lines, file, read_case)


def read_each(
    lines: Iterable[bytes], file: str, read: Callable[[Any, Place], Thing]
) -> Iterator[Thing | Fault]:
    """Read lines as something, passing over empty ones."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield read_line(line, Place(file, number), read)


def read_line(line: bytes, place: Place, read: Callable[[Any, Place], Thing]) -> Thing | Fault:
    """Read one line."""
    try:
        return read(read_json(line), place)
    except BadUse as fault:
        return Fault(place, str(fault).rstrip("."))
    except RecursionError:
        return Fault(place, "it is nested too deep")


def read_json(line: bytes) -> Any:
    """Read the JSON of a line.

    Raises BadUse where it is none, or holds what is no text, RecursionError where it is too deep.
    """
    try:
        value = json.loads(line.decode("utf-8-sig"), object_pairs_hook=each_once)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeDecodeError as error:
        raise BadUse(f"its byte {error.start + 1} is not UTF-8") from error
    except UnicodeEncodeError as error:
        half = brief(error.object[error.start])
        raise BadUse(f"{half} is half of a surrogate pair, which is no text") from error
    except json.JSONDecodeError as error:
        said = error.msg.removesuffix(" at")
        raise BadUse(f"this is no JSON ({said}, column {error.colno})") from error
    except ValueError as error:
        raise BadUse("it has a number of too many digits") from error
    return value


def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make a JSON object, in which a name comes only once."""
    table = dict(pairs)
    if len(table) < len(pairs):
        [(name, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise BadUse(f"{brief(name)} comes twice in one object")
    return table


def only_cases(read: Iterable[Case | Fault]) -> list[Case]:
    """Give the cases, where nothing else was read.

    Raises BadUse with the first line that is none.
    """
    found = list(read)
    faults = [each for each in found if isinstance(each, Fault)]
    if faults:
        others = f"; {len(faults) - 1} more cannot be read, either" if len(faults) > 1 else ""
        raise BadUse(f"{faults[0]}; correct that line{others}.")
    return [each for each in found if isinstance(each, Case)]
