"""Do imports run one way?"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PIKA = {"broker", "play", "workers", "walk", "code", "terminals"}
RICH = {"check", "broker", "verify", "walk", "workers", "view", "terminals", "demo", "__main__"}

SOURCES = sorted((ROOT / "routing").rglob("*.py"))
LESSONS = [path for path in (ROOT / "scenarios").glob("*.py") if not path.name.startswith("__")]


def imported(node: ast.AST) -> set[str]:
    """List the modules that are imported anywhere below a node."""
    names = set()
    for found in ast.walk(node):
        if isinstance(found, ast.Import):
            names |= {alias.name for alias in found.names}
        elif isinstance(found, ast.ImportFrom) and found.module:
            names |= {found.module, *(f"{found.module}.{alias.name}" for alias in found.names)}
    return names


def part(path: Path) -> str:
    """Name the part of the package that a file belongs to."""
    return path.relative_to(ROOT / "routing").with_suffix("").parts[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_does_a_module_import_only_what_comes_before_it(path: Path) -> None:
    """Scenario, prediction, play, comparison, view, command line: never backwards."""
    names = imported(ast.parse(path.read_text()))
    assert not any(name.split(".")[0] == "scenarios" for name in names)
    assert part(path) in PIKA or not any(name.split(".")[0] == "pika" for name in names)
    assert part(path) in RICH or not any(name.split(".")[0] == "rich" for name in names)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_does_a_scenario_import_nouns_only(path: Path) -> None:
    """A lesson is data; only where it is run as a program does it name the command line."""
    tree = ast.parse(path.read_text())
    guard = [node for node in tree.body if isinstance(node, ast.If)]
    lesson = ast.Module([node for node in tree.body if node not in guard], [])
    assert {name for name in imported(lesson) if name.count(".") == 2 and name[-1].islower()} == {
        "routing.amqp.topology"
    }
    assert imported(ast.Module(list(guard), [])) == {
        "routing.demo.command",
        "routing.demo.command.demonstrate",
    }


def test_is_every_part_named_in_the_map() -> None:
    """The package's docstring lists each of its parts, so that a newcomer finds them."""
    shown = ast.get_docstring(ast.parse((ROOT / "routing/__init__.py").read_text())) or ""
    listed = {line.split()[0].rstrip("/") for line in shown.splitlines() if line.startswith("    ")}
    assert listed == {part(path) for path in SOURCES} - {"__init__", "__main__"}
