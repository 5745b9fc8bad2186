"""What sources.toml says of a folder's files, and the questions it gives as examples.

In -> out: the path of a folder -> titles, authors and the like by doc_id; questions.
Does not: say whether there are such files (qa/text/documents.py).
"""

from __future__ import annotations

from pathlib import Path

from qa.errors import SeedError
from qa.opening import read_regular

SOURCES_FILE = "sources.toml"
SOURCE_KEYS = ("title", "author", "publisher", "date", "url")
ENCODING = "encoding"
MOST_BYTES = 16 * 1024 * 1024


def read_examples(folder: Path) -> list[str]:
    """Return the `examples` of sources.toml: questions the page may suggest."""
    return read_sources(folder)[1]


def read_sources(folder: Path) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Return what `sources.toml` says of each file (a table a file, keys of SOURCE_KEYS), and its example questions."""
    import tomllib

    try:
        data = read_regular(folder / SOURCES_FILE, folder, MOST_BYTES)
        content = tomllib.loads(data.decode("utf-8"))
    except FileNotFoundError:
        return {}, []
    except OSError as exc:
        raise SeedError(f"{SOURCES_FILE} cannot be read ({exc.strerror}): correct it, or remove it.") from exc
    except (ValueError, RecursionError) as exc:
        raise SeedError(f"{SOURCES_FILE} cannot be read ({exc}): correct it, or remove it.") from exc
    examples = content.pop("examples", [])
    if not isinstance(examples, list) or not all(isinstance(question, str) for question in examples):
        raise SeedError(f"{SOURCES_FILE}: examples has to be a list of questions.")
    for name, table in content.items():
        if not isinstance(table, dict):
            raise SeedError(f'{SOURCES_FILE}: {name} is not a table: write ["{name}"] and the keys below it.')
        for key, value in table.items():
            if key not in (*SOURCE_KEYS, ENCODING) or not isinstance(value, str):
                raise SeedError(
                    f'{SOURCES_FILE}: {key} of "{name}" cannot be used: keys are {", ".join((*SOURCE_KEYS, ENCODING))}, values strings.'
                )
    return content, examples
