"""What can be done with an answer: a bar of buttons at its foot.

In -> out: an Answer -> HTML.
Does not: do any of it (qa/ui/script.js).
"""

from __future__ import annotations

from qa.datatypes import Answer


def foot_html(answer: Answer) -> str:
    """Return what can be done with an answer: one stop of the Tab key, arrow keys go on from there."""
    copies = _do("copy", "Copy quotes", kind="plain") + _do("copy", "Copy as Markdown", kind="markdown")
    prompt = (
        '<details class="asprompt"><summary tabindex="-1">Copy as prompt</summary><label>At most '
        '<input type="number" class="budget" min="100" max="100000" step="100" value="2000"> tokens</label> '
        '<button type="button" class="quiet" data-act="prompt">Copy</button> <output></output></details>'
        if answer.hits
        else ""
    )
    link = '<button type="button" class="quiet" data-act="link">Copy link</button>'
    verdict = "".join(
        f'<button type="button" class="quiet" data-act="{act}" aria-pressed="false" tabindex="-1">{name}</button>'
        for act, name in (("helpful", "Helpful"), ("unhelpful", "Not helpful"))
    )
    return (
        f'<div class="foot" role="toolbar" aria-label="With this answer">{link}{copies if answer.citations else ""}{prompt}'
        f'<span class="grow"></span>{verdict}</div>'
    )


def _do(act: str, name: str, *, kind: str) -> str:
    return f'<button type="button" class="quiet" data-act="{act}" data-kind="{kind}" tabindex="-1">{name}</button>'
