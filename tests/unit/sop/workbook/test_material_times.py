"""素材时间推进表: who makes which material until when, read beside the steps that post them."""

from __future__ import annotations

from datetime import date, datetime

from groupbot.sop.timetext import format_time
from tests.unit.sop.workbook.build import KeepingFiles, books, loaded, planned, problems, said

STEPS = [("时间", "话术", "素材"), ("第1天 9:00", "看海报", "开营海报"), ("第2天 9:00", "看课表", "课表")]
HEAD = ("素材名称", "制作人", "截止时间", "状态", "版本", "文件")


def made_of(*rows: tuple[object, ...], head: tuple[str, ...] = HEAD, name: str = "素材时间推进表") -> bytes:
    return books({"排期": STEPS, name: [head, *rows]})


FILES = KeepingFiles(contents={"kb.png": b"png"})


def test_the_table_says_who_makes_what_until_when() -> None:
    data = made_of(
        ("开营海报", "小美", datetime.fromisoformat("2026-05-15 18:30"), "制作中", "v2", "hb.png"),
        ("课表", "阿强", "D-1", "已完成", None, "kb.png"),
        ("结营视频", "阿强", date(2026, 5, 20), None, None, None),
    )
    sop = loaded(data, files=FILES)
    poster, table, video = (sop.materials[name] for name in ("开营海报", "课表", "结营视频"))
    assert (poster.maker, poster.status, poster.edition, poster.path) == ("小美", "making", "v2", "")
    assert (table.status, table.path) == ("done", "/project/kb.png")
    assert (video.status, video.maker) == ("planned", "阿强")
    assert [format_time(one.due) for one in (poster, table, video) if one.due] == [
        "2026-05-15 18:30",
        "D-1 18:00",
        "2026-05-20 18:00",
    ]


def test_only_the_row_that_posts_it_waits_and_the_makers_have_tasks() -> None:
    plan = planned(
        made_of(("开营海报", "小美", "D-2", "待审核", None, None), ("课表", "阿强", "D-1", "定稿", None, "kb.png")),
        files=FILES,
    )
    assert [said(row) for row in plan.deliveries] == [["看课表", "image"]]
    assert [(task.assignee, f"{task.due:%m-%d %H:%M}") for task in plan.tasks] == [("小美", "05-16 18:00")]
    assert problems(plan) == [("warning", "material-unfinished", "A2")]


def test_a_library_without_a_status_counts_what_has_a_file_as_done() -> None:
    head = ("素材名称", "负责人", "完成时间", "文件")
    rows = (("开营海报", "小美", "D-2", None), ("课表", "阿强", "D-1", "kb.png"))
    sop = loaded(made_of(*rows, head=head, name="素材库"), files=FILES)
    assert [(one.name, one.status) for one in sop.materials.values()] == [("开营海报", "planned"), ("课表", "done")]


def test_a_status_that_nobody_knows_is_told_and_counts_as_not_done() -> None:
    data = made_of(("开营海报", "小美", "D-2", "快了", None, None), ("课表", "阿强", "哪天", "定稿", None, "kb.png"))
    found = problems(loaded(data, files=FILES))
    assert ("warning", "bad-status", "D2") in found
    assert ("error", "bad-time", "C3") in found


def test_a_table_of_steps_that_has_materials_and_people_stays_one() -> None:
    rows = [("时间", "话术", "素材名称", "负责人", "状态"), ("第1天 9:00", "大家好", None, "小美", None)]
    plan = planned(books({"素材排期": rows}))
    assert [said(row) for row in plan.deliveries] == [["大家好"]]
