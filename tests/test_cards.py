"""How an answer reads: the best first, by document, lists and tables as such, and every quote the document's characters."""

from html.parser import HTMLParser

import pytest

from qa.datatypes import Answer, Citation, Kind, Lead, Passage, Span
from qa.ui.cards import answer_card
from qa.ui.marks import cells_of, quoted_html


class Read(HTMLParser):
    """Text per quote, text without what is not seen, and the tags."""

    def __init__(self, html):
        super().__init__()
        self.html = html
        self.tags, self.quotes, self.seen, self.bold, self._stack = [], {}, "", "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        number = attributes.get("data-n") if "qt" in (attributes.get("class") or "") else None
        hidden = attributes.get("class") in ("mk", "tip") or "hidden" in attributes
        self._stack.append((tag, number, hidden))

    def handle_endtag(self, tag):
        while self._stack and self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        for _, number, _ in self._stack:
            if number:
                self.quotes[int(number)] = self.quotes.get(int(number), "") + data
        if not any(hidden for *_, hidden in self._stack):
            self.seen += data
            self.bold += data if any(tag == "b" for tag, *_ in self._stack) else ""


def citation(label, doc_id, start, text, **more):
    passage = Passage(f"{doc_id}:{start}", doc_id, doc_id.title(), Span(start, start + len(text)), text, 5)
    span = Span(start, start + len(text))
    return Citation(label, doc_id, f"Title of {doc_id}", "0" * 64, span, text, 1, 1, passage, 0.5, **more)


def card(*citations, question="q", calibrated=False, **more):
    answer = Answer(question, question, citations, (), True, 0.9, "", **more)
    return Read(answer_card(answer, 9, calibrated=calibrated)), citations


def test_the_best_quote_is_first_and_the_others_stand_by_document_in_reading_order():
    page, _ = card(
        citation(1, "a.txt", 500, "Best of all."),
        citation(2, "b.txt", 90, "B late."),
        citation(3, "a.txt", 10, "A early."),
        citation(4, "b.txt", 10, "B early."),
        citation(5, "a.txt", 5, "A first."),
    )
    assert list(page.quotes.values()) == ["Best of all.", "B late.", "A early.", "B early.", "A first."]
    assert "2 more passages" in page.seen
    assert page.seen.index("A early.") < page.seen.index("2 more passages") < page.seen.index("B early.")


def test_the_answering_words_are_bold_and_markup_is_there_but_not_seen():
    text = "The **blue** whale is [large](x.html)."
    page, _ = card(citation(1, "w.md", 100, text, answer=Span(106, 110)))
    assert page.quotes[1] == text
    assert "The blue whale is large." in page.seen
    assert page.bold == "blue"


def test_items_are_a_list_under_their_lead_in_and_rows_a_table_under_its_header():
    lead = Lead(Span(0, 10), "You need:", Kind.PARAGRAPH)
    page, _ = card(
        citation(1, "l.md", 30, "a `spade`", kind=Kind.ITEM, lead=lead),
        citation(2, "l.md", 20, "a rake", kind=Kind.ITEM, lead=lead),
    )
    assert page.quotes == {1: "a rake", 2: "a `spade`"}
    assert page.seen.count("You need:") == 1
    assert page.tags.count("ul") == 1
    header = Lead(Span(0, 20), "| Name | Price |", Kind.ROW)
    rows = ["| Ada | **5** euros |", "| Bob\\|by | 7 |"]
    page, _ = card(
        *(citation(n, "t.md", 30 * n, row, kind=Kind.ROW, lead=header, answer=None) for n, row in enumerate(rows, 1))
    )
    assert page.quotes == dict(enumerate(rows, 1))
    assert page.tags.count("th") == 2
    assert page.tags.count("td") == 4
    assert "5 euros" in page.seen


def test_code_is_code_and_what_announces_it_is_text():
    page, _ = card(citation(1, "c.py", 0, "x = **kwargs", kind=Kind.CODE))
    assert "pre" in page.tags
    assert "x = **kwargs" in page.seen
    text = "Save [now](s.md) by:\n\n```\n$ save **all**\n```"
    page, _ = card(citation(1, "c.md", 40, text, kind=Kind.CODE))
    assert page.quotes[1] == text
    assert "Save now by:" in page.seen
    assert "$ save **all**" in page.seen
    assert "```" not in page.seen


def test_a_list_that_is_one_quote_is_a_list_below_what_leads_to_it():
    text = "There are:\n\n* **rakes**: of wood\n* spades\n"
    page, _ = card(citation(1, "l.md", 40, text, kind=Kind.ITEM))
    assert page.quotes[1] == text
    assert page.html.count('class="dot"') == 2
    assert page.html.index("There are:") < page.html.index('class="dot"')
    assert 'class="many"' in page.html
    assert "*" not in page.seen


