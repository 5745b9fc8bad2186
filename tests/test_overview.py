"""Questions about the documents as a whole: which these are, and that every item is the documents' own words."""

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of
from hypothesis import strategies as st

from qa.answers import authors, parts, whole
from qa.answers.dates import dates_in
from qa.answers.named import named
from qa.answers.overview import ITEMS
from qa.answers.whole import Whole, asked_of_whole
from qa.engine import Engine
from qa.rendering import answer_to_text


@pytest.fixture
def harbour(settings, embedder):
    texts = {
        "dredging.md": "# Dredging\n\nShort one.\n\nand so it goes on for many lines, cut out of a page.\n\n"
        "The harbour of Ekeby was dredged to nine metres in May 2019. President Ana Lund came.",
        "ferry.md": "# The ferry\n\nThe ferry has carried people to the island since 1987, said Ola Berg. Berg was captain until 2 March 2001.\n\n"
        "Given Ekeby’s winter, it rests from 2001-12-24 on. Ekeby is small. Ana Lund said so.",
    }
    for name, text in texts.items():
        (settings.seeds / name).write_text(text, encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


def words_for(engine, answer):
    """What each quote is quoted for; every quote has to be in its document, to the character."""
    texts = {document.doc_id: document.text for document in engine.documents()}
    assert all(c.span.of(texts[c.doc_id]) == c.text for c in answer.citations)
    return [c.answer.of(texts[c.doc_id]) for c in answer.citations if c.answer]


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("What are these documents about?", Whole.ABOUT),
        ("what's in the files", Whole.ABOUT),
        ("what is this about", Whole.ABOUT),
        ("Which documents do you have?", Whole.ABOUT),
        ("How many documents are there?", Whole.ABOUT),
        ("Please summarise all the documents.", Whole.ABOUT),
        ("give me a short overview", Whole.ABOUT),
        ("Summarize the document about oysters", Whole.ONE),
        ("List the people mentioned", Whole.PEOPLE),
        ("Who is mentioned in these articles?", Whole.PEOPLE),
        ("what names are mentioned", Whole.NAMES),
        ("What happened when?", Whole.DATES),
        ("timeline of events", Whole.DATES),
    ],
)
def test_a_question_about_the_whole_is_seen(question, whole):
    asked = asked_of_whole(question)
    assert asked and asked.whole is whole


@pytest.mark.parametrize(
    "question",
    [
        "What documents do I need for a visa?",
        "What happened when the ferry sank?",
        "Who is mentioned as its captain?",
        "summarise the position of Germany",
        "How many documents did the court read?",
        "What is the treaty about?",
        "what is this treaty about",
        "list the people who voted against it",
        "please " * 2000 + "summarise",
        "",
    ],
)
def test_a_question_about_what_they_say_is_not(question):
    assert asked_of_whole(question) is None


def test_each_document_is_told_by_its_first_sentence_that_says_something(harbour):
    answer = harbour.ask("What are the documents about?")
    assert (answer.answered, answer.kind, answer.clear) == (True, "overview", False)
    assert [c.text.split(" in ")[0] for c in answer.citations] == [
        "The harbour of Ekeby was dredged to nine metres",
        "The ferry has carried people to the island since 1987, said Ola Berg.",
    ]
    assert "2 documents" in answer_to_text(answer)
    assert "No clear answer" not in answer_to_text(answer)


def test_a_document_is_not_told_by_what_others_begin_with_too(settings, embedder):
    texts = {
        "dogs.md": "Being a member of the club means many things. Dogs stay on the lead. Cats stay at home.",
        "boats.md": "Being a member of the club means a lot. Every boat goes back to the shed where it was taken from.",
        "one.md": "This is the letter of the club for week 31. It is about the weather on the river and nothing else.",
        "two.md": "This is the letter of the club for week 32. It is about the prizes that were given in the shed.",
    }
    for name, text in texts.items():
        (settings.seeds / name).write_text(text, encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    told = [citation.text for citation in engine.ask("what are these documents about?").citations]
    assert told[0].startswith("Every boat")
    assert told[1].startswith("Dogs stay")
    assert [text[-3:] for text in told[2:]] == ["31.", "32."]


def test_one_document_is_told_by_its_opening(harbour):
    answer = harbour.ask("summarise the document about the ferry")
    assert {c.doc_id for c in answer.citations} == {"ferry.md"}
    assert "The ferry" in answer.reason


def test_people_are_told_from_other_names_and_counted_in_full_and_by_their_last_names(harbour):
    answer = harbour.ask("list the people mentioned")
    assert words_for(harbour, answer) == ["Ana Lund", "Ola Berg"]
    assert "Ekeby" in words_for(harbour, harbour.ask("list the names mentioned"))


def test_documents_without_names_or_dates_are_said_to_have_none(real_over):
    engine = real_over({"oven.md": "# The oven\n\nHeat the oven before you open the lid. Clean the lid after use.\n"})
    people, dates = engine.ask("list the people mentioned"), engine.ask("what happened when?")
    assert not people.answered and people.reason == "No people are named in full."
    assert not dates.answered and dates.reason == "No date with a year was found."


def test_dates_come_in_order_in_any_spelling(harbour):
    answer = harbour.ask("what happened when?")
    assert words_for(harbour, answer) == ["1987", "2 March 2001", "2001-12-24", "May 2019"]


def test_a_long_overview_says_how_much_of_the_whole_it_is(settings, embedder):
    for number in range(ITEMS + 5):
        (settings.seeds / f"note-{number:02}.txt").write_text(
            f"Note {number} tells what was found on day {number} of it."
        )
    engine = Engine(settings, embedder=embedder)
    engine.build()
    answer = engine.ask("summarise")
    assert len(answer.citations) == ITEMS
    assert f"{ITEMS} of {ITEMS + 5} documents" in answer.reason


def test_asked_as_typed_it_is_searched_like_any_question(harbour):
    assert harbour.ask("timeline", as_typed=True).kind == "answer"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("on 7 November 2023 and Nov. 8th, 2023", [(2023, 11, 7), (2023, 11, 8)]),
        ("2023-11-07T10:00 or 2023-11-07", [(2023, 11, 7)]),
        ("in March, 2010, from May\n2013 on", [(2010, 3, 0), (2013, 5, 0)]),
        ("founded in 1949; room 1949; $1949; Section 1621; 1,999 of them", [(1949, 0, 0)]),
        ("in 2000 users", []),
        ("03/04/2024", []),
    ],
)
def test_dates_are_read_in_their_usual_spellings(text, found):
    assert [(d.year, d.month, d.day) for d in dates_in(text)] == found


