"""Whatever sentence is chosen, what is quoted can be understood alone: no scrap of markup, no heading, no list without its end."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest

from qa.answers.announced import Quote
from qa.answers.spans import quote_span
from qa.answers.surroundings import around
from qa.datatypes import Kind
from qa.engine import Engine
from qa.evals.scraps import why_scrap

HANDBOOK = """---
title: Rowing club
author: Nora Veld
---
<!-- vale off -->

# Rowing club {#top}

[![Build](https://ci.example/b.svg)](https://ci.example) ![A boat](boat.png)

## What to bring

Every rower has to bring:

- a [towel](https://shop.example/t) of *one's own*
- dry socks
- **cash**
  - coins for the locker
- a whistle

## Who is where

| Month | Coxswain | Launches |
|:------|----------|---------:|
| July  | Ann Lee  | 7        |
| August | Bo Lind | 9        |

***

## Words

Bow
: The end of the boat that goes first.

> [!NOTE]
> The club **never** lends boats.
> It has [only four](boats.md).

It needs [Node](https://node.example) 20 or later. Start it so:

```sh
oars --all   # every oar
oars --count 4
```

The bell cracked in 1790.[^1] It was never mended.

[^1]: Weighed in 1911 by the scales of the harbour.

<details><summary>Limits</summary>

At most nine boats an hour.

</details>

### Rules for long trips

1. Every trip longer than a day is written into the big book in the hall before the boats are carried to the water by the crew.
2. The last boat to come back closes the gate, puts out the lamp, and writes the hour and the names of the crew into the book too.
3. Whoever finds damage, however small it may seem at the time, tells the keeper of the boats on the same day, in writing if possible.
4. Nobody rows alone at night, in winter, or when the flag on the tower is down, however well the river may be known. These may:
   - the keeper of the boats, who has rowed here for thirty years and knows each stone of the river by its name and by its mood too
   - whoever has asked the keeper on the day before, in writing, and has been told which of the boats may be taken out for the trip
"""
TALK = "**Ann Lee:** We met in Ghent. He was late.\n\n**Bo Lind:** I was not.\n\nThe train was.\n\n**Ann Lee:** So you say.\n"


@pytest.fixture
def engine(settings, embedder) -> Engine:
    (settings.seeds / "handbook.md").write_text(HANDBOOK)
    (settings.seeds / "talk.md").write_text(TALK)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    return engine


def quotes(engine: Engine) -> dict[str, Quote | None]:
    """What is quoted for each sentence, by what a reader sees of the sentence."""
    corpus = engine.parts()[0]
    found = {}
    for number in range(len(corpus.sentences)):
        shown = corpus.shown(int(corpus.sentences[number, 0]))
        found[" ".join(shown.of(corpus.sentence(number)[1]).split())] = quote_span(corpus, number)
    return found


def text_of(quote: Quote | None, whole: str = HANDBOOK) -> str:
    return quote.span.of(whole) if quote else ""


def test_a_short_list_is_quoted_whole_with_its_lead_in(engine):
    found = quotes(engine)
    for chosen in ("Every rower has to bring:", "dry socks", "coins for the locker", "a whistle", "What to bring"):
        text = text_of(found[chosen])
        assert text.startswith("Every rower has to bring:") and text.endswith("- a whistle"), chosen
    assert found["Every rower has to bring:"].items == (5, 5)


def test_an_item_of_a_long_list_stands_under_its_headings(engine):
    quote = next(q for text, q in quotes(engine).items() if text.startswith("The last boat"))
    assert text_of(quote).startswith("The last boat") and text_of(quote).endswith("the book too.")
    assert quote.headings == ("Rowing club", "Words", "Rules for long trips")


def test_an_item_that_ends_with_a_colon_is_quoted_with_what_it_announces(engine):
    quote = next(q for text, q in quotes(engine).items() if text.startswith("Nobody rows alone"))
    assert text_of(quote).endswith("taken out for the trip")


def test_a_row_has_its_header_and_the_ruler_is_never_quoted(engine):
    row = next(q for text, q in quotes(engine).items() if "Bo Lind | 9" in text)
    assert text_of(row) == "| August | Bo Lind | 9        |"
    assert row.lead.text == "| Month | Coxswain | Launches |"
    header = next(q for text, q in quotes(engine).items() if text.startswith("| Month") or text.startswith("Month"))
    assert "Ann Lee" in text_of(header) and header.items[0] >= 2


def test_what_belongs_together_is_quoted_together(engine):
    found = quotes(engine)
    assert text_of(found["Bow"]).split() == ["Bow", ":", "The", "end", "of", "the", "boat", "that", "goes", "first."]
    assert text_of(found["Start it so:"]).startswith("Start it so:") and "--count 4" in text_of(found["Start it so:"])
    mended = found["It was never mended."]
    assert (text_of(mended), mended.lead.text) == ("It was never mended.", "The bell cracked in 1790.[^1]")
    assert text_of(found["It needs Node 20 or later."]) == "It needs [Node](https://node.example) 20 or later."
    assert text_of(found["Weighed in 1911 by the scales of the harbour."]).startswith("[^1]: Weighed")


def test_a_turn_has_its_speaker(engine):
    found = quotes(engine)
    assert (found["The train was."].lead.text, found["The train was."].kind) == ("Bo Lind", Kind.TURN)


@pytest.mark.parametrize(
    ("written", "chosen", "quoted"),
    [
        ("**Day 1.** We climb the tower. Then we eat.", "Day 1.", "**Day 1.** We climb the tower."),
        ("__Deposit.__ Three rents are paid. Not in cash.", "Deposit.", "__Deposit.__ Three rents are paid."),
        ("Step 3. Close the valve. Wait.", "Step 3.", "Step 3. Close the valve."),
        ("We climb. **Never alone.** Ask first.", "Never alone.", "**Never alone.**"),
        ("Nobody pays. Not even on Sundays.", "Nobody pays.", "Nobody pays."),
    ],
)
def test_a_label_before_its_sentence_is_quoted_with_it(settings, embedder, written, chosen, quoted):
    (settings.seeds / "plan.md").write_text(f"# Plan\n\n{written}\n")
    engine = Engine(settings, embedder=embedder)
    engine.build()
    assert text_of(quotes(engine)[chosen], engine.document("plan.md").text) == quoted


INTERVIEW = """**Ann Lee:** When does the boat leave? I was told at nine.

**Bo Lind:** Will anybody be late?

**Ann Lee:** Yeah. Some always are, and then the boat waits for another ten minutes at the northern pier of the harbour.

**Bo Lind:** Who steers?

**Ann Lee:** What do you think?

**Bo Lind:** Me.

## Food

What is there to eat?

- soup
- bread

Is there tea?

## Money

Nobody pays.
"""


@pytest.mark.parametrize(
    ("question", "end"),
    [
        ("Ann Lee: When does the boat leave?", "I was told at nine."),
        ("Bo Lind: Will anybody be late?", "harbour."),
        ("Bo Lind: Who steers?", "**Bo Lind:** Me."),
        ("What is there to eat?", "- bread"),
        ("Is there tea?", "Is there tea?"),
    ],
)
def test_a_question_is_quoted_with_what_is_replied(settings, embedder, question, end):
    (settings.seeds / "talk.md").write_text(INTERVIEW)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    quote = text_of(quotes(engine)[question], INTERVIEW)
    assert quote.replace("*", "").startswith(question) and quote.endswith(end)


NEXT = {
    "shop.txt": """Do you deliver?
No.

Opening hours of the shop
Monday to Friday.

Do you take cards?

Yes, all of them.

Gift wrap: one euro.

Who mends shoes?

Only Pia.

Prices and orders

Ask her. Is it dear? Not at all. Can I wait? Yes.

What do I bring?
Bring these:
- the shoes
- the receipt
""",
    "shop.md": "# Shop\n\n**Who mends bags?** Nobody.\n\n**Fees** are due at once.\n\nWhere is it?\n\nHere.\n\nParcels\n: In the yard.\n",
    "talk.txt": "Ann: Who steers?\nBo: Me.\nAnn: I see. Then we are safe.\nBo: Who cooks?\nAnn: Yeah.\nAnn: I mean, I do.\nBo: Good.\n",
    "shop.html": "<p>Is there parking?</p><p>Yes.</p><p>But only for an hour.</p><p>Toilets</p><p>In the cellar.</p>",
}


@pytest.mark.parametrize(
    ("name", "question", "end"),
    [
        ("shop.txt", "Do you deliver?", "No."),
        ("shop.txt", "Do you take cards?", "all of them."),
        ("shop.txt", "Who mends shoes?", "Only Pia."),
        ("shop.txt", "Is it dear?", "Not at all."),
        ("shop.txt", "What do I bring?", "- the receipt"),
        ("shop.md", "Who mends bags?", "Nobody."),
        ("shop.md", "Where is it?", "Here."),
        ("talk.txt", "Ann: Who steers?", "Bo: Me."),
        ("talk.txt", "Bo: Who cooks?", "I do."),
        ("shop.html", "Is there parking?", "for an hour."),
    ],
)
def test_a_reply_ends_where_something_else_begins(settings, embedder, name, question, end):
    (settings.seeds / name).write_text(NEXT[name])
    engine = Engine(settings, embedder=embedder)
    engine.build()
    quote = quotes(engine)[question]
    assert text_of(quote, engine.parts()[0].document(0).text).endswith(end)


def faults(engine: Engine) -> list[tuple[str, str]]:
    """What is wrong with what is quoted for each sentence."""
    corpus = engine.parts()[0]
    found = []
    for number in range(len(corpus.sentences)):
        if quote := quote_span(corpus, number):
            seen = corpus.shown(int(corpus.sentences[number, 0])).of(quote.span)
            text = quote.span.of(corpus.sentence(number)[0].text)
            found.append((text, why_scrap(SimpleNamespace(text=text, kind=quote.kind, lead=quote.lead), seen)))
    return [(text, fault) for text, fault in found if fault]


ODD = """<!-- TODO: rewrite this -->
<div align="center"><img src="logo.png" alt="The logo of the club"></div>

# Ferry

[![Build](https://ci.example/b.svg)](https://ci.example) [![Licence](l.svg)](LICENSE)

- [Start](start.md)
- [Prices](prices.md)

<h2 align="center">Crossing</h2>

> [!WARNING] Ice
> The ferry does not sail in **March.** It is *too cold. Nobody knows why.* Ask the (old. Very old) skipper. He knows.

**In short:** _We sail by day. We carry bicycles, but no cars, and no more than sixty people of whom the crew are four, whatever the weather may be
and whoever has come first. Dogs are free. In the month of March, when there is ice on the lake, there is no crossing on any day of the week at all,
and the office is closed as well, for there would be nothing to sell in it._

<details open><summary><b>Seats</b></summary>

At most sixty people :) a trip.

</details>

<p>The pier is <b>behind the mill.</b><br>It has a lamp.</p>
<table><tr><th>Day</th><th>Trips</th></tr><tr><td>Sunday</td><td>Nine</td></tr></table>

1. Buy a ticket at the pier:

   ```sh
   ticket --adult
   ```

2. To get on, use one of these:
   - the stairs:

     ```sh
     stairs --up
     ```

The following holds <!-- vale off -->

<!-- a comment -->

## Read more

[The ferry](ferry.md)

It is said [that the first ferry sank. It was wood](https://history.example), and (see [here](x.md)) burnt.
"""


def test_no_quote_is_a_scrap(settings, engine):
    (settings.seeds / "ferry.md").write_text(ODD)
    engine.build()
    assert faults(engine) == []
    found = quotes(engine)
    limits = next(q for text, q in found.items() if text.startswith("At most sixty"))
    assert limits.headings == ("Ferry", "Crossing", "Seats")
    assert text_of(found["Ice"], ODD) == "The ferry does not sail in **March.**"
    assert text_of(found["Seats"], ODD) == "At most sixty people :) a trip."
    assert (
        text_of(next(q for t, q in found.items() if "sail in March" in t), ODD)
        == "The ferry does not sail in **March.**"
    )
    assert found["Start"] is None and found["The ferry"] is None
    assert text_of(found["The pier is behind the mill."], ODD) == "The pier is <b>behind the mill.</b>"
    assert text_of(found["Sunday Nine"], ODD).startswith("<tr>") and "Day" in found["Sunday Nine"].lead.text
    assert "ticket --adult" in text_of(found["Buy a ticket at the pier:"], ODD)
    assert "stairs --up" in text_of(found["To get on, use one of these:"], ODD)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("## Parking", "a heading"), ("<summary>Limits</summary>", "a tag"), ("[!NOTE]\nWe close.", "the mark of a call-out"),
        ("It is so:", "an announcement without what follows"), ("see [the", "half of a pair of marks"), ("**Bold. Here", "half of a pair of marks"),
        ("|---|:--|", "a ruler"), ("[Licence](l.md)", "nothing but links"), ("](x.md) and", "a scrap of a link"), ("<!-- no -->", "a comment"),
        ("It is <b>so.", "half of a pair of marks"), ("![A boat](b.png)", "a picture"),
        ("It costs (in euros) 4. a) here, b) there :)", ""), ("Press <kbd>F1</kbd> for [help](h.md).", ""), ("`f(x` is *code*.", ""),
    ],
)  # fmt: skip
def test_what_a_scrap_is(text, fault):
    assert why_scrap(SimpleNamespace(text=text, kind=Kind.PARAGRAPH, lead=None), re.sub(r"<[^>]*>|[*`]", "", text)) in (
        fault,
        "nothing a reader sees" if fault else "",
    )


def test_no_two_quotes_overlap_and_twins_are_named(settings, embedder):
    settings.seeds.joinpath("b.md").write_text(HANDBOOK)
    settings.seeds.joinpath("a.md").write_text(HANDBOOK)
    engine = Engine(replace(settings, threshold=0.0), embedder=embedder)
    engine.build()
    for question in ("what does every rower bring", "who is coxswain in August", "The bell cracked in 1790"):
        answer = engine.ask(question)
        spans = sorted((c.doc_id, c.span) for c in answer.citations)
        assert spans and all(p.doc_id == "b.md" for c in answer.citations for p in c.also)
        assert all(c.also for c in answer.citations)
        for (doc, one), (other_doc, other) in pairwise(spans):
            assert doc != other_doc or one.end <= other.start


def test_the_quotes_of_a_document_with_a_mark_begin_after_it(tmp_path: Path, settings, embedder):
    (settings.seeds / "m.txt").write_bytes("\ufeffWhales sing at night. They sleep by day.".encode())
    engine = Engine(settings, embedder=embedder)
    engine.build()
    (citation, *_) = engine.ask("whales sing at night").citations
    assert citation.span.start == 1 and citation.text.startswith("Whales")


NIGHT = """# The tower

The lamp of the tower burns all night. To put it out, the keeper climbs the stairs.

This was not always so.

Light it by hand:

```sh
lamp --on
```

This way nobody has to climb the tower. As somebody put it, lamps are work.

## The gate

It is closed at ten.
"""


def test_what_leans_on_the_sentence_before_stands_under_it_also_where_a_paragraph_or_code_ends_between(engine):
    (engine.settings.seeds / "night.md").write_text(NIGHT)
    engine.build()
    found = quotes(engine)
    leant_on = {
        "To put it out, the keeper climbs the stairs.": "The lamp of the tower burns all night.",
        "This was not always so.": "To put it out, the keeper climbs the stairs.",
        "This way nobody has to climb the tower.": "Light it by hand:",
    }
    for leaning, before in leant_on.items():
        quote = found[leaning]
        assert quote.span.of(NIGHT) == leaning
        assert quote.lead.text == before
        assert quote.lead.span.of(NIGHT) == before
    for alone in ("As somebody put it, lamps are work.", "It is closed at ten."):  # a heading is above that one
        assert found[alone].lead is None


BROKEN = (
    "**Ann Lee:** I was 21, 22... Actually, that is wild -- I am 32 now... Yes. The boat came.\n\n**Bo Lind:** Here is why...\n\n"
    f"**Ann Lee:** The boat... {'It was very long, ' * 30}so it sank.\n"
)


def test_what_is_said_and_breaks_off_is_quoted_up_to_where_it_goes_on(settings, embedder):
    (settings.seeds / "talk.md").write_text(BROKEN)
    engine = Engine(settings, embedder=embedder)
    engine.build()
    found = {text: text_of(quote, BROKEN) for text, quote in quotes(engine).items()}
    assert found["Ann Lee: I was 21, 22..."].endswith("I am 32 now... Yes.")
    assert found["Yes."] == "Yes."
    assert found["Bo Lind: Here is why..."] == "**Bo Lind:** Here is why..."  # somebody else speaks then
    assert found["Ann Lee: The boat..."].endswith("The boat...")  # what goes on is too long
    (settings.seeds / "talk.md").write_text("# Boats\n\nIt was late... They slept.\n")
    engine.build()
    assert text_of(quotes(engine)["It was late..."], "# Boats\n\nIt was late... They slept.\n") == "It was late..."


def surroundings(engine: Engine) -> dict[str, tuple[str, str]]:
    """What stands around the quote for each sentence."""
    corpus = engine.parts()[0]
    found = {}
    for number in range(len(corpus.sentences)):
        document, span = corpus.sentence(number)
        if quote := quote_span(corpus, number):
            shown = corpus.shown(corpus.number_of[document.doc_id])
            found[" ".join(shown.of(span).split())] = around(corpus, document, quote)
    return found


def test_around_a_quote_stands_the_rest_of_its_paragraph_and_nothing_of_another(engine):
    found = surroundings(engine)
    assert found["The bell cracked in 1790."] == ("", "It was never mended.")
    assert found["It was never mended."] == ("", "")  # it stands under the sentence before
    assert found["The club never lends boats."] == ("", "It has only four.")
    assert found["Ann Lee: We met in Ghent."] == ("", "He was late.")
    assert found["The train was."] == ("", "")
    assert found["At most nine boats an hour."] == ("", "")
    assert found["dry socks"] == ("", "")  # the list is quoted whole


def test_around_a_quote_of_a_very_long_paragraph_stand_whole_sentences(settings, embedder):
    said = [f"The boat of the year {year} was built of oak and of ash." for year in range(1800, 2000)]
    (settings.seeds / "long.txt").write_text(" ".join(said))
    engine = Engine(settings, embedder=embedder)
    engine.build()
    before, after = surroundings(engine)[said[100]]
    assert before.endswith(said[99])
    assert after.startswith(said[101])
    for text in (before, after):
        assert 1900 < len(text) <= 2000
        assert text.startswith("The boat")
        assert text.endswith("ash.")
