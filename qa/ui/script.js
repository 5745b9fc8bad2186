// All client code of the page. Gradio runs it once, as the body of a function, with `element` (the source panel),
// `trigger(name, data)` (an event for Python), `server` (functions of Python that are waited for) and `watch` (a callback after the panel has changed).
let opener = null;        // the citation that opened the panel: focus goes back to it
let byKeyboard = false;   // then focus follows into the panel
let cited = '';           // what was asked for last

const chatBox = () => document.querySelector('#ask textarea');
const say = text => { const live = document.getElementById('live'); if (live) { live.textContent = ''; setTimeout(() => { live.textContent = text; }, 60); } };
const narrow = matchMedia('(max-width: 900px)');   // there the panel is a sheet over the page: a dialog, and the page behind it rests
const covers = () => narrow.matches && document.body.classList.contains('viewer-open');
const layOver = () => {
  for (const part of document.querySelectorAll('.top, #chatcol')) part.inert = covers();
  const sheet = document.getElementById('viewcol');
  for (const [name, value] of Object.entries({ role: 'dialog', 'aria-modal': 'true', 'aria-labelledby': 'vh' })) {
    if (covers()) sheet.setAttribute(name, value); else sheet.removeAttribute(name);
  }
};
narrow.addEventListener('change', layOver);
const focusPanel = () => element.querySelector('#vh')?.focus({ preventScroll: true });
// Over the page, an open sheet is a step of the browser's history, so that Back closes it.
let leaving = false;
const openPanel = () => {
  document.body.classList.add('viewer-open');
  layOver();
  if (covers() && !history.state?.sheet) history.pushState({ sheet: true }, '');
};
const closePanel = () => {
  document.body.classList.remove('viewer-open');
  layOver();
  if (history.state?.sheet) { leaving = true; history.back(); }
  if (opener && document.contains(opener)) opener.focus();
};
const cardOf = part => part.closest('.ans');
const askedOf = part => { const [question, earlier, typed, check = false, within = []] = JSON.parse(cardOf(part).dataset.asked ?? '["",[],false]'); return { question, earlier, typed, check, within }; };
const SLOW = 'The server does not answer.';
const within = (promise, seconds) => Promise.race([promise, new Promise((_, fail) => { setTimeout(fail, seconds * 1000); })]);
const reachable = () => within(fetch(`${location.pathname.replace(/\/?$/, '/')}health`, { cache: 'no-store' }), 4).then(() => true, () => false);

// citations and the source beside them

const cite = (pill, keyboard) => {
  if (!keyboard) hideTip({ target: pill });
  opener = pill;
  byKeyboard = keyboard;
  openPanel();
  document.querySelectorAll('.cite.cur').forEach(other => other.classList.remove('cur'));
  pill.classList.add('cur');
  const wanted = { n: Number(pill.dataset.n), spans: JSON.parse(cardOf(pill).dataset.spans) };
  const before = cited;
  cited = JSON.stringify(wanted);
  const same = cited === before && element.querySelector('mark.on');   // then the panel will not change
  show(wanted);
  if (same) arrive();
};

// The panel is pale until what was asked for has come.
let shows = 0;
const show = wanted => {
  const mine = ++shows, viewer = document.getElementById('viewer');
  viewer.classList.add('loading');
  leaveList();
  trigger('cite', wanted);
  setTimeout(async () => {
    if (mine !== shows || !viewer.classList.contains('loading')) return;
    viewer.classList.remove('loading');
    if (!await reachable()) panelSays(`${SLOW} The text could not be opened.`);
  }, 5000);
};
const panelSays = text => {
  const notice = element.querySelector('.gone') ?? Object.assign(document.createElement('p'), { className: 'notice gone' });
  notice.textContent = text;
  element.querySelector('.vbody')?.prepend(notice);
  say(text);
};

const step = (by, focus) => {
  const current = document.querySelector('.cite.cur');
  if (!current) return;
  const all = [...cardOf(current).querySelectorAll('.cite')];
  const next = all[(all.indexOf(current) + by + all.length) % all.length];
  cite(next, false);
  if (focus) next.focus();
};

