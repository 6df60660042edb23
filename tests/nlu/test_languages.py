"""Which messages are taken for another language, and what becomes of them."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from benchmarks import sets
from bot.nlu import languages
from bot.nlu.language_signal import LANGUAGE, LanguageSignal
from bot.nlu.languages import PREPARED, Recognised, named, recognise
from bot.nlu.safety_intents import BY_URGENCY
from bot.paths import DEVELOPMENT_SET

NOT_ENGLISH = {
    "hola, necesito información sobre el plan",
    "parli italiano?",
    "Czy możesz pisać po polsku?",
    "Bună ziua, nu vorbesc bine engleza",
}
TRICKY = """
wagwan bruv
wagwan fam whats good
wah gwaan
mi deh yah
mi casa
si
no
ja
oui
non
da
la
hola amigo
ciao for now
merci
adios
voila
bon voyage
c'est la vie
que sera sera
Samaritans
Ealing
Barking
Havering
Hackney
Lewisham
Camden
Islington
Haringey
Merton
Bexley
Kingston upon Thames
Tower Hamlets
Waltham Forest
Kensington and Chelsea
Barking and Dagenham
Dagenham
Edmonton Green
Ponders End
Burnt Oak
Seven Sisters
Plaistow
Deptford
E17 4QR
SW9
N1 2AB
se15 peckham
IG11 8BX
Sadiq Khan
sadik kahn
Sophie Linden
Kaya Comer-Schwartz
Mohammed Hussain
Priya Patel
Oluwaseun Adeyemi
Maria Gonzalez
Agnieszka Kowalska
Giovanni Rossi
Mehmet Yilmaz
Jean-Charles de Menezes
Stephen Lawrence
Cressida Dick
Mark Rowley
my name is Jose Garcia
my name is Fatima Begum
my neighbour Mr Papadopoulos is shouting
Karma Nirvana
Galop
Imkaan
Ashiana
Karma Nirvana number
Refuge
Latin American Womens Aid
MOPAC
HMICFRS
IOPC
VRU
ULEZ
mi nuh know
mi man a beat mi
him a lick mi
dem bwoy deh teef mi phone
wah di police dem a do
big man ting
mandem on the block got shanks
feds are moving mad in ends
man got poked up last night
oi mate
innit
safe bro
peak ting
bare ting going on in ends fam
wys
wbu
omg lol
tbh idk
pls hlp
wot r u
wat r u
cn u hlp me pls
hw do i rpt a crim
plz tel me bout knif crim
thx
ty
k
kk
ok
lmao
smh
nm u
ngl thats peak
wdym
idc
brb
gr8
hiya
alrite
ello
heya
yo
sup
yh
nah
naaah
yeh go on den
ahhhh
hahaha
hmm
mmm
ffs
wtf
thnx m8
whos teh mayr
polcie paln
cosultation closd
wht abt brglry in haknei
teh plna
domstic vilence
knif crme
stp n serch
burgalry
asbo
voilence agianst wemen
racizm in teh met
crminal comp
rapist
homicide
femicide
plan
police
question
information
violence
consultation
commission
minorities
comment on plan
burglar
gang
drugs
fraud
vol
pay
sexual violence
mugged
moped
acid attack
zombie knife
county lines
moped gangs
cuckooing
upskirting
FGM
honour
halal
jihad
karma
fatwa
no comment
no entiendo lol
dios mio the crime here
i live in la
gracias mate
salaam
salam
assalamu alaikum
namaste
shalom
habibi
inshallah
yalla bye
kurwa
cheers pal
cheers darlin
ta muchly
ta ra
cwtch
och aye
dinnae ken
haud yer wheesht
whit ye on aboot
aye
me husband hits me
me nan got mugged
he dey beat me
wetin dey happen
abeg help me
i no dey speak good
my english no good
i no understand
please i want complain of police
husband he beating
i am from Poland
i live in London since 2 year, i need the help
where is police the office
i come from Somalia and need help
can you help in Spanish
do you speak polish
urdu please
Somali
polish
español please
Translate to french
what is the Turkish for police
tell me bout da po po
da feds
de police
dis plan is rubbish
who dis
a
i
u
?
??
123
999
101
asdf
asdfgh
qwerty
fghjk zzxx
lkjhgf
xyz abc
aaa aaa
test
testing testing
lorem ipsum dolor sit amet
http://example.com
www.met.police.uk
a@b.com
plan 2022-25
SE1 SE2 SE3
N17 stabbings
Ilford mugging
Brixton riots
Tottenham
Leyton
Croydon tram
Uxbridge & South Ruislip
Elephant and Castle
Gants Hill
Theydon Bois
Rotherhithe
Marylebone
Beauchamp Place
Belvedere
Soho
Mile End
Vauxhall
""".strip().splitlines()


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    lines = (DEVELOPMENT_SET / "languages.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def english() -> list[str]:
    return [row["text"] for row in sets.development() if row["text"] not in NOT_ENGLISH]


def code_of(text: str) -> str | None:
    found = recognise(text)
    return found.code if found else None


def test_the_set_is_large_enough(rows: list[dict[str, str]]) -> None:
    counts = Counter(row["language"] for row in rows)
    assert set(counts) == set(PREPARED)
    assert min(counts.values()) >= 20


def test_languages_are_recognised(rows: list[dict[str, str]]) -> None:
    right = Counter(row["language"] for row in rows if code_of(row["text"]) == row["language"])
    counts = Counter(row["language"] for row in rows)
    assert right.total() / counts.total() >= 0.93
    assert not {code: (right[code], n) for code, n in counts.items() if right[code] < 0.8 * n}


def test_messages_that_no_rule_was_made_on(rows: list[dict[str, str]]) -> None:
    held_out = [row for row in rows if row["kind"] == "held_out"]
    assert sum(code_of(row["text"]) == row["language"] for row in held_out) / len(held_out) >= 0.9


@pytest.mark.parametrize("mistyped", [False, True])
def test_english_is_not_taken_for_another_language(mistyped: bool) -> None:
    texts = sets.with_typos(english()) if mistyped else english()
    taken = [text for text in texts if recognise(text)]
    assert len(taken) <= 0.003 * len(texts), taken


def test_what_tells_of_harm_is_not_taken_for_another_language() -> None:
    texts = [
        r["text"] for name in ("safety", "safety_held_out") for r in sets.safety(name) if r["intent"] in BY_URGENCY
    ]
    assert not [text for text in texts if recognise(text)]


def test_tricky_english() -> None:
    assert not [(text, recognise(text)) for text in TRICKY if recognise(text)]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Ich brauche Hilfe, mein Mann schlägt mich"),
        ("ru", "мой муж меня бьет"),
        ("bg", "помогнете ми моля мъжът ми ме бие"),
        ("hi", "मेरा पति मुझे मारता है"),
        ("hi", "mujhe madad chahiye mera shohar maarta hai"),
        ("fa", "کمک می خواهم شوهرم مرا می زند"),
        ("sq", "më ndihmoni burri im më rreh"),
        ("lt", "padėkite man, vyras mane muša"),
        ("hu", "kérem segítsen a férjem bántalmaz"),
        ("vi", "giúp tôi với chồng tôi đánh tôi"),
        ("ja", "助けてください"),
        ("el", "βοήθεια"),
    ],
)
def test_languages_without_a_message_are_not_taken_for_those_with_one(code: str, text: str) -> None:
    found = recognise(text)
    assert found and found.code == code
    assert not found.has_prepared


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "hello ayuda por favor mi marido me pega"),
        ("es", "AYUDA POR FAVOR"),
        ("zh", "met police 救命"),
        (None, "how do you say спасибо in english"),
        (None, "my friend 李明 was attacked"),
        (None, "a naïve café owner called José"),
        (None, "ꜱᴀᴍᴀʀɪᴛᴀɴꜱ"),
        (None, "😀 ½"),
        (None, ""),
    ],
)
def test_mixed_messages(code: str | None, text: str) -> None:
    assert code_of(text) == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("pl", "do you speak polish"),
        ("so", "can i talk in Somali"),
        ("ur", "urdu please"),
        ("es", "español?"),
        ("tr", "TÜRKÇE"),
        ("pt", "portugese pls"),
        ("zh", "my nan only knows cantonese"),
        ("hi", "hindi?"),
        (None, "polish or urdu?"),
        (None, "which languages can you do"),
    ],
)
def test_named_languages(code: str | None, text: str) -> None:
    found = named(text)
    assert (found.code if found else None) == code


def test_without_the_detector_telling_words_still_count(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails() -> None:
        raise ImportError("not installed")

    languages.detector.cache_clear()
    monkeypatch.setattr(languages, "Detector", fails)
    try:
        assert recognise("ayuda") == Recognised("es", languages.TOLD)
        assert recognise("mój mąż mnie bije i boję się") is None
    finally:
        languages.detector.cache_clear()


def signalled(text: str, intent: str) -> Message:
    ranking = [
        {"name": intent, "confidence": 0.6},
        {"name": "ask_language", "confidence": 0.2},
        {"name": "greet", "confidence": 0.1},
    ]
    message = Message({TEXT: text, INTENT: ranking[0], INTENT_RANKING_KEY: ranking})
    return LanguageSignal().process([message])[0]


def test_a_message_in_another_language_asks_for_it() -> None:
    message = signalled("dónde está el plan del alcalde", "nlu_fallback")
    parsed = message.as_dict(only_output_properties=True)
    assert parsed[LANGUAGE]["code"] == "es"
    assert parsed[INTENT] == {"name": "ask_language", "confidence": parsed[LANGUAGE]["confidence"]}
    assert [r["name"] for r in parsed[INTENT_RANKING_KEY]] == ["ask_language", "nlu_fallback", "greet"]


@pytest.mark.parametrize("intent", BY_URGENCY)
def test_the_safety_signal_wins(intent: str) -> None:
    message = signalled("আমার স্বামী আমাকে মারে", intent)
    assert message.get(INTENT)["name"] == intent
    assert message.get(INTENT_RANKING_KEY)[0]["name"] == intent
    assert message.get(LANGUAGE)["code"] == "bn"


def test_a_language_named_in_english_is_noted() -> None:
    message = signalled("do you speak polish", "ask_language")
    assert message.get(LANGUAGE) == {"code": "pl", "confidence": 1.0}
    assert message.get(INTENT) == {"name": "ask_language", "confidence": 0.6}
    assert signalled("is there a polish plan", "ask_plan_document").get(LANGUAGE) is None


@pytest.mark.parametrize("text", ["/ask_mopac", "/ayuda", "what does mopac do"])
def test_payloads_and_english_are_left_alone(text: str) -> None:
    message = signalled(text, "ask_mopac")
    assert message.get(INTENT)["name"] == "ask_mopac"
    assert message.get(LANGUAGE) is None
