"""What stands beside the quotes of a card: what they lean on, whose words they are, and code, each written once."""

import re
from dataclasses import replace
from html import unescape

from test_cards import Read, card, citation

from qa.datatypes import OVERVIEW, Answer, Kind, Lead, Span, Where
from qa.formats import parse_file
from qa.ui.cards import answer_card
from qa.ui.document import document_html
from qa.ui.layout import laid_out


def in_paragraph(label, doc_id, whole, words, lead="", before="", **more):
    """A quote of `words` out of a paragraph, leaning on `lead`; `before` is what stands before both in the paragraph."""
    at, led = whole.index(words), whole.index(lead)
    leant = Lead(Span(led, led + len(lead)), lead, more.pop("lead_kind", Kind.PARAGRAPH)) if lead else None
    after = whole[at + len(words) :].strip()
    return replace(citation(label, doc_id, at, words, lead=leant, **more), before=before, after=after)


WHOLE = "He came late. Ada Lund spoke first. She wanted a bridge. All agreed."


def test_what_a_quote_leans_on_stands_right_above_it_with_nothing_to_open_between():
    page, _ = card(in_paragraph(1, "a.txt", WHOLE, "She wanted a bridge.", "Ada Lund spoke first.", "He came late."))
    assert "…Ada Lund spoke first.She wanted a bridge.…" in page.seen
    assert page.html.count("Ada Lund spoke first.") == 1  # and not once more among what can be opened
    assert page.html.count("He came late.") >= 1


def test_what_a_quote_leans_on_is_not_written_again_below_a_quote_of_it():
    first = in_paragraph(1, "a.txt", WHOLE, "Ada Lund spoke first.")
    second = in_paragraph(2, "a.txt", WHOLE, "She wanted a bridge.", "Ada Lund spoke first.")
    page, _ = card(first, second)
    assert page.seen.count("Ada Lund spoke first.") == page.seen.count("Title of a.txt") == 1
    assert "Ada Lund spoke first.…1She wanted a bridge.…2Title of a.txt" in page.seen  # it goes on right there
    other = citation(3, "b.txt", 0, "Bridges are long.")
    page, _ = card(first, other, second)
    assert page.seen.index("She wanted a bridge.") < page.seen.index("Bridges are long.")
    page, _ = card(other, replace(second, line=5), first, replace(second, label=4, line=5))
    assert "Goes on from 2:She wanted a bridge." in page.seen  # elsewhere in the card
    page, _ = card(second, first)  # the other way round it is not read yet
    assert page.seen.count("Ada Lund spoke first.") == 2


def test_a_heading_that_is_the_title_is_not_written_again():
    told = citation(1, "a.html", 0, "Yes.", headings=("Title of a.html", "Hours"), where=Where("section", paragraph=2))
    page, _ = card(told)
    assert "Title of a.html · under “Hours”, paragraph 2" in page.seen


def test_a_turn_opens_no_further_than_to_its_speaker():
    whole = "**Bo:** Why?\n**Ada:** It was late. We left. So be it."
    told = in_paragraph(1, "t.md", whole, "We left.", "Ada", "It was late.", lead_kind=Kind.TURN, kind=Kind.TURN)
    page, _ = card(told)
    assert "Ada…We left." in page.seen
    assert "It was late." in page.html
    assert "Why?" not in page.html
    page, _ = card(in_paragraph(1, "t.md", whole, "**Ada:** It was late.", kind=Kind.TURN))
    assert "1 documentAdaIt was late." in page.seen


def test_a_long_sentence_that_leads_to_a_quote_is_seen_from_its_beginning():
    words = "Barely weeks into a new term the mayor, who had not been asked by anyone, " * 4 + "spoke."
    lead = Lead(Span(0, len(words)), words, Kind.PARAGRAPH)
    page, _ = card(citation(1, "l.txt", len(words) + 1, "That led to a meeting.", lead=lead))
    assert f"{words}That led to a meeting." in page.seen
    page, _ = card(citation(1, "l.txt", 2 * len(words), "That led to it.", lead=replace(lead, text=words[:-6] * 2)))
    assert "document…who had not been asked" in page.seen  # a part of one that is too long


def test_neighbours_from_one_place_name_it_once_and_their_speaker_once():
    lead = Lead(Span(0, 3), "Ada", Kind.TURN)
    said = [citation(n, "t.md", 90 * n, f"Quote {n}.", kind=Kind.TURN, lead=lead) for n in (1, 2, 3)]
    page, _ = card(*said)
    assert page.seen.count("Title of t.md · line 1") == page.seen.count("Ada") == 2  # the best, and the other two
    assert list(page.quotes.values()) == ["Quote 1.", "Quote 2.", "Quote 3."]
    page, _ = card(said[0], said[1], replace(said[2], line=4))
    assert page.seen.count("Title of t.md · line 1") == 2
    assert page.seen.count("Title of t.md · line 4") == 1


def test_an_overview_of_documents_names_each_above_its_words():
    quotes = tuple(citation(n, f"{n}.txt", 0, f"Beginning {n}.") for n in range(1, 12))
    answer = Answer("q", "q", quotes, (), True, 0, "", False, kind=OVERVIEW)
    seen = Read(answer_card(answer, 11)).seen
    assert seen.index("Title of 1.txt") < seen.index("Beginning 1.") < seen.index("Title of 2.txt")
    assert "3 more documents" in seen
    named = tuple(replace(quote, answer=Span(0, 9)) for quote in quotes)  # people: their sentence comes first
    assert not laid_out(replace(answer, citations=named)).titled


def test_code_within_a_sentence_is_code():
    text = "Set **`save`** to ``a`b``, see [`INFO`](i.md), then save again."
    page, _ = card(citation(1, "c.md", 40, text))
    assert page.quotes[1] == text
    for words in ("save", "a`b", "INFO"):
        assert f"<code>{words}</code>" in page.html
    assert page.html.count("<code>") == 3
    assert "<code>" not in card(citation(1, "c.txt", 40, "Set `save` again."))[0].html


def test_what_stands_below_an_item_is_items_also_where_its_own_mark_is_not_quoted():
    text = "Note: a number\nis required. Tell us:\n    * Your name\n    * Your title"
    page, _ = card(citation(1, "c.md", 40, text, kind=Kind.ITEM))
    assert page.quotes[1] == text
    assert "pre" not in page.tags
    assert page.html.count('class="dot"') == 2
    assert "*" not in page.seen


def test_an_item_begins_with_what_is_seen_of_it():
    text = 'Lists:\n\n* <a name="x"></a> **Data:** all of it\n* more'
    page, _ = card(citation(1, "c.md", 40, text, kind=Kind.ITEM))
    assert page.quotes[1] == text
    assert "Lists:Data: all of itmore" in page.seen


def test_code_within_a_paragraph_of_a_source_is_code_and_every_character_is_there():
    text = "Set `save`, then ``a`b``.\n\n```\nx = `1`\n```\n"
    parsed = parse_file(text.encode(), "c.md")
    html = document_html(text, parsed.blocks, parsed.hidden, flows=True)
    assert re.findall("<code>(.*?)</code>", html) == ["save", "a`b"]
    assert unescape(re.sub("<[^>]*>", "", html)) == text


def test_a_date_and_a_line_are_not_broken_over_two():
    html = answer_card(
        Answer("q", "q", (citation(1, "a.txt", 0, "Yes."),), (), True, 1, ""), 1, dates={"a.txt": "2025-02-16"}
    )
    assert '<span class="whole"><bdi>2025-02-16</bdi></span>' in html
    assert '<span class="whole"><bdi>line 1</bdi></span>' in html
