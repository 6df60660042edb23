"""How soon an answer is on the screen, from the Enter key to the frame that shows it, in a real browser; and the widget's weight.

`python -m benchmarks.widget [messages]`. Needs Chromium (see tests/browser).
"""

from __future__ import annotations

import gzip
import json
import os
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from benchmarks.accuracy import percentiles
from benchmarks.speed import QUESTIONS
from bot.cli import probe, servers, training
from tests.browser.conftest import FLAGS, NO_LIMITS, installed
from tests.browser.widget import Widget

MESSAGES = 120
WARM = 7
# from the key to the first task after the frame in which the bubble is painted
TIMED = """(text) => new Promise((done) => {
  const root = document.querySelector('plan-chat').shadowRoot;
  const [log, field] = [root.querySelector('[role=log]'), root.querySelector('textarea')];
  field.value = text;
  const began = performance.now();
  new MutationObserver((changes, me) => {
    if (!changes.some((c) => [...c.addedNodes].some((n) => n.classList.contains('bot')))) return;
    me.disconnect();
    requestAnimationFrame(() => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = () => done(performance.now() - began);
      port2.postMessage(0);
    });
  }).observe(log, {childList: true});
  field.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
})"""


def measure(page: Page, bot: str, messages: int) -> dict[str, Any]:
    """Milliseconds to the drawn answer, script time of a page load, and bytes."""
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    page.goto(bot)
    chat = Widget(page)
    expect(chat.answers.first).to_be_visible(timeout=30_000)
    metrics = {each["name"]: each["value"] for each in client.send("Performance.getMetrics")["metrics"]}
    result: dict[str, Any] = {"script_ms_at_load": metrics["ScriptDuration"] * 1000, "gzip_bytes": _weight(page, bot)}
    for kind, questions in QUESTIONS.items():
        times = []
        for number in range(messages + WARM):
            if number % 20 == 0:  # a long log is not what people have
                page.evaluate("() => sessionStorage.clear()")
                page.reload()
                expect(chat.answers.first).to_be_visible(timeout=30_000)
            times.append(page.evaluate(TIMED, questions[number % len(questions)]))
        result[kind] = {"n": messages, **percentiles(times[WARM:])}
    return result


def _weight(page: Page, bot: str) -> int:
    """Bytes of everything that a page loads for the widget, packed."""
    ask = page.context.request
    entry = ask.get(f"{bot}widget.js").text()
    files = [ask.get(bot + path).body() for path in re.findall(r"\./(widget/\w+/[\w-]+\.js)", entry)]
    return sum(len(gzip.compress(each, 9)) for each in [*files, entry.encode()])


def main() -> None:
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    os.environ.update(NO_LIMITS)
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        database, log = Path(folder) / "conversations.db", Path(folder) / "log.txt"
        with servers.Servers(training.ensure_model(), port, servers.free_port(), database, log) as both:
            probe.wait_until_ready(port, both.dead)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=installed(), args=FLAGS)
                page = browser.new_page(viewport={"width": 1280, "height": 900})
                print(json.dumps(measure(page, f"http://127.0.0.1:{port}/", messages)))
                browser.close()


if __name__ == "__main__":
    main()
