"""A real browser: the machine's own Chromium, without a window. `GROUPBOT_CHROMIUM` names another one's program."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome", "msedge")


def chromium() -> str:
    """Return the browser's program, or end the run with what to install."""
    named = os.environ.get("GROUPBOT_CHROMIUM")
    found = named or next((path for name in _NAMES if (path := shutil.which(name))), None)
    if not found or not Path(found).is_file():
        pytest.exit(
            f"No browser to test pages with (looked for {named or ', '.join(_NAMES)}). Install one, on Debian "
            "`apt-get install chromium`, or name its program in GROUPBOT_CHROMIUM.",
            returncode=2,
        )
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Chromium's sandbox needs rights that a container's root has not; the pages opened here are our own.
    args = ["--no-sandbox"] if not hasattr(os, "geteuid") or os.geteuid() == 0 else []
    with sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=chromium(), args=args)
        yield found
        found.close()


class Opened:
    """A page in a browser as wide as a phone, with its complaints, what it asked for and what its policy refused."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.complaints: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda said: self.complaints.append(said.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.refused: list[str] = []
        page.on("request", self._note)
        page.on("requestfailed", lambda failed: self.refused.append(failed.url) if failed.failure == "csp" else None)

    def _note(self, request: Request) -> None:
        if not request.url.startswith("data:"):
            self.asked.append(request.url)

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        return self.page


@pytest.fixture
def phone(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The test's parameter, where it has one, is the colour scheme."""
    scheme = getattr(request, "param", "light")
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    context.set_default_timeout(5_000)
    yield Opened(context.new_page())
    context.close()
