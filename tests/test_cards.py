"""How an answer reads: the best first, by document, lists and tables as such, and every quote the document's characters."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from qa.datatypes import OVERVIEW, Answer, Citation, Kind, Lead, Passage, Span
from qa.rendering import UNCLEAR, answer_to_text
from qa.text.cells import cells_of
from qa.ui.asked import Asked
from qa.ui.cards import answer_card
from qa.ui.exporting import chat_to_html, chat_to_markdown
from qa.ui.marks import quoted_html


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


def card(*citations, question="q", calibrated=False, confidence=0.9, **more):
    answer = Answer(question, question, citations, (), True, confidence, "", **more)
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


def test_lines_of_indented_code_stay_lines():
    text = "Tell us:\n\n    * your name\n    * your title\n"
    page, _ = card(citation(1, "c.md", 40, text, kind=Kind.CODE))
    assert page.quotes[1] == text
    assert "* your name\n* your title" in page.seen


def test_nothing_opens_beside_a_quote_that_is_more_than_running_text():
    beside = {"before": "Before it.", "after": "After it."}
    code = citation(1, "c.md", 40, "Save by:\n\n```\n$ save\n```", kind=Kind.CODE, **beside)
    assert 'class="around"' not in card(code)[0].html
    assert card(citation(1, "c.md", 40, "Save it.", **beside))[0].html.count('class="around"') == 2


def test_a_list_that_is_one_quote_is_a_list_below_what_leads_to_it():
    text = "There are:\n\n* **rakes**: of wood\n* spades\n"
    page, _ = card(citation(1, "l.md", 40, text, kind=Kind.ITEM))
    assert page.quotes[1] == text
    assert page.html.count('class="dot"') == 2
    assert page.html.index("There are:") < page.html.index('class="dot"')
    assert 'class="many"' in page.html
    assert "*" not in page.seen


def test_what_it_is_is_said_once_and_likely_only_where_it_was_fitted():
    quote = citation(1, "a.txt", 0, "Yes.")
    heads = {
        "Likely the answer, word for word from 1 document": card(quote, calibrated=True, confidence=0.7),
        "Very likely the answer, word for word from 1 document": card(quote, calibrated=True),
        "Answer, word for word from 1 document": card(citation(1, "a.txt", 0, "Yes.", answer=Span(0, 3))),
        "What the documents say, word for word from 1 document": card(quote),
        "No clear answer found. Closest passages:": card(quote, clear=False),
    }
    for said, (page, _) in heads.items():
        assert page.seen.startswith(said + "Yes.")
    both = (
        "how much did the town give and how much did the county give"  # words that answer one of two are not the answer
    )
    assert card(citation(1, "a.txt", 0, "Yes.", answer=Span(0, 3)), question=both)[0].seen.startswith(
        "What the documents"
    )
    page, _ = card(quote, clear=False, calibrated=True)
    assert page.seen.startswith(f"{UNCLEAR}Yes.")
    assert "likely" not in page.seen
    assert page.seen.count("No clear answer") == 1


def test_what_is_not_clear_but_likelier_right_than_wrong_is_possibly_the_answer():
    quote = citation(1, "a.txt", 0, "Yes.", probability=0.6)
    assert card(quote, clear=False)[0].seen.startswith("Possibly the answer, not certainYes.")
    assert card(quote, clear=False, question="list the birds")[0].seen.startswith(UNCLEAR)  # no list is quoted
    answer = Answer("q", "q", (quote,), (), True, 0.9, "", False)
    assert answer_to_text(answer).startswith("Possibly the answer, not certain:\n")


def test_what_is_only_related_stands_under_words_that_say_so_and_counts_for_nothing():
    chances = (0.8, 0.7, 0.2)
    quotes = [citation(n, f"{n}.txt", 100 * n, f"Q{n} is.", probability=chance) for n, chance in enumerate(chances, 1)]
    seen = card(*quotes)[0].seen
    assert seen.startswith("What the documents say, word for word from 2 documents")
    assert seen.index("Q1 is.") < seen.index("Q2 is.") < seen.index("Also related") < seen.index("Q3 is.")
    assert "Also related" not in card(*quotes[:2])[0].seen


def test_every_quote_names_its_document_however_many_it_gives():
    quotes = [replace(citation(n, "a.txt", 100 * n, f"Q{n}.", headings=("Part B",)), line=n) for n in (1, 2, 3, 4)]
    page, _ = card(*quotes)
    assert all(f"Q{n}.{n}Title of a.txt › Part B · line {n}" in page.seen for n in (1, 2, 3, 4))


def test_a_long_lead_in_is_folded_and_its_end_is_seen():
    words = "We will not disclose them unless compelled to do so by a court. " * 5 + "They may include:"
    lead = Lead(Span(0, len(words)), words, Kind.PARAGRAPH)
    page, _ = card(citation(1, "l.md", len(words) + 4, "any logs", kind=Kind.ITEM, lead=lead))
    assert "They may include:any logs" in page.seen
    assert page.seen.count("We will not disclose them") == 0
    assert page.html.count("We will not disclose them") == 5


def test_items_that_were_left_out_are_seen_to_be():
    text = "You need:\n\n1. a rake\n2. a spade\n3. a hoe\n4. water\n"
    passage = Passage("l.md:0", "l.md", "L", Span(0, len(text)), text, 5)
    lead = Lead(Span(0, 9), "You need:", Kind.PARAGRAPH)

    def items(*words):
        spans = [Span(text.index(word), text.index(word) + len(word)) for word in words]
        more = {"kind": Kind.ITEM, "lead": lead}
        return card(*(
            replace(citation(n, "l.md", span.start, span.of(text), **more), passage=passage)
            for n, span in enumerate(spans, 1)
        ))[0]  # fmt: skip

    assert items("a rake", "a spade").html.count('class="gap"') == 0
    assert items("a rake", "a hoe", "water").html.count('class="gap"') == 1
    assert items("a hoe").html.count('class="gap"') == 1


def test_a_speaker_stands_above_what_is_said_whether_the_quote_has_the_name_or_not():
    text = "**Ada Lund:** We [met](m.html) in May."
    named = citation(1, "t.md", 0, text, kind=Kind.TURN, answer=Span(len(text) - 4, len(text) - 1))
    told = citation(2, "t.md", 90, "It rained.", kind=Kind.TURN, lead=Lead(Span(0, 8), "Ada Lund", Kind.TURN))
    page, _ = card(named, told)
    assert page.quotes[1] == text
    assert "Ada LundWe met in May." in page.seen
    assert "Ada LundIt rained." in page.seen
    assert page.bold == "May"


def test_who_replies_stands_above_the_reply_and_who_asks_above_the_question():
    text = "Does it float?\n\n**Bo Lind:** It [floats](f.md) well."
    lead = Lead(Span(0, 8), "Ada Lund", Kind.TURN)
    page, _ = card(citation(1, "t.md", 12, text, kind=Kind.TURN, lead=lead))
    assert page.quotes[1] == text
    assert page.html.count('class="who"') == 1
    assert re.search(r"Ada LundDoes it float\?\s*Bo LindIt floats well\.", page.seen)
    page, _ = card(citation(1, "t.md", 0, f"**Ada Lund:** {text}", kind=Kind.TURN))
    assert page.html.count('class="who"') == 2


def test_a_list_of_names_stands_whole_and_of_how_documents_begin_the_first():
    people = [citation(n, "a.txt", 100 * n, f"Here came Ann{n}.", answer=Span(100 * n, 100 * n + 4)) for n in range(20)]
    page, _ = card(*people, kind=OVERVIEW)
    assert "more" not in page.seen
    openings = [citation(n, f"{n}.txt", 0, f"It begins with {n}.") for n in range(20)]
    assert "12 more documents" in card(*openings, kind=OVERVIEW)[0].seen


def test_link_definitions_and_marks_that_break_a_line_are_not_seen():
    text = "He writes [there][far]:\n\n[far]: https://foreign.example/a\n\n> One line\\\n> and  \n> another<br>one."
    page, _ = card(citation(1, "q.md", 0, text))
    assert page.quotes[1] == text
    assert "foreign.example" not in page.seen
    assert "\\" not in page.seen
    assert page.tags.count("br") == 3
    page, _ = card(citation(1, "q.md", 0, "Write \\[x\\] and `a\\\nb`."))
    assert page.tags.count("br") == 0


def test_the_dots_of_a_quote_are_told_from_those_that_open_its_text():
    page, _ = card(citation(1, "t.txt", 8, "It cost so much...", before="Before.", after="After."))
    assert "It cost so much...[…]" in page.seen
    assert "Before.</bdi> </span>" in page.html  # what opens does not run into the quote
    assert "…It cost" in page.seen


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
    of_the_other = citation(2, "a.md", 90, "AOF needs to fork as well.", headings=("RDB disadvantages",))
    assert card(first, of_the_other, question=question)[0].tags.count("h4") == 0
    assert card(first, second, question="what is said of files")[0].tags.count("h4") == 0


def test_a_thing_is_named_as_its_documents_write_it_and_one_that_no_quote_names_is_told():
    quotes = citation(1, "a.md", 0, "AOF is a log."), citation(2, "a.md", 90, "RDB is compact.")
    page, _ = card(*quotes, question="rdb or aof, which one?")
    assert ">RDB</h4>" in page.html or ">RDB</bdi></h4>" in page.html
    slots = citation(1, "b.md", 0, "A hash slot is lost."), citation(2, "b.md", 90, "Keys have a hash tag.")
    page, _ = card(*slots, question="what is the difference between a string and a hash")
    assert page.tags.count("h4") == 0
    assert page.seen.count("No quote names string.") == 1
    page, _ = card(citation(1, "b.md", 0, "A list has an end."), question="the difference between a string and a hash")
    assert "No quote names" not in page.seen


def test_the_longer_of_two_columns_shows_no_more_than_the_shorter_before_it_is_folded():
    rdb = citation(1, "a.md", 0, "RDB is compact.")
    aof = [citation(n, "a.md", 90 * n, f"AOF has the property {n}.") for n in (2, 3, 4, 5, 6, 7)]
    page, _ = card(rdb, *aof[:3], question=COMPARED[0])
    assert "2 more passages" in page.seen
    assert page.html.rindex(aof[0].text) < page.html.index("<details") < page.html.rindex(aof[1].text)
    assert page.html.rindex(aof[2].text) < page.html.index("</section></div>")  # in its own column
    assert list(page.quotes) == [1, 2, 3, 4]
    both_long = [*(replace(c, label=c.label + 9, text=f"RDB has the property {c.label}.") for c in aof), *aof]
    assert card(*both_long, question=COMPARED[0])[0].seen.count("3 more passages") == 2


def test_of_two_things_that_are_compared_the_one_no_quote_is_about_alone_is_told():
    castro, both = citation(1, "a.md", 0, "Castro is good."), citation(2, "a.md", 90, "Castro beat Overcast.")
    page, _ = card(castro, both, question="difference between Castro and Overcast")
    assert page.seen.count("No quote is about Overcast alone.") == 1
    assert "No quote is about" not in card(castro, both, question="Castro or Overcast, which came first?")[0].seen
    assert "No quote is about" not in card(both, question="difference between Castro and Overcast")[0].seen


def test_a_list_of_names_has_each_name_beside_its_sentence():
    people = [
        citation(n, "a.txt", 100 * n, f"Here came Ann{n}.", answer=Span(100 * n + 10, 100 * n + 14)) for n in (1, 2)
    ]
    spoken = citation(3, "a.txt", 500, "We met.", kind=Kind.TURN, lead=Lead(Span(490, 499), "**Bo Lind**", Kind.TURN))
    page, _ = card(*people, spoken, kind=OVERVIEW)
    assert re.findall(r'class="value">(?:<bdi>)?([^<]*)', page.html) == ["Ann1", "Ann2", "Bo Lind"]
    assert "Ann1 · Ann2 · Bo Lind" in page.seen[: page.seen.index("Here came")]
    assert list(page.quotes) == [1, 2, 3]
    of_one_day = [
        replace(each, text="On 3 May 2021 it rained.", answer=Span(each.span.start + 3, each.span.start + 13))
        for each in people
    ]
    for others in (of_one_day, [replace(each, answer=None) for each in people]):
        assert 'class="value"' not in card(*others, kind=OVERVIEW)[0].html


def unclear(question, *texts_and_chances):
    quotes = [
        citation(n, "a.txt", 100 * n, text, probability=chance) for n, (text, chance) in enumerate(texts_and_chances, 1)
    ]
    answer = Answer(question, question, tuple(quotes), (), True, 0.4, "", False)
    open_, _, folded = answer_card(answer, 9).partition('<details class="rest"')
    return Read(open_).seen, Read(folded).seen, answer_to_text(answer)


def test_of_what_may_be_no_answer_the_best_is_open_with_what_is_about_as_likely():
    asked = "why was the mill closed"
    seen, folded, printed = unclear(
        asked, ("The mill stood still.", 0.4), ("The mill was cold.", 0.3), ("It rained.", 0.1)
    )
    assert "stood still" in seen
    assert "was cold" in seen
    assert "1 more passage" in folded
    assert "It rained." in folded
    assert printed.index("[2] The mill was cold.") < printed.index("1 more passage:") < printed.index("- It rained.")
    seen, folded, printed = unclear(asked, ("The mill stood still.", 0.4), ("The mill was cold.", 0.1))
    assert "was cold" not in seen
    assert "[2]" not in printed
    assert "more passage" not in unclear(asked, ("The mill stood still.", 0.4))[2]


def test_of_what_may_be_no_answer_what_has_the_kind_of_thing_that_is_asked_for_is_open():
    seen, folded, _ = unclear(
        "how many people work there", ("People like it.", 0.4), ("It has 12 people.", 0.35), ("We are people.", 0.35)
    )
    assert "12 people" in seen
    assert "2 more passages" in folded
    seen, folded, _ = unclear("when does it open", ("It opens.", 0.4), ("At 9:30 it opens.", 0.3))
    assert "9:30" in seen
    seen, folded, _ = unclear("when was it founded", ("Bo founded it.", 0.4), ("It was founded well.", 0.4))
    assert "Bo founded it." in seen  # none has a time: the best alone
    assert "1 more passage" in folded


def test_an_earlier_question_that_was_taken_along_is_told_in_words_and_can_be_dropped():
    quote = citation(1, "a.txt", 0, "Meloni warned of it.")
    answer = Answer("and Italy?", "would Britain send soldiers? and Italy?", (quote,), (), True, 0.9, "")
    page = Read(answer_card(answer, 9, Asked("and Italy?", ("Hello?", "would Britain send soldiers?"))))
    assert "Your earlier question was taken along: would Britain send soldiers? Ask without it" in page.seen
    assert "Searched" not in page.seen
    both = replace(answer, searched="Who? Why? and Italy?", question="and Italy?")
    page = Read(answer_card(both, 9, Asked("and Italy?", ("Who?", "Why?"))))
    assert "Your earlier questions were taken along: Who? Why? Ask without them" in page.seen
    spelt = replace(
        answer, question="what did Hegseht say", searched="what did Hegseth say", corrections={"Hegseht": "Hegseth"}
    )
    assert "Searched: what did Hegseth say (Hegseth for “Hegseht”) Ask as typed" in Read(answer_card(spelt, 9)).seen


def test_two_words_are_a_thing_only_together():
    account = citation(1, "a.md", 0, "A personal account is one person's.", headings=("Account terms",))
    both = citation(2, "a.md", 90, "Organizations have others than personal accounts.", headings=("Account terms",))
    shared = citation(3, "a.md", 180, "Organizations are shared by a team.", headings=("Account terms",))
    page, _ = card(account, both, shared, question="difference between a personal account and an organization")
    assert list(page.quotes.values()) == [account.text, shared.text, both.text]


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


def test_a_comparison_of_which_one_side_is_missing_is_called_the_closest_passages():
    asked = "what is the difference between the ferry and the mill?"
    ferry = citation(1, "a.txt", 0, "The ferry leaves at noon.")
    mill = citation(2, "b.txt", 0, "The mill grinds corn.")
    both = citation(3, "c.txt", 0, "The ferry is of oak, the mill of stone.")
    assert "<strong>No clear answer found.</strong>" in card(ferry, question=asked)[0].html
    assert "<strong>No clear answer found.</strong>" not in card(ferry, mill, question=asked)[0].html
    assert "<strong>No clear answer found.</strong>" not in card(both, question=asked)[0].html
    assert (
        "<strong>No clear answer found.</strong>"
        not in card(ferry, question="is it the ferry or the mill that leaves at noon?")[0].html
    )


def test_a_list_that_is_not_quoted_is_called_the_closest_passages_everywhere():
    lead = Lead(Span(0, 12), "The eviction policies are:", Kind.PARAGRAPH)
    items = [citation(n, "a.md", 20 * n, f"policy number {n}", kind=Kind.ITEM, lead=lead) for n in (1, 2)]
    alone = citation(1, "b.md", 0, "Picking the right eviction policy is important.")
    logs = Lead(Span(0, 9), "Logs are:", Kind.PARAGRAPH)
    other = [citation(n, "c.md", 20 * n, f"log number {n}", kind=Kind.ITEM, lead=logs) for n in (1, 2)]
    enumerated = citation(1, "d.md", 0, "The eviction policies are lru, lfu and random.")
    asked = "list the eviction policies"
    for quotes, found in ((items, True), ([enumerated], True), ([alone], False), (other, False)):
        answer = Answer(asked, asked, tuple(quotes), (), True, 0.9, "")
        told = [
            card(*quotes, question=asked)[0].html,
            answer_to_text(answer),
            chat_to_markdown([answer]),
            chat_to_html([answer]),
        ]
        assert [UNCLEAR in re.sub("<.*?>", "", each) for each in told] == [not found] * 4


def test_one_amount_in_two_sayings_is_no_two_values():
    texts = ("Records are kept for up to 90 days.", "It is deleted within 90 days.", "Logs are kept for 30 days.")
    spans = [
        Span(text.index(said), text.index(" days") + 5) for text, said in zip(texts, ("up", "90", "30"), strict=True)
    ]
    quotes = [citation(n, f"{n}.txt", 0, texts[n], answer=spans[n]) for n in range(3)]
    asked = "how long are records kept"
    assert 'class="values"' not in card(*quotes[:2], question=asked)[0].html
    assert 'class="values"' in card(*quotes, question=asked)[0].html


def test_no_words_of_what_may_be_no_answer_are_bold_or_told_apart():
    asked = "what is the difference between the ferry and the mill?"
    quotes = [
        citation(1, "a.txt", 0, "The ferry cost 10 crowns.", answer=Span(15, 24)),
        citation(2, "b.txt", 0, "It took 12 crowns.", answer=Span(8, 17)),
    ]
    page, _ = card(*quotes, question=asked)
    assert page.seen.startswith(UNCLEAR)
    assert page.bold == ""
    assert 'class="values"' not in page.html
    answer = Answer(asked, asked, tuple(quotes), (), True, 0.9, "")
    assert "<b>" not in chat_to_html([answer])
    assert "<b>" in chat_to_html([replace(answer, question="what did it cost?")])


def test_what_a_refusal_comes_nearest_to_has_the_place_of_a_quote():
    near = citation(1, "a.md", 0, "Picking the right eviction policy is important.", headings=("Memory", "Policies"))
    both = near, replace(near, label=2, span=Span(90, 99))
    answer = Answer("what is eviction", "", (), (), False, 0.1, "No document says it.", False, nearest=both)
    read = Read(answer_card(answer, 3))
    assert "Memory › Policies · line" in read.seen
    assert "The nearest passage of 3 documents" in read.seen
    assert "1 more passage" in read.seen
    assert near.text in answer_to_text(answer)
    assert f"a.md, line {near.line}" in answer_to_text(answer)


def test_what_has_few_words_of_a_question_that_is_refused_is_folded():
    near = citation(1, "a.md", 0, "Picking the right one is important.", headings=("Memory",))
    answer = Answer("the pasta for children", "", (), (), False, 0.1, "No document says it.", False, nearest=(near,))
    seen = Read(answer_card(answer, 3)).seen
    assert "1 nearest passage" in seen
    assert "of 3 documents" not in seen
    above = replace(near, headings=("Pasta",))
    assert "The nearest passage of 3" in Read(answer_card(replace(answer, nearest=(above,)), 3)).seen


def test_the_tab_key_stops_at_one_button_of_those_that_show_what_stands_around():
    beside = {"before": "Before it.", "after": "After it."}
    quotes = [citation(n, f"{n}.txt", 11, "The ferry leaves at noon.", **beside) for n in (1, 2, 3, 4, 5)]
    stops = re.findall(r'<button type="button" class="around"( tabindex="-1")?', card(*quotes)[0].html)
    assert len(stops) == 10
    assert [bool(each) for each in stops] == [False] + [True] * 9
