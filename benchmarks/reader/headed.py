"""Pairs whose passage says of what it speaks only in the heading over it: the asked one's, or another's.

    python benchmarks/reader/headed.py PAIRS.jsonl.gz... --out headed.jsonl.gz [--most 40000] [--seed 9]

In -> out: labelled pairs -> pairs of the same format, rules "under-title" (its article's title over the passage, labels as they were),
"under-another" (the title of another article: no sentence answers a question that names the article), "beneath-asked" (like facts, each
under its own heading; the asked one's answers) and "beneath-others" (the asked one is not among them).
Does not: invent titles; they are names of articles, as their passages write them.
"""

import argparse
import gzip
import json
import random
import re
from collections import Counter, defaultdict
from pathlib import Path

from exchange import fact_of, made_of, said_of, span_of
from train import read_pairs

BENEATH, NAMING = 0.4, 0.3
UNDER_ANOTHER = 0.5
OTHERS_AT_MOST = 3
LONGEST_FACT = 240
WORDS = 7
PRONOUNS = ("It", "He", "She", "They")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=9)
    args = parser.parse_args()
    chooser = random.Random(args.seed)
    pairs = read_pairs(args.pairs)
    titles = titles_of(pairs)
    known = sorted(set(titles.values()))
    facts = [fact for pair in pairs if (fact := fact_of(pair)) and leads(fact)]
    answers = sorted({f["said"] for f in facts if f["said"]})
    subjects = sorted({f["subject"] for f in facts})
    titled = [pair for pair in pairs if pair["group"] in titles]
    naming = [pair for pair in titled if pair["answer"] >= 0 and names_only_above(pair, titles[pair["group"]])]
    made = Counter()
    with gzip.open(args.out, "wt", encoding="utf-8") as out:
        for number in range(args.most):
            if chooser.random() < BENEATH:
                pair = beneath(chooser.choice(facts), subjects, answers, chooser)
            elif chooser.random() < NAMING:
                pair = chooser.choice(naming)
                pair = under_either(pair, titles[pair["group"]], known, chooser)
            else:
                pair = chooser.choice(titled)
                pair = under(pair, titles[pair["group"]])
            made[pair["rule"]] += 1
            out.write(json.dumps(pair | {"id": f"h{number}"}) + "\n")
    print(dict(made), "of", len(titled), "titled,", len(naming), "named only there,", len(facts), "facts")


def titles_of(pairs):
    """Return of each article the title as its passages write it (its `group` has letters only); articles that never name themselves are left out."""
    passages = defaultdict(set)
    for pair in pairs:
        passages[pair["group"]].add(pair["passage"])
    found = {}
    for group, texts in passages.items():
        written = Counter(name for text in texts for name in names_spelt(text, group))
        if written:
            found[group] = written.most_common(1)[0][0]
    return found


def names_spelt(text, letters):
    """Yield the runs of words whose letters are these."""
    words = [(m.start(), m.end(), re.sub("[^a-z0-9]", "", m.group().lower())) for m in re.finditer(r"\S+", text)]
    for first in range(len(words)):
        spelt = ""
        for _, end, word in words[first : first + WORDS]:
            spelt += word
            if not letters.startswith(spelt):
                break
            if spelt == letters:
                yield text[words[first][0] : end].strip("\"'“”‘’`.,;:()[] ")


def leads(fact):
    """Tell whether a fact begins with its subject, so that a pronoun can stand for it."""
    return (
        re.match(rf"(?:The |the )?{re.escape(fact['subject'])}\b(?!['’-])", fact["sentence"])
        and len(fact["sentence"]) <= LONGEST_FACT
    )


def names_only_above(pair, title):
    """Tell whether the question names the article and its passage does not."""
    word = title.split()[0].lower()
    return len(word) > 3 and word in pair["question"].lower() and word not in pair["passage"].lower()


def under(pair, title):
    """The passage under the title of its article."""
    return made_under(pair, title, pair["answer"], "under-title") | {"all_answers": pair["all_answers"]}


def under_either(pair, title, known, chooser):
    """The passage under the title of its article, or of another: then nothing in it is said of the one that the question names."""
    if chooser.random() >= UNDER_ANOTHER:
        return under(pair, title)
    others = (other for other in chooser.sample(known, 9) if other.lower() not in pair["question"].lower())
    return made_under(pair, next(other for other in others if other != title), -1, "under-another")


def made_under(pair, title, answer, rule):
    """Return the pair with a line before its passage that belongs to no sentence; `answer` is the number of the sentence that answers then."""
    by = len(title) + 1
    sents = [[a + by, b + by] for a, b in pair["sents"]]
    span = [x + by for x in pair["span"]] if answer >= 0 and pair["span"] else None
    return made_of(pair, f"{title}\n{pair['passage']}", sents, answer, span, rule)


def beneath(fact, subjects, answers, chooser):
    """Like facts, each under the heading of its subject and speaking of it by a pronoun; each heading is a sentence of its own."""
    pronoun = chooser.choice(PRONOUNS)
    others = [
        o for o in chooser.sample(subjects, chooser.randint(1, OTHERS_AT_MOST)) if o not in fact["pair"]["question"]
    ]
    asked = not others or chooser.random() < 0.5
    sections = [(o, said_of(fact, o, answers, chooser)) for o in others] + (
        [(fact["subject"], fact["sentence"])] if asked else []
    )
    chooser.shuffle(sections)
    passage, sents, answer = "", [], -1
    for subject, sentence in sections:
        heading = subject[:1].upper() + subject[1:]
        said = re.sub(rf"^(?:The |the )?{re.escape(subject)}", pronoun, sentence)
        for line in (heading, said):
            sents.append([len(passage), len(passage) + len(line)])
            passage += line + "\n"
        if subject == fact["subject"]:
            answer = len(sents) - 1
    rule = "beneath-asked" if answer >= 0 else "beneath-others"
    return made_of(fact["pair"], passage.rstrip("\n"), sents, answer, span_of(fact, passage, sents, answer), rule)


if __name__ == "__main__":
    main()
