"""An index in Milvus, for what outgrows one machine: the same answers over the wire. Nothing here is imported without `QA_STORE`.

In reading order: address (milvus://...), client (calls and their errors), pages (bytes by checksum), tables (arrays by row), root
(what a generation is), layout (names and fields), lease (one builder), generations (publish, roll back, clean up), sending (from a
snapshot), recall (of an approximate index), rows (vectors and terms), corpus (what is asked of it),
reviving (a builder begins with what is stored), shelf (the newest, opened).
"""
