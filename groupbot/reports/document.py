"""A document of plain sections, as Markdown and as a page that any phone opens. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:48em;margin:1em auto;padding:0 1em}"
    "h2{border-bottom:1px solid #ccc}li{margin:.3em 0;white-space:pre-wrap}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A heading with lines below it; `nothing` stands there when there are none."""

    title: str
    lines: tuple[str, ...]
    nothing: str = "—"


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A title, a few lines that say it all in short, and sections."""

    title: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]


def as_markdown(document: Document) -> str:
    """Return the document as Markdown; nothing in its lines acts as markup."""
    blocks = [f"# {_plain(document.title)}", *map(_plain, document.summary)]
    for section in document.sections:
        blocks.append(f"## {_plain(section.title)}")
        blocks.append("\n".join(f"- {_plain(line)}" for line in section.lines) or section.nothing)
    return "\n\n".join(blocks) + "\n"


def as_html(document: Document) -> str:
    """Return the document as one HTML page without anything from outside."""
    return "\n".join(_page(document)) + "\n"


def _page(document: Document) -> Iterator[str]:
    title = escape(document.title)
    yield f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title>'
    yield f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body><h1>{title}</h1>'
    yield from (f"<p>{escape(line)}</p>" for line in document.summary)
    for section in document.sections:
        yield f"<h2>{escape(section.title)}</h2>"
        lines = "".join(f"<li>{escape(line)}</li>" for line in section.lines)
        yield f"<ul>{lines}</ul>" if lines else f"<p>{escape(section.nothing)}</p>"
    yield "</body></html>"


def _plain(text: str) -> str:
    """Return `text` in one line, with signs that Markdown would take for its own escaped."""
    return "".join(f"\\{sign}" if sign in "\\`*_<>[]#|" else sign for sign in " ".join(text.split()))
