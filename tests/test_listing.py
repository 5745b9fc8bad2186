"""A list that is asked for is quoted whole, an item that is asked for alone."""

import pytest

from qa.engine import Engine
from qa.settings import Settings

SOUP = """# Menu notes

## Allergens in the lentil soup

- celery
- mustard
- gluten (in the croutons)
- milk
- sesame

## Opening

The kitchen closes at nine."""


@pytest.fixture(scope="module")
def menu(tmp_path_factory, model):
    folder = tmp_path_factory.mktemp("menu")
    (folder / "seeds").mkdir()
    (folder / "seeds" / "menu.md").write_text(SOUP)
    engine = Engine(Settings(seeds=folder / "seeds", index=folder / "index"), embedder=model)
    engine.build()
    return engine


@pytest.mark.parametrize(
    ("question", "begins", "ends"),
    [
        ("Which allergens are in the lentil soup?", "- celery", "- sesame"),
        ("What allergens does the soup contain?", "- celery", "- sesame"),
        ("Where is there gluten in the lentil soup?", "gluten", "(in the croutons)"),
    ],
)
def test_what_stands_above_a_list_asks_for_it_whole(menu, question, begins, ends):
    first = menu.ask(question).citations[0].text
    assert (first.startswith(begins), first.endswith(ends)) == (True, True)
