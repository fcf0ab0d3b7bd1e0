"""How posts, members' lines and results look in a terminal: readable at 80 columns, with and without colours.

Posts have a bar at their left only: how wide an emoji is differs between terminals, and a right border would show it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text as RichText

from groupbot.adapters.console.scene import PRIVATE, Joined, Left, Post, Said, Scene, TakenBack
from groupbot.adapters.console.wrap import clip, pad, visible, wrap
from groupbot.chat.words import called, in_short, kind_word
from groupbot.core.content import Content, File, Link, MiniProgram, Text, Voice, file_of
from groupbot.i18n import _

_NARROWEST = 40  # below this a card can't be read anyway
_WIDEST = 100  # longer lines are hard to read
_KILO = 1000  # as file managers and chat programs count
_FRAME = "bright_black"


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One terminal line: (words, style) runs; styles are rich's."""

    runs: tuple[tuple[str, str], ...]

    @property
    def plain(self) -> str:
        """The words alone."""
        return "".join(words for words, _style in self.runs)


def line(*runs: tuple[str, str]) -> Line:
    """Return a line of (words, style) runs."""
    return Line(runs=runs)


def width_of(console: Console) -> int:
    """Return how many columns are drawn on."""
    return min(max(console.width, _NARROWEST), _WIDEST)


def draw(console: Console, lines: list[Line]) -> None:
    """Write `lines`; words are never taken for markup."""
    for each in lines:
        console.print(RichText.assemble(*each.runs), soft_wrap=True, highlight=False)


def scene(item: Scene, *, titles: Mapping[str, str], zone: tzinfo, width: int) -> list[Line]:
    """Return how `item` looks; `titles` names conversations, `zone` gives the hours."""
    if isinstance(item, Post):
        return post_card(item, title=titles.get(item.to, item.to), zone=zone, width=width)
    if isinstance(item, TakenBack):
        return [struck_line(item, title=titles.get(item.post.to, item.post.to), zone=zone, width=width)]
    title = "1:1" if item.group == PRIVATE else titles.get(item.group, item.group)
    return member_line(item, title=title, zone=zone, width=width)


def post_card(post: Post, *, title: str, zone: tzinfo, width: int) -> list[Line]:
    """Return a post as a member would see it: group, account, local time, then the message."""
    stamp = f" · {visible(post.account)} · {post.at.astimezone(zone):%Y-%m-%d %H:%M}"
    head = line(("╭ ", _FRAME), (clip(title, width - 2 - cell_len(stamp)), "bold cyan"), (stamp, _FRAME))
    body = [line(("│ " if each.plain else "│", _FRAME), *each.runs) for each in _content(post.content, width - 2)]
    return [head, *body, line(("╰─", _FRAME))]


def also_line(post: Post, *, title: str, zone: tzinfo, width: int) -> Line:
    """Return the short form of a post that was just drawn for another group."""
    words = _("also in {group} at {time}").format(group=title, time=f"{post.at.astimezone(zone):%H:%M:%S}")
    return line(("  ↳ " + clip(words, width - 4), _FRAME))


def struck_line(item: TakenBack, *, title: str, zone: tzinfo, width: int) -> Line:
    """Return the line that strikes a post out."""
    lead = _("  ✗ {time} {group}, taken back: ").format(time=f"{item.at.astimezone(zone):%H:%M}", group=title)
    words = _shown(item.post.content).replace("\n", " ")
    return line((clip(lead, width // 2), _FRAME), (clip(words, width - width // 2), "strike"))


def member_line(item: Said | Joined | Left, *, title: str, zone: tzinfo, width: int) -> list[Line]:
    """Return what a member did, one line and its continuations."""
    head = f"    {item.at.astimezone(zone):%H:%M} {clip(title, width // 4)} "
    name = clip((item.member.name or item.member.id).replace("\n", " "), width // 4)
    match item:
        case Said():
            lead = f"{name}: "
            indent = " " * (cell_len(head) + cell_len(lead))
            words = f"[{kind_word(File.kind)}] {item.text}  {_size(item.path)}" if item.path else item.text
            first, *more = wrap(words, width - len(indent))
            return [line((head, _FRAME), (lead, "green"), (first, "")), *(line((indent + text, "")) for text in more)]
        case Joined(inviter=inviter):
            words = _("{name} joined").format(name=name)
            if inviter:
                words = _("{name} joined, invited by {inviter}").format(name=name, inviter=visible(inviter.name))
            return [line((head, _FRAME), (clip("+ " + words, width - cell_len(head)), "yellow"))]
        case Left():
            words = _("{name} left").format(name=name)
            return [line((head, _FRAME), (clip("- " + words, width - cell_len(head)), "bright_black"))]


def note(words: str) -> Line:
    """Return words from the console itself."""
    return line(("  " + visible(words), "bright_black"))


def heading(words: str, width: int) -> Line:
    """Return a line that begins a section."""
    text = clip(words, width - 6)
    return line(("── ", _FRAME), (text, "bold"), (" " + "─" * max(2, width - 4 - cell_len(text)), _FRAME))


def _content(content: Content, width: int) -> list[Line]:
    match content:
        case Text(text=text, mentions=mentions):
            said = [line((each, "")) for each in wrap(text, width)]
            return [_mentions(mentions, width), *said] if mentions else said
        case Link():
            return _framed([content.title or content.url, content.description, content.url], width, link=True)
        case MiniProgram():
            return _framed([f"[{kind_word(content.kind)}]", content.title, content.description, content.page], width)
        case _:
            return _framed(_shown(content).splitlines(), width)


def _mentions(mentions: tuple[str, ...], width: int) -> Line:
    return line((clip(" ".join(map(called, mentions)), width), "bold blue"))


def _shown(content: Content) -> str:
    """Return what stands for `content` where it is no text and no card: its kind, then its words or its file."""
    if isinstance(content, Text):
        return content.text
    path = file_of(content)
    if not path:
        return f"[{kind_word(content.kind)}] {in_short(content)}".rstrip()
    shown = getattr(content, "name", "") or Path(path).name
    length = f"  {content.seconds:g} s" if isinstance(content, Voice) and content.seconds else ""
    return f"[{kind_word(content.kind)}] {shown}{length}  {_size(path)}".rstrip()


def _framed(texts: list[str], width: int, *, link: bool = False) -> list[Line]:
    rows = [row for text in texts if text for row in wrap(text, width - 4)]
    inner = max(map(cell_len, rows))
    styles = ["bold", *[""] * (len(rows) - 2), "blue underline"] if link else ["magenta"] * len(rows)
    body = [
        line(("│ ", _FRAME), (row, style), (pad(row, inner)[len(row) :] + " │", _FRAME))
        for row, style in zip(rows, styles, strict=False)
    ]
    return [line(("┌" + "─" * (inner + 2) + "┐", _FRAME)), *body, line(("└" + "─" * (inner + 2) + "┘", _FRAME))]


def _size(path: str) -> str:
    """Return a file's size in words, "" when it can't be told."""
    try:
        size = float(Path(path).stat().st_size)
    except OSError:
        return ""
    for unit in ("B", "KB", "MB"):
        if size < _KILO:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= _KILO
    return f"{size:.1f} GB"
