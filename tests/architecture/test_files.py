"""What no file of the project may hold, and the marks for size."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture import sizes

ROOT = Path(__file__).parents[2]
FOLDERS = ("groupbot", "plugins", "sops", "migrations", "tests", "docs", ".ci")
TEXTS = {
    ".py",
    ".toml",
    ".md",
    ".lock",
    ".yaml",
    ".yml",
    ".cfg",
    ".ini",
    ".sh",
    ".txt",
    ".json",
    ".po",
    ".mjs",
    ".mako",
    "",
}
FOREIGN = {"node_modules", "__pycache__", ".pytest_cache", ".hypothesis"}
HOSTS = (
    "py" + "pi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "registry" + ".",
    "npm" + "mirror",
)
FORBIDDEN = {
    "a package registry's host": re.compile("|".join(rf"(?:https?://|//)[\w.-]*{re.escape(host)}" for host in HOSTS)),
    "a path of somebody's machine": re.compile(r"(?<![\w./-])/(?:root|work|home/\w+|Users/\w+)/\w"),
    "a file of another index": re.compile(r"file:///(?:opt|root|home)\b"),
    "a private key": re.compile("BEGIN (?:RSA |EC |OPENSSH )?PRIVATE " + "KEY"),
    "a merge mark": re.compile(r"(?m)^(?:<{7} |>{7} )"),
}


def texts() -> list[Path]:
    below = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    return sorted(
        path
        for path in (*ROOT.iterdir(), *below)
        if path.is_file()
        and path.name != ".coverage"
        and path.suffix in TEXTS
        and not FOREIGN.intersection(path.relative_to(ROOT).parts)
    )


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_holds(what):
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for path in texts()
        if (hit := FORBIDDEN[what].search(path.read_text(encoding="utf-8", errors="replace")))
    ]
    assert not found


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("a package registry's host", '"resolved": "https://registry' + '.example/x.tgz"'),
        ("a package registry's host", "https://files." + "python" + "hosted.org/x"),
        ("a path of somebody's machine", "cd /ro" + "ot/x"),
        ("a file of another index", "file:///o" + "pt/x"),
        ("a private key", "-----BEGIN PRIVATE " + "KEY-----"),
        ("a merge mark", "<" * 7 + " HEAD"),
    ],
)
def test_the_search_finds(what, text):
    assert FORBIDDEN[what].search(text)


def test_sizes_are_reported(tmp_path, capsys):
    (tmp_path / "a.py").write_text('def f():\n    """Words\n    on lines."""\n    return 1\n' + "x = 1\n" * 300)
    assert sizes.main([str(tmp_path)]) == 0
    told = capsys.readouterr().out
    assert "files: 1, median 304 lines, 1 over 300" in told
    assert "functions: 1, median 2 lines, 0 over 40" in told


def test_an_empty_folder_has_no_sizes(tmp_path, capsys):
    assert sizes.main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "files: none\nfunctions: none\n"
