"""Where the run of each target begins: inputs like those that it reads, and some that are odd on purpose."""

from __future__ import annotations

import io
import tarfile

_EVENT = (
    b'{"object":"page","entry":[{"id":"1","messaging":[{"sender":{"id":"2"},"message":{"mid":"m_1","text":"hi"}}]}]}'
)
_MESSAGE = b'{"message":{"message_id":1,"from":{"id":7},"chat":{"id":7,"type":"private"},"date":1,"text":"/start"}}'
_FORM = b"AccountSid=AC0123456789abcdef0123456789abcdef&MessageSid=SM00000000000000000000000000000001&"
_SAID = b'{"type":"event_callback","team_id":"T1","event":{"type":"message","channel_type":"im","channel":"D1","user":"U1","text":"hi <@U2|Sam>","ts":"1.2"}}'
_MANIFEST = b"""{"name":"plan-fuzzed","sha256":"a","size":1,"made":"2026-11-28","inputs":"","rasa":"3.6.21","libraries":[],"language":""}"""


def _archive(*members: tuple[str, bytes, bytes]) -> bytes:
    """A tar of names, contents and kinds."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content, kind in members:
            member = tarfile.TarInfo(name)
            member.type, member.size = kind, len(content)
            archive.addfile(member, io.BytesIO(content))
    # without the empty blocks at its end
    return made.getvalue()[: 1_024 * len(members) + 512]


SEEDS: dict[str, list[bytes]] = {
    "guard": [
        b"how many burglaries in SE15 4AB last year? mail sam.o'neil@example.com or 07700 900123", b"/greet", b"/restart{\"a\": 1}",
        b"he is hitting me, my card is 4111 1111 1111 1111, born 1 May 1990, sort code 12-34-56", "a\u200bb\U000e0041 \u202e".encode(),
        b"12 High Street, " * 40 + b"he says he will kill me", b"NI AB 12 34 56 C; flat 3, 14 Church Lane; E1 6AN 6AN",
    ],
    "choices": [b"the second one please", b"2, 3", "2\ufe0f\u20e3".encode(), b"report a crmie", b"number 21"],
    "figures": [
        b"is knife crime up in Hackney since 2019-20 compared with last 3 years?", b"top 5 boroughs march 2024", b"2023/24 2024-13 0000",
        b'{"day":"2026-01-01","areas":["Hackney"],"periods":["last_12_months"],"kind":"trend"}', b"last_999999999_years",
    ],
    "render": [b"Call 999 now. " * 40 + b"\x00A source\x00a", "!He was hurt, e.g. \u20ac1.5m. *Bold* <b> & _this_\x00T".encode(), b"a" * 2_000],
    "web": [
        b'{"next_action":"action_x","sender_id":"a","tracker":{"sender_id":"a","events":[{"event":"user"}],"latest_message":null}}',
        b'{"conversation":"1.abc.2.def","message":"hello","message_id":"12345678"}', b'{"sender":"me","message":"hi"}', b"{}",
        b'{"conversation":"a","answer":"b.1.c","helpful":true,"comment":"he will kill me"}', b"[" * 2_000, b'{"a":1e999,"b":"\\ud800"}',
    ],
    "channels": [
        b"\x00" + _MESSAGE, b"\x01" + _FORM + b"From=whatsapp%3A%2B447700900123&Body=hi&Latitude=51.5&Longitude=-0.1",
        b"\x02" + _FORM + b"From=%2B447700900123&Body=hi&NumMedia=1", b"\x03" + _EVENT, b"\x04" + _SAID,
        b"\x04payload=" + b"%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22actions%22%3A%5B%7B%22value%22%3A%22%2Fgreet%22%7D%5D%7D",
        b'\x00{"callback_query":{"id":"1","from":{"id":7},"message":{"chat":{"id":7,"type":"private"}},"data":"/greet"}}',
    ],
    "content": [
        b"\x00greet:\n  - text: Good day to you.\n    next: [greet]\n    reviewed: 2026-11-22\n    sources: [{title: Abc, url: https://a.b, as_at: 2026}]\n",
        b"\x02greet:\n  button: Hello\n  topic: hello\n", b"\x00a: &a [*a]\nb: *a\n", b"\x00? {a: 1}\n: !!python/object:os.system x\n",
        b"\x01subject: a\neditions:\n  - id: a\n    name: A\n    consultation: {opens: 2026-01-01, closes: 2026-02-01, url: https://a.b}\n    sources: []\n",
        b"\x06fr:\n  name: French\n  own_name: francais\n  text: x\n  english: y\n  sources: []\n  reviewed: 2026-02-30\n",
        b"\x07measure,area,period_start,period_end,period_type,value\nburglary,Hackney,2025-01-01,2025-12-31,year,1\n",
        b"\x08area,year,population\nHackney,2024,260000\n",
    ],
    "models": [
        _MANIFEST + b"\x00\x1f\x8b",
        _MANIFEST + b"\x00" + _archive(("metadata.json", b'{"rasa_open_source_version": "3.6.21"}', tarfile.REGTYPE)),
        b"{}\x00" + _archive(("a/../../b", b"x", tarfile.REGTYPE), ("/etc/c", b"", tarfile.SYMTYPE)),
    ],
    "http": [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n{}GET /webhooks/rest/ HTTP/1.1\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        b"POST /webhooks/rest/webhook HTTP/1.1\r\nContent-Length: -1\r\nUpgrade: websocket\r\nConnection: close\r\n\r\n",
    ],
}  # fmt: skip
