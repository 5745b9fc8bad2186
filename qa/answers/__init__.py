"""From a question to quotes or a refusal.

In reading order: given (numbers that the asker brings along), retrieval (passages), matching (tokens), joining (hits); slips, spelling,
versions, acronyms, asking and attribution (what a question asks for); edges, announced, defined and replies (how far a quote reaches),
spans (what is quoted of a sentence), surroundings (the rest of its paragraph), context (what stands above it), ranking (by match), quoting
(which), referring (what a follow-up is read as), reading (question and passage together), weighing (each sentence's chance), rows (of a
table), worth (what is read next), confidence and calibrated (whether they answer), followups, exchanging, parts (what is asked), cited
(a quote with what it stands under), merging (answers to several readings); dates, words (that answer), people, whole (is it
asked of all documents?), authors, named and overview;
offering (names to ask of); searching (a text), answering (a question); alike and verifying (is this sentence in the documents?); and sides
and wanted (are both things of a comparison quoted, or the list that was asked for?).
"""
