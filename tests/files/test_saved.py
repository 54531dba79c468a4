"""Is it noticed that a file was saved, however an editor does that?"""

from collections.abc import Callable
from pathlib import Path

import pytest

from routing.amqp.errors import BadUse
from routing.files.saved import await_saved, file_of, look

Step = Callable[[Path], object]


def nothing(_: Path) -> None:
    """Do nothing."""


def write(text: str) -> Step:
    """Give what writes a text over the old one."""
    return lambda path: path.write_text(text)


def replaced(path: Path) -> None:
    """Have a new file take the name of the old one."""
    other = path.with_name("other")
    other.write_text(path.read_text())
    other.replace(path)


@pytest.mark.parametrize(
    "steps",
    [
        [write("new"), nothing],
        [nothing, nothing, write("new"), nothing],
        [write(""), write("ne"), write("new"), nothing],
        [Path.unlink, nothing, nothing, write("new"), nothing],
        [replaced, nothing],
    ],
)
def test_is_it_noticed_when_all_is_written(tmp_path: Path, steps: list[Step]) -> None:
    """Written over, bit by bit, taken away for a while, or replaced: no sooner, and no later."""
    path, left = tmp_path / "mine.py", [*steps]
    path.write_text("old")
    files = [path]
    await_saved(files, look(files), lambda _: left.pop(0)(path))
    assert not left


def test_is_it_noticed_what_was_saved_while_it_was_read(tmp_path: Path) -> None:
    """What counts is how it looked before."""
    path = tmp_path / "mine.py"
    path.write_text("old")
    seen = look([path])
    path.write_text("newer")
    waited: list[float] = []
    await_saved([path], seen, waited.append)
    assert len(waited) == 2


def test_which_file_is_a_source_read_from(tmp_path: Path) -> None:
    """That of a lesson by its name, and any by its path."""
    assert file_of("topic").name == "topic.py"
    for name in ("a.py", "a.toml", "a.json"):
        (tmp_path / name).write_text("")
        assert file_of(str(tmp_path / name)) == tmp_path / name


@pytest.mark.parametrize(
    ("word", "sentence"),
    [
        ("http://guest@localhost:15672", "is no file, and only a file can be followed: save it as"),
        ("-", "is no file, and only a file can be followed: save it as one."),
        ("nothing.toml", r"cannot be read \(No such file or directory\): name definitions"),
        ("topics", r"there is no scenario topics; did you mean topic\?"),
    ],
)
def test_is_it_told_what_cannot_be_followed(word: str, sentence: str) -> None:
    """In a sentence."""
    with pytest.raises(BadUse, match=sentence):
        file_of(word)
