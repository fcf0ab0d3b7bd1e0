"""The wheel as an operator meets it: installed, in an empty directory, without a source checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path
from signal import SIGTERM

import pytest

from groupbot import __version__

ROOT = Path(__file__).parents[2]
SHIPPED = ("plugins", "sops", "migrations")
NEEDED = {
    "groupbot/py.typed",
    "groupbot/adapters/wechaty/root_ca.pem",
    "groupbot/locale/zh_CN/LC_MESSAGES/groupbot.mo",
    "groupbot/_bundled/plugins/README.md",
    "groupbot/_bundled/sops/camp-7d.yaml",
    "groupbot/_bundled/sops/materials/camp-welcome.png",
    "groupbot/_bundled/migrations/env.py",
    f"groupbot-{__version__}.dist-info/licenses/LICENSE",
    f"groupbot-{__version__}.dist-info/entry_points.txt",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Installed:
    """A virtual environment that holds the wheel, and an empty directory to work in."""

    bin: Path
    desk: Path

    def run(self, *command: str, folder: str = "", status: int = 0) -> str:
        """Run a program of the environment and return its standard output."""
        done = subprocess.run(
            [str(self.bin / command[0]), *command[1:]],
            cwd=self.desk / folder,
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    @property
    def environ(self) -> dict[str, str]:
        """The environment of this process without what would lead to the source checkout."""
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV", "COV_"))
        }
        return kept | {"GROUPBOT_LOCALE": "en"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel without a network."""
    target = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=60,
    )
    [built] = target.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Install the wheel beside the dependencies that this environment has, but without its editable groupbot."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False)
    names = {"base": str(home), "platbase": str(home)}
    library = Path(sysconfig.get_path("purelib", "venv", vars=names))
    scripts = Path(sysconfig.get_path("scripts", "venv", vars=names))
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(home),
            "install",
            "--no-index",
            "--no-deps",
            "--quiet",
            str(wheel),
        ],
        check=True,
        capture_output=True,
        timeout=60,
        env={key: value for key, value in os.environ.items() if not key.startswith("PIP_")},
    )
    # A line of a .pth file is a place to look in; unlike a site folder, its own .pth files (the editable one) stay out.
    (library / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return Installed(bin=scripts, desk=tmp_path_factory.mktemp("desk"))


@pytest.fixture(scope="module")
def project(installed: Installed) -> Installed:
    """Make a project called `x` with the installed command."""
    installed.run("groupbot", "init", "x", "--locale", "en")
    return installed


@contextmanager
def daemon(where: Installed) -> Iterator[subprocess.Popen[str]]:
    """Run the installed daemon in the project; it must end by itself after SIGTERM."""
    with subprocess.Popen(
        [str(where.bin / "groupbot"), "run"],
        cwd=where.desk / "x",
        env=where.environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.send_signal(SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def test_the_wheel_holds_what_it_needs_and_nothing_of_the_workshop(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    assert names >= NEEDED
    for folder in SHIPPED:
        beside = {
            f"groupbot/_bundled/{path.relative_to(ROOT).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert beside <= names, f"{folder} is not whole"
    foreign = [name for name in names if name.split("/")[0] not in {"groupbot", f"groupbot-{__version__}.dist-info"}]
    assert not foreign
    assert not [name for name in names if "__pycache__" in name or name.startswith("groupbot/tests")]


def test_its_metadata_says_who_may_use_it_and_what_it_needs(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        text = archive.read(f"groupbot-{__version__}.dist-info/METADATA").decode()
    metadata = HeaderParser().parsestr(text)
    assert (metadata["Name"], metadata["Version"]) == ("groupbot", __version__)
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_what_runs_is_the_wheel(installed: Installed) -> None:
    place = installed.run("python", "-c", "import groupbot; print(groupbot.__file__)").strip()
    assert Path(place).is_relative_to(installed.bin.parent)
    assert not Path(place).is_relative_to(ROOT)
    bundled = installed.run("python", "-c", "from groupbot.paths import bundle; print(bundle())").strip()
    assert Path(bundled) == Path(place).parent / "_bundled"
    assert installed.run("groupbot", "--version").strip() == __version__


def test_init_in_an_empty_directory_then_demo(project: Installed) -> None:
    assert sorted(path.name for path in project.desk.iterdir()) == ["x"]
    before = sorted((project.desk / "x").rglob("*"))
    told = json.loads(project.run("groupbot", "demo", "--seed", "1", "--json", folder="x"))
    assert told["sent"] == told["planned"] > 0
    assert told["doubled"] == 0
    assert sorted((project.desk / "x").rglob("*")) == before, "the demo writes nothing outside its temporary folder"


def test_the_shipped_sops_check_clean(project: Installed) -> None:
    files = json.loads(project.run("groupbot", "sop", "check", "sops", "--json", folder="x"))["files"]
    assert len(files) >= 2
    assert all(file["ok"] for file in files)


def test_the_doctor_finds_nothing_in_the_way(project: Installed) -> None:
    checks = json.loads(project.run("groupbot", "doctor", "--offline", "--json", folder="x"))["checks"]
    assert len(checks) > 10
    assert [check for check in checks if not check["ok"]] == []


def test_chinese_is_spoken_from_the_wheel(project: Installed) -> None:
    code = "from groupbot import i18n; i18n.use('zh'); print(i18n._('running'))"
    assert project.run("python", "-X", "utf8", "-c", code).strip() == "运行中"


def test_the_daemon_runs_and_stops(project: Installed) -> None:
    with daemon(project) as process:
        assert process.stderr is not None
        started = next((line for line in process.stderr if "groupbot runs" in line), "")
    assert started
    assert process.returncode == 0
    state = json.loads(project.run("groupbot", "status", "--json", folder="x"))
    assert state["state"] == "stopped"
    checks = json.loads(project.run("groupbot", "doctor", "--json", folder="x"))["checks"]
    assert {check["name"]: check["ok"] for check in checks}["database-write"]
