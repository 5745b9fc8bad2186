"""A page of a PDF -> its picture.

In -> out: bytes, page and width -> a PNG of few colours: text stays crisp, and it is small.
Does not: mark anything (places are fractions of the page, laid over the picture), or draw the fields of forms.
"""

from __future__ import annotations

import io

from qa.formats.reading import Unreadable

COLOURS = 32
MAX_SHAPE = 4
"""A page higher than so many times its width is drawn narrower."""


def picture(data: bytes, page: int, width: int) -> bytes:
    """Return page `page` (from 1) as a PNG `width` pixels wide."""
    import pypdfium2 as pdfium
    from PIL import Image

    try:
        document = pdfium.PdfDocument(data)
        if not 1 <= page <= len(document):
            raise Unreadable(f"has no page {page}.")
        shown = document[page - 1]
        across, down = shown.get_size()
        scale = width / max(across, down / MAX_SHAPE, 1.0)
        image = shown.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        document.close()
    except pdfium.PdfiumError as exc:
        raise Unreadable("cannot be drawn: it is damaged or encrypted.") from exc
    out = io.BytesIO()
    image.quantize(COLOURS, method=Image.Quantize.FASTOCTREE).save(out, "PNG", compress_level=6)
    return out.getvalue()
