"""Whole journeys when something is in the way: no network, several pages and tabs, long talks, no mouse, little room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.host import HostPages
from tests.browser.journeys import PHONE, eventually, is_erased, said_by_person, words_of
from tests.browser.widget import ANSWER_MS, Widget

TWENTY = (
    "hello", "what is the police and crime plan", "when did the consultation close",
    "what does the plan say about knife crime", "how many robberies in hackney", "and in camden", "tell me more",
    "what does the plan say about trust", "who wrote the plan", "what did people say in the consultation",
    "what does the plan say about victims", "how many burglaries in london", "is knife crime going up",
    "who can help me, i was burgled", "how do i report a crime", "where do the figures come from", "what can you do",
    "is this private", "robberies in hackney since 2021", "thank you",
)  # fmt: skip
QUESTION = "how many burglaries in camden last year"
ANSWERED = "burglaries in Camden"


def test_a_message_outlives_a_dropped_network_and_is_answered_once(widget: Callable[..., Widget], bot: str) -> None:
    chat = widget(**PHONE).open()
    chat.page.context.set_offline(True)
    chat.field.fill(QUESTION)
    chat.button("Send").tap()
    expect(chat.failure).to_contain_text("I cannot reach the internet from here. Your text is kept.")
    expect(chat.failure).to_contain_text("999")
    expect(chat.said).to_have_text([f"You said:{QUESTION}"])
    # still nothing: it fails again, and says so once
    chat.again.tap()
    expect(chat.failure).to_have_count(1)
    expect(chat.again).to_be_visible()
    expect(chat.said).to_have_count(1)
    chat.page.context.set_offline(False)
    chat.again.tap()
    expect(chat.answers.nth(1)).to_contain_text(ANSWERED, timeout=ANSWER_MS)
    expect(chat.failure).to_have_count(0)
    expect(chat.said).to_have_count(1)
    expect(chat.answers).to_have_count(2)
    assert said_by_person(chat.page, bot, chat.conversation()) == [QUESTION]


def test_an_answer_that_was_lost_on_its_way_is_not_given_twice(widget: Callable[..., Widget], bot: str) -> None:
    chat = widget().open()

    def lose(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    chat.page.route("**/chat/messages", lose, times=1)
    chat.field.fill(QUESTION)
    chat.field.press("Enter")
    expect(chat.again).to_be_visible(timeout=ANSWER_MS)
    chat.page.reload()
    expect(chat.answers).to_have_count(2, timeout=ANSWER_MS)
    expect(chat.said).to_have_count(1)
    expect(chat.failure).to_have_count(0)
    assert said_by_person(chat.page, bot, chat.conversation()) == [QUESTION]


def test_two_tabs_are_two_conversations(widget: Callable[..., Widget], bot: str) -> None:
    one = widget().open()
    tab = one.page.context.new_page()
    tab.goto(one.page.url)
    two = Widget(tab)
    expect(two.launcher).to_be_visible()
    two.open()
    expect(one.ask("how many robberies in hackney")).to_contain_text("Hackney")
    expect(two.ask("what does the plan say about knife crime")).to_contain_text("The Plan")
    # a question that leans on what was said before shows whose conversation it is
    expect(one.ask("and in camden")).to_contain_text("robberies in Camden")
    assert one.conversation() != two.conversation()
    assert said_by_person(one.page, bot, one.conversation()) == ["how many robberies in hackney", "and in camden"]
    assert said_by_person(two.page, bot, two.conversation()) == ["what does the plan say about knife crime"]
    for chat, other in ((one, "knife"), (two, "robberies")):
        chat.page.bring_to_front()
        chat.page.reload()
        expect(chat.said.first).to_be_visible(timeout=ANSWER_MS)
        assert not any(other in words for words in words_of(chat))
    gone = two.conversation()
    two.button("Clear chat").click()
    two.button("Yes, clear it").click()
    eventually(tab, lambda: is_erased(tab, bot, gone), "the second conversation is erased")
    expect(one.said).to_have_count(2)
    assert len(said_by_person(one.page, bot, one.conversation())) == 2


def test_coming_back_to_the_page_finds_the_conversation(
    widget: Callable[..., Widget], host: HostPages, bot: str
) -> None:
    elsewhere = host.add(bot, body="<p>Opening hours of the library.</p>")
    chat = widget(body=f"<p><a href='{elsewhere}'>The library</a></p>").open()
    chat.ask("how many robberies in hackney")
    chat.field.fill("and in cam")
    before, conversation, here = words_of(chat), chat.conversation(), chat.page.url
    chat.page.get_by_role("link", name="The library").click()
    chat.page.wait_for_url(f"**{elsewhere}")
    # the chat has come along
    expect(chat.said).to_have_count(1, timeout=ANSWER_MS)
    assert words_of(chat) == before
    expect(chat.field).to_have_value("and in cam")
    expect(chat.ask("and in camden")).to_contain_text("robberies in Camden")
    with chat.page.expect_response("**/chat/history"):
        chat.page.go_back()
    assert chat.page.url == here
    expect(chat.said).to_have_text(
        ["You said:how many robberies in hackney", "You said:and in camden"], timeout=ANSWER_MS
    )
    assert words_of(chat)[:3] == before
    assert chat.conversation() == conversation
    expect(chat.field).to_have_value("")
    expect(chat.ask("and in ealing")).to_contain_text("robberies in Ealing")


def test_twenty_messages_are_answered_kept_in_order_restored_and_cleared(
    widget: Callable[..., Widget], bot: str
) -> None:
    chat = widget().open()
    for text in TWENTY:
        assert len(chat.ask(text).inner_text()) > 20
    expect(chat.failure).to_have_count(0)
    expect(chat.said).to_have_text([f"You said:{text}" for text in TWENTY])
    sides = chat.page.locator("plan-chat .bubble").evaluate_all("all => all.map(one => one.classList.contains('bot'))")
    assert sides == [True, *[False, True] * len(TWENTY)]
    before, conversation = words_of(chat), chat.conversation()
    assert said_by_person(chat.page, bot, conversation) == list(TWENTY)
    chat.page.reload()
    expect(chat.said).to_have_count(len(TWENTY), timeout=ANSWER_MS)
    assert words_of(chat) == before
    expect(chat.answers.last).to_be_in_viewport()
    assert chat.conversation() == conversation

    chat.button("Clear chat").click()
    expect(chat.dialog.get_by_text("Clear this chat?")).to_be_visible()
    chat.button("No, keep it").click()
    expect(chat.dialog.get_by_text("Clear this chat?")).to_be_hidden()
    expect(chat.button("Clear chat")).to_be_focused()
    expect(chat.said).to_have_count(len(TWENTY))
    assert not is_erased(chat.page, bot, conversation)
    chat.button("Clear chat").click()
    chat.button("Yes, clear it").click()
    expect(chat.said).to_have_count(0)
    expect(chat.status).to_have_text("The chat is cleared.", timeout=ANSWER_MS)
    assert words_of(chat) == before[:1]
    assert is_erased(chat.page, bot, conversation)
    assert chat.conversation() != conversation
    chat.page.reload()
    expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    expect(chat.said).to_have_count(0)


def test_clearing_while_an_answer_is_on_its_way_empties_the_chat(widget: Callable[..., Widget], bot: str) -> None:
    chat = widget().open()
    held: list[Route] = []
    chat.page.route("**/chat/messages", lambda route: held.append(route), times=1)
    chat.field.fill(QUESTION)
    chat.field.press("Enter")
    eventually(chat.page, lambda: held, "the message is sent")
    conversation = chat.conversation()
    chat.button("Clear chat").click()
    chat.button("Yes, clear it").click()
    eventually(chat.page, lambda: chat.conversation() not in (None, conversation), "a new conversation is begun")
    held[0].continue_()
    expect(chat.button("Send")).not_to_have_attribute("aria-disabled", "true")
    expect(chat.said).to_have_count(0)
    expect(chat.answers).to_have_count(1)
    assert is_erased(chat.page, bot, conversation)
    assert said_by_person(chat.page, bot, chat.conversation()) == []
    expect(chat.ask("how many robberies in hackney")).to_contain_text("Hackney")
    expect(chat.answers).to_have_count(2)


@pytest.mark.parametrize("width", [1280, 400], ids=["wide", "narrow"])
def test_with_the_keyboard_alone(widget: Callable[..., Widget], width: int) -> None:
    chat = widget(width)
    keyboard = chat.page.keyboard

    def press(key: str) -> str:
        keyboard.press(key)
        focused = chat.focused()
        assert focused, f"nothing has focus after {key}"
        assert not focused.startswith(("body", "html")), f"focus is lost after {key}"
        return focused

    def walk(key: str, target: str, most: int = 25) -> None:
        """Presses the key until something of the class has focus."""
        for _ in range(most):
            if target in press(key):
                return
        pytest.fail(f"{key} does not come to {target}")

    assert press("Tab") == "a.#before"
    walk("Tab", "button.launcher")
    assert press("Enter") == "textarea.field#plan-question"
    expect(chat.answers).to_have_count(1, timeout=ANSWER_MS)
    keyboard.type("what is the police and crime plan")
    assert press("Enter") == "textarea.field#plan-question"
    first = chat.next_answer(1)
    expect(first.locator(".choice").first).to_be_visible()
    assert chat.focused() == "textarea.field#plan-question"
    walk("Shift+Tab", "button.choice")
    title = chat.page.evaluate("document.querySelector('plan-chat').shadowRoot.activeElement.textContent")
    # where focus is can be seen
    ring = chat.page.evaluate(
        "() => { const style = getComputedStyle(document.querySelector('plan-chat').shadowRoot.activeElement);"
        " return [style.outlineStyle, parseFloat(style.outlineWidth)] }"
    )
    assert ring == ["solid", 3]
    assert press("Enter") == "textarea.field#plan-question"
    second = chat.next_answer(2)
    expect(chat.said.last).to_have_text(f"You said:{title}")
    expect(second).to_be_visible()
    # the source can be opened, and the whole way round is open too
    walk("Shift+Tab", "summary")
    press("Enter")
    expect(second.locator(".sources a").first).to_be_visible()
    walk("Shift+Tab", "button.exit", most=60)
    walk("Tab", "textarea.field#plan-question", most=60)
    assert "launcher" in press("Escape")
    expect(chat.dialog).to_be_hidden()
    assert press("Enter") == "textarea.field#plan-question"
    expect(chat.said).to_have_count(2)
    press("Escape")
    expect(chat.launcher).to_be_focused()


def test_at_four_hundred_percent_everything_can_be_asked_and_read(widget: Callable[..., Widget]) -> None:
    chat = widget(320, 256, device_scale_factor=4)
    expect(chat.launcher).to_be_in_viewport(ratio=1)
    chat.open()
    _nothing_sideways(chat.page)
    expect(chat.field).to_be_in_viewport(ratio=1)
    expect(chat.button("Send")).to_be_in_viewport(ratio=1)
    answer = chat.ask("robberies in hackney since 2021")
    expect(chat.answers).to_have_count(2)
    answer.get_by_text("See the numbers as a table").click()
    answer.locator("summary", has_text="Source:").click()
    _nothing_sideways(chat.page)
    assert chat.log.evaluate("log => log.clientHeight") >= 90
    for piece in (answer.locator("p").first, answer.locator("svg"), answer.locator("tbody tr").last, answer.locator(".sources a").first,
                  answer.locator(".choice").last, answer.get_by_role("button", name="No", exact=True)):  # fmt: skip
        piece.scroll_into_view_if_needed()
        expect(piece).to_be_in_viewport(ratio=0.3)
        box, view = piece.bounding_box(), chat.log.bounding_box()
        assert box
        assert view
        assert box["x"] >= view["x"]
        assert box["x"] + box["width"] <= view["x"] + view["width"] + 1
    for name in ("Exit this page", "Clear chat", "Close"):
        expect(chat.button(name)).to_be_in_viewport(ratio=1)
    # "More below" leads to the end of the answer
    chat.log.evaluate("log => log.scrollTo(0, 0)")
    more = chat.button("More below")
    for _ in range(40):
        expect(more).to_be_visible()
        more.click()
        if chat.log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 24:
            break
    expect(more).to_be_hidden()
    expect(chat.ask("he is hitting me").get_by_role("link", name="Call 999").first).to_be_in_viewport(ratio=1)
    _nothing_sideways(chat.page)
    chat.button("Clear chat").click()
    expect(chat.button("Yes, clear it")).to_be_in_viewport(ratio=1)
    _nothing_sideways(chat.page)
    chat.button("No, keep it").click()
    chat.button("Close").click()
    expect(chat.launcher).to_be_focused()


def _nothing_sideways(page: Page) -> None:
    """The page, the dialog and the log need no scrolling to the side; a table may have its own."""
    wide = page.evaluate(
        "() => { const root = document.querySelector('plan-chat').shadowRoot;"
        " const all = [document.documentElement, root.querySelector('dialog'), root.querySelector('.log'), ...root.querySelectorAll('.bubble')];"
        " return all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => `${one.localName}.${one.className}`) }"
    )
    assert wide == []
