"""The checkout as the house tests walk it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "regulars"


@cache
def tracked() -> tuple[Path, ...]:
    """Files that are in git, or will be: not ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    paths = (ROOT / name for name in listed.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def python_files(under: str = "") -> tuple[Path, ...]:
    return tuple(p for p in tracked() if p.suffix == ".py" and p.is_relative_to(ROOT / under))


def rooms() -> list[str]:
    return sorted(
        {
            path.relative_to(PACKAGE).parts[0]
            for path in python_files("regulars/")
            if path.parent != PACKAGE
        }
    )


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every module that a file imports, function-level imports included, with the line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
