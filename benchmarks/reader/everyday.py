"""Pairs as offices, clubs and shops write and ask, made from templates of our own.

    python benchmarks/reader/everyday.py --out everyday.jsonl.gz [--most 30000] [--seed 41]

In -> out: the templates of everyday.json ({e} is a thing, {v} a value, {2-9} a number, {first} one of a list) -> pairs of the usual format,
rules "told" (one sentence answers), "untold" (what is asked for is said of others, or of nothing), "of-other" (asked of something that is not
there), "restated" (the passage only repeats what is asked), "explained", "allowed-or-not", "defined" and "mentioned" (a term is only used).
Does not: write well. The small words are English, and the names nobody's.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter
from pathlib import Path

FACTS = json.loads((Path(__file__).parent / "everyday.json").read_text(encoding="utf-8"))
PEOPLE = "person"
LONGEST = 850
RECORDS, HAPPENINGS = 0.68, 0.18
"""Shares of the pairs; the rest is of terms."""
SMALL_WORDS = {"the", "&", "of", "in"}


def value_of(kind, chooser):
    """Return something of a kind, as people write it."""

    def fill(match):
        first, _, last = match[1].partition("-")
        return str(chooser.randint(int(first), int(last))) if last else chooser.choice(FACTS["lists"][first])

    return re.sub(r"\{([\w-]+)\}", fill, chooser.choice(FACTS["values"][kind]))


def words(chooser):
    """Return what fills templates: the same part for the same letter."""
    parts = {letter: chooser.choice(own) for letter, own in FACTS["parts"].items()}
    parts |= {"n": value_of("name", chooser), "t": value_of("town", chooser), "y": str(chooser.randint(1950, 2025))}
    parts |= {"f": chooser.choice(FACTS["lists"]["first"]), "A": parts["a"].capitalize()}
    return lambda text, **more: text.format(**parts | more)


def thing_of(kind, chooser):
    """Return the name of a thing of a kind."""
    if kind == PEOPLE:
        return value_of("name", chooser)
    names = FACTS["names"][kind]
    return words(chooser)(chooser.choice(names["forms"]), x=chooser.choice(names["own"]))


def like(name, kind, chooser):
    """Return another thing of the kind, rather one that shares a word with it, and never one that could be meant by the same words."""
    for _ in range(20):
        other = thing_of(kind, chooser)
        own, others = (set(each.lower().split()) - SMALL_WORDS for each in (name, other))
        if not own <= others and not others <= own and (own & others or chooser.random() < 0.6):
            return other
    return other


def capital(text):
    return text[:1].upper() + text[1:]


def typed(question, chooser):
    """Return a question as somebody types it."""
    if question.split()[0] in ("price", "phone", "email"):
        return question
    if chooser.random() < 0.35:
        return question if chooser.random() < 0.6 else question.lower()
    return capital(question) + "?"


def records(chooser):
    """Things of a kind with what is told of them; asked for what is told, of another, or for what nobody told."""
    kind = chooser.choice([*FACTS["names"], PEOPLE, PEOPLE])
    known = [p for p in FACTS["properties"] if kind in p["kinds"]]
    first = thing_of(kind, chooser)
    names = list(dict.fromkeys([first, *(like(first, kind, chooser) for _ in range(chooser.choice([0, 0, 1, 2])))]))
    chooser.shuffle(names)
    if chooser.random() < 0.3 and len(names) > 1:
        return table(kind, known, names, chooser)
    headed, lines, told = chooser.random() < 0.5, [], {}
    for name in names:
        lines += [(capital(name), None)] if headed else []
        for at, each in enumerate(chooser.sample(known, min(len(known), chooser.randint(1, 4)))):
            value = value_of(each["value"], chooser)
            is_below = headed or (at and chooser.random() < 0.7)
            said = chooser.choice(each["below" if is_below else "said"]).format(e=name, v=value)
            lines.append((capital(said), (name, each["column"])))
            told[name, each["column"]] = value
        if chooser.random() < 0.4:
            lines.insert(len(lines) - chooser.randint(0, 1), filler(chooser))
    return asked_of(kind, known, names, lines, told, chooser, "\n" if headed or chooser.random() < 0.2 else " ")


def table(kind, known, names, chooser):
    """The same as rows below the names of their columns; some cells are empty."""
    columns = chooser.sample(known, min(len(known), chooser.randint(2, 4)))
    told, lines = {}, [("\t".join(["Name", *(each["column"] for each in columns)]), None)]
    for name in names:
        values = ["-" if chooser.random() < 0.12 else value_of(each["value"], chooser) for each in columns]
        told |= {(name, c["column"]): value for c, value in zip(columns, values, strict=True) if value != "-"}
        lines.append(("\t".join([capital(name), *values]), name))
    return asked_of(kind, known, names, lines, told, chooser, "\n")


def filler(chooser):
    return words(chooser)(chooser.choice(FACTS["fillers"])), None


def asked_of(kind, known, names, lines, told, chooser, between):
    """Ask for what the lines tell, or do not; None where nothing can be asked so."""
    chance, name = chooser.random(), chooser.choice(names)
    free = [p["column"] for p in known if (name, p["column"]) not in told]
    of_others = [column for column in free if any(key[1] == column for key in told)]
    if not told or (0.5 <= chance < 0.8 and not free):
        return None
    value, rule = None, "untold"
    if chance < 0.5:
        (name, column), value = chooser.choice(list(told.items()))
        rule = "told"
    elif chance < 0.8:
        column = chooser.choice(of_others if of_others and chooser.random() < 0.6 else free)
    else:
        name, column, rule = like(name, kind, chooser), chooser.choice([key[1] for key in told]), "of-other"
        if name in names:
            return None
    forms = next(p["asked"] for p in known if p["column"] == column)
    answers = [n for n, (_, of) in enumerate(lines) if value is not None and of in ((name, column), name)]
    return made(typed(chooser.choice(forms).format(e=name), chooser), lines, answers[:1], value, rule, between)


def happenings(chooser):
    """What happened, with or without why; or whether something may be done, with or without saying so."""
    kind = "causes" if chooser.random() < 0.45 else "permissions"
    each, say = chooser.choice(FACTS[kind]), words(chooser)
    lines = [(say(text), None) for text in chooser.sample(each["restated"], chooser.randint(1, 2))]
    lines += [filler(chooser) for _ in range(chooser.randint(0, 2))]
    chooser.shuffle(lines)
    answers = [chooser.randint(1, len(lines))] if chooser.random() < 0.5 else []
    for at in answers:
        lines.insert(at, (say(chooser.choice(each["told"])), None))
    is_talk = chooser.random() < 0.2
    if is_talk:
        lines = [(f"{chooser.choice(FACTS['lists']['first'])}: {text}", None) for text, _ in lines]
    rule = ("explained" if kind == "causes" else "allowed-or-not") if answers else "restated"
    return made(
        typed(say(chooser.choice(each["asked"])), chooser), lines, answers, None, rule, "\n" if is_talk else " "
    )


def terms(chooser):
    """A term that is explained, or only used."""
    word, say = chooser.choice(list(FACTS["terms"])), words(chooser)
    lines = [(capital(say(text, w=word)), None) for text in chooser.sample(FACTS["mentions"], chooser.randint(1, 3))]
    answers = [chooser.randint(0, len(lines))] if chooser.random() < 0.55 else []
    for at in answers:
        lines.insert(at, (f"{chooser.choice(['A', 'The'])} {word} {FACTS['terms'][word]}.", None))
    if not answers and chooser.random() < 0.6:
        other = chooser.choice([each for each in FACTS["terms"] if each != word])
        lines.insert(chooser.randint(0, len(lines)), (f"A {other} {FACTS['terms'][other]}.", None))
    forms = ["what is a {}", "what does {} mean", "what is the {}", "what is meant by {}", "explain {}", "define {}"]
    question = typed(chooser.choice(forms).format(word), chooser)
    return made(question, lines, answers, None, "defined" if answers else "mentioned", " ")


def made(question, lines, answers, value, rule, between):
    """Return the pair of a question and lines, None where they are too long."""
    passage, sents = "", []
    for text, _ in lines:
        passage += between if passage else ""
        sents.append([len(passage), len(passage) + len(text)])
        passage += text
    if len(passage) > LONGEST:
        return None
    answer = answers[0] if answers else -1
    at = passage.find(value, *sents[answer]) if answers and value else -1
    return {
        "source": "everyday", "lic": "ours", "question": question, "passage": passage, "sents": sents, "answer": answer,
        "all_answers": answers, "span": [at, at + len(value)] if at >= 0 else None, "rule": rule, "form": "made", "group": "everyday",
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=30_000)
    parser.add_argument("--seed", type=int, default=41)
    args = parser.parse_args()
    chooser, count = random.Random(args.seed), Counter()
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        while count.total() < args.most:
            chance = chooser.random()
            make = records if chance < RECORDS else happenings if chance < RECORDS + HAPPENINGS else terms
            if pair := make(chooser):
                out.write(json.dumps(pair | {"id": f"e{count.total()}"}, ensure_ascii=False) + "\n")
                count[pair["rule"]] += 1
    print(dict(count))


if __name__ == "__main__":
    main()
