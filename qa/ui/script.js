// The client code of the page begins here. Gradio runs all of it once, as the body of one function, with `element` (what stands beside the
// chat), `trigger(name, data)` (an event for Python) and `server` (functions of Python that are waited for).
let opener = null;        // the citation that opened the panel: focus goes back to it
let byKeyboard = false;   // then focus follows into the panel

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
const focusPanel = () => pane().querySelector('.vh')?.focus({ preventScroll: true });
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
const cardOf = part => part.closest('.ans, .owed');
const askedOf = part => { const [question, earlier, typed, check = false, within = []] = JSON.parse(cardOf(part).dataset.asked ?? '["",[],false]'); return { question, earlier, typed, check, within }; };
const SLOW = 'The server does not answer.';
const within = (promise, seconds) => Promise.race([promise, new Promise((_, fail) => { setTimeout(fail, seconds * 1000); })]);
const reachable = () => within(fetch(`${location.pathname.replace(/\/?$/, '/')}health`, { cache: 'no-store' }), 4).then(() => true, () => false);

// What a citation's number shows on hover and focus; placed here, because the chat would cut off what hangs over its edge.
const placeTip = event => {
  const pill = event.target.closest?.('.cite'), tip = pill?.nextElementSibling;
  if (!tip?.classList.contains('tip')) return;
  tip.style.display = 'block';
  const at = pill.getBoundingClientRect(), size = tip.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(at.left - 20, innerWidth - size.width - 8))}px`;
  const quote = (pill.closest('.quote') ?? pill).getBoundingClientRect(), below = Math.max(quote.bottom, at.bottom) + 8, above = quote.top - size.height - 8;
  if (below + size.height < innerHeight) tip.style.top = `${below}px`;
  else if (above > 0) tip.style.top = `${above}px`;
  else tip.style.display = '';   // nowhere beside the quote: rather none than over it
};
const hideTip = event => { const tip = event.target.closest?.('.cite')?.nextElementSibling; if (tip?.classList.contains('tip')) tip.style.display = ''; };
for (const shown of ['mouseover', 'focusin']) document.addEventListener(shown, placeTip);
for (const hidden of ['mouseout', 'focusout']) document.addEventListener(hidden, hideTip);

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
  list: () => { showPane('list'); comeToList(); focusPanel(); },
  raw: button => toggleRaw(button),
  goto: button => goTo(Number(button.dataset.at)),
  findprev: () => showFound(-1),
  findnext: () => showFound(1),
  close: closePanel,
  sources: button => {
    opener = button;
    openPanel();
    actions.list();
  },
  new: () => { newChat(); trigger('reset', {}); closePanel(); history.replaceState(null, '', location.pathname); entitle(); chatBox()?.focus(); },
  skip: () => chatBox()?.focus(),
  theme: () => { document.body.classList.toggle('dark'); localStorage.setItem('quoted.theme', document.body.classList.contains('dark') ? 'dark' : 'light'); },
  rebuild: () => trigger('rebuild', {}),
  typed: button => ask({ question: askedOf(button).question, as_typed: true, within: askedOf(button).within }),
  without: button => {   // understood without one of the questions before it
    const { question, earlier, within: only } = askedOf(button);
    ask({ question, within: only, history: earlier.filter((_, n) => n !== Number(button.dataset.part)) });
  },
  again: () => askAgain(),
  chat: button => { button.closest('dialog')?.close(); openChat(button.dataset.chat); },
  copy: button => copy(button, cardOf(button).dataset[button.dataset.kind]),
  link: button => copy(button, addressOf(askedOf(button))),
  around: button => {   // what stands before or after a quote, in its place
    const text = (button.closest('.tail') ?? button).nextElementSibling;
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
  else if (target.dataset.open) { byKeyboard = keyboard; openSource({ open: target.dataset.open }); }
  else if (target.dataset.ask) ask({ question: target.dataset.ask, within: [...ticked] });
  else actions[target.dataset.act]?.(target);
  target.closest('.more')?.removeAttribute('open');
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

const theme = localStorage.getItem('quoted.theme');
if (theme) document.body.classList.toggle('dark', theme === 'dark');

