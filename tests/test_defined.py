"""A term is quoted with what it means, never alone: in pages, in Markdown, in what Markdown holds of pages."""

from __future__ import annotations

import pytest

from qa.answers.spans import quote_span
from qa.datatypes import Kind
from qa.engine import Engine
from qa.formats import parse_file

PAGE = """<html><head><title>Words</title></head><body><h1>Words of the trade</h1><p>They are used below.</p><dl>
<dt>Deposit</dt><dd>Money that is paid first.</dd>
<dt>Break clause</dt><dd>A term that ends the tenancy early.</dd><dd>It needs two months of notice.</dd>
<dt>Guarantor</dt><dt>Surety</dt><dd><p>A person who pays if the tenant does not.</p><p>Two may share it.</p></dd>
<div><dt>Inventory</dt><dd>What is in the flat.<ul><li>chairs</li><li>keys</li></ul></dd></div>
<dt>Rent</dt><dd></dd><dt>Fee</dt><dd><pre>fee = rent * 2</pre></dd>
<dt>Notice</dt><dd><dl><dt>Short notice</dt><dd>A week.</dd></dl></dd>
<dt><h4>Repairs</h4></dt><dd>The owner pays.</dd></dl><dl><dd>Only set in.</dd></dl><p>Ask us.</p></body></html>"""
MARKDOWN = """# Words

Kerf
: The width of a cut.

Rabbet

: A step along an edge.

: In Britain a rebate.

A line of talk
and one more
: which is none.

<dl>
  <dt>Amber flag</dt>
  <dd>Boats keep to the channel.</dd>
  <dt>Cone</dt>
  <dd>The harbour is closed.</dd>
</dl>
"""
TERMS = "Deposit, Break clause, Guarantor, Surety, Inventory, Rent, Fee, Notice, Short notice, Kerf, Rabbet, Amber flag, Cone"


def engine_of(settings, embedder, **files: str) -> Engine:
    settings.seeds.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        settings.seeds.joinpath(name.replace("_", ".")).write_text(text, encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


def quoted(engine: Engine) -> dict[str, str]:
    """Each sentence of the documents -> what stands above its quote, and the quote, word by word."""
    corpus, found = engine.parts()[0], {}
    for number in range(len(corpus.sentences)):
        document, span = corpus.sentence(number)
        said = corpus.shown(corpus.number_of[document.doc_id]).of(span)
        quote = quote_span(corpus, number)
        lead = quote.lead.text + " | " if quote and quote.lead else ""
        found[" ".join(said.split())] = lead + " ".join(quote.span.of(document.text).split()) if quote else ""
    return found


def test_no_term_of_a_page_is_quoted_alone(settings, embedder):
    found = quoted(engine_of(settings, embedder, words_html=PAGE))
    assert found["Deposit"] == found["Money that is paid first."] == "Deposit Money that is paid first."
    entry = "Break clause A term that ends the tenancy early. It needs two months of notice."
    assert {
        found[s] for s in ("Break clause", "A term that ends the tenancy early.", "It needs two months of notice.")
    } == {entry}
    assert found["Guarantor"] == found["Surety"] == found["Two may share it."]
    assert found["Surety"] == "Guarantor Surety A person who pays if the tenant does not. Two may share it."
    assert (
        found["Inventory"]
        == found["What is in the flat."]
        == found["keys"]
        == "Inventory What is in the flat. chairs keys"
    )
    assert found["Fee"] == "Fee fee = rent * 2" and found["Short notice"] == found["A week."] == "Short notice A week."
    assert found["Repairs"] == found["The owner pays."] == "The owner pays." and found["Only set in."] == "Only set in."
    assert not {term for term in TERMS.split(", ") if found.get(term) == term} - {
        "Rent"
    }  # a term without a meaning is a line


def test_the_terms_of_markdown_and_of_tags_in_it_have_their_meaning(settings, embedder):
    found = quoted(engine_of(settings, embedder, words_md=MARKDOWN))
    assert found["Kerf"] == "Kerf : The width of a cut."
    assert found["Rabbet"] == "Rabbet : A step along an edge. : In Britain a rebate."
    assert found["Cone"] == found["The harbour is closed."] == "Cone | The harbour is closed."


@pytest.mark.parametrize("name", ["words.html", "words.md"])
def test_a_meaning_stands_under_its_term_and_under_no_other(name):
    parsed = parse_file((PAGE if name.endswith("html") else MARKDOWN).encode(), name)
    for block in parsed.blocks:
        if block.kind is Kind.DEFINITION and block.lead:
            assert block.lead.of(parsed.text).split("\n")[0].strip() in TERMS
            between = [b.kind for b in parsed.blocks if block.lead.end <= b.span.start < block.span.start]
            assert set(between) <= {Kind.DEFINITION, Kind.FURNITURE}


def test_a_long_entry_is_quoted_by_the_meaning_that_was_found_under_its_term(settings, embedder):
    meanings = "".join(
        f"<dd>Case {n} is settled by the board of the house, {'after long talks ' * 12}in May.</dd>" for n in range(6)
    )
    found = quoted(engine_of(settings, embedder, long_html=f"<dl><dt>Dispute</dt>{meanings}</dl>"))
    by_case = {sentence[:6]: quote for sentence, quote in found.items()}
    assert by_case["Case 4"].startswith("Dispute | Case 4 is settled") and "Case 3" not in by_case["Case 4"]
    assert by_case["Disput"].startswith("Dispute Case 0") and "Case 1" not in by_case["Disput"]


def test_of_a_long_meaning_a_sentence_is_quoted_under_its_term(settings, embedder):
    said = " ".join(
        f"Case {n} is settled by the board of the house {'after long talks ' * 12}in May." for n in range(9)
    )
    found = quoted(engine_of(settings, embedder, long_html=f"<dl><dt>Dispute</dt><dd>{said}</dd></dl>"))
    by_case = {sentence[:6]: quote for sentence, quote in found.items()}
    assert by_case["Case 4"] == f"Dispute | {next(sentence for sentence in found if sentence.startswith('Case 4'))}"
    assert by_case["Disput"].startswith("Dispute | Case 0")