def test_confidence_is_a_word_only_where_it_was_fitted_and_an_unclear_answer_says_so_once():
    page, _ = card(citation(1, "a.txt", 0, "Yes."), calibrated=True)
    assert page.seen.count("likely") == 1
    page, _ = card(citation(1, "a.txt", 0, "Yes."))
    assert "likely" not in page.seen
    assert "Answer from 1 document" in page.seen
    for calibrated in (True, False):
        page, _ = card(citation(1, "a.txt", 0, "Yes."), clear=False, calibrated=calibrated)
        assert page.seen.count("may not be an answer") == 1
        assert page.seen.count("losest passages") == 1
        assert "likely" not in page.seen


def answering(label, doc_id, start, text, words, **more):
    at = start + text.index(words)
    return citation(label, doc_id, start, text, answer=Span(at, at + len(words)), **more)


def test_two_dates_are_a_timeline_in_order_and_one_is_none():
    late = answering(1, "a.txt", 50, "The bridge opened on 3 May 2021 at noon.", "3 May 2021")
    early = answering(2, "b.txt", 0, "It was planned in July 2014 already.", "in July 2014")
    other = citation(3, "c.txt", 0, "Bridges are long.")
    page, _ = card(late, other, early)
    assert "ol" in page.tags
    assert (
        page.seen.index("in July 2014")
        < page.seen.index("planned")
        < page.seen.index("3 May 2021")
        < page.seen.index("opened")
    )
    assert list(page.quotes.values()) == [early.text, late.text, other.text]
    for quotes in ((late, other), (late, answering(2, "b.txt", 0, "On 3 May 2021 it rained.", "3 May 2021"))):
        assert "ol" not in card(*quotes)[0].tags


def test_amounts_of_one_unit_that_differ_stand_side_by_side():
    one = answering(1, "a.txt", 0, "They are worth $500 billion.", "$500 billion")
    two = answering(2, "b.txt", 0, "One puts them at around $12 trillion.", "around $12 trillion")
    page, _ = card(one, two)
    assert "ol" in page.tags
    assert page.seen.count("$500 billion") == 2  # the value, and its sentence
    same = answering(2, "b.txt", 0, "Worth $500 billion.", "$500 billion")
    other = answering(2, "b.txt", 0, "It weighs 30 kg.", "30 kg")
    for quotes in ((one, same), (one, other), (one,)):
        assert "ol" not in card(*quotes)[0].tags
    seats = [answering(1, "a.txt", 0, "It has 20 of them.", "20"), answering(2, "b.txt", 0, "It has 30 of them.", "30")]
    assert "ol" in card(*seats, question="How many seats has it?")[0].tags
    assert "ol" not in card(*seats, question="What has it?")[0].tags


def test_a_word_beside_a_thing_is_no_part_of_its_name():
    quotes = citation(1, "a.md", 0, "Macron warned of it."), citation(2, "a.md", 90, "Meloni was for it.")
    page, _ = card(*quotes, question="Macron vs Meloni on soldiers")
    assert ">Meloni</bdi></h4>" in page.html or ">Meloni</h4>" in page.html
    assert "Meloni on" not in page.seen


COMPARED = ("What is the difference between RDB and AOF?", "RDB or AOF?", "compare RDB with AOF", "RDB vs AOF")


@pytest.mark.parametrize("question", COMPARED)
def test_two_things_that_are_compared_stand_in_two_columns(question):
    first = citation(
        1, "a.md", 0, "AOF files are larger than RDB files.", headings=("Persistence", "AOF disadvantages")
    )
    second = citation(2, "a.md", 90, "RDB is compact.")
    both = citation(3, "b.md", 0, "RDB and AOF can be combined.")
    page, _ = card(first, both, second, question=question)
    assert page.tags.count("h4") == 2
    assert list(page.quotes.values()) == [second.text, first.text, both.text]
    assert card(first, both, question=question)[0].tags.count("h4") == 0  # nothing is said of one alone
    assert card(first, second, question="what is said of files")[0].tags.count("h4") == 0


def test_an_article_is_no_thing_that_a_quote_could_name():
    first = citation(1, "a.md", 0, "A personal account is one person's.")
    second = citation(2, "a.md", 90, "Organizations are shared by a team.")
    page, _ = card(first, second, question="difference between a personal account and an organization")
    assert list(page.quotes.values()) == [first.text, second.text]
    assert page.tags.count("h4") == 2


@pytest.mark.parametrize("row", ["| a | b |", "a\tb", "| a | b", "a | b", "|a|b|", "one cell", "", "||"])
def test_cells_tile_their_row(row):
    assert "".join(cell.of(row) for cell in cells_of(row)) == row


def test_every_character_of_a_quote_is_in_its_html_whatever_the_spans():
    page = Read(f'<p class="qt" data-n="1">{quoted_html("a <b> & c", 7, [Span(2, 5), Span(6, 99)], Span(0, 9))}</p>')
    assert page.quotes[1] == "a <b> & c"
