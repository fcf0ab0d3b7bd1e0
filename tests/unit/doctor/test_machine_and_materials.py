"""Clock, zone, disk, catalog, log file; and materials by their first bytes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from groupbot import i18n
from groupbot.doctor import machine
from groupbot.doctor.checks import Check, examine
from groupbot.doctor.materials import LARGEST, judge, type_of
from groupbot.errors import StoreError

NOW = datetime(2026, 5, 18, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(8)
HEADS = {
    "png": PNG,
    "jpg": b"\xff\xd8\xff\xe0",
    "gif": b"GIF89a",
    "bmp": b"BM1234",
    "webp": b"RIFF0000WEBPVP8 ",
    "pdf": b"\n%PDF-1.7",
    "mp4": b"\0\0\0\x18ftypisom",
    "zip": b"PK\x03\x04",
}


@pytest.mark.parametrize("year", [1970, 2025])
def test_a_clock_in_the_past_is_wrong(year):
    check = machine.clock(datetime(year, 12, 31, tzinfo=UTC))
    assert not check.ok
    assert "NTP" in check.hint


def test_a_plausible_clock_passes():
    assert machine.clock(NOW) == Check(name="clock", ok=True, message="The system clock says 2026-05-18 12:00:00 UTC.")


def test_the_machines_own_zone_may_differ_with_advice():
    same = machine.zone("Asia/Shanghai", timedelta(hours=8), NOW)
    other = machine.zone("Asia/Shanghai", timedelta(0), NOW)
    assert (same.ok, same.hint) == (True, "")
    assert other.ok
    assert other.hint


def test_a_zone_that_the_machine_does_not_know_fails():
    check = machine.zone("Asia/Atlantis", timedelta(0), NOW)
    assert not check.ok
    assert "tzdata" in check.hint


@pytest.mark.parametrize(
    ("free", "ok", "advice"),
    [(5_000_000_000, True, False), (999_999_999, True, True), (100_000_000, True, True), (99_999_999, False, True)],
)
def test_free_disk_space_is_judged(free, ok, advice):
    check = machine.disk(free, Path("data"))
    assert (check.ok, bool(check.hint)) == (ok, advice)


def test_the_catalog_of_the_language_must_be_there(tmp_path):
    installed = Path(i18n.__file__).parent / "locale"
    assert machine.catalog("zh", installed).ok
    assert machine.catalog("en", tmp_path).ok
    assert not machine.catalog("zh", tmp_path).ok


def test_a_log_file_must_have_a_place(tmp_path):
    (tmp_path / "there.log").write_text("")
    (tmp_path / "file").write_text("")
    assert machine.log_file(tmp_path / "there.log").ok
    assert machine.log_file(tmp_path / "new/deep/g.log").ok
    assert not machine.log_file(tmp_path / "file/g.log").ok
    assert not machine.log_file(tmp_path).ok
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("ending", HEADS)
def test_a_file_is_known_by_its_first_bytes(ending):
    assert type_of(HEADS[ending]) == ending
    assert judge(f"poster.{ending}", 10, HEADS[ending]) is None


@pytest.mark.parametrize(
    ("written", "head"),
    [("a.jpeg", HEADS["jpg"]), ("a.MOV", HEADS["mp4"]), ("a.xlsx", HEADS["zip"]), ("notes.txt", b"x"), ("bare", b"x")],
)
def test_endings_that_begin_alike_or_are_unknown_pass(written, head):
    assert judge(written, 10, head) is None


@pytest.mark.parametrize(
    ("written", "head", "said"),
    [
        ("poster.png", HEADS["jpg"], "is really a jpg file"),
        ("clip.mp4", b"<html>", "is no mp4 file"),
        ("book.pdf", HEADS["zip"], "is really a zip file"),
        ("photo.jpg", b"", "is no jpg file"),
    ],
)
def test_a_file_that_is_not_what_its_name_says_fails(written, head, said):
    fault = judge(written, 10, head)
    assert fault is not None
    assert said in fault.message
    assert fault.hint


def test_a_file_over_100_mb_fails():
    assert judge("clip.mp4", LARGEST, HEADS["mp4"]) is None
    fault = judge("clip.mp4", LARGEST + 1, HEADS["mp4"])
    assert fault is not None
    assert "at most" in fault.message


async def test_one_failing_check_does_not_take_the_others_down():
    async def fine():
        return [Check(name="one", ok=True, message="fine")]

    async def crashes():
        raise ZeroDivisionError("oops")

    async def refuses():
        raise StoreError("The database is locked.", hint="Close it.")

    found = await examine({"one": fine, "two": crashes, "three": refuses, "four": fine})
    assert [(check.name, check.ok) for check in found] == [
        ("one", True),
        ("two", False),
        ("three", False),
        ("one", True),
    ]
    assert "oops" in found[1].message
    assert found[1].hint
    assert (found[2].message, found[2].hint) == ("The database is locked.", "Close it.")
