"""Pictures of a workbook: floating over the cells, or a cell's content (WPS `=DISPIMG()`, Excel's picture in cell)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from xml.etree.ElementTree import Element

from groupbot.sop.workbook.grid import Anchored

_ANCHORS = frozenset({"oneCellAnchor", "twoCellAnchor", "absoluteAnchor"})


class _Link(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def target(self) -> str: ...


class Parts(Protocol):
    """Parts of a workbook as XML trees; `xlsx.Parts` is one."""

    def tree(self, name: str) -> Element | None:
        """Return a part, None when there is none."""
        ...

    def links(self, name: str) -> Mapping[str, _Link]:
        """Return a part's relationships by id."""
        ...


def floating(parts: Parts, sheet: str) -> tuple[tuple[Anchored, ...], dict[str, str]]:
    """Return the pictures that float over the sheet in the part `sheet`, and id -> part that holds the bytes."""
    anchored: list[Anchored] = []
    ids: dict[str, str] = {}
    for link in parts.links(sheet).values():
        drawing = parts.tree(link.target) if link.kind == "drawing" and link.target else None
        if drawing is None:
            continue
        links = parts.links(link.target)
        for anchor in drawing:
            if _local(anchor) not in _ANCHORS:
                continue
            for part in _embedded(anchor, links):
                ids[part] = part
                anchored.append(_anchored(anchor, part))
    return tuple(sorted(anchored, key=lambda one: (one.row, one.column))), ids


def cell_pictures(parts: Parts) -> dict[str, str]:
    """Return id -> part of the pictures that are cells' contents: WPS's by their names, Excel's by their parts."""
    found = {}
    links = parts.links("xl/cellimages.xml")
    for image in parts.tree("xl/cellimages.xml") or ():
        name = next((item.get("name", "") for item in image.iter() if _local(item) == "cNvPr"), "")
        for part in _embedded(image, links):
            found[name] = part
    return found | {part: part for part in picture_ids(parts).values()}


def picture_ids(parts: Parts) -> dict[int, str]:
    """Return number of a cell's rich value (`vm`) -> part of the picture that it is."""
    metadata, values = parts.tree("xl/metadata.xml"), parts.tree("xl/richData/rdrichvalue.xml")
    order = parts.tree("xl/richData/richValueRel.xml")
    if metadata is None or values is None or order is None:
        return {}
    links = parts.links("xl/richData/richValueRel.xml")
    targets = [link.target if (link := links.get(_relation(item))) else "" for item in order]
    rich = [next((item.text or "" for item in value if _local(item) == "v"), "") for value in values]
    kept = [int(item.get("i", "0")) for item in metadata.iter() if _local(item) == "rvb"]
    found = {}
    for number, block in enumerate(_blocks(metadata), start=1):
        which = kept[block] if block < len(kept) else -1
        place = int(rich[which]) if 0 <= which < len(rich) and rich[which].isdecimal() else -1
        if 0 <= place < len(targets) and targets[place]:
            found[number] = targets[place]
    return found


def _blocks(metadata: Element) -> list[int]:
    """Return for each cell value of the metadata which rich value block it means."""
    cells = next((item for item in metadata if _local(item) == "valueMetadata"), None)
    return [int(item.get("v", "0")) for item in cells.iter() if _local(item) == "rc"] if cells is not None else []


def _embedded(item: Element, links: Mapping[str, _Link]) -> list[str]:
    """Return the parts of the pictures below `item`; linked pictures lie outside of the file and are none."""
    found = []
    for blip in item.iter():
        if _local(blip) != "blip":
            continue
        link = links.get(_relation(blip, "embed"))
        if link and link.target:
            found.append(link.target)
    return found


def _anchored(anchor: Element, part: str) -> Anchored:
    row, column = _corner(anchor, "from")
    last, _right = _corner(anchor, "to")
    return Anchored(picture=part, row=row, last_row=max(row, last), column=column)


def _corner(anchor: Element, which: str) -> tuple[int, int]:
    """Return (row, column), which count from 0 in the file and from 1 here."""
    corner = next((item for item in anchor if _local(item) == which), None)
    if corner is None:
        return 1, 1
    numbers = {_local(item): int(item.text or 0) for item in corner}
    return numbers.get("row", 0) + 1, numbers.get("col", 0) + 1


def _relation(item: Element, key: str = "id") -> str:
    """Return the relationship id that `item` names."""
    return next((value for name, value in item.items() if name.endswith(f"}}{key}")), "")


def _local(item: Element) -> str:
    return item.tag.rpartition("}")[2]
