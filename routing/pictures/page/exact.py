"""JSON for JavaScript, which orders names that are numbers, rounds large ones, and writes -0 as 0.

Where that would be lost, the form is used that says more (tests/vectors/README.md): a list of
pairs for a table, and the type with a number, which is then text.
"""

from typing import Any, Final

LARGEST: Final = 2**53 - 1
"""JavaScript's numbers are doubles."""


def exact(written: Any) -> Any:
    """Give JSON so that JavaScript reads all of it as it is."""
    if isinstance(written, int) and not isinstance(written, bool) and abs(written) > LARGEST:
        return {"!type": "int64", "value": str(written)}
    if isinstance(written, list | tuple):
        return [exact(each) for each in written]
    if not isinstance(written, dict):
        return written
    if "!type" in written and isinstance(written["value"], int | float):
        return written | {"value": as_number(written["value"])}
    if any(name.isdecimal() for name in written):
        return {"!type": "table", "value": [[name, exact(each)] for name, each in written.items()]}
    return {name: exact(each) for name, each in written.items()}


def as_number(number: float) -> float | str:
    """Give a number whose type is named, as text where JavaScript would not keep it."""
    too_large = isinstance(number, int) and abs(number) > LARGEST
    return str(number) if too_large or str(number) == "-0.0" else number
