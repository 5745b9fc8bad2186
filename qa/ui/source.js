// The source beside the chat, after script.js in the same function: the list and one document, each in a pane of its own, so that
// the list keeps its place and a document stays while only its marks move.
const paneOf = name => element.querySelector(`#${name}`);
const pane = () => element.querySelector('.pane:not([hidden])');
const showPane = name => {
  if (name === 'source') leaveList();
  for (const each of element.querySelectorAll('.pane')) {
    each.hidden = each.id !== name;
    each.querySelectorAll('.vh').forEach(head => { head.id = each.hidden ? '' : 'vh'; });   // what names the panel, and on a phone the dialog
  }
};
const panelSays = text => {
  const notice = pane().querySelector('.gone') ?? Object.assign(document.createElement('p'), { className: 'notice gone' });
  notice.textContent = text;
  pane().querySelector('.vbody')?.prepend(notice);
  say(text);
};

// opening: `want` is { open: doc_id }, from a citation also start, end, version, n (its number) and spans (all of its answer)

let shown = {};   // document and version in the pane
let shows = 0;
const openSource = async want => {
  const mine = ++shows, source = paneOf('source'), viewer = document.getElementById('viewer');
  const same = shown.open === want.open && shown.version.startsWith(want.version ?? '');
  if (!same || source.querySelector('.page')) {
    viewer.classList.add('loading');
    const { open, start = 0, end = 0, version = '' } = want;
    const slow = setTimeout(async () => { if (mine === shows && !await reachable()) panelSays(`${SLOW} The text could not be opened.`); }, 4000);
    let told;
    try { told = JSON.parse(await server.open_source({ open, start, end, version, have: same ? shown.version : '' })); } catch { told = undefined; }
    clearTimeout(slow);
    if (mine !== shows) return;
    viewer.classList.remove('loading');
    if (told === undefined) { panelSays(`${SLOW} The text could not be opened.`); return; }
    if (!told) return;
    if (told.html) { source.innerHTML = told.html; shown = { open, version: told.version ?? '' }; forgetText(); }
    showPane('source');
    turnTo(told);
  }
  showPane('source');
  const marked = want.spans && shown.version && shown.version.startsWith(want.version ?? '');
  markSpans(marked ? want.spans : [], want.n);
  showSteps(marked ? want : {});
  arrive();
};
const showSteps = ({ n, spans = [] }) => {
  const steps = paneOf('source').querySelector('.steps');
  if (!steps) return;
  steps.hidden = spans.length < 2;
  steps.querySelector('b').textContent = `${n} of ${spans.length}`;
};
const cite = (pill, keyboard) => {
  if (!keyboard) hideTip({ target: pill });
  opener = pill;
  byKeyboard = keyboard;
  openPanel();
  document.querySelectorAll('.cite.cur').forEach(other => other.classList.remove('cur'));
  pill.classList.add('cur');
  const spans = JSON.parse(cardOf(pill).dataset.spans), n = Number(pill.dataset.n), [open, start, end, version = ''] = spans[n - 1];
  openSource({ open, start, end, version, n, spans });
};
const step = (by, focus) => {
  const current = document.querySelector('.cite.cur');
  if (!current) return;
  const all = [...cardOf(current).querySelectorAll('.cite')];
  const next = all[(all.indexOf(current) + by + all.length) % all.length];
  cite(next, false);
  if (focus) next.focus();
};
const SEEN_MARK = 'mark.on:not(.mk *)';
const bring = part => {   // to a third of the height; twice, because text that comes into sight for the first time gets its height then
  const body = paneOf('source').querySelector('.vbody');
  const go = () => { body.scrollTop += part.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3; };
  go();
  requestAnimationFrame(go);
};
const arrive = () => {
  const source = paneOf('source'), mark = source.querySelector(SEEN_MARK), box = source.querySelector('#find'), body = source.querySelector('.vbody');
  if (box) box.value = '';
  find('');
  if (mark) {
    bring(mark);
    source.querySelectorAll('mark.on').forEach(m => { m.classList.remove('flash'); void m.offsetWidth; m.classList.add('flash'); });
    say('Source opened at the quoted passage');
  } else if (body) body.scrollTop = 0;
  if (byKeyboard || covers()) { byKeyboard = false; focusPanel(); }
};

// places: Python counts code points from the beginning of the document, the browser UTF-16 units from the beginning of a text node