// What a citation's number shows on hover and focus; placed here, because the chat would cut off what hangs over its edge.
const placeTip = event => {
  const pill = event.target.closest?.('.cite'), tip = pill?.nextElementSibling;
  if (!tip?.classList.contains('tip')) return;
  tip.style.display = 'block';
  const at = pill.getBoundingClientRect(), size = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(at.left - 20, innerWidth - size.width - 8))}px`;
  tip.style.top = `${at.bottom + size.height + 16 < innerHeight ? at.bottom + 8 : at.top - size.height - 8}px`;   // below: the quote stands above
};
const hideTip = event => { const tip = event.target.closest?.('.cite')?.nextElementSibling; if (tip?.classList.contains('tip')) tip.style.display = ''; };
for (const shown of ['mouseover', 'focusin']) document.addEventListener(shown, placeTip);
for (const hidden of ['mouseout', 'focusout']) document.addEventListener(hidden, hideTip);

// find within the open text: ranges are highlighted, the text itself is not touched

const PAINTED = 2000;   // each match is counted and can be stepped to; so many are coloured at once
let found = [], at = -1, nodes = [], length = 0;
const place = offset => {
  let low = 0, high = nodes.length - 1;
  while (low < high) { const middle = (low + high + 1) >> 1; if (nodes[middle][0] <= offset) low = middle; else high = middle - 1; }
  return [nodes[low][1], offset - nodes[low][0]];
};
const rangeOf = start => {
  const range = document.createRange(), [last, offset] = place(start + length - 1);
  range.setStart(...place(start));
  range.setEnd(last, offset + 1);
  return range;
};
const paint = () => {
  if (!window.CSS?.highlights) return;
  const first = Math.max(0, Math.min(at - PAINTED / 2, found.length - PAINTED));
  CSS.highlights.set('q-found', new Highlight(...found.slice(first, first + PAINTED).map(rangeOf)));
  CSS.highlights.set('q-found-on', new Highlight(...found.slice(at, at + 1).map(rangeOf)));
};
const find = text => {
  found = []; at = -1; nodes = [];
  const body = element.querySelector('.text');
  const needle = text.toLocaleLowerCase();
  length = needle.length;
  if (body && needle.trim()) {
    const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    let whole = '';
    while (walker.nextNode()) { nodes.push([whole.length, walker.currentNode]); whole += walker.currentNode.data; }
    const lower = whole.toLocaleLowerCase();
    const searched = lower.length === whole.length ? lower : whole;   // a letter whose lower case is longer would shift the places
    for (let i = searched.indexOf(needle); i >= 0; i = searched.indexOf(needle, i + length)) found.push(i);
  }
  if (!found.length) paint();
  showFound(text.trim() ? 1 : 0);
};
const showFound = by => {
  const out = element.querySelector('#found'), body = element.querySelector('.vbody');
  if (!out) return;
  if (!found.length) { out.textContent = by ? 'Not found' : ''; return; }
  at = (at + by + found.length) % found.length;
  paint();
  out.textContent = `${at + 1} of ${found.length}`;
  body.scrollTop += rangeOf(found[at]).getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
};

// what the buttons below an answer do

const tell = (button, text) => {
  const before = button.dataset.label ??= button.textContent;
  button.textContent = text;
  say(text);
  setTimeout(() => { button.textContent = before; }, 2000);
};
const copy = async (button, text) => {
  try { await navigator.clipboard.writeText(text); } catch {   // without HTTPS, or where the browser does not allow it
    const area = Object.assign(document.createElement('textarea'), { value: text });
    document.body.append(area); area.select();
    const done = document.execCommand('copy'); area.remove();
    if (!done) { tell(button, 'The browser did not allow it'); return; }
  }
  tell(button, 'Copied');
};
const judge = async (button, helpful) => {
  const { question, earlier, typed, within: only } = askedOf(button);
  try {
    const reply = JSON.parse(await within(server.give_feedback({ asked: [question, earlier, typed, only], helpful }), 20));
    if (reply.error) { tell(button, reply.error); return; }
  } catch { tell(button, SLOW); return; }
  cardOf(button).querySelectorAll('[data-act=helpful],[data-act=unhelpful]').forEach(b => { b.setAttribute('aria-pressed', b === button); b.disabled = true; });
  say('Thank you, noted');
};
const prompt = async button => {
  const { question, earlier, typed, within: only } = askedOf(button);
  const box = button.closest('.asprompt'), out = box.querySelector('output');
  try {
    const reply = JSON.parse(await within(server.make_prompt({ asked: [question, earlier, typed, only], budget: Number(box.querySelector('.budget').value) }), 20));
    out.textContent = reply.error || `${reply.tokens} tokens`;
    if (!reply.error) await copy(button, reply.prompt);
  } catch { out.textContent = SLOW; }
};

const actions = {
  prev: () => step(-1),
  next: () => step(1),
  list: () => { byKeyboard = true; show({ list: true }); },
  findprev: () => showFound(-1),
  findnext: () => showFound(1),
  close: closePanel,
  sources: button => {
    opener = button;
    openPanel();
    if (element.querySelector('.docs')) focusPanel(); else actions.list();
  },
  new: () => { newChat(); trigger('reset', {}); closePanel(); history.replaceState(null, '', location.pathname); chatBox()?.focus(); },
  theme: () => { document.body.classList.toggle('dark'); localStorage.setItem('quoted.theme', document.body.classList.contains('dark') ? 'dark' : 'light'); },
  rebuild: () => trigger('rebuild', {}),
  typed: button => ask({ question: askedOf(button).question, as_typed: true, within: askedOf(button).within }),
  without: button => {   // understood without one of the questions before it
    const { question, earlier, within: only } = askedOf(button);
    ask({ question, within: only, history: earlier.filter((_, n) => n !== Number(button.dataset.part)) });
  },
  again: () => askAgain(),
  chat: button => openChat(button.dataset.chat),
  copy: button => copy(button, cardOf(button).dataset[button.dataset.kind]),
  link: button => copy(button, addressOf(askedOf(button))),
  around: button => {   // what stands before or after a quote, in its place
    const text = button.nextElementSibling;
    text.hidden = !text.hidden;
    button.setAttribute('aria-expanded', String(!text.hidden));
  },
  path: button => copy(button, element.querySelector('#folder').textContent),
  untick: () => { ticked.clear(); showTicks(); },
  prompt,
  helpful: button => judge(button, true),
  unhelpful: button => judge(button, false),
};

document.addEventListener('click', event => {
  if (covers() && !event.target.closest?.('#viewcol')) { closePanel(); return; }   // a tap beside the sheet
  const target = event.target.closest?.('.cite,[data-open],[data-act],[data-ask]');
  if (!target) return;
  const keyboard = event.detail === 0;
  if (target.classList.contains('cite')) cite(target, keyboard);
  else if (target.dataset.open) { byKeyboard = keyboard; show({ open: target.dataset.open }); }
  else if (target.dataset.ask) ask({ question: target.dataset.ask, within: [...ticked] });
  else actions[target.dataset.act]?.(target);
});

document.addEventListener('keydown', event => {
  if (event.key === 'Escape') {
    if (document.body.classList.contains('viewer-open')) closePanel();
    else if (opener && element.contains(document.activeElement) && document.contains(opener)) opener.focus();
  } else if (event.target.classList?.contains('cite') && ['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp'].includes(event.key)) {
    event.preventDefault();
    event.target.classList.contains('cur') || event.target.classList.add('cur');
    step(['ArrowRight', 'ArrowDown'].includes(event.key) ? 1 : -1, true);
  } else if (event.target.id === 'find' && event.key === 'Enter') { event.preventDefault(); showFound(event.shiftKey ? -1 : 1); }
});
document.addEventListener('input', event => { if (event.target.id === 'find') find(event.target.value); });

const arrive = () => {
  document.getElementById('viewer').classList.remove('loading');
  const body = element.querySelector('.vbody'), mark = element.querySelector('mark.on'), box = element.querySelector('#find');
  if (box) box.value = '';
  find('');
  if (body) body.scrollTop = 0;
  if (body && mark) {
    body.scrollTop = mark.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
    element.querySelectorAll('mark.on').forEach(m => { m.classList.remove('flash'); void m.offsetWidth; m.classList.add('flash'); });
    say('Source opened at the quoted passage');
  }
  if (byKeyboard || covers()) { byKeyboard = false; focusPanel(); }
};
watch('value', arrive);

const theme = localStorage.getItem('quoted.theme');
if (theme) document.body.classList.toggle('dark', theme === 'dark');

