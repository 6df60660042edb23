"""The language package is loaded by the node that lends it, and by no other."""

from __future__ import annotations

from rasa.engine.graph import GraphSchema, SchemaNode
from rasa.nlu.tokenizers.spacy_tokenizer import SpacyTokenizer
from rasa.nlu.utils.spacy_utils import SpacyNLP

from bot.lean.language import LentLanguage, load_once


def node(uses: type, **needs: str) -> SchemaNode:
    return SchemaNode(
        needs=needs, uses=uses, constructor_name="load", fn="process", config={"model": "no/such/package"}
    )


def test_only_a_node_that_is_lent_the_package_loads_none() -> None:
    nodes = {
        "provide": node(SpacyNLP),
        "run": node(SpacyNLP, model="provide", messages="converter"),
        "tokens": node(SpacyTokenizer, messages="run"),
    }
    load_once(GraphSchema(nodes))
    assert [one.uses for one in nodes.values()] == [SpacyNLP, LentLanguage, SpacyTokenizer]


def test_it_is_made_without_looking_at_the_package() -> None:
    made = LentLanguage.load({"model": "no/such/package", "case_sensitive": True}, None, None, None)  # type: ignore[arg-type]
    assert made._config == {"model": "no/such/package", "case_sensitive": True}
    assert made.provide().model is None
