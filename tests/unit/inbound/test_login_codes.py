"""Login codes: a picture where the operator looks, the newest one, gone when it is of no use, and told nowhere else."""

from __future__ import annotations

import io
import stat
from pathlib import Path

import pytest
from loguru import logger

from groupbot.core.events import AccountState, AccountStateChanged
from groupbot.inbound.login_codes import LoginCodeStage, file_name
from groupbot.inbound.qr import drawing, picture
from groupbot.testing.events import NOON

CODE = "https://login.test/l/Qx7secret=="


class Desk:
    """Alerts, the terminal and the stage between them."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.told = []
        self.shown = []
        self.stage = LoginCodeStage(
            folder=folder,
            accounts=["main", "spare"],
            alerts=self,
            show=lambda title, code: self.shown.append((title, code)),
        )

    async def send(self, alert):
        self.told.append(alert)

    async def state(self, state: AccountState, detail: str = "", account: str = "main"):
        event = AccountStateChanged(account=account, event_id=f"{state}-{detail}", at=NOON, state=state, detail=detail)
        await self.stage.handle(event)

    @property
    def files(self) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in self.folder.iterdir()}


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


async def test_a_code_is_a_picture_a_drawing_and_an_alert(desk):
    await desk.state(AccountState.LOGIN_NEEDED, CODE)
    assert desk.files == {"login-main.png": picture(CODE)}
    assert stat.S_IMODE((desk.folder / "login-main.png").stat().st_mode) == 0o600
    assert desk.shown == [("main must be logged in: scan this code.", drawing(CODE))]
    [alert] = desk.told
    assert (alert.code, alert.severity, alert.fields) == ("login-needed", "critical", {"account": "main"})
    assert alert.attachments == (str(desk.folder / "login-main.png"),)
    assert "groupbot accounts login main" in alert.text


async def test_a_renewed_code_takes_the_place_of_the_old_one(desk):
    for code in (CODE, f"{CODE}2"):
        await desk.state(AccountState.LOGIN_NEEDED, code)
    assert desk.files == {"login-main.png": picture(f"{CODE}2")}
    assert [alert.text for alert in desk.told] == [desk.told[0].text] * 2, "equal, so that repetitions are told once"


@pytest.mark.parametrize("state", [each for each in AccountState if each is not AccountState.LOGIN_NEEDED])
async def test_any_other_standing_takes_the_picture_away(desk, state):
    await desk.state(AccountState.LOGIN_NEEDED, CODE)
    await desk.state(AccountState.LOGIN_NEEDED, CODE, account="spare")
    await desk.state(state)
    assert list(desk.files) == ["login-spare.png"]


async def test_pictures_that_a_killed_daemon_left_are_cleared(desk):
    (desk.folder / "login-main.png").write_bytes(b"old")
    (desk.folder / "login-somebody.png").write_bytes(b"not ours")
    desk.stage.clear()
    assert list(desk.files) == ["login-somebody.png"]


async def test_a_code_is_nowhere_in_words(desk):
    log = io.StringIO()
    sink = logger.add(log, level="DEBUG", format="{message} {extra}")
    await desk.state(AccountState.LOGIN_NEEDED, CODE)
    logger.remove(sink)
    assert "Qx7" not in log.getvalue() + repr(desk.told)


async def test_a_folder_that_refuses_the_picture_still_lets_a_person_know(desk):
    desk.folder.joinpath("login-main.png").mkdir()
    await desk.state(AccountState.LOGIN_NEEDED, CODE)
    [alert] = desk.told
    assert alert.attachments == ()
    assert alert.text == "main must be logged in: `groupbot accounts login main` shows the code."


async def test_a_code_that_no_picture_can_hold_still_lets_a_person_know(desk):
    await desk.state(AccountState.LOGIN_NEEDED, "x" * 5000)
    assert desk.files == {}
    assert desk.told[0].attachments == ()


def test_a_drawing_is_the_code(tmp_path):
    lines = drawing(CODE).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert set("".join(lines)) <= set(" ▀▄█")
    assert lines[0] == "█" * len(lines[0]), "the quiet zone, light on dark"
    assert drawing(CODE) != drawing(f"{CODE}2")


@pytest.mark.parametrize(("account", "name"), [("main", "login-main.png"), ("小号-1", "login-小号-1.png")])
def test_plain_names_are_kept(account, name):
    assert file_name(account) == name


def test_names_that_files_cant_have_stay_apart():
    names = [file_name(account) for account in ("a b", "a:b", "..", "a_b", "a\\b")]
    assert len(set(names)) == len(names)
    assert all(not set(name) & set("/\\: ") for name in names)


@pytest.mark.parametrize(
    "error", [OSError(5, "the terminal is gone"), UnicodeEncodeError("ascii", "█", 0, 1, "no"), BrokenPipeError()]
)
async def test_a_terminal_that_fails_keeps_no_picture_and_no_alert_from_a_person(tmp_path, error):
    desk = Desk(tmp_path)

    def fails(_title, _code):
        raise error

    desk.stage = LoginCodeStage(folder=tmp_path, accounts=["main"], alerts=desk, show=fails)
    await desk.state(AccountState.LOGIN_NEEDED, CODE)
    [alert] = desk.told
    assert alert.attachments == (str(tmp_path / "login-main.png"),)


async def test_a_link_in_the_pictures_place_is_replaced_and_not_followed(desk, tmp_path):
    target = tmp_path / "target"
    target.write_bytes(b"mine")
    for name in ("login-main.png", "login-main.new"):
        (desk.folder / name).symlink_to(target)
    await desk.state(AccountState.LOGIN_NEEDED, CODE)
    assert target.read_bytes() == b"mine"
    assert not (desk.folder / "login-main.png").is_symlink()
    assert stat.S_IMODE((desk.folder / "login-main.png").stat().st_mode) == 0o600
