"""From documents to a snapshot on disk, and back.

In reading order: projection (the numbers), locks, sums (compares) and snapshots (publishes), lexical, structure, shapes, contract, tables,
vouching and corpus (the files of a snapshot, and what is asked of them), telling (what is said of a document), words and drafting (write
them), resuming (what an interrupted build had), comparing (what has changed), recipes (made with what), hands (who works), encodings (where they
come from), building, spreading (by Ray), shelf (where an index is kept).
"""
