"""What a person posts for the bot: the task's words, and its content ready to copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePath

from groupbot.campaign.values import NewTask
from groupbot.chat.words import called, in_short, kind_word
from groupbot.core.content import Content, Link, MiniProgram, Part, Text, file_of
from groupbot.delivery.values import NewDelivery
from groupbot.i18n import _, joined


def task_for(row: NewDelivery, reasons: Sequence[str]) -> NewTask:
    """Return the task for those parts of `row` that have a reason why the bot can't do them ("" = it can)."""
    numbers = [number for number, reason in enumerate(reasons) if reason]
    what = joined(_named(row.parts, number, alone=len(numbers) == len(reasons)) for number in numbers)
    text = _("By hand in {group}, step {step}: {what}. The bot can't: {reason}.").format(
        group=row.group, step=row.step, what=what, reason="; ".join(dict.fromkeys(filter(None, reasons)))
    )
    return NewTask(
        campaign=row.campaign,
        key=row.key,
        step=row.step,
        text=text,
        group=row.group,
        due=row.due,
        parts=tuple(row.parts[number] for number in numbers),
    )


def _named(parts: Sequence[Part], number: int, *, alone: bool) -> str:
    """Return what part `number` is, and where it belongs among those that the bot posts."""
    kind = kind_word(parts[number].content.kind)
    if alone:
        return kind
    if number == 0:
        return _("{kind} (before the other parts)").format(kind=kind)
    return _("{kind} (after part {number})").format(kind=kind, number=number)


def words_of(parts: Iterable[Part]) -> str:
    """Return all that is to be copied, one block for each part; a file stands by its name."""
    return "\n\n".join(block for part in parts if (block := _block(part.content)))


def files_of(parts: Iterable[Part]) -> tuple[str, ...]:
    """Return the absolute paths of the files to post, each once."""
    return tuple(dict.fromkeys(path for part in parts if (path := file_of(part.content))))


def _block(content: Content) -> str:
    match content:
        case Text(text=text, mentions=()):
            return text
        case Text(text=text, mentions=mentions):
            return " ".join(map(called, mentions)) + "\n" + text
        case Link(title=title, description=description, url=url):
            return "\n".join(filter(None, (title, description, url)))
        case MiniProgram(title=title, description=description, page=page):
            return "\n".join(filter(None, (f"[{kind_word(content.kind)}] {title}", description, page)))
    path = file_of(content)
    if path:
        return f"[{kind_word(content.kind)}] {PurePath(path).name}"
    said = in_short(content)
    return f"[{kind_word(content.kind)}]\n{said}" if "\n" in said else f"[{kind_word(content.kind)}] {said}".rstrip()
