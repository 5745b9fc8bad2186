"""Pairs whose passage says what is asked for, but of something else: facts with their subject exchanged, alone or beside the right one.

    python benchmarks/reader/exchange.py PAIRS.jsonl.gz... --out exchanged.jsonl.gz [--most 40000] [--seed 7]

In -> out: labelled pairs -> pairs of the same format, rules "of-another" (no sentence answers), "beside-another" (one of like ones does) and
"of-none" (like ones about others, the asked one is not among them).
Does not: know grammar; what is exchanged is a name, or a word after "the", that question and answering sentence share.
"""

import argparse
import gzip
import json
import random
import re
from pathlib import Path

from train import read_pairs

NAME = re.compile(r"(?<![\w-])[A-Z][\w'’.-]*[a-z](?:[ -][A-Z][\w'’-]*[a-z])*(?![\w-])")
THING = re.compile(r"(?<=\bthe )[a-z]{4,}(?= [a-z]{3,})|(?<=\bthe )[a-z]{4,}")
NUMBER = re.compile(r"\d+(?:,\d{3})*")
LONGEST_FACT = 170
OF_ANOTHER, BESIDE = 0.35, 0.4
OTHERS_AT_MOST = 4
AS_LIST = 0.3


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=7)
    args = parser.parse_args()
    chooser = random.Random(args.seed)
    facts = [fact for pair in read_pairs(args.pairs) if (fact := fact_of(pair))]
    chooser.shuffle(facts)
    names = sorted({f["subject"] for f in facts if f["kind"] == "name"})
    things = sorted({f["subject"] for f in facts if f["kind"] == "thing"})
    answers = sorted({f["said"] for f in facts if f["said"]})
    made = 0
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        while made < args.most:
            for fact in facts[: args.most - made]:
                pair = exchanged(fact, names if fact["kind"] == "name" else things, answers, chooser)
                out.write(json.dumps(pair | {"id": f"x{made}"}) + "\n")
                made += 1
    print(made, "of", len(facts), "facts,", len(names), "names,", len(things), "things")


def fact_of(pair):
    """Return the answering sentence of a pair with the subject it shares with the question, or None."""
    if pair["answer"] < 0 or len(pair["all_answers"] or [0]) > 1:
        return None
    start, end = pair["sents"][pair["answer"]]
    sentence = pair["passage"][start:end]
    shared = [(m, "name") for m in NAME.findall(pair["question"][1:]) if len(m) > 2 and m in sentence]
    shared = shared or [(m, "thing") for m in THING.findall(pair["question"]) if f"the {m}" in sentence.lower()]
    span = pair["span"]
    said = pair["passage"][span[0] : span[1]] if span and start <= span[0] and span[1] <= end else ""
    if not shared or any(m in said for m, _ in shared):
        return None
    subject, kind = max(shared, key=lambda each: len(each[0]))
    return {"pair": pair, "sentence": sentence.strip(), "subject": subject, "kind": kind, "said": said}


def exchanged(fact, others, answers, chooser):
    """Return one pair made of a fact: about another, beside others, or among others alone."""
    pair, way = fact["pair"], chooser.random()
    if way < OF_ANOTHER and fact["kind"] == "name":  # what "the empire" is, the sentences around it tell
        return of_another(fact, others, chooser)
    short = len(fact["sentence"]) <= LONGEST_FACT
    count = chooser.randint(1, OTHERS_AT_MOST if short else 1)
    chosen = [other for other in chooser.sample(others, count) if other not in pair["question"]]
    like = [said_of(fact, other, answers, chooser) for other in chosen]
    right = fact["sentence"] if way < OF_ANOTHER + BESIDE or not like else None
    sentences = [*like, *([right] if right else [])]
    chooser.shuffle(sentences)
    around = [pair["passage"][a:b].strip() for n, (a, b) in enumerate(pair["sents"]) if n != pair["answer"]]
    if not short or chooser.random() < 0.5:  # in the passage it came from
        at = min(pair["answer"], len(around))
        sentences = [*around[max(at - 2, 0) : at], *sentences, *around[at : at + 1]]
    passage, sents = laid_out(sentences, chooser)
    answer = sentences.index(right) if right else -1
    rule = "beside-another" if right else "of-none"
    return made_of(pair, passage, sents, answer, span_of(fact, passage, sents, answer), rule)


def span_of(fact, passage, sents, answer):
    """Return where what a fact says stands in its sentence of a passage, None where none of it answers or it is not told."""
    if answer < 0 or not fact["said"]:
        return None
    place = passage.find(fact["said"], sents[answer][0])
    return [place, place + len(fact["said"])] if 0 <= place < sents[answer][1] else None


def of_another(fact, others, chooser):
    """The passage as it is, but for the answering sentence: it is about another."""
    pair, other = fact["pair"], chooser.choice(others)
    start, end = pair["sents"][pair["answer"]]
    sentence = put(pair["passage"][start:end], fact["subject"], other)
    passage = pair["passage"][:start] + sentence + pair["passage"][end:]
    moved = len(sentence) - (end - start)
    sents = [
        [a + moved * (n > pair["answer"]), b + moved * (n >= pair["answer"])] for n, (a, b) in enumerate(pair["sents"])
    ]
    return made_of(pair, passage, sents, -1, None, "of-another")


def made_of(pair, passage, sents, answer, span, rule):
    return {"question": pair["question"], "passage": passage, "sents": sents, "answer": answer, "all_answers": [answer] if answer >= 0 else [],
            "span": span, "rule": rule, "source": pair["source"], "group": pair["group"]}  # fmt: skip


def said_of(fact, other, answers, chooser):
    """The same said of another, with another answer where one of its form is known."""
    sentence, said = fact["sentence"], fact["said"]
    if said and NUMBER.search(said):
        told = NUMBER.sub(lambda m: str(max(int(m.group().replace(",", "")) + chooser.randint(-30, 90), 2)), said)
    elif said:
        like = [a for a in chooser.sample(answers, min(60, len(answers))) if form(a) == form(said)]
        told = like[0] if like else said
    else:
        told = said
    return put(sentence.replace(said, told) if said else sentence, fact["subject"], other)


def form(text):
    return text[:1].isupper(), any(c.isdigit() for c in text), min(len(text.split()), 4)


def put(text, subject, other):
    return re.sub(rf"(?<!\w){re.escape(subject)}(?!\w)", lambda m: other, text)


def laid_out(sentences, chooser):
    """Return a text and the place of each sentence: one after another, or as a list."""
    before, between = ("- ", "\n- ") if chooser.random() < AS_LIST else ("", " ")
    text, spans = before, []
    for n, sentence in enumerate(sentences):
        text += between if n else ""
        spans.append([len(text), len(text) + len(sentence)])
        text += sentence
    return text, spans


if __name__ == "__main__":
    main()
