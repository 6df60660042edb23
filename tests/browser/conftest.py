"""A real browser, the real servers with the trained model, and host pages of another origin.

In CI a missing browser is a failure; elsewhere these tests are skipped and say so.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

from bot.cli import probe, servers, training
from tests.browser.host import HostPages
from tests.browser.widget import Widget

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--force-color-profile=srgb",
]  # fmt: skip
# scripts are faster than people, and all of them come from one address
NO_LIMITS = {
    name: "1000000"
    for name in (
        "PLAN_ADDRESS_PER_MINUTE", "PLAN_ADDRESS_BURST", "PLAN_ADDRESS_CONVERSATIONS_PER_MINUTE",
        "PLAN_ADDRESS_CONVERSATIONS_BURST", "PLAN_MESSAGES_PER_MINUTE", "PLAN_MESSAGE_BURST",
    )
}  # fmt: skip


def installed() -> str | None:
    """The browser of this machine; None for Playwright's own."""
    return os.environ.get("PLAN_BROWSER") or next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One browser for this folder. Stopped at its end: while it runs, no other event loop can."""
    with sync_playwright() as playwright:
        try:
            running = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        except Error as error:
            reason = "no browser starts here: install chromium, or set PLAN_BROWSER=/path/to/it"
            if os.environ.get("CI"):
                pytest.fail(f"{reason} ({error.message.splitlines()[0]})")
            pytest.skip(reason)
        yield running
        running.close()


@pytest.fixture(scope="package")
def host() -> Iterator[HostPages]:
    """Pages of a web site that is not the assistant's."""
    with HostPages() as pages:
        yield pages


@contextmanager
def serving(host: HostPages, folder: Path, **environment: str) -> Iterator[str]:
    """Runs both servers with the trained model, and what else the environment should say; their address, ended by a slash.

    Conversations are kept in `folder`/talk.db.
    """
    port = servers.free_port()
    both = servers.Servers(training.ensure_model(), port, servers.free_port(), folder / "talk.db", folder / "log")
    with ExitStack() as stack:
        # for their start alone: what is set for longer would be so in the tests too
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PLAN_ORIGINS", host.address)
            patch.setenv("PLAN_SECRET", "for-the-tests-only-" * 3)
            for name, value in {**NO_LIMITS, **environment}.items():
                patch.setenv(name, value)
            stack.enter_context(both)
            probe.wait_until_ready(port, both.dead)
        yield f"http://127.0.0.1:{port}/"


@pytest.fixture(scope="package")
def bot(no_outside: None, host: HostPages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the running assistant, ended by a slash."""
    with serving(host, tmp_path_factory.mktemp("served")) as address:
        yield address


@pytest.fixture
def page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page in a browser session of its own: page(url, width=..., height=..., and options of new_context)."""
    contexts = []

    def opened(url: str, width: int = 1280, height: int = 900, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        context.set_default_timeout(30_000)
        contexts.append(context)
        shown = context.new_page()
        shown.goto(url)
        return shown

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def widget(page: Callable[..., Page], host: HostPages, bot: str) -> Callable[..., Widget]:
    """Opens a page of the host with the widget on it: widget(width=..., path="/", and what host.add takes)."""

    def opened(
        width: int = 1280,
        height: int = 900,
        *,
        body: str = "",
        attributes: str = "",
        head: str = "",
        headers: dict[str, str] | None = None,
        **options: object,
    ) -> Widget:
        path = host.add(bot, body=body, attributes=attributes, head=head, headers=headers)
        return Widget(page(host.address + path, width, height, **options))

    return opened


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Where pictures for people go: not part of the project, but for two in docs/."""
    folder = Path(__file__).resolve().parents[2] / ".build" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
