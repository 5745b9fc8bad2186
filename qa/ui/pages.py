"""The page of a PDF a quote stands on, as it is printed -> HTML that the script fills with a picture.

In -> out: what is known of the place -> `str` of HTML; a page's PNG -> JSON.
Does not: draw (qa/formats/pictures.py); a picture is sent only to who may see the page, never at an address of its own.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from qa.datatypes import Document
from qa.errors import QAError
from qa.ui.endpoints import Endpoints
from qa.ui.escaping import label
from qa.ui.shares import Refused

PICTURED = ".pdf"
TOGGLE = '<button type="button" class="act" data-act="astext" aria-pressed="false">Text</button>'


def page_figure(document: Document, pages: int) -> str:
    """Return the frame of a page; "" for a document without pages to be drawn."""
    if not pages or not document.doc_id.lower().endswith(PICTURED):
        return ""
    steps = (
        '<button type="button" data-act="pageback" aria-label="Page before">‹</button><b class="pagesaid"></b>'
        '<button type="button" data-act="pageon" aria-label="Page after">›</button>'
    )
    return (
        f'<figure class="page" data-doc="{label(document.doc_id)}" data-page="1" data-pages="{pages}" data-boxes="[]">'
        f'<figcaption class="step">{steps}</figcaption><div class="sheet"><img alt=""></div></figure>'
    )


def picture_json(endpoints: Endpoints, sent: Any) -> str:
    """Return JSON for the browser: the picture of a page as an address that holds it, or an error in words."""
    try:
        picture = endpoints.picture(str(sent["doc"]), int(sent["page"]), int(sent["width"]))
    except (QAError, Refused, LookupError, TypeError, ValueError) as exc:
        return json.dumps({"error": str(exc)})
    return json.dumps({"picture": f"data:image/png;base64,{base64.b64encode(picture).decode()}"})
