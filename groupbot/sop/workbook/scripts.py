"""The words of an action -> the messages that are posted, or the text of a task, with materials where they belong."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from groupbot.core.content import EVERYBODY
from groupbot.i18n import _
from groupbot.sop.document import AnnouncementPart, PartSpec, RenamePart, TextPart, Variable
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.schema import MAX_LINE, MAX_PARTS, MAX_TEXT
from groupbot.sop.template import BUILT_IN, RESERVED, ScriptError, Template, parse_template
from groupbot.sop.workbook.actions import Action
from groupbot.sop.workbook.grid import Cell
from groupbot.sop.workbook.headings import Field, counts_on, is_code
from groupbot.sop.workbook.libraries import MAX_CALL, Libraries, Script
from groupbot.sop.workbook.messages import PictureHere, Words, messages_of, picture_first
from groupbot.sop.workbook.placeholders import placeholder_in
from groupbot.sop.workbook.rows import Row
from groupbot.sop.workbook.stock import MaterialPart, Stock
from groupbot.sop.workbook.words import TICKS

GAP_S = 2.0
"""Between the messages of one step, so that they are read in their order."""
_NEXT = "\n———\n"
"""A line that parts the messages of one step."""
_MATERIALS = frozenset({Field.MATERIAL, Field.LINK, Field.HINT})
_LONGEST_CODE = 20
_APART = re.compile(r"[\s、,，+＋;；/]+")
_CODE = re.compile(r"[A-Za-z]{1,4}[-_]?\d{1,4}")
_ERRORS = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!)")
_ANNOUNCE = re.compile(r"^(?:发布?|更新|设置|修改|置顶|写)?群?(?:内)?公告$")
_RENAME = re.compile(r"^(?:修?改|更改|更新|设置)群(?:名称?|昵称)$")
_SINGLE = re.compile(r"(?<!\{)\{\s*([^{}\n]{1,24}?)\s*\}(?!\})")


@dataclass(kw_only=True, slots=True)
class ScriptReader:
    """Read words; what is wrong is noted with its cell. `variables` grows by the blanks that scripts mention."""

    notes: Notes
    libraries: Libraries
    stock: Stock
    variables: dict[str, Variable] = field(default_factory=dict)

    def words(self, row: Row, cell: Cell | None) -> tuple[str, tuple[str, ...]] | None:
        """Return the words of `cell` and the pictures that its library entry brings; None when they can't be used."""
        if cell is None:
            return "", ()
        where = row.table.sheet.at(cell)
        if not self._is_sound(cell, where):
            return None
        script, called = self.libraries.script(cell.text)
        if script is not None:
            return script.text, script.pictures
        brief = len(cell.text) <= MAX_CALL
        if brief and (several := self._several(cell.text)):
            return _NEXT.join(one.text for one in several), tuple(key for one in several for key in one.pictures)
        called = called or (cell.text if brief and (_is_code(row, cell) or self._like_code(cell.text)) else "")
        if called:
            message = _("The script `{name}` is in no library of this workbook.").format(name=called)
            known = "、".join(script.name for script in self.libraries.scripts.values())[:100]
            hint = _("Known here: {known}.").format(known=known or "—")
            self.notes.error("unknown-script", message, where, hint=hint)
            return None
        further = [other.text for other in _further(row, cell) if self._is_sound(other, row.table.sheet.at(other))]
        return _NEXT.join((cell.text, *further)), ()

    def _several(self, words: str) -> list[Script]:
        """Return the scripts that `words` call one after the other: `HS-01、HS-02`; none when one is unknown."""
        names = [name for name in _APART.split(words) if name] if self.libraries.scripts else []
        found = [self.libraries.script(name)[0] for name in names] if len(names) > 1 else []
        return [one for one in found if one] if all(found) else []

    def _like_code(self, words: str) -> bool:
        """Return whether `words` look like the code of an entry, in a workbook that has a library of scripts."""
        return bool(self.libraries.scripts) and bool(_CODE.fullmatch(words.strip()))

    def _is_sound(self, cell: Cell, where: Source) -> bool:
        """Return whether a cell holds words, and note a formula that gave none."""
        text = cell.text
        if _ERRORS.fullmatch(text):
            message = _("The formula gives the error {error}.").format(error=text)
            self.notes.error("formula-without-value", message, where, hint=_("Mend the formula, or write the words."))
        elif text.startswith("="):
            message = _("The text begins with `=`: it looks like a formula and is never posted.")
            self.notes.error("formula-text", message, where, hint=_("Write the words that it should show."))
        else:
            return True
        return False

    def parts(self, row: Row, text: str, where: Source, action: Action) -> tuple[PartSpec, ...]:
        """Return the messages of a post: words, then materials, unless the cell says otherwise."""
        self.note_placeholder(text, where, posted=True)
        messages, wishes = messages_of(text)
        materials = self._materials(row, action)
        if wishes and not materials:
            for wish in wishes:
                materials += self.stock.named(wish, where, strict=False)
        if materials and (picture_first(row.text(Field.HINT)) or picture_first(row.text(Field.REMARK))):
            messages = [*(PictureHere() for _part in materials), *messages]
        parts: list[PartSpec] = []
        for message in messages:
            if isinstance(message, Words):
                everybody = message.everybody or (not parts and _calls_all(row))
                part = self._post(message.text, where, action.name or action.label, everybody=everybody)
                parts += [part] if part else []
            else:
                parts += self._placed(message, materials, where)
        return self.spaced([*parts, *materials], where)

    def task(self, row: Row, text: str, where: Source, action: Action, *, lead: Sequence[str]) -> Template | None:
        """Return the text of a person's task: what to do, then the words ready to be used."""
        self.note_placeholder(text, where, posted=False)
        named = [cell.text for cell in (*row.cells(Field.MATERIAL), *row.cells(Field.LINK)) if cell.text]
        pictures = (*(row.pictures if action.with_materials else ()), *action.pictures)
        kept = [part.material for key in pictures if (part := self.stock.picture(key, row.stage, where))]
        paths = [self.stock.materials[name].path for name in kept]
        words = "" if any(line.endswith(text) for line in lead) else text  # named by its own words
        lines = dict.fromkeys(line for line in (*lead, words, row.text(Field.REMARK), *named, *paths) if line)
        return self.template("\n".join(lines)[:MAX_TEXT], where)

    def template(self, text: str, where: Source) -> Template | None:
        """Return `text` as a script; `{name}` of a known variable is a blank as `{{ name }}` is."""
        known = self.variables

        def doubled(found: re.Match[str]) -> str:
            return f"{{{{ {found[1]} }}}}" if found[1] in known else found[0]

        try:
            template = parse_template(_SINGLE.sub(doubled, text) if known and "{" in text else text)
        except ScriptError as error:
            self.notes.refused(error.code, error, where)
            return None
        for name in template.names - set(BUILT_IN) - self.variables.keys():
            if name not in RESERVED:
                self.variables[name] = Variable(name=name, source=where)
        return template

    def note_placeholder(self, text: str, where: Source, *, posted: bool) -> None:
        """Note a blank that was left in: an error in words that are posted, a warning in a task."""
        found = placeholder_in(text, self.variables)
        if not found:
            return
        message = _("`{text}` looks like a placeholder that was left in.").format(text=found)
        hint = _("Write the real words, or a variable as `{{ name }}`.")
        note = self.notes.error if posted else self.notes.warn
        note("placeholder-left", message, where, hint=hint)

    def _materials(self, row: Row, action: Action) -> list[MaterialPart]:
        sheet = row.table.sheet
        label = row.text(Field.STEP)[:20] or row.stage[:20]
        pictures = dict.fromkeys((*(row.pictures if action.with_materials else ()), *action.pictures))
        kept = [self.stock.picture(key, label, row.where(Field.MATERIAL)) for key in pictures]
        found: list[MaterialPart] = [part for part in kept if part]
        if not action.with_materials or not row.says(_MATERIALS):
            return found
        for wanted in (Field.MATERIAL, Field.LINK, Field.HINT):
            strict = wanted is not Field.HINT and not found
            for cell in row.cells(wanted):
                if not cell.picture:
                    found += self.stock.named(cell.text, sheet.at(cell), strict=strict) if strict or not found else []
        return found

    def _placed(self, here: PictureHere, materials: list[MaterialPart], where: Source) -> list[MaterialPart]:
        """Take out of `materials` what belongs at `here`."""
        if here.name and not materials:
            return self.stock.named(here.name, where, strict=True)
        if not materials:
            message = _("The cell has a place for a picture, and the row brings none.")
            hint = _("Paste the picture into the row, or name it in a column 素材.")
            self.notes.error("material-wanted", message, where, hint=hint)
            return []
        return [materials.pop(min(max(here.number - 1, 0), len(materials) - 1) if here.number else 0)]

    def _post(self, words: str, where: Source, name: str, *, everybody: bool) -> PartSpec | None:
        if len(words) > MAX_TEXT:
            text = _("The text is longer than {limit} characters.").format(limit=MAX_TEXT)
            self.notes.error("text-too-long", text, where, hint=_("Split it into several parts."))
            return None
        template = self.template(words, where)
        if template is None:
            return None
        if _ANNOUNCE.match(name):
            return AnnouncementPart(text=template)
        if _RENAME.match(name) and len(words) <= MAX_LINE and "\n" not in words:
            return RenamePart(topic=template)
        return TextPart(text=template, mentions=(EVERYBODY,) if everybody else (), source=where)

    def spaced(self, parts: Sequence[PartSpec], where: Source) -> tuple[PartSpec, ...]:
        """Return the messages with the gaps between them; too many are noted, and only the first is kept."""
        if len(parts) > MAX_PARTS:
            message = _("The cell makes {count} messages, {limit} are possible.").format(
                count=len(parts), limit=MAX_PARTS
            )
            self.notes.error("too-long", message, where, hint=_("Spread them over several rows."))
            return tuple(parts[:1])
        return tuple(replace(part, gap_s=GAP_S) if number else part for number, part in enumerate(parts))


def _calls_all(row: Row) -> bool:
    """Return whether the row ticks that everybody is called."""
    if Field.MENTION not in row.table.columns:
        return False
    said = row.text(Field.MENTION).casefold()
    return said in TICKS or said.startswith(("需", "要", "@"))


def _is_code(row: Row, cell: Cell) -> bool:
    """Return whether the column of `cell` holds codes of scripts, by its heading."""
    return len(cell.text) <= _LONGEST_CODE and is_code(_heading(row, cell))


def _further(row: Row, cell: Cell) -> list[Cell]:
    """Return the row's cells below headings that count on from that of `cell`: 话术一, 话术二."""
    if len(row.table.columns.get(Field.SCRIPT, ())) == 1:
        return []
    own = _heading(row, cell)
    cells = [other for other in row.cells(Field.SCRIPT) if other.column > cell.column]
    return [other for other in cells if counts_on(own, _heading(row, other))]


def _heading(row: Row, cell: Cell) -> str:
    heading = row.table.sheet.seen(row.table.header, cell.column)
    return heading.text if heading else ""