@pytest.mark.parametrize(
    ("question", "dates"),
    [
        ("What happened on 24 December 2001?", ["2001-12-24"]),
        ("what happened in 2001", ["2 March 2001", "2001-12-24"]),
        ("What took place in May 2019?", ["May 2019"]),
    ],
)
def test_what_happened_on_a_date_is_what_names_it_in_any_form(harbour, question, dates):
    answer = harbour.ask(question)
    assert answer.kind == "overview"
    assert words_for(harbour, answer) == dates


def test_what_stands_under_a_dated_heading_is_of_that_date(settings, embedder):
    (settings.seeds / "log.md").write_text(
        "# Log\n\n## 2023-11-07\n\nThe hall was painted.\n\n## 8.11.2023\n\nThe roof was mended."
    )
    engine = Engine(settings, embedder=embedder)
    engine.build()
    assert [c.text for c in engine.ask("What happened on 8 November 2023?").citations] == ["The roof was mended."]


def test_a_date_nobody_names_is_searched_like_any_other_question(harbour):
    assert harbour.ask("What happened on 3 May 1950?").kind == "answer"


@pytest.fixture
def reef(settings, embedder):
    (settings.seeds / "reef.md").write_text(
        "---\nauthor: Ottilie Brenn\n---\n# Reef census\n\nDivers counted the colonies by hand."
    )
    (settings.seeds / "mill.md").write_text("# Mill\n\nThe mill of Visby was built by Olof Rask.")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


@pytest.mark.parametrize(
    "question",
    [
        "What did Ottilie Brenn write?",
        "articles by Brenn",
        "Who wrote the report about the reef census?",
        "which texts did ottilie brenn write",
        "Who wrote about the reef?",
    ],
)
def test_an_author_is_known_from_what_a_document_says_of_itself(reef, question):
    answer = reef.ask(question)
    assert (answer.kind, [c.text for c in answer.citations]) == ("overview", ["Divers counted the colonies by hand."])
    assert "Ottilie Brenn" in answer.reason


@pytest.mark.parametrize(
    ("question", "by"),
    [
        ("Who wrote the handbook?", "Ines Okafor"),
        ("who is the author of this handbook", "Ines Okafor"),
        ("Who wrote the manual?", None),
        ("Who wrote the policy?", None),  # there are two
    ],
)
def test_a_document_named_by_its_kind_is_the_one_with_that_in_its_title(settings, embedder, question, by):
    for name, title, author in (
        ("a", "Handbook of the yard", "Ines Okafor"),
        ("b", "Leave policy", "Ada Lund"),
        ("c", "Travel policy", "Olof Rask"),
    ):
        (settings.seeds / f"{name}.md").write_text(f"---\nauthor: {author}\n---\n# {title}\n\nIt holds for all of us.")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    answer = engine.ask(question)
    assert (answer.kind == "overview" and f"is by {by}" in answer.reason) if by else answer.kind == "answer"


