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
const openPanel = () => { document.body.classList.add('viewer-open'); layOver(); };
const closePanel = () => {
  document.body.classList.remove('viewer-open');
  layOver();
  if (opener && document.contains(opener)) opener.focus();
};
const cardOf = part => part.closest('.ans');
const askedOf = part => { const [question, history, typed] = JSON.parse(cardOf(part).dataset.asked); return { question, history, typed }; };

// citations and the source beside them

const cite = (pill, keyboard) => {
  opener = pill;
  byKeyboard = keyboard;
  openPanel();
  document.querySelectorAll('.cite.cur').forEach(other => other.classList.remove('cur'));
  pill.classList.add('cur');
  const wanted = { n: Number(pill.dataset.n), spans: JSON.parse(cardOf(pill).dataset.spans) };
  const before = cited;
  cited = JSON.stringify(wanted);
  const same = cited === before && element.querySelector('mark.on');   // then the panel will not change
  trigger('cite', wanted);
  if (same) arrive();
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
  tip.style.top = `${at.top > size.height + 16 ? at.top - size.height - 8 : at.bottom + 8}px`;
};
const hideTip = event => { const tip = event.target.closest?.('.cite')?.nextElementSibling; if (tip?.classList.contains('tip')) tip.style.display = ''; };
for (const shown of ['mouseover', 'focusin']) document.addEventListener(shown, placeTip);
for (const hidden of ['mouseout', 'focusout']) document.addEventListener(hidden, hideTip);

// find within the open text: ranges are highlighted, the text itself is not touched

let found = [], at = -1;
const paint = () => {
  if (!window.CSS?.highlights) return;
  CSS.highlights.set('q-found', new Highlight(...found));
  CSS.highlights.set('q-found-on', new Highlight(...found.slice(at, at + 1)));
};
const find = text => {
  found = []; at = -1;
  const body = element.querySelector('.text');
  const needle = text.toLocaleLowerCase();
  if (body && needle.trim()) {
    const nodes = [], walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
    let whole = '';
    while (walker.nextNode()) { nodes.push([whole.length, walker.currentNode]); whole += walker.currentNode.data; }
    const lower = whole.toLocaleLowerCase();
    const searched = lower.length === whole.length ? lower : whole;   // a letter whose lower case is longer would shift the places
    const place = offset => { let i = nodes.length - 1; while (nodes[i][0] > offset) i--; return [nodes[i][1], offset - nodes[i][0]]; };
    for (let i = searched.indexOf(needle); i >= 0 && found.length < 2000; i = searched.indexOf(needle, i + needle.length)) {
      const range = document.createRange();
      range.setStart(...place(i));
      const [node, offset] = place(i + needle.length - 1);
      range.setEnd(node, offset + 1);
      found.push(range);
    }
  }
  paint();
  showFound(text.trim() ? 1 : 0);
};
const showFound = by => {
  const out = element.querySelector('#found'), body = element.querySelector('.vbody');
  if (!out) return;
  if (!found.length) { out.textContent = by ? 'Not found' : ''; return; }
  at = (at + by + found.length) % found.length;
  paint();
  out.textContent = `${at + 1} of ${found.length}`;
  body.scrollTop += found[at].getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
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
const addressOf = question => `${location.origin}${location.pathname}?q=${encodeURIComponent(question)}`;
const judge = async (button, helpful) => {
  const { question, history, typed } = askedOf(button);
  const reply = JSON.parse(await server.give_feedback({ asked: [question, history, typed], helpful }));
  if (reply.error) { tell(button, reply.error); return; }
  cardOf(button).querySelectorAll('[data-act=helpful],[data-act=unhelpful]').forEach(b => { b.setAttribute('aria-pressed', b === button); b.disabled = true; });
  say('Thank you, noted');
};
const prompt = async button => {
  const { question, history, typed } = askedOf(button);
  const box = button.closest('.asprompt');
  const reply = JSON.parse(await server.make_prompt({ asked: [question, history, typed], budget: Number(box.querySelector('.budget').value) }));
  box.querySelector('output').textContent = reply.error || `${reply.tokens} tokens`;
  if (!reply.error) await copy(button, reply.prompt);
};

const actions = {
  prev: () => step(-1),
  next: () => step(1),
  list: () => { byKeyboard = true; trigger('cite', { list: true }); },
  close: closePanel,
  sources: button => { opener = button; openPanel(); focusPanel(); },
  new: () => { trigger('reset', {}); closePanel(); history.replaceState(null, '', location.pathname); chatBox()?.focus(); },
  theme: () => { document.body.classList.toggle('dark'); localStorage.setItem('quoted.theme', document.body.classList.contains('dark') ? 'dark' : 'light'); },
  rebuild: () => trigger('rebuild', {}),
  typed: button => trigger('ask', { question: askedOf(button).question, as_typed: true }),
  copy: button => copy(button, cardOf(button).dataset[button.dataset.kind]),
  link: button => copy(button, addressOf(askedOf(button).question)),
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
  else if (target.dataset.open) { byKeyboard = keyboard; trigger('cite', { open: target.dataset.open }); }
  else if (target.dataset.ask) trigger('ask', { question: target.dataset.ask });
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

window.quoted = {
  // After an answer: its question at the top of the chat and in the address, and its first words for a screen reader.
  answered: () => setTimeout(() => {
    const question = [...document.querySelectorAll('#chat .ask')].pop(), card = [...document.querySelectorAll('#chat .ans')].pop();
    if (!question || !card) return;
    question.scrollIntoView({ block: 'start' });
    history.replaceState(null, '', addressOf(question.textContent));
    say(card.querySelector('.lead,.noans')?.textContent ?? '');
  }, 50),
};
