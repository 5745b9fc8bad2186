// The conversation, after script.js in the same function: a question is drawn at once; what was asked stays in this browser,
// each tab in a chat of its own; the address says what was searched.
const CHATS = 'quoted.chats.1', MOST_CHATS = 50, LISTED_CHATS = 6, SAID = 400;
const read = (store, key, otherwise) => { try { return JSON.parse(store.getItem(key)) ?? otherwise; } catch { return otherwise; } };
const keep = (store, key, value) => { try { store.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: then it is not remembered */ } };
const cards = () => [...document.querySelectorAll('#chat .ans[data-asked], #chat .owed')];
const bubbles = () => [...document.querySelectorAll('#chat .message-wrap .ask')];

const addressOf = ({ question, earlier = [], typed = false, check = false, within: only = [] }) => {
  const asked = check ? [['check', question]] : [['q', question], ...(typed ? [['typed', '1']] : earlier.map(text => ['after', text])), ...only.map(name => ['within', name])];
  return `${location.origin}${location.pathname}?${asked.map(([name, text]) => `${name}=${encodeURIComponent(text)}`).join('&')}`;
};
const linked = () => {
  const asked = new URLSearchParams(location.search), check = asked.has('check'), question = (asked.get(check ? 'check' : 'q') ?? '').trim();
  return question && { question, check, as_typed: asked.get('typed') === '1', history: asked.getAll('after'), ...(asked.has('within') && { within: asked.getAll('within') }) };
};

// chats: `name` is the first question, `turns` are what the server needs to give the same answers again

let chatId = read(sessionStorage, 'quoted.chat', '');
const newChat = () => { chatId = `${Date.now()}-${Math.random().toString(36).slice(2, 8)}`; keep(sessionStorage, 'quoted.chat', chatId); };
if (!chatId) newChat();
const turnOf = card => { const { question, earlier, typed, check, within: only } = askedOf(card); return { question, as_typed: typed, history: earlier, check, ...(only.length && { within: only }) }; };
const keepChat = () => {
  const turns = cards().map(turnOf);
  if (!turns.length) return;
  const chats = read(localStorage, CHATS, {});   // read again: another tab may have written since
  chats[chatId] = { name: chats[chatId]?.name ?? turns[0].question, at: Date.now(), turns };
  const newest = Object.entries(chats).sort(([, a], [, b]) => b.at - a.at).slice(0, MOST_CHATS);
  keep(localStorage, CHATS, Object.fromEntries(newest));
};
const openChat = id => { chatId = id; keep(sessionStorage, 'quoted.chat', id); trigger('restore', { turns: read(localStorage, CHATS, {})[id]?.turns ?? [] }); };
const chatsOf = () => Object.entries(read(localStorage, CHATS, {})).sort(([, a], [, b]) => b.at - a.at);   // newest first
const listChats = () => {
  const welcome = document.querySelector('#chat .welcome'), others = chatsOf().filter(([id]) => id !== chatId);
  if (!welcome || !others.length || welcome.querySelector('.earlier')) return;
  const box = Object.assign(document.createElement('div'), { className: 'earlier' }), list = document.createElement('ul');
  for (const [id, chat] of others.slice(0, LISTED_CHATS)) {
    const button = Object.assign(document.createElement('button'), { type: 'button', textContent: chat.name });
    Object.assign(button.dataset, { act: 'chat', chat: id });
    list.append(document.createElement('li')); list.lastChild.append(button);
  }
  box.append(Object.assign(document.createElement('h3'), { textContent: 'Earlier chats in this browser' }), list);
  welcome.append(box);
};

// visible work: what was asked, and that it is being searched for, or why it is not

let waiting = null;
const cardsOf = question => cards().filter(card => askedOf(card).question === question);
const ask = payload => { waitFor(payload); trigger('ask', payload); };
const waitFor = payload => {
  if (waiting && !waiting.failed) { waiting.line.remove(); waiting.node.id = ''; waiting.node.className = 'sent'; clearInterval(waiting.timer); waiting = null; }
  doneWaiting();
  const node = Object.assign(document.createElement('div'), { id: 'pending' });
  const bubble = Object.assign(document.createElement('div'), { className: 'ask', textContent: payload.question });
  const documents = document.querySelector('#status [data-documents]')?.dataset.documents;
  const line = Object.assign(document.createElement('p'), { className: 'working busy', textContent: `Searching ${documents ?? 'the documents'}…` });
  node.append(bubble, line);
  document.querySelector('#chat .bubble-wrap').append(node);
  document.body.classList.add('asking');
  node.scrollIntoView({ block: 'end' });
  waiting = { payload, node, bubble, line, before: cardsOf(payload.question).length, timer: setInterval(async () => { if (!await reachable()) failed(SLOW); }, 3000) };
};
const doneWaiting = () => {
  if (!waiting) return;
  clearInterval(waiting.timer);
  waiting.node.remove();
  waiting = null;
  document.body.classList.remove('asking');
};
const failed = reason => {
  if (!waiting || waiting.failed) return;
  waiting.failed = true;
  clearInterval(waiting.timer);
  const { line, payload } = waiting;
  line.classList.remove('busy');
  line.textContent = `${reason} Your question is kept. `;
  line.append(Object.assign(document.createElement('button'), { type: 'button', className: 'act', textContent: 'Try again' }));
  line.lastChild.dataset.act = 'again';
  typeIn(payload.question);
  say(line.textContent);
};
const askAgain = async () => {
  if (!waiting) return;
  const { payload, line } = waiting;
  if (!await reachable()) { line.firstChild.textContent = `${SLOW} It was tried again. `; return; }
  keep(sessionStorage, 'quoted.draft', '');
  location.assign(addressOf({ question: payload.question, earlier: payload.history ?? cards().map(askedOf).filter(asked => !asked.check).map(asked => asked.question).slice(-3), typed: payload.as_typed, check: payload.check, within: payload.within }));
};
const setBox = text => {
  const box = chatBox();
  box.value = text;
  box.dispatchEvent(new Event('input', { bubbles: true }));
};
const typeIn = text => { if (chatBox() && !chatBox().value) setBox(text); };
const submitted = event => {
  const question = chatBox()?.value.trim().slice(0, 2000);
  if (!question) return;
  event.preventDefault();   // Gradio's own way would send the text alone, and empty the box when the server has it
  event.stopImmediatePropagation();
  setBox('');
  keep(sessionStorage, 'quoted.draft', question);   // until it is answered
  ask({ question, ...(ticked.size && { within: [...ticked] }) });
};
document.addEventListener('keydown', event => { if (event.target === chatBox() && event.key === 'Enter' && !event.shiftKey && !event.isComposing) submitted(event); }, true);
document.addEventListener('click', event => { if (event.target.closest?.('#ask .submit-button')) submitted(event); }, true);
document.addEventListener('input', event => { if (event.target === chatBox()) keep(sessionStorage, 'quoted.draft', event.target.value); });
const isFailure = node => node.matches?.('.toast-body.error') || node.querySelector?.('.toast-body.error');
new MutationObserver(changes => {
  if (!waiting) return;
  waiting.bubble.hidden = bubbles().pop()?.textContent === waiting.payload.question;
  if (changes.some(change => [...change.addedNodes].some(isFailure))) failed(SLOW);
}).observe(document.body, { childList: true, subtree: true });

