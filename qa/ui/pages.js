// The page of a PDF in place of its text, in the same function: its picture, with the lines of the quote marked.
let asText = false, drawn = 0;
const WIDTHS = [700, 1000, 1400];
const layPage = () => {
  const figure = element.querySelector('.page'), text = element.querySelector('.text'), button = element.querySelector('[data-act=astext]');
  if (!figure || !text) return;
  figure.hidden = asText;
  text.hidden = !asText;
  button.setAttribute('aria-pressed', String(asText));
};
const drawPage = async number => {
  const figure = element.querySelector('.page'), mine = ++drawn;
  if (!figure || asText) return;
  const sheet = figure.querySelector('.sheet'), image = sheet.querySelector('img'), said = figure.querySelector('.pagesaid');
  const pages = Number(figure.dataset.pages), page = Math.max(1, Math.min(pages, number));
  figure.dataset.page = page;
  said.textContent = `Page ${page} of ${pages}`;
  sheet.querySelectorAll('i').forEach(box => box.remove());
  sheet.classList.add('busy');
  const width = WIDTHS.find(least => least >= sheet.clientWidth * devicePixelRatio) ?? WIDTHS.at(-1);
  let reply;
  try { reply = JSON.parse(await within(server.page_picture({ doc: figure.dataset.doc, page, width }), 20)); } catch { reply = { error: SLOW }; }
  if (mine !== drawn || !document.contains(figure)) return;
  sheet.classList.remove('busy');
  if (reply.error) { asText = true; layPage(); panelSays(reply.error); asText = false; return; }
  image.src = reply.picture;
  image.alt = `${said.textContent}, as a picture; “Text” shows its words`;
  await image.decode().catch(() => {});
  for (const [at, left, top, right, bottom] of JSON.parse(figure.dataset.boxes)) {
    if (at !== page) continue;
    const box = document.createElement('i');
    Object.assign(box.style, { left: `${left * 100}%`, top: `${top * 100}%`, width: `${(right - left) * 100}%`, height: `${(bottom - top) * 100}%` });
    sheet.append(box);
  }
  sheet.querySelector('i')?.scrollIntoView({ block: 'center' });
};
const turnPage = by => drawPage(Number(element.querySelector('.page').dataset.page) + by);
Object.assign(actions, {
  pageback: () => turnPage(-1),
  pageon: () => turnPage(1),
  astext: () => { asText = !asText; layPage(); if (asText) arrive(); else turnPage(0); },
});
const showText = () => { if (!asText && element.querySelector('.page')) { asText = true; layPage(); } };
document.addEventListener('input', event => { if (event.target.id === 'find' && event.target.value && !asText && element.querySelector('.page')) { showText(); find(event.target.value); } });
// A document was opened, or another quote of it: its page and the boxes of the quote, where it has pages.
const turnTo = ({ page, boxes }) => {
  const figure = element.querySelector('.page');
  layRaw();
  layPage();
  if (!figure) return;
  figure.dataset.boxes = JSON.stringify(boxes);
  drawPage(page);
};
