"""Alerts on their way to people: queued, retried, flushed at the stop, and no channel holds up another or a caller."""

from __future__ import annotations

import asyncio

import pytest

from groupbot.chat.alerts import Alert, LogAlerts, Severity
from groupbot.chat.channels import WAITING, AlertDesk
from tests.unit.chat.office import DEADLINE_S, Line


def alert(text: str = "help", severity: Severity = Severity.WARNING, **more) -> Alert:
    return Alert(severity=severity, code=more.pop("code", text), text=text, **more)


async def test_an_alert_goes_to_the_log_and_to_every_channel(office):
    mail, hook = Line("mail-1"), Line("json-2")
    async with office(mail, hook) as desk:
        await desk.send(alert())
        await mail.has("help")
        await hook.has("help")
    assert office.log.texts == ["help"]


async def test_what_is_below_the_least_severity_is_only_logged(office):
    mail = Line()
    async with office(mail, least=Severity.CRITICAL) as desk:
        await desk.send(alert("may wait"))
        await desk.send(alert("now", Severity.CRITICAL))
        await mail.has("now")
    assert mail.texts == ["now"]
    assert office.log.texts == ["may wait", "now"]


async def test_a_channel_that_hangs_keeps_nobody_waiting(office):
    stuck, mail = Line(hangs=True), Line()
    async with office(stuck, mail) as desk:
        async with asyncio.timeout(1.0):
            for number in range(10):
                await desk.send(alert(f"alert {number}"))
        await mail.has("alert 9")
        stuck.release()


async def test_a_channel_that_fails_is_tried_again_and_logged_once_per_outage(office, heard):
    mail = Line(failures=3)
    async with office(mail, retry_delays_s=(0, 0, 0)) as desk:
        await desk.send(alert("first"))
        await mail.has("first")
        await desk.send(alert("second"))
        await mail.has("second")
    assert mail.attempts == 5
    assert [record["extra"]["channel"] for record in heard("alert-channel")] == ["mail-1", "mail-1"]
    assert [record["level"].name for record in heard("alert-channel")] == ["WARNING", "INFO"]


async def test_attempts_are_bounded_and_the_next_alert_is_tried(office, heard):
    mail = Line(failures=3)
    async with office(mail, retry_delays_s=(0, 0)) as desk:
        await desk.send(alert("lost"))
        await desk.send(alert("later"))
        await mail.has("later")
    assert mail.texts == ["later"]
    assert [record["extra"]["code"] for record in heard("alert-undelivered")] == ["lost"]


async def test_a_channels_own_fault_counts_as_a_failure(office):
    mail = Line(failures=1, error=ZeroDivisionError())
    async with office(mail, retry_delays_s=(0,)) as desk:
        await desk.send(alert())
        await mail.has("help")


async def test_a_stop_flushes_what_waits_and_gives_up_what_fails(office):
    down, mail = Line(failures=99), Line()
    desk = office.desk(down, mail, retry_delays_s=(3600,))
    task = asyncio.create_task(desk.run())
    await desk.send(alert("one"))
    await down.was_tried()
    await desk.send(alert("two"))
    desk.close()
    async with asyncio.timeout(DEADLINE_S):
        await task
    assert mail.texts == ["one", "two"]
    assert down.attempts == 3, "the one in its pause is tried once more"


async def test_a_stop_in_mid_hang_can_be_cancelled(office):
    desk = office.desk(Line(hangs=True))
    task = asyncio.create_task(desk.run())
    await desk.send(alert())
    desk.close()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        async with asyncio.timeout(DEADLINE_S):
            await task


async def test_repetitions_are_told_with_their_count_in_virtual_time(office):
    mail = Line()
    async with office(mail) as desk:
        for _ in range(4):
            await desk.send(alert("lost", code="account-offline"))
        await mail.has("lost")
        office.now = 600.0
        desk.tell_repeats()
        await mail.has("lost (3 times more within 10 min)")
    assert len(office.log.texts) == 4, "the log has every one"


async def test_repetitions_that_wait_for_their_window_are_told_at_the_stop(office):
    mail = Line()
    async with office(mail) as desk:
        await desk.send(alert("lost"))
        await desk.send(alert("lost"))
    assert mail.texts == ["lost", "lost (once more within 10 min)"]


async def test_a_repetition_whose_picture_is_gone_is_over(office, tmp_path):
    mail = Line()
    picture = tmp_path / "code.png"
    picture.write_bytes(b"png")
    async with office(mail) as desk:
        for _ in range(2):
            await desk.send(alert("log in", attachments=(str(picture),)))
        await mail.has("log in")
        picture.unlink()
        office.now = 600.0
        desk.tell_repeats()
    assert mail.texts == ["log in"]


async def test_too_many_waiting_alerts_cost_the_oldest(office, heard):
    mail = Line()
    desk = office.desk(mail)
    for number in range(WAITING + 2):
        await desk.send(alert(str(number)))
    desk.close()
    async with asyncio.timeout(DEADLINE_S):
        await desk.run()
    assert mail.texts == [str(number) for number in range(2, WAITING + 2)]
    assert len(heard("alert-dropped")) == 2


async def test_fields_named_like_the_logs_own_do_no_harm(heard):
    await AlertDesk(log=LogAlerts()).send(alert(fields={"action": "x", "code": "y"}))
    assert [record["message"] for record in heard("alert")] == ["help"]


async def test_a_flood_of_lesser_alerts_costs_and_delays_no_graver_one(office, heard):
    mail = Line()
    desk = office.desk(mail)
    for number in range(WAITING):
        await desk.send(alert(str(number)))
    await desk.send(alert("banned", Severity.CRITICAL))
    for number in range(WAITING):
        await desk.send(alert(f"later {number}"))
    await desk.send(alert("for your information", Severity.INFO))
    desk.close()
    async with asyncio.timeout(DEADLINE_S):
        await desk.run()
    assert mail.texts == ["banned", *(f"later {number}" for number in range(1, WAITING))]
    assert len(heard("alert-dropped")) == WAITING + 1