// ticks: only some documents or folders are asked

const ticked = new Set();
const showTicks = () => {
  element.querySelectorAll('.tick').forEach(box => { box.checked = ticked.has(box.dataset.within); });
  element.querySelectorAll('.which').forEach(line => { line.textContent = ticked.size ? 'Only what is ticked is asked.' : line.dataset.all; });
  document.getElementById('only')?.remove();
  if (!ticked.size) return;
  const line = Object.assign(document.createElement('p'), { id: 'only', textContent: `Asking only ${[...ticked].slice(0, 3).join(', ')}${ticked.size > 3 ? ` and ${ticked.size - 3} more` : ''} ` });
  line.append(Object.assign(document.createElement('button'), { type: 'button', className: 'quiet', textContent: 'Ask all' }));
  line.lastChild.dataset.act = 'untick';
  document.getElementById('ask').before(line);
};
document.addEventListener('change', event => {
  const name = event.target.dataset?.within;
  if (name === undefined) return;
  if (event.target.checked) ticked.add(name); else ticked.delete(name);
  showTicks();
});

// Back: an open sheet is closed, then the question before is scrolled to

const entitle = question => { document.title = question ? `${question} – Quoted` : 'Quoted'; };
const askedAt = address => cards().findLast(card => addressOf(askedOf(card)) === address);
addEventListener('popstate', () => {
  if (leaving) { leaving = false; return; }
  if (document.body.classList.contains('viewer-open')) closePanel();
  else {
    const card = askedAt(location.href);
    bubbles()[cards().indexOf(card)]?.scrollIntoView({ block: 'start' });
    entitle(card && askedOf(card).question);
  }
});

window.quoted = {
  resumed: () => setTimeout(() => {
    const stuck = owed().length === resuming;   // others come first: it is tried again
    resuming = 0;
    setTimeout(resume, stuck ? 2000 : 0);
  }, 50),
  // After an answer: its question at the top of the chat, in the address and in the title, and its first words for a screen reader.
  answered: (restored, again = 20) => setTimeout(() => {
    document.querySelectorAll('#chat .sent').forEach(node => node.remove());
    // Of several that were sent, the one that is waited for need not be the last.
    const card = waiting && cardsOf(waiting.payload.question).length > waiting.before ? cardsOf(waiting.payload.question).pop() : cards().pop();
    const question = bubbles()[cards().indexOf(card)];
    if (!question || !card || (waiting && askedOf(card).question !== waiting.payload.question)) {
      listChats();
      if (waiting && again) window.quoted.answered(restored, again - 1);   // it may not be drawn yet
      return;
    }
    doneWaiting();
    if (!restored) keep(sessionStorage, 'quoted.draft', chatBox()?.value ?? '');
    question.scrollIntoView({ block: 'start' });
    const address = addressOf(askedOf(card));
    if (address !== location.href) history[restored ? 'replaceState' : 'pushState'](null, '', address);
    entitle(askedOf(card).question);
    keepChat();
    if (!restored) say([...card.querySelectorAll('.lead,.noans,.qt')].slice(0, 2).map(part => part.innerText).join(' ').slice(0, SAID));
    resume();
  }, 50),
};

// What this chat asked before is answered again one by one, newest first, as far as it is near what is seen.
const owed = () => [...document.querySelectorAll('#chat .owed')];
const isNear = node => { const { top, bottom } = node.getBoundingClientRect(); return bottom > -innerHeight && top < 2 * innerHeight; };
let resuming = 0;
const resume = () => { if (resuming || !owed().some(isNear)) return; resuming = owed().length; trigger('resume'); };
document.addEventListener('scroll', resume, { capture: true, passive: true });

trigger('restore', { turns: read(localStorage, CHATS, {})[chatId]?.turns ?? [], linked: linked() });
typeIn(read(sessionStorage, 'quoted.draft', ''));
