"""Put pictures back that openpyxl left out of a copy: floating ones, and those that WPS keeps as a cell's content."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import quoteattr

from groupbot.sop.workbook.limits import MAX_UNPACKED, open_package
from groupbot.sop.workbook.xlsx import Parts

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_DRAWING_TYPE = "application/vnd.openxmlformats-officedocument.drawing+xml"
_IN_CELLS = "xl/cellimages.xml"
_IN_CELLS_TYPE = "application/vnd.wps-officedocument.cellimage+xml"
_IN_CELLS_LINK = "http://www.wps.cn/officeDocument/2020/cellImage"
_IMAGES = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "bmp": "image/bmp"}
_AFTER = re.compile(
    rb"<(?:\w+:)?(?:legacyDrawing|legacyDrawingHF|picture|oleObjects|controls|tableParts|extLst)\b|</worksheet>"
)
_DRAWN = re.compile(rb"<(?:\w+:)?drawing\b")


def with_pictures(data: bytes, copy: bytes) -> bytes:
    """Return `copy`, the workbook that openpyxl made of `data`, with the pictures of `data` where they were.

    A sheet whose drawing holds more than pictures stays as openpyxl made it.
    """
    old, new = Parts(package=open_package(data, "")), Parts(package=open_package(copy, ""))
    put_back = _PutBack(old=old, new=new)
    put_back.sheets()
    put_back.in_cells()
    return put_back.written(copy) if put_back.parts else copy


@dataclass(frozen=True, kw_only=True, slots=True)
class _PutBack:
    """What is to be added to the copy (`parts`) and changed in it (`changed`); `types`: part -> its content type."""

    old: Parts
    new: Parts
    parts: dict[str, bytes] = field(default_factory=dict)
    changed: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)

    def sheets(self) -> None:
        """Put floating pictures back."""
        there = dict(_sheets(self.new))
        for number, (name, part) in enumerate(_sheets(self.old), start=1):
            drawing = next((link.target for link in self.old.links(part).values() if link.kind == "drawing"), "")
            body = self.new.package.xml(there.get(name, ""))
            if not drawing or not body or _DRAWN.search(body) or not self._only_pictures(drawing):
                continue
            kept = f"xl/drawings/kept{number}.xml"
            self._take(drawing, kept, _DRAWING_TYPE)
            relation = _relation("rIdKept", f"{_OFFICE}/drawing", f"/{kept}")
            self._relate(there[name], relation)
            at = _AFTER.search(body)
            tag = f'<drawing xmlns:r="{_OFFICE}" r:id="rIdKept"/>'.encode()
            if at:
                self.changed[there[name]] = body[: at.start()] + tag + body[at.start() :]

    def in_cells(self) -> None:
        """Put pictures back that are a cell's content."""
        if _IN_CELLS in self.old.package.names and self._only_pictures(_IN_CELLS):
            self._take(_IN_CELLS, _IN_CELLS, _IN_CELLS_TYPE)
            self._relate("xl/workbook.xml", _relation("rIdCellImages", _IN_CELLS_LINK, f"/{_IN_CELLS}"))

    def _only_pictures(self, part: str) -> bool:
        links = self.old.links(part).values()
        return all(link.kind == "image" and self.old.package.picture(link.target) for link in links)

    def _take(self, part: str, kept: str, content_type: str) -> None:
        """Take a part over with its pictures."""
        self.parts[kept] = self.old.package.xml(part)
        self.types[kept] = content_type
        relations = []
        for identity, link in self.old.links(part).items():
            picture = f"xl/media/kept-{posixpath.basename(link.target)}"
            self.parts[picture] = self.old.package.picture(link.target)
            relations.append(_relation(identity, f"{_OFFICE}/image", f"/{picture}"))
        self.parts[_relations_of(kept)] = _relations("".join(relations))

    def _relate(self, part: str, relation: str) -> None:
        """Add a relationship to a part of the copy."""
        name = _relations_of(part)
        before = self.changed.get(name) or self.new.package.xml(name)
        ended = before.replace(b"</Relationships>", f"{relation}</Relationships>".encode())
        self.changed[name] = ended if before else _relations(relation)

    def written(self, copy: bytes) -> bytes:
        """Return the copy with what was put back."""
        types = "[Content_Types].xml"
        self.changed[types] = self._typed(self.new.package.xml(types))
        stream = BytesIO()
        with zipfile.ZipFile(BytesIO(copy)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
            for info in source.infolist():
                if info.filename not in self.changed and info.file_size <= MAX_UNPACKED:
                    target.writestr(info.filename, source.read(info))
            for name, body in (self.changed | self.parts).items():
                target.writestr(name, body)
        return stream.getvalue()

    def _typed(self, body: bytes) -> bytes:
        endings = {name.rsplit(".", 1)[-1].casefold() for name in self.parts} & _IMAGES.keys()
        added = "".join(
            f'<Default Extension="{ending}" ContentType="{_IMAGES[ending]}"/>'
            for ending in sorted(endings)
            if f'Extension="{ending}"'.encode() not in body
        )
        added += "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in self.types.items())
        return body.replace(b"</Types>", f"{added}</Types>".encode())


def _sheets(parts: Parts) -> Iterator[tuple[str, str]]:
    """Yield (name, part) of the worksheets."""
    tree = parts.tree("xl/workbook.xml")
    links = parts.links("xl/workbook.xml")
    for item in () if tree is None else tree.iter():
        if item.tag.endswith("}sheet"):
            link = links.get(_id_of(item.attrib))
            if link and link.kind == "worksheet":
                yield item.get("name", ""), link.target


def _id_of(attributes: Mapping[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith("}id")), "")


def _relations_of(part: str) -> str:
    folder, base = posixpath.split(part)
    return f"{folder}/_rels/{base}.rels"


def _relation(identity: str, kind: str, target: str) -> str:
    return f"<Relationship Id={quoteattr(identity)} Type={quoteattr(kind)} Target={quoteattr(target)}/>"


def _relations(inside: str) -> bytes:
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    return f'{head}<Relationships xmlns="{_RELATIONS}">{inside}</Relationships>'.encode()
