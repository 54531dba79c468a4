"""The mutants that are the same program: a list with reasons, held against what survives."""

import json
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mutants.changes import Mutant

Key = tuple[str, str, str]


@dataclass(frozen=True)
class Listed:
    """One mutant that no test can see, and why that is so."""

    key: Key
    because: str = ""

    @property
    def module(self) -> str:
        """The module that is changed."""
        return self.key[0].partition(".")[0]


def read_listed(text: str) -> list[Listed]:
    """Read the list."""
    entries = tomllib.loads(text).get("same", [])
    return [
        Listed((each["place"], each["before"], each["after"]), each["because"]) for each in entries
    ]


def write_entry(listed: Listed) -> str:
    """Write an entry of the list, as it is told and as it is kept."""
    named = zip(("place", "before", "after", "because"), (*listed.key, listed.because), strict=True)
    lines = (f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in named)
    return "\n".join(["[[same]]", *lines])


def unexplained(survivors: Sequence[Mutant], listed: Sequence[Listed]) -> list[Mutant]:
    """Give the survivors for which the list has no reason."""
    explained = {each.key for each in listed if each.because}
    return [mutant for mutant in survivors if mutant.key not in explained]


def rotten(
    mutants: Sequence[Mutant], survivors: Sequence[Mutant], listed: Sequence[Listed]
) -> Iterator[str]:
    """Tell of what is listed and is not so any longer."""
    made = {mutant.key for mutant in mutants}
    surviving = {mutant.key for mutant in survivors}
    for each in listed:
        if each.key not in surviving:
            said = "a test sees it by now" if each.key in made else "no such change can be made"
            yield f"# listed, but {said}: take it out\n{write_entry(each)}"
