"""Do imports run one way, and does the house tell so?"""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

import routing
from routing.files.lesson import FIRST

ROOT = Path(__file__).parents[1]
ROUTING = ROOT / "routing"
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = next(each["layers"] for each in CONTRACTS["contracts"] if each["type"] == "layers")
SHIPPED = [each.replace("-", "_") for each in FIRST]


def linted(folder: Path) -> subprocess.CompletedProcess[str]:
    """Hold the contracts against the program in a folder, as `make check` does."""
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """Give a copy of the program, to plant something in."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROUTING, tmp_path / "routing", ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_do_the_rooms_keep_their_order(house: Path) -> None:
    """All contracts are kept as it stands."""
    done = linted(house)
    assert (done.returncode, "0 broken" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (
            {"routing/rules/matching.py": "import routing.view.marks"},
            "routing.rules is not allowed to import routing.view",
        ),
        pytest.param(
            {"routing/broker/lock.py": "import routing.broker.find"},
            "No cycles are allowed in routing.broker.",
            marks=pytest.mark.long,
        ),
        (
            {"routing/rules/predict.py": "def late():\n    import routing.rules.trace"},
            "No cycles are allowed in routing.rules.",
        ),
        ({"routing/view/marks.py": "import pika"}, "Illegal imports of protected package pika"),
        pytest.param(
            {"routing/walk/walker.py": "import pika"},
            "Illegal imports of protected package pika",
            marks=pytest.mark.long,
        ),
        pytest.param(
            {"routing/rules/why.py": "from rich.text import Text"},
            "Illegal imports of protected package rich",
            marks=pytest.mark.long,
        ),
        (
            {"routing/demo/command.py": "from rich.text import Text"},
            "Illegal imports of protected package rich",
        ),
        (
            {"routing/cellar/__init__.py": "", "routing/cellar/wine.py": ""},
            "- routing.cellar",
        ),
        (
            {"routing/files/lesson.py": "import scenarios.topic"},
            "routing is not allowed to import scenarios",
        ),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_is_what_breaks_the_order_noticed(
    house: Path, planted: Mapping[str, str], said: str
) -> None:
    """Upward, in a circle, pika or rich where they do not belong, or a room that is not listed."""
    for name, line in planted.items():
        (house / name).parent.mkdir(exist_ok=True)
        with (house / name).open("a") as file:
            file.write(f"\n{line}\n")
    done = linted(house)
    assert done.returncode == 1
    assert said in done.stdout


def listed_in(docstring: str) -> list[str]:
    """List what a docstring tells of, name by name."""
    return [
        name.rstrip("/")
        for name in re.findall(r"^(?: {4})?(\w+/?) {2,}\S", docstring, re.MULTILINE)
    ]


def test_does_the_docstring_tell_the_order() -> None:
    """The first screen of the package lists the rooms as the contract does, from the ground up."""
    assert listed_in(str(routing.__doc__)) == [*reversed(LAYERS)]
    assert len(Path(str(routing.__file__)).read_text().partition('"""\n\n')[0].splitlines()) <= 24


@pytest.mark.parametrize(
    "room",
    [path.parent for path in sorted(ROUTING.glob("*/**/__init__.py"))],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_does_a_room_tell_its_files_in_order(room: Path) -> None:
    """Its docstring lists each file, and none imports one that is listed after it."""
    listed = listed_in((room / "__init__.py").read_text())
    there = {path.stem for path in room.iterdir() if path.name[0] != "_"}
    assert set(listed) == there
    package = ".".join(room.relative_to(ROOT).parts)
    for place, name in enumerate(listed):
        files = [*room.glob(f"{name}.py"), *room.glob(f"{name}/*.py")]
        seen = {each for file in files for each in imported(file)}
        later = {f"{package}.{after}" for after in listed[place + 1 :]}
        assert not {each for each in seen if {each, *parents(each)} & later}


def parents(name: str) -> list[str]:
    """List the packages that a module lies in."""
    return [name[:place] for place, sign in enumerate(name) if sign == "."]


def imported(file: Path) -> set[str]:
    """List the modules that a file imports anywhere, but for annotations."""
    tree = ast.parse(file.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []
    names = set()
    for found in ast.walk(tree):
        if isinstance(found, ast.Import):
            names |= {alias.name for alias in found.names}
        elif isinstance(found, ast.ImportFrom) and found.module:
            names |= {found.module, *(f"{found.module}.{alias.name}" for alias in found.names)}
    return names


def test_is_the_house_seen_at_a_glance() -> None:
    """`ls routing/` has at most 21 entries to read."""
    shown = [path for path in ROUTING.iterdir() if path.name not in ("__pycache__", "py.typed")]
    assert len(shown) <= 21


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "tests").glob("*/*.py")),
    ids=lambda path: f"{path.parent.name}/{path.stem}",
)
def test_does_a_test_stay_in_its_room(path: Path) -> None:
    """The tests of a room stand in a folder of its name, and import nothing of a later room."""
    order = [*reversed(LAYERS)]
    later = order[order.index(path.parent.name) + 1 :]
    rooms = {name.split(".")[1] for name in imported(path) if name.startswith("routing.")}
    assert not rooms & {*later}


@pytest.mark.parametrize("lesson", SHIPPED)
def test_is_a_lesson_data_alone(lesson: str) -> None:
    """It imports the public nouns, and nothing else."""
    names = imported(ROOT / f"scenarios/{lesson}.py")
    assert {name.partition(".")[0] for name in names} == {"routing"}
    assert {name.partition(".")[2] for name in names} <= {"", *routing.__all__}


def test_is_what_is_public_there() -> None:
    """Every name can be imported, is found by dir(), and is not loaded before it is used."""
    assert set(routing.__all__) <= set(dir(routing))
    assert all(getattr(routing, name).__name__ == name for name in routing.__all__)
    program = "import sys, routing; sys.exit(len([m for m in sys.modules if 'routing' in m]) - 1)"
    assert subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False).returncode == 0
    with pytest.raises(AttributeError, match="has no attribute 'rout'"):
        getattr(routing, "rout")  # noqa: B009 - what a typo does
