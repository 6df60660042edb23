"""Tells which language other than English a message is in; when in doubt, it is English.

Letters that English lacks decide at once. In Latin letters, the words must be mostly not English before the detector's
word counts, and one or two words must be telling by themselves ("ayuda"): no detector knows a language by so little.
"""

from __future__ import annotations

import logging
import mmap
import re
import tempfile
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from bot.nlu import words
from bot.nlu.gazetteer import read_forms
from bot.nlu.package import ENTITY_DATA

log = logging.getLogger(__name__)

ENGLISH = "en"
# content/languages.yml has a message in each of these
PREPARED = ("ar", "bn", "es", "fr", "gu", "it", "pa", "pl", "pt", "ro", "so", "ta", "tr", "uk", "ur", "zh")
# known, so that they are not taken for one of those; answered in English
OTHERS = (
    "am", "bg", "cs", "de", "el", "fa", "he", "hi", "hu", "hy", "id", "ja", "ka", "km", "kn", "ko", "lo", "lt", "ml", "mr",
    "my", "ne", "nl", "ps", "ru", "si", "sq", "sv", "sw", "te", "th", "tl", "vi",
)  # fmt: skip

# words that tell the language by themselves, without accents
TELLING = {
    word: code
    for code, listed in {
        "es": "hola ayuda ayudame ayudeme auxilio denunciar espanol ingles policia necesito puedes hablo hablas llamo llamar",
        "fr": "bonjour bonsoir secours aidez aidez-moi aide-moi besoin francais anglais frappe parlez appeler",
        "hi": "mujhe madad chahiye kya nahi nahin kaise karo mera meri mere hain raha rahi",
        "it": "aiuto aiutami aiutatemi buongiorno buonasera polizia italiano inglese parlo parli picchia chiamo chiamare",
        "pl": "pomocy pomozcie policja dzien dobry potrzebuje polsku angielsku angielskiego prosze ukradli zadzwonic",
        "pt": "socorro ajuda ola portugues preciso obrigado obrigada roubaram voce nao falo ligar",
        "ro": "ajutor ajutati buna politia romana romaneste engleza vorbiti sotul",
        "so": "caawi caawimaad caawimo booliska soomaali ingiriisi hadashaa ninkeyga",
        "tr": "imdat yardim merhaba polis turkce ingilizce ingilizcem lutfen kocam",
    }.items()
    for word in listed.split()
}
# Urdu, Punjabi or Hindi in Latin letters: which of them, and which letters its writer reads, is not to be told
IN_BORROWED_LETTERS = "hi"
# written by people who go on in English
BORROWED = """abeg adios ahi akhi alaikum alaykum allah amigo asalaam asalamu assalamu bon c'est casa del dey dios del des fiesta
    habibi halal inshallah jihad karma las los mashallah merci mio namaste que salaam salam sera shalom tu una vie voila
    voyage wallahi wetin yalla
    bwoy bruv brudda bro cya dat deh dem dis fam feds gonna gotta gwaan gyal haffi innit mandem mek naija nah nuff nuh
    opps peng pickney seh teef tief ting wagwan wah wanna weh yute
    brb cn deffo ello ffs hiya hlp idk lmao lol mhm ngl omg pls plz tbh thnx thx tmrw ur wat wot wtf yeh yh
    dont doesnt didnt cant wont isnt ive im whats hows wheres whos thats theres hes shes youre theyre
    barnet cressida dick iopc khan linden mopac rowley sadiq sophie ulez vru"""
# common in English and in no language above
UNMISTAKABLE = """the how what you your for of and with this that it is who where when why which does did have will would could
    should they them she our their from about by been were his him please thanks there got get can't don't up down
    not out just like know want dont cant whats im i'm it's going"""
