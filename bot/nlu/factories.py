"""How spaCy makes the pipes of the language package (named as entry points in pyproject.toml).

No postponed annotations here: spaCy reads the types of a factory at run time.
"""

from spacy.language import Language

from bot.nlu.encoder import Encoder
from bot.nlu.gazetteer import Gazetteer
from bot.nlu.periods import PeriodFinder
from bot.nlu.postcodes import PostcodeFinder
from bot.nlu.speller import Speller


@Language.factory("plan_speller", default_config={"shortest": 3})
def make_speller(nlp: Language, name: str, shortest: int) -> Speller:
    return Speller(shortest)


@Language.factory("plan_gazetteer")
def make_gazetteer(nlp: Language, name: str) -> Gazetteer:
    return Gazetteer(nlp)


@Language.factory("plan_periods")
def make_period_finder(nlp: Language, name: str) -> PeriodFinder:
    return PeriodFinder()


@Language.factory("plan_postcodes")
def make_postcode_finder(nlp: Language, name: str) -> PostcodeFinder:
    return PostcodeFinder()


@Language.factory("plan_encoder", default_config={"scale": 16.0, "threads": 1})
def make_encoder(nlp: Language, name: str, scale: float, threads: int) -> Encoder:
    return Encoder(nlp, scale, threads)
