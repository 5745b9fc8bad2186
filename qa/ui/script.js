// All client code of the page. Gradio runs it once, as the body of a function, with `element` (the source panel),
// `trigger(name, data)` (an event for Python) and `watch` (a callback after the panel has changed).
let opener = null;        // the citation that opened the panel: focus goes back to it
let byKeyboard = false;   // then focus follows into the panel

const chatBox = () => document.querySelector('#ask textarea');
const say = text => { const live = document.getElementById('live'); if (live) { live.textContent = ''; setTimeout(() => { live.textContent = text; }, 60); } };
const openPanel = () => document.body.classList.add('viewer-open');
const closePanel = () => {
  document.body.classList.remove('viewer-open');
  if (opener && document.contains(opener)) opener.focus();
};

const cite = (pill, keyboard) => {
  opener = pill;
  byKeyboard = keyboard;
  openPanel();
  document.querySelectorAll('.cite.cur').forEach(other => other.classList.remove('cur'));
  pill.classList.add('cur');
  trigger('cite', { n: Number(pill.dataset.n), spans: JSON.parse(pill.closest('.ans').dataset.spans) });
};

const step = by => {
  const current = document.querySelector('.cite.cur');
  if (!current) return;
  const all = [...current.closest('.ans').querySelectorAll('.cite')];
  cite(all[(all.indexOf(current) + by + all.length) % all.length], false);
};

const actions = {
  prev: () => step(-1),
  next: () => step(1),
  list: () => trigger('cite', { list: true }),
  close: closePanel,
  sources: button => { opener = button; document.body.classList.contains('viewer-open') ? closePanel() : openPanel(); },
  new: () => { trigger('reset', {}); closePanel(); chatBox()?.focus(); },
};

document.addEventListener('click', event => {
  const target = event.target.closest?.('.cite,[data-open],[data-act],[data-ask]');
  if (!target) return;
  const keyboard = event.detail === 0;
  if (target.classList.contains('cite')) cite(target, keyboard);
  else if (target.dataset.open) { byKeyboard = keyboard; trigger('cite', { open: target.dataset.open }); }
  else if (target.dataset.ask) trigger('ask', { question: target.dataset.ask });
  else actions[target.dataset.act]?.(target);
});

document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && document.body.classList.contains('viewer-open')) closePanel();
});

watch('value', () => {
  const body = element.querySelector('.vbody');
  const mark = element.querySelector('mark.on');
  if (body) body.scrollTop = 0;
  if (body && mark) {
    body.scrollTop = mark.getBoundingClientRect().top - body.getBoundingClientRect().top - body.clientHeight / 3;
    element.querySelectorAll('mark.on').forEach(m => m.classList.add('flash'));
    say('Source opened at the quoted passage');
  }
  if (byKeyboard) { byKeyboard = false; element.querySelector('#vh')?.focus({ preventScroll: true }); }
});