# how people who write in English name a language, without accents; one that is not prepared is known by its name too
NAMES = {
    name: code
    for code, listed in {
        "ar": "arabic arab arabi", "bn": "bengali bangla bangali bengla sylheti", "es": "spanish espanol castellano",
        "fr": "french francais", "gu": "gujarati gujrati gujurati gujarathi", "it": "italian italiano",
        "pa": "punjabi panjabi", "pl": "polish polski", "pt": "portuguese portugese brazilian portugues",
        "ro": "romanian rumanian moldovan romana", "so": "somali somalian soomaali", "ta": "tamil",
        "tr": "turkish turkce", "uk": "ukrainian ukranian", "ur": "urdu",
        "zh": "chinese mandarin cantonese putonghua",
        "am": "amharic", "bg": "bulgarian", "cs": "czech", "de": "german", "el": "greek", "fa": "farsi persian dari",
        "he": "hebrew", "hi": "hindi", "hu": "hungarian", "ja": "japanese", "ko": "korean", "lt": "lithuanian",
        "nl": "dutch", "ne": "nepali nepalese", "ps": "pashto pushto", "ru": "russian", "si": "sinhala sinhalese",
        "sq": "albanian", "sv": "swedish", "sw": "swahili", "te": "telugu", "th": "thai", "tl": "tagalog filipino",
        "vi": "vietnamese",
    }.items()
    for name in listed.split()
}  # fmt: skip
NAMES_EVERYWHERE = frozenset({"sadiq", "khan", "met", "police"})
SHORTEST_NAME = 4

FEW_WORDS = 2
LONG_ENOUGH = 4
# how sure the detector must be, from 0 to 1; chosen on tests/nlu/languages.jsonl and on English messages
TOLD = 0.9
IN_OTHER_LETTERS, IN_FEW_WORDS, BESIDE_ENGLISH = 0.15, 0.8, 0.9
LEAST, FOR_ENGLISH_WORDS = 0.25, 0.5
"""For three words or more; the second is added in the measure in which the words are English."""
OTHERS_TIMES = 1.5
AHEAD_OF_ENGLISH = 0.2
# the share of words that English lacks
FOREIGN_BESIDE_ENGLISH, FOREIGN_WHEN_TOLD = 0.5, 0.3

LATIN = "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
WORD = re.compile(rf"[{LATIN}]+(?:['-][{LATIN}]+)*")
NOT_WORDS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+|\S*[0-9]\S*")
IDEOGRAPHS = "\u2e80"
LETTERS_IN_AN_IDEOGRAPH = 3
UNCOMBINED = str.maketrans("ıłøđ", "ilod")


@dataclass(frozen=True)
class Recognised:
    """A language other than English. `code`: ISO 639-1; `has_prepared`: whether content/ has a message in it."""

    code: str
    confidence: float

    @property
    def has_prepared(self) -> bool:
        return self.code in PREPARED


def recognise(text: str) -> Recognised | None:
    """The language of the message, or None for English and for what is too little to tell."""
    text = unicodedata.normalize("NFC", NOT_WORDS.sub(" ", text.replace("’", "'")))
    typed = [word for word in WORD.findall(text) if _plain(word) not in _names()]
    others = [
        letter for letter in WORD.sub(" ", text) if letter.isalpha() and "LATIN" not in unicodedata.name(letter, "")
    ]
    weight = sum(LETTERS_IN_AN_IDEOGRAPH if letter >= IDEOGRAPHS else 1 for letter in others)
    if len(others) > 1 and weight >= sum(map(len, typed)):
        return _detected(WORD.sub(" ", text), IN_OTHER_LETTERS)
    if not typed:
        return None
    return _in_few_words(typed) if len(typed) <= FEW_WORDS else _in_latin(typed)


def named(text: str) -> Recognised | None:
    """The one language that a request in English names ("urdu please"), or None when it names none or several."""
    codes = {NAMES[word] for word in map(_plain, WORD.findall(text)) if word in NAMES}
    return Recognised(codes.pop(), 1.0) if len(codes) == 1 else None


def _in_few_words(typed: list[str]) -> Recognised | None:
    plain = [_plain(word) for word in typed]
    if not all(_is_foreign(word) for word in typed):
        return None
    if told := [TELLING[word] for word in plain if word in TELLING]:
        return Recognised(told[0], TOLD)
    if all(word.istitle() for word in typed) or len({word for word in plain if len(word) >= LONG_ENOUGH}) < FEW_WORDS:
        return None  # a name, or hardly anything
    return _detected(" ".join(typed), IN_FEW_WORDS)


