"""Sections and sheets that hold no steps: goals, playbooks for trouble (风险, 预案), answers to questions (FAQ)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from groupbot.i18n import _
from groupbot.sop.document import Goal, Playbook, Reply
from groupbot.sop.planned import Source
from groupbot.sop.schema import MAX_LINE
from groupbot.sop.workbook.front import Front
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field
from groupbot.sop.workbook.rows import TailRow
from groupbot.sop.workbook.scripts import ScriptReader
from groupbot.sop.workbook.table import Table
from groupbot.sop.workbook.words import tail_kind

_OR = re.compile(r"[/、,，|；;\n]+|\s或\s|或者")
_SIGNS = "“”\"'‘’「」『』【】[]？?。.！!：: \t"
_ASKED = re.compile(r"^(?:回复|发送|输入|关键词|Q\d*|问)\s*[:：]?\s*", re.IGNORECASE)
_ANSWERED = re.compile(r"^(?:A\d*|答)\s*[:：]\s*", re.IGNORECASE)
MAX_KEYWORD = 60
_PAIR = 2


@dataclass(kw_only=True, slots=True)
class Tails:
    """Collect what is no step."""

    front: Front
    scripts: ScriptReader
    playbooks: list[Playbook] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    def add(self, row: TailRow) -> None:
        """Take in a row of a section at the end of a table."""
        self.take(row.kind, row.cells, row.where(), row.table.sheet.name, row.pictures)

    def table(self, table: Table, kind: str, pictures: dict[int, tuple[str, ...]]) -> None:
        """Take in a table of its own."""
        first, second = (Field.SYMPTOM, Field.REMEDY) if kind == "playbooks" else (Field.KEYWORD, Field.ANSWER)
        order = set(table.columns.get(Field.ORDER, ()))
        for row in table.rows:
            asked = _cells(table, row, first)
            told = _cells(table, row, second, Field.SCRIPT, Field.ANSWER, Field.BACKUP, Field.MATERIAL, Field.REMARK)
            cells = [*asked, *(cell for cell in told if cell not in asked)]
            if not asked:
                cells = [cell for cell in table.sheet.filled(row) if cell.column not in order]
            where = table.sheet.where(row, cells[0].column if cells else None)
            self.take(kind, cells, where, table.sheet.name, pictures.get(row, ()))

    def take(self, kind: str, cells: Sequence[Cell], where: Source, sheet: str, pictures: Sequence[str] = ()) -> None:
        """Take in the cells of one row."""
        texts = [cell.text for cell in cells if cell.text]
        match kind:
            case "goals" if texts:
                pair = len(texts) == _PAIR and bool(re.search(r"\d|[一二三四五六七八九十百千万]", texts[1]))
                goals = [(texts[0], texts[1])] if pair else [(text, "") for text in texts]
                self.front.metrics += [(Goal(text=t[:MAX_LINE], target=n[:MAX_LINE]), where) for t, n in goals]
            case "playbooks" if texts:
                self._playbook(texts, where, sheet, [*(cell.picture for cell in cells if cell.picture), *pictures])
            case "replies" if texts:
                self._reply(texts, where, [*(cell.picture for cell in cells if cell.picture), *pictures])
            case _:
                message = _("The row stands in a section that holds no steps: it is not read.")
                self.scripts.notes.warn("row-not-read", message, where, hint=_("Move it if it is a step."))

    def _playbook(self, texts: Sequence[str], where: Source, sheet: str, pictures: Sequence[str]) -> None:
        picture = self._picture(pictures, sheet, where)
        words = "\n".join(texts[1:]) or texts[0]
        self.playbooks.append(Playbook(symptom=texts[0], words=words, picture=picture, source=where))

    def _picture(self, pictures: Sequence[str], label: str, where: Source) -> str:
        """Return the name of the first of `pictures` that can be kept, "" for none; what is over is noted."""
        stock = self.scripts.stock
        kept = [part.material for key in dict.fromkeys(pictures) if (part := stock.picture(key, label, where))]
        if len(kept) > 1:
            message = _("Only the first of {count} pictures is kept here.").format(count=len(kept))
            self.scripts.notes.warn("row-not-read", message, where, hint=_("Put them into one picture."))
        return kept[0] if kept else ""

    def _reply(self, texts: Sequence[str], where: Source, pictures: Sequence[str]) -> None:
        asked, answer = texts[0], "\n".join(texts[1:])
        if not answer and len(halves := re.split(r"\n|[：:](?!//)", asked, maxsplit=1)) > 1:
            asked, answer = halves
        keywords = tuple(word for piece in _OR.split(asked) if (word := _ASKED.sub("", piece).strip(_SIGNS)))
        words = _ANSWERED.sub("", answer.strip())
        if not words or not keywords:
            message = _("The question has no answer.")
            self.scripts.notes.warn("empty-row", message, where, hint=_("Write the answer into the next cell."))
            return
        self.scripts.note_placeholder(words, where, posted=True)
        template = self.scripts.template(words, where)
        if template:
            picture = self._picture(pictures, keywords[0], where)
            named = tuple(word[:MAX_KEYWORD] for word in keywords)
            self.replies.append(Reply(keywords=named, text=template, picture=picture, source=where))


def tail_table(table: Table) -> str:
    """Return "playbooks" or "replies" for a table that holds such, "" for another."""
    if table.is_matrix or table.has(Field.WHEN, Field.DAY, Field.GROUP_ACTION, Field.MEMBER_ACTION, Field.OFTEN):
        return ""
    if table.has(Field.SYMPTOM) and table.has(Field.REMEDY, Field.ANSWER, Field.SCRIPT):
        return "playbooks"
    named = tail_kind(table.sheet.name)
    if table.has(Field.KEYWORD) and table.has(Field.REMEDY) and named == "playbooks":
        return "playbooks"
    if table.has(Field.KEYWORD) and table.has(Field.ANSWER, Field.SCRIPT, Field.REMEDY):
        return "replies"
    return named if named in {"playbooks", "replies"} else ""


def _cells(table: Table, row: int, *fields: Field) -> list[Cell]:
    found: dict[int, Cell] = {}
    for field_ in fields:
        for column in table.columns.get(field_, ()):
            cell = table.sheet.seen(row, column)
            if cell and (cell.text or cell.picture):
                found[column] = cell
    return [found[column] for column in sorted(found)]
