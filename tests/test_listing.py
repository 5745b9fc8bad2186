"""A list that is asked for is quoted whole, an item that is asked for alone."""

import pytest

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
def menu(real_over):
    return real_over({"menu.md": SOUP})


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


def test_a_title_over_again_is_not_quoted_for_itself(real_over):
    title = "The harbour wants a part in the fair"
    text = f"{title.lower().replace(' ', '-')}\n\n{title}\n\nBoth towns asked for stands on Friday. Nobody has answered them yet.\n"
    answer = real_over({"a.txt": text, "b.txt": "Bread is baked at night.\n"}).ask(
        "does the harbour want a part in the fair"
    )
    assert all("wants a part" not in c.text and "wants-a-part" not in c.text for c in answer.citations)
