"""The pictures of the README, taken from the page in Chromium: the seeds, and one of them printed as a PDF.

    python benchmarks/pictures.py [FOLDER]

Few colours and no more pixels than a README shows: each picture is some 30 KB.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from html import escape
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from qa.engine import Engine
from qa.settings import Settings
from qa.ui.serving import launch

ROOT = Path(__file__).parent.parent
PRINTED = "002_2e107728103a9ef6.txt"
COLOURS = 28
WIDE, PHONE = (1100, 640), (390, 760)
ASKED = {  # which question a picture answers, and which of its quotes is open
    "answer": ("What did Zelensky say about the talks?", 1),
    "list": ("List the people mentioned", 1),
    "comparison": ("Compare Macron with Meloni", 2),
    "refusal": ("What did Merkel say about appeasement?", 1),
}


def write_documents(folder: Path, browser: Browser) -> Path:
    """Copy the seeds, and print one of them as a PDF into a folder of its own."""
    shutil.copytree(ROOT / "seeds", folder / "seeds")
    (folder / "printed").mkdir()
    text = (ROOT / "seeds" / PRINTED).read_text(encoding="utf-8")
    paragraphs = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
    page = browser.new_page()
    page.set_content(
        f"<title>Negotiations on ending the war</title><body style='font:17px/1.5 serif;margin:12mm'>{paragraphs}</body>"
    )
    page.pdf(path=folder / "printed" / "Negotiations on ending the war.pdf", format="A5")
    page.close()
    return folder


def serve(folder: Path, name: str) -> str:
    engine = Engine(Settings(seeds=folder / name, index=folder / f"{name}-index", port=0))
    engine.build()
    return launch(engine)[1]


def show(page: Page, url: str, question: str, number: int) -> None:
    page.goto(url)
    page.wait_for_selector(".welcome")
    page.fill("#ask textarea", question)
    page.press("#ask textarea", "Enter")
    page.wait_for_selector("#chat .ans")
    page.wait_for_timeout(500)
    if number:
        page.locator(f"#chat .ans .cite[data-n='{number}']").first.click()
        page.wait_for_selector("mark.on, .sheet i")
    page.mouse.move(5, 5)
    page.wait_for_timeout(1500)  # the mark has stopped flashing


def keep(page: Page, path: Path) -> None:
    picture = Image.open(BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / ".screenshots")
    folder = parser.parse_args().folder
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        documents = write_documents(Path(made), browser)
        url = serve(documents, "seeds")
        for name, (question, number) in ASKED.items():
            page = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}).new_page()
            show(page, url, question, number)
            keep(page, folder / f"{name}.png")
        phone = browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, color_scheme="dark").new_page()
        show(phone, url, *ASKED["answer"])
        keep(phone, folder / "phone.png")
        page = browser.new_context(viewport={"width": WIDE[0], "height": WIDE[1]}).new_page()
        show(page, serve(documents, "printed"), "When did the delegations meet in Saudi Arabia?", 1)
        keep(page, folder / "pdf.png")
        browser.close()


if __name__ == "__main__":
    main()
