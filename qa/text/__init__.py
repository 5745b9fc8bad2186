"""A folder of files as documents, sentences, words and passages. In reading order: shown, cells, titles, sources, documents,
sentences, numbers, languages, tokens, chunking."""