let blocks = null;
const forgetText = () => { blocks = null; };
const blocksOf = () => blocks ??= [...paneOf('source').querySelectorAll('.text [data-a]')].map(part => [Number(part.dataset.a), part]);
const lastAt = (rows, offset) => {
  let low = 0, high = rows.length - 1;
  while (low < high) { const middle = (low + high + 1) >> 1; if (rows[middle][0] <= offset) low = middle; else high = middle - 1; }
  return rows[low];
};
const PAIR = /[\ud800-\udfff]/;
const points = text => PAIR.test(text) ? [...text].length : text.length;
const units = (text, count) => PAIR.test(text) ? [...text].slice(0, count).join('').length : count;
const piecesOf = (from, to) => {   // the text nodes of a span, each with where the span begins and ends in it
  const found = [], [at, block] = lastAt(blocksOf(), from) ?? [];
  if (!block) return found;
  const walker = document.createTreeWalker(block.closest('.text'), NodeFilter.SHOW_TEXT);
  walker.currentNode = block;
  for (let pos = at; pos < to && walker.nextNode();) {
    const text = walker.currentNode.data, count = points(text), a = Math.max(from - pos, 0), b = Math.min(to - pos, count);
    if (a < b) found.push([walker.currentNode, units(text, a), units(text, b)]);
    pos += count;
  }
  return found;
};
const wrap = (from, to, kind, number) => {
  let last;
  for (let [node, a, b] of piecesOf(from, to)) {
    if (b < node.data.length) node.splitText(b);
    if (a) node = node.splitText(a);
    const mark = Object.assign(document.createElement('mark'), { className: kind });
    node.replaceWith(mark);
    mark.append(node);
    if (!mark.closest('.mk')) last = mark;
  }
  if (last) last.dataset.end = number;
};
const markSpans = (spans, n) => {
  for (const mark of paneOf('source').querySelectorAll('mark')) {
    const parent = mark.parentNode;
    mark.replaceWith(...mark.childNodes);
    parent.normalize();
  }
  const here = spans.map(([open, from, to], i) => [open, from, to, i + 1]).filter(([open, , , i]) => open === shown.open && i !== n);
  for (const [, from, to, i] of here) wrap(from, to, 'off', i);
  if (spans[n - 1]?.[0] === shown.open) wrap(spans[n - 1][1], spans[n - 1][2], 'on', n);
};

// as it reads or as it is written; headings to go to

let raw = false;
const layRaw = () => {
  paneOf('source').classList.toggle('raw', raw);
  paneOf('source').querySelector('[data-act=raw]')?.setAttribute('aria-pressed', String(raw));
};
const toggleRaw = () => {
  const top = paneOf('source').querySelector('.vbody').scrollTop;
  raw = !raw;
  layRaw();
  const mark = paneOf('source').querySelector(SEEN_MARK);
  if (mark) bring(mark); else paneOf('source').querySelector('.vbody').scrollTop = top;
};
const goTo = at => {
  const [, block] = lastAt(blocksOf(), at), outline = paneOf('source').querySelector('.outline');
  showText();
  outline.open = false;
  block.focus({ preventScroll: true });
  block.scrollIntoView({ block: 'start' });
  requestAnimationFrame(() => block.scrollIntoView({ block: 'start' }));
};

// find within the open text: ranges are highlighted, the text itself is not touched; markup is found only where it is seen

const PAINTED = 2000;   // each match is counted and can be stepped to; so many are coloured at once
let found = [], at = -1, nodes = [], length = 0;
const place = offset => {
  const [start, node] = lastAt(nodes, offset);
  return [node, Math.min(offset - start, node.data.length)];
};
const rangeOf = start => {
  const range = document.createRange(), [last, offset] = place(start + length - 1);
  range.setStart(...place(start));
  range.setEnd(last, Math.min(offset + 1, last.data.length));
  return range;
};
const paint = () => {
  if (!window.CSS?.highlights) return;
  const first = Math.max(0, Math.min(at - PAINTED / 2, found.length - PAINTED));
  CSS.highlights.set('q-found', new Highlight(...found.slice(first, first + PAINTED).map(rangeOf)));
  CSS.highlights.set('q-found-on', new Highlight(...found.slice(at, at + 1).map(rangeOf)));
};
const readText = body => {   // what is seen, and its text nodes; a blank stands for markup that parts two words
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  let whole = '';
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (raw || !node.parentNode.closest('.mk')) { nodes.push([whole.length, node]); whole += node.data; } else if (/\s/.test(node.data)) whole += ' ';
  }
  return whole;
};
const find = text => {
  found = []; at = -1; nodes = [];
  const body = paneOf('source').querySelector('.text');
  const needle = text.toLocaleLowerCase();
  length = needle.length;
  if (body && needle.trim()) {
    const whole = readText(body), lower = whole.toLocaleLowerCase();
    const searched = lower.length === whole.length ? lower : whole;   // a letter whose lower case is longer would shift the places
    for (let i = searched.indexOf(needle); i >= 0; i = searched.indexOf(needle, i + length)) found.push(i);
  }
  if (!found.length) paint();
  showFound(text.trim() ? 1 : 0);
};
const showFound = by => {
  const out = paneOf('source').querySelector('#found');
  if (!out) return;
  if (!found.length) { out.textContent = by ? 'Not found' : ''; return; }
  at = (at + by + found.length) % found.length;
  paint();
  out.textContent = `${at + 1} of ${found.length}`;
  bring(rangeOf(found[at]));
};
