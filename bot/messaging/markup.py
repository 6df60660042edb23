"""How a channel writes strong words and links, and what it takes for formatting in a plain text."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass

SIGNS = r"[*_~`]+"
# an address, as far as apps make a link of it; what stands around it is text again
ADDRESS = r"https?://[^\s<>*`]*[^\s<>*`~.,;:!?)\"']"
# a sign inside a word, as in "a_b", or between spaces, as in "2 * 3", begins no formatting
SIGNS_THAT_FORMAT = re.compile(rf"(?P<kept>{ADDRESS})|(?<!\w){SIGNS}(?=\S)|(?<=\S){SIGNS}(?!\w)")
SIGNS_AT_A_LINE = re.compile(r"^(?:[ \t]*(?:>+|[*-](?=[ \t])))+[ \t]*", re.MULTILINE)
BULLET = "• "


@dataclass(frozen=True)
class Markup:
    """`plain`: makes a text mean itself. `strong`, `link`: take what is plain already; None where the channel has none.
    `spaced`: the marks of strong words count only beside a space, and would become part of an address.
    """

    plain: Callable[[str], str]
    strong: Callable[[str], str] | None = None
    link: Callable[[str, str], str] | None = None
    spaced: bool = False


def without_signs(text: str) -> str:
    """For apps that have no way to escape: signs that would begin or end formatting are left out, addresses stay whole."""
    lines = SIGNS_AT_A_LINE.sub(lambda m: BULLET if m.group().rstrip()[-1] != ">" else "", text)
    return SIGNS_THAT_FORMAT.sub(lambda m: m["kept"] or "", lines)


def _slack_plain(text: str) -> str:
    """Slack escapes just these three; its other signs cannot be escaped."""
    return _slack_escaped(without_signs(text))


def _slack_escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_link(title: str, url: str) -> str:
    """A bar or an angle bracket would end the address early."""
    safe = url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C")
    return f"<{_slack_escaped(safe)}|{title.replace('|', '/')}>"


def _html_plain(text: str) -> str:
    return html.escape(text, quote=False)


def _html_strong(text: str) -> str:
    return f"<b>{text}</b>"


def _html_link(title: str, url: str) -> str:
    return f'<a href="{html.escape(url)}">{title}</a>'


def _starred(text: str) -> str:
    return f"*{text}*"


PLAIN = Markup(plain=str)
HTML = Markup(plain=_html_plain, strong=_html_strong, link=_html_link)
WHATSAPP = Markup(plain=without_signs, strong=_starred, spaced=True)
SLACK = Markup(plain=_slack_plain, strong=_starred, link=_slack_link, spaced=True)
