"""The materials of a workbook: embedded pictures kept as files, paths and addresses in cells, library entries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from groupbot.i18n import _
from groupbot.sop.document import LinkPart, Material, MediaPart
from groupbot.sop.materials import Files, Found, kind_of, look_up
from groupbot.sop.notes import Notes
from groupbot.sop.planned import Source
from groupbot.sop.schema_errors import did_you_mean
from groupbot.sop.template import ScriptError, parse_template
from groupbot.sop.workbook.grid import Picture
from groupbot.sop.workbook.libraries import Libraries, Shelf, fold_name

_PATH = re.compile(
    r"[^\s，,、;；\n]+\.(?:png|jpe?g|gif|webp|bmp|mp4|mov|m4v|silk|sil|slk|pdf|docx?|xlsx?|pptx?|zip|txt|mp3)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?://[^\s，。；、）)】》\"']+", re.IGNORECASE)
_APART = re.compile(r"[、,，;；\n+＋]|\s和\s|\s/\s")
_NONE = frozenset({"", "无", "-", "/", "—", "——", "暂无", "不需要", "n/a", "none", "文字", "纯文字", "文本", "无需"})
_SIGNATURES = ((b"\x89PNG", "png"), (b"\xff\xd8", "jpg"), (b"GIF8", "gif"), (b"BM", "bmp"), (b"RIFF", "webp"))

MaterialPart = MediaPart | LinkPart


@dataclass(kw_only=True, slots=True)
class Stock:
    """Find materials and remember those that are used, by name."""

    files: Files
    pictures: Mapping[str, Picture]
    libraries: Libraries
    notes: Notes
    materials: dict[str, Material] = field(default_factory=dict)

    def picture(self, key: str, label: str, where: Source) -> MediaPart | None:
        """Return the embedded picture `key` as a part, or None with the reason noted."""
        picture = self.pictures.get(key)
        ending = _ending(picture.data) if picture else ""
        if picture is None or not ending:
            message = _("The picture in this cell can't be read out of the workbook.")
            hint = _("Save it as a .png or .jpg of at most 10 MB beside the file, and name it in the cell.")
            self.notes.error("picture-unreadable", message, where, hint=hint)
            return None
        kept = self.files.keep(f"{fold_name(label)[:20] or 'picture'}.{ending}", picture.data)
        if kept is None:
            message = _("The picture can't be kept in the project's folder.")
            hint = _("Make room, or allow groupbot to write there.")
            self.notes.error("picture-unkept", message, where, hint=hint)
            return None
        name = f"{label or 'picture'}-{kept.digest[:8]}"
        made = Material(name=name, written=picture.name, path=kept.path, digest=kept.digest, kind="image", source=where)
        self._keep(made, label)
        return MediaPart(kind="image", material=name, source=where)

    def named(self, text: str, where: Source, *, strict: bool) -> list[MaterialPart]:
        """Return the materials that a cell names. What is not found is an error when `strict`, else a warning."""
        found: list[MaterialPart] = []
        for piece in self._pieces(text):
            if fold_name(piece) in _NONE or piece.casefold() in _NONE:
                continue
            parts = self._one(piece, where)
            if parts is None:
                self._wanted(piece, where, strict=strict)
            else:
                found += parts
        return found

    def _pieces(self, text: str) -> list[str]:
        if self.libraries.material(text)[0] or _ADDRESS.search(text):
            return [text.strip()]
        return [piece.strip() for piece in _APART.split(text) if piece.strip()]

    def _one(self, piece: str, where: Source) -> list[MaterialPart] | None:
        """Return what one name leads to; None when nothing is called so."""
        shelf, _called = self.libraries.material(piece)
        if shelf is not None:
            return self._from_shelf(shelf)
        if _ADDRESS.search(piece):
            return self._address_or_path(piece, piece, where)
        path = _PATH.search(piece)
        return self._address_or_path(path[0], "", where) if path else None

    def add_unfinished(self) -> None:
        """Add the materials that are not done and that no row names, so that their makers are reminded too."""
        for key, progress in self.libraries.progress.items():
            shelf = self.libraries.materials[key]
            if progress.status != "done" and shelf.name not in self.materials and not _ADDRESS.search(shelf.path):
                self._from_shelf(shelf)

    def _from_shelf(self, shelf: Shelf) -> list[MaterialPart]:
        pictures = [self.picture(key, shelf.name, shelf.source) for key in shelf.pictures]
        found: list[MaterialPart] = [part for part in pictures if part]
        progress = self.libraries.progress.get(fold_name(shelf.name))
        if shelf.path:
            return found + self._address_or_path(shelf.path, shelf.name, shelf.source)
        if progress is None or found:
            return found
        return self._address_or_path(shelf.name, shelf.name, shelf.source)

    def _keep(self, material: Material, label: str) -> None:
        """Remember a material, with how far it is where a table tells."""
        progress = self.libraries.progress.get(fold_name(label))
        self.materials.setdefault(material.name, progress.on(material) if progress else material)

    def _address_or_path(self, text: str, name: str, where: Source) -> list[MaterialPart]:
        if address := _ADDRESS.search(text):
            return self._link(address[0], _title(text, name), where)
        progress = self.libraries.progress.get(fold_name(name))
        is_done = progress is None or progress.status == "done"
        found = look_up(text, self.files, self.notes, where, done=is_done)
        if found is None and is_done:
            return []
        found = found or Found(path="", size=0, digest="")
        name = name or text
        kind = kind_of(text) if "." in text else "image"
        made = Material(
            name=name, written=text, path=found.path, digest=found.digest, size=found.size, kind=kind, source=where
        )
        self._keep(made, name)
        return [MediaPart(kind=kind, material=name, source=where)]

    def _link(self, address: str, title: str, where: Source) -> list[MaterialPart]:
        try:
            return [LinkPart(url=parse_template(address), title=parse_template(title or address))]
        except ScriptError as error:
            self.notes.refused(error.code, error, where)
            return []

    def _wanted(self, piece: str, where: Source, *, strict: bool) -> None:
        message = _("The row wants the material `{name}`, which is not there.").format(name=piece[:40])
        hint = _("Paste the picture into the cell, write a path, or name an entry of the sheet 素材库.")
        known = [shelf.name for shelf in self.libraries.materials.values()]
        note = self.notes.error if strict else self.notes.warn
        note("material-wanted", message, where, hint=f"{hint} {did_you_mean(piece, known)}" if known else hint)


def is_file(text: str) -> bool:
    """Return whether `text` is nothing but names of files, or an address."""
    pieces = [piece.strip() for piece in _APART.split(text) if piece.strip()]
    return bool(pieces) and all(_PATH.fullmatch(piece) or _ADDRESS.fullmatch(piece) for piece in pieces)


def _title(text: str, name: str) -> str:
    """Return what a link is called: the words beside its address, else the name of its material."""
    beside = _ADDRESS.sub("", text).strip(" :：\n-")
    return beside[:100] or ("" if _ADDRESS.search(name) else name)


def _ending(data: bytes) -> str:
    return next((ending for signature, ending in _SIGNATURES if data.startswith(signature)), "")
