"""The widget as a person meets it: what can be seen, pressed and typed. Playwright looks through its open shadow root."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

ANSWER_MS = 30_000


class Widget:
    """The widget on a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.launcher = page.locator("plan-chat .launcher")
        self.dialog = page.locator("plan-chat dialog")
        self.log = page.get_by_role("log")
        self.field = page.locator("plan-chat #plan-question")
        self.send_button = page.locator("plan-chat .send")
        self.status = page.locator("plan-chat .status")
        self.answers = page.locator("plan-chat .bubble.bot")
        self.said = page.locator("plan-chat .bubble.person")
        self.choices = page.locator("plan-chat .choice")
        self.failure = page.locator("plan-chat .failure")
        self.again = page.locator("plan-chat .again")

    def open(self) -> Widget:
        """Opens the chat and waits for the greeting."""
        self.launcher.click()
        expect(self.answers.first).to_be_visible(timeout=ANSWER_MS)
        return self

    def ask(self, text: str) -> Locator:
        """Types and sends a text; the answer's bubble, when it has come."""
        before = self.answers.count()
        self.field.fill(text)
        self.field.press("Enter")
        return self.next_answer(before)

    def next_answer(self, before: int) -> Locator:
        """The bubble that comes after `before` of them."""
        expect(self.answers).to_have_count(before + 1, timeout=ANSWER_MS)
        return self.answers.nth(before)

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name, exact=True)

    def focused(self) -> str:
        """What has focus, inside the widget too: its tag, class and id."""
        return self.page.evaluate(
            "() => { let e = document.activeElement; while (e?.shadowRoot?.activeElement) e = e.shadowRoot.activeElement;"
            " return e ? `${e.localName}.${e.className}#${e.id}` : '' }"
        )

    def conversation(self) -> str | None:
        """The id that the browser session keeps."""
        return self.kept().get("conversation")

    def kept(self) -> dict[str, Any]:
        """All that the browser session keeps for the widget."""
        return self.page.evaluate(
            "() => JSON.parse(Object.entries(sessionStorage).find(([key]) => key.startsWith('plan-chat'))?.[1] ?? '{}')"
        )