@pytest.mark.parametrize(
    "question",
    [
        "Who wrote the report about the mill?",
        "What did Olof Rask write?",
        "Who wrote the reef?",
        "Who wrote about divers?",
        "Who sent the message about the reef census?",
    ],
)
def test_an_author_nobody_tells_is_searched_in_the_text(reef, question):
    assert reef.ask(question).kind == "answer"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who was copied on the mail about the harbour budget?", "was copied to Mia Holt <m@o.de>, Sam <s@o.de>"),
        ("who is in cc of the harbour budget e-mail", "was copied to Mia Holt"),
        ("who got the message about the harbour budget", "went to Ed Stone <e@o.de>"),
        ("Whom was the mail about the harbour budget sent to?", "went to Ed Stone"),
        ("who sent the email on the harbour budget", "is by Nora Lind <n@o.de>"),
    ],
)
def test_the_head_of_a_mail_tells_whom_it_is_from_and_went_to(settings, embedder, question, told):
    head = "From: Nora Lind <n@o.de>\nTo: Ed Stone <e@o.de>\nCc: Mia Holt <m@o.de>\nBcc: Sam <s@o.de>\nSubject: The harbour budget\n"
    (settings.seeds / "a.eml").write_text(f"{head}\nIt rises to four million.", encoding="utf-8")
    (settings.seeds / "b.eml").write_text("From: Kim <k@o.de>\nSubject: Crane\n\nIt is repaired.", encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    answer = engine.ask(question)
    assert (answer.kind, [c.text for c in answer.citations]) == ("overview", ["It rises to four million."])
    assert f"“The harbour budget” {told}" in answer.reason
    assert engine.ask("who was copied on the mail about the crane").kind == "answer"


def written_like(form):
    """Texts that a form matches, small letters only."""
    source = form if isinstance(form, str) else form.pattern
    return st.from_regex(re.compile(source, re.ASCII), fullmatch=True)


@pytest.mark.parametrize("form", [form for _, form in whole._FORMS])
def test_what_a_form_matches_holds_a_hint(form):
    """A question without a hint is compared with no form: one that a form matches has to hold one."""

    @settings_of(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(written_like(form))
    def check(text):
        assert any(hint in text.lower() for hint in whole._HINTS), text

    check()


OF_TWO_QUESTIONS = [
    *((form, parts._HINTS) for form in (parts._TWO_ASKED, parts._ASKED_AFTER, parts._TWO_QUESTIONS)),
    *((form, parts._HINTS_AGAINST) for form in (*parts._AGAINST, parts._EITHER)),
]


@pytest.mark.parametrize(("form", "hints"), OF_TWO_QUESTIONS)
def test_what_a_form_of_two_questions_matches_holds_a_hint(form, hints):
    @settings_of(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(written_like(form))
    def check(text):
        assert any(hint in text.lower() for hint in hints), text

    check()


@pytest.mark.parametrize("form", [*authors._BY, *authors._OF, *authors._ABOUT, *(form for _, form in authors._OF_MAIL)])
def test_what_a_form_about_authors_matches_holds_a_hint(form):
    @settings_of(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(written_like(form))
    def check(text):
        assert any(hint in text.lower() for hint in authors._HINTS), text

    check()


@pytest.fixture
def minutes(settings, embedder):
    texts = {
        "2023-11-07.md": "We agreed to repaint the hall. Greta will get three offers.",
        "2024_01_09-roof-of-the-shed.md": "Three slates were cracked. The gutter has to be cleaned.",
        "yard.md": "Mow on Saturdays. Sharpen the blade in April.",
    }
    for name, text in texts.items():
        (settings.seeds / name).write_text(text, encoding="utf-8")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


@pytest.mark.parametrize(
    ("question", "doc_id", "said"),
    [
        ("what happened in November 2023?", "2023-11-07.md", "1 document of that date, and how it begins."),
        ("What was decreed in the meeting of 7 November 2023?", "2023-11-07.md", "The document of 7 November 2023"),
        ("the notes from 2023-11-07", "2023-11-07.md", "The document of 2023-11-07"),
        (
            "zebras in the entry dated 9 January 2024",
            "2024_01_09-roof-of-the-shed.md",
            "The document of 9 January 2024",
        ),
        ("Roof of the shed", "2024_01_09-roof-of-the-shed.md", "How “"),
    ],
)
def test_a_document_is_known_by_its_own_date_or_its_whole_title(minutes, monkeypatch, question, doc_id, said):
    monkeypatch.setattr(minutes, "settings", replace(minutes.settings, threshold=1.0))  # nothing else answers
    answer = minutes.ask(question)
    assert answer.answered and answer.kind == "overview" and not answer.clear
    assert {c.doc_id for c in answer.citations} == {doc_id} and answer.reason.startswith(said)


@pytest.mark.parametrize(
    "question", ["what did Greta say on 7 November 2023", "the shed", "the meeting of 8 November 2023"]
)
def test_a_date_that_is_not_the_documents_own_and_half_a_title_name_none(minutes, question):
    assert named(minutes.parts()[0], question) is None


def test_two_people_are_not_told_by_the_same_sentence_where_another_tells_of_one(settings, embedder):
    (settings.seeds / "boats.txt").write_text(
        "President Mara Berg met Minister Olof Dahl in the harbour.\n\nFor thirty years Minister Olof Dahl has mended boats there, said Dahl.\n\n"
        "For three years President Mara Berg has been in office, said Berg.",
        encoding="utf-8",
    )
    engine = Engine(settings, embedder=embedder)
    engine.build()
    quoted = [c.text for c in engine.ask("List the people mentioned").citations]
    assert len(quoted) == len(set(quoted)) == 2