def _in_latin(typed: list[str]) -> Recognised | None:
    plain = [_plain(word) for word in typed]
    foreign = [word for word in typed if _is_foreign(word)]
    share = len(foreign) / len(plain)
    told = Counter(TELLING[word] for word in plain if word in TELLING)
    if any(word.lower() in _unmistakable() for word in typed):
        return _detected(" ".join(typed), BESIDE_ENGLISH) if share > FOREIGN_BESIDE_ENGLISH else None
    if told and share >= FOREIGN_WHEN_TOLD:
        code = told.most_common(1)[0][0]
        found = None if code == IN_BORROWED_LETTERS else _detected(" ".join(typed), TOLD)
        return found or Recognised(code, TOLD)
    long = {word for word in typed if len(word) >= LONG_ENOUGH}
    if len(long.intersection(foreign)) < FEW_WORDS or all(word.istitle() for word in long):
        return None  # hardly anything, or a name
    return _detected(" ".join(typed), LEAST + FOR_ENGLISH_WORDS * (1 - share))


def _detected(text: str, surest: float) -> Recognised | None:
    """The detector's language, when it is as sure as asked and English is well behind."""
    if not (found := detector()):
        return None
    ranking = found.rank(text.lower())
    code, sure = ranking[0]
    english = next(share for name, share in ranking if name == ENGLISH)
    enough = surest * (OTHERS_TIMES if code in OTHERS else 1)
    if code == ENGLISH or sure < min(enough, TOLD) or sure - english < min(AHEAD_OF_ENGLISH, surest):
        return None
    return Recognised(code, round(float(sure), 4))


def _is_foreign(word: str) -> bool:
    return _plain(word) in TELLING or word.lower() not in _english()


def _plain(word: str) -> str:
    """Lower case, without accents."""
    split = unicodedata.normalize("NFKD", word.lower().translate(UNCOMBINED))
    return "".join(letter for letter in split if not unicodedata.combining(letter))


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset(words.english()) | set(BORROWED.split()) | _names()


@lru_cache(maxsize=1)
def _unmistakable() -> frozenset[str]:
    return frozenset(UNMISTAKABLE.split())


@lru_cache(maxsize=1)
def _names() -> frozenset[str]:
    """The words of the gazetteers that are names or terms: a message in any language may hold them."""
    forms = read_forms(ENTITY_DATA)
    found = {
        word
        for values in forms.values()
        for listed in values.values()
        for form in listed
        for word in WORD.findall(form)
    }
    return (NAMES_EVERYWHERE | {word for word in found if len(word) >= SHORTEST_NAME}) - TELLING.keys()


class Detector:
    """py3langid, narrowed to the languages above.

    Its table of 40 MB lies in a mapped file, and is let go after each message: finding the few pages again that a message
    needs takes 0.05 ms.
    """

    def __init__(self) -> None:
        from py3langid import langid

        self._identifier: Any = langid._load_identifier(norm_probs=True, langs=[ENGLISH, *PREPARED, *OTHERS])
        self._identifier._full_model = None
        with tempfile.TemporaryFile() as file:
            file.write(self._identifier.tk_nextmove)
            file.flush()
            self._table = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._identifier.tk_nextmove = memoryview(self._table).cast("I")

    def rank(self, text: str) -> list[tuple[str, float]]:
        """Every language with its share of certainty, likeliest first."""
        ranking = self._identifier.rank(text)
        self._table.madvise(mmap.MADV_DONTNEED)
        return ranking


@lru_cache(maxsize=1)
def detector() -> Detector | None:
    """The one detector of this process, loaded at its first use (about half a second); without it, all is answered still."""
    try:
        return Detector()
    except (ImportError, OSError) as error:
        log.error("other languages are hardly recognised: %s", error)
        return None
