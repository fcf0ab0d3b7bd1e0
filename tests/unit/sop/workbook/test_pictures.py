"""Pictures that are pasted over cells, into cells by WPS, into cells by Excel: materials of their row."""

from __future__ import annotations

import io
import struct
from collections.abc import Sequence

import openpyxl
import pytest
from openpyxl.drawing.image import Image

from .build import KeepingFiles, book, loaded, planned, png, problems, replaced, said, saved, with_parts

HEAD = ("时间", "内容", "素材")
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


class Pasted(Image):
    """A picture for openpyxl, which would need Pillow to look at it."""

    def __init__(self, data: bytes, anchor: str) -> None:
        self.ref = io.BytesIO(data)
        self.width, self.height = struct.unpack(">II", data[16:24])
        self.format = "png"
        self.anchor = anchor

    def _data(self) -> bytes:
        return self.ref.getvalue()


def floating(*anchors: str) -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (HEAD, ("第1天 9:00", "看图", None), ("第1天 10:00", "没有图", None), ("第1天 11:00", None, None)):
        sheet.append(row)
    for shade, anchor in enumerate(anchors):
        sheet.add_image(Pasted(png(shade), anchor))
    return saved(made)


def wps(row: tuple[str, str, str], *, head: Sequence[str] = HEAD, name: str = "排期") -> bytes:
    """A workbook whose picture is a cell's content as WPS writes it."""
    images = (
        '<etc:cellImages xmlns:xdr="x" xmlns:a="a" xmlns:etc="e" '
        f'xmlns:r="{_REL}"><etc:cellImage><xdr:pic><xdr:nvPicPr><xdr:cNvPr id="2" name="ID_ABC"/></xdr:nvPicPr>'
        '<xdr:blipFill><a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>'
    )
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_REL}/image" Target="media/image1.png"/></Relationships>'
    )
    return with_parts(
        book(head, row, name=name),
        xl__cellimages_DOT_xml=images.encode(),
        xl___rels__cellimages_DOT_xml_DOT_rels=relations.encode(),
        xl__media__image1_DOT_png=png(7),
    )


def test_a_floating_picture_is_posted_after_the_words_of_its_row() -> None:
    files = KeepingFiles()
    made = planned(floating("C2", "C4"), files=files)

    assert [said(row) for row in made.deliveries] == [["看图", "image"], ["没有图"], ["image"]]
    assert {row.parts[-1].content.path for row in made.deliveries if len(said(row)) > 1} <= files.kept.keys()
    assert sorted(files.kept.values()) == sorted([png(0), png(1)])
    assert problems(made) == []


@pytest.mark.parametrize("formula", ['=DISPIMG("ID_ABC",1)', '=_xlfn.DISPIMG("ID_ABC",1)'])
def test_a_picture_in_a_wps_cell_is_a_material_of_its_row(formula: str) -> None:
    files = KeepingFiles()
    made = planned(wps(("第1天 9:00", "看图", formula)), files=files)

    assert [said(row) for row in made.deliveries] == [["看图", "image"]]
    assert list(files.kept.values()) == [png(7)]
    assert problems(made) == []


def test_a_picture_that_a_cell_has_room_for_is_posted_there() -> None:
    (only,) = planned(wps(("第1天 9:00", "先看海报\n【图】\n再看规则", '=DISPIMG("ID_ABC",1)'))).deliveries

    assert said(only) == ["先看海报", "image", "再看规则"]


def test_a_picture_in_a_cell_that_is_nowhere_is_an_error() -> None:
    made = loaded(book(HEAD, ("第1天 9:00", "看图", '=DISPIMG("ID_GONE",1)')))

    assert problems(made) == [("error", "picture-unreadable", "C2")]


def test_a_picture_that_cannot_be_kept_is_an_error() -> None:
    class Full(KeepingFiles):
        def keep(self, name: str, data: bytes) -> None:
            return None

    assert ("error", "picture-unkept", "C2") in problems(loaded(floating("C2"), files=Full()))


def test_the_version_changes_with_a_picture() -> None:
    assert loaded(floating("C2")).version != loaded(floating("C4")).version


def test_an_excel_picture_in_a_cell_is_a_material_of_its_row() -> None:
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    data = with_parts(
        book(HEAD, ("第1天 9:00", "看图", "#VALUE!")),
        xl__metadata_DOT_xml=(
            f'<metadata {main} xmlns:x="x"><futureMetadata name="XLRICHVALUE" count="1"><bk><extLst><ext>'
            '<x:rvb i="0"/></ext></extLst></bk></futureMetadata>'
            '<valueMetadata count="1"><bk><rc t="1" v="0"/></bk></valueMetadata></metadata>'
        ).encode(),
        xl__richData__rdrichvalue_DOT_xml=b'<rvData xmlns="v"><rv s="0"><v>0</v><v>5</v></rv></rvData>',
        xl__richData__richValueRel_DOT_xml=(
            f'<richValueRels xmlns="v" xmlns:r="{_REL}"><rel r:id="rId1"/></richValueRels>'
        ).encode(),
        xl__richData___rels__richValueRel_DOT_xml_DOT_rels=(
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
            f'<Relationship Id="rId1" Type="{_REL}/image" Target="../media/image1.png"/></Relationships>'
        ).encode(),
        xl__media__image1_DOT_png=png(9),
    )
    files = KeepingFiles()
    made = planned(replaced(data, "xl/worksheets/sheet1.xml", '<c r="C2"', '<c r="C2" vm="1"'), files=files)

    assert [said(row) for row in made.deliveries] == [["看图", "image"]]
    assert list(files.kept.values()) == [png(9)]


def test_a_playbook_keeps_the_spare_code_of_its_row() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    for row in (("阶段", "时间", "内容"), ("开营", "第1天 9:00", "早"), ("风险管理", "群满了", "发二群的码")):
        sheet.append(row)
    sheet.add_image(Pasted(png(3), "D3"))
    sop = loaded(saved(made))

    (playbook,) = sop.playbooks
    assert (playbook.symptom, playbook.words) == ("群满了", "发二群的码")
    assert sop.materials[playbook.picture].kind == "image"
    assert problems(sop) == []
