"""Keep the Chinese catalog in step with the source: gather texts, merge them into the .po, compile the .mo.

`python -m tests.architecture.catalog` updates both files in groupbot/locale and prints what is still untranslated.

The files depend on the texts alone: the same source gives the same bytes, whenever and wherever this runs.
"""

from __future__ import annotations

import ast
import io
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "groupbot" / "locale" / "zh_CN" / "LC_MESSAGES"
PO = FOLDER / "groupbot.po"
MO = FOLDER / "groupbot.mo"
HEADER = r"""# Chinese texts of groupbot. `make i18n` adds new source texts; fill in each msgstr and run it again.
msgid ""
msgstr ""
"Project-Id-Version: groupbot\n"
"Language: zh_CN\n"
"Plural-Forms: nplurals=1; plural=0;\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"

"""
_ANY_DATE = datetime(2020, 1, 1, tzinfo=UTC)  # babel writes dates into a compiled header


def gather(root: Path = ROOT) -> Catalog:
    """Return every source text in groupbot's code, with the places that hold it.

    Raises ValueError for a text that is put together when the program runs: it could not be looked up.
    """
    found = Catalog(creation_date=_ANY_DATE)
    for path in sorted((root / "groupbot").rglob("*.py")):
        place = path.relative_to(root).as_posix()
        for line, spoken in _spoken(ast.parse(path.read_text(encoding="utf-8"))):
            text = tuple(_literal(form, place) for form in spoken)
            found.add(text if len(text) > 1 else text[0], locations=[(place, line)])
    return found


def _spoken(tree: ast.AST) -> Iterator[tuple[int, Sequence[ast.expr]]]:
    """Yield the line and the forms of each text that is looked up, inside f-strings too."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="_"), args=args):
                yield node.lineno, args[:1]
            case ast.Call(func=ast.Name(id="ngettext"), args=args):
                yield node.lineno, args[:2]


def _literal(form: ast.expr, place: str) -> str:
    if isinstance(form, ast.Constant) and isinstance(form.value, str):
        return form.value
    raise ValueError(f"{place}:{form.lineno}: only a literal text can be translated; format it afterwards")


def read(path: Path = PO) -> Catalog:
    """Return the Chinese catalog as it is written in the .po file; empty when there is none."""
    if not path.exists():
        return Catalog(locale="zh_CN")
    with path.open("rb") as file:
        return read_po(file, locale="zh_CN")


def merge(translated: Catalog, found: Catalog) -> Catalog:
    """Return `found` with the translations that `translated` has for it; texts that are gone are dropped."""
    translated.update(found, no_fuzzy_matching=True)
    translated.obsolete.clear()
    return translated


def as_po(catalog: Catalog) -> bytes:
    """Return the .po file's bytes: sorted by source text, a fixed header, no places (they change with every edit)."""
    body = io.BytesIO()
    write_po(body, catalog, width=0, omit_header=True, no_location=True, sort_output=True)
    return HEADER.encode() + body.getvalue().strip() + b"\n"


def as_mo(catalog: Catalog) -> bytes:
    """Return the .mo file's bytes; untranslated texts are left out, so they fall back to English."""
    catalog.creation_date = catalog.revision_date = _ANY_DATE
    body = io.BytesIO()
    write_mo(body, catalog)
    return body.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    """Return the source texts that have no Chinese yet; one that counts by its plural."""
    return [forms(message.id)[-1] for message in catalog if message.id and not all(forms(message.string))]


def forms(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """Return the forms of a text: several where it counts, else one. Babel has tuples and lists of them."""
    return tuple(text) if isinstance(text, tuple | list) else (text or "",)


def main() -> int:
    """Write both files; return 1 while something is untranslated."""
    catalog = merge(read(), gather())
    PO.write_bytes(as_po(catalog))
    MO.write_bytes(as_mo(read()))
    missing = untranslated(catalog)
    for text in missing:
        sys.stdout.write(f"untranslated: {text!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
