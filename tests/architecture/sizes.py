"""Show how large files and functions are against the house's marks. Warns; never fails.

`python -m tests.architecture.sizes FOLDER…` prints the report.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from statistics import median

FILE_LINES = 300
FUNCTION_LINES = 40
SHOWN = 5


def functions(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (lines, place) of each function in the file, decorators and docstring left out."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            has_words = ast.get_docstring(node, clean=False) is not None
            first = node.body[0]
            words = (first.end_lineno or first.lineno) - first.lineno + 1 if has_words else 0
            yield (node.end_lineno or node.lineno) - node.lineno + 1 - words, f"{path}:{node.lineno} {node.name}"


def files(folders: Iterable[str]) -> list[Path]:
    """Return the Python files below `folders` that hold something."""
    return sorted(path for folder in folders for path in Path(folder).rglob("*.py") if path.stat().st_size)


def report(kind: str, sizes: list[tuple[int, str]], mark: int) -> list[str]:
    """Return the lines that describe `sizes`: median, largest, and what is over `mark`."""
    if not sizes:
        return [f"{kind}: none"]
    ordered = sorted(sizes, reverse=True)
    over = sum(size > mark for size, _place in sizes)
    head = f"{kind}: {len(sizes)}, median {median(size for size, _place in sizes):g} lines, {over} over {mark}"
    marks = [f"  {'!' if size > mark else ' '} {size:>4}  {place}" for size, place in ordered[:SHOWN]]
    return [head, *marks]


def main(folders: list[str]) -> int:
    """Print the report on `folders`."""
    paths = files(folders or ["groupbot"])
    by_file = [(len(path.read_text(encoding="utf-8").splitlines()), str(path)) for path in paths]
    by_function = [size for path in paths for size in functions(path)]
    for line in (*report("files", by_file, FILE_LINES), *report("functions", by_function, FUNCTION_LINES)):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
