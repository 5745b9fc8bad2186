// The list of documents, after chat.js in the same function: a filter, arrow keys, its place kept, and files that are dropped on the page.
const list = { top: 0, filter: '' };
const leaveList = () => { if (!paneOf('list').hidden && paneOf('list').querySelector('.docs')) list.top = paneOf('list').querySelector('.vbody').scrollTop; };
const comeToList = () => {
  const box = element.querySelector('#filter'), body = paneOf('list').querySelector('.vbody');
  if (box && list.filter) { box.value = list.filter; filterList(list.filter); }
  if (body) body.scrollTop = list.top;
  showTicks();
};
// The list is asked for when the page opens and when another snapshot answers; where it was left, it goes on.
let listed = '', listing = false, looking = 0;   // the state is looked at more often while the first index is built
const loadList = async () => {
  if (!document.querySelector('#status [data-indexing]')) { clearInterval(looking); looking = 0; } else looking ||= setInterval(() => trigger('look', {}), 1500);
  const snapshot = document.querySelector('#status [data-snapshot]')?.dataset.snapshot ?? '';
  if (listing || (snapshot === listed && paneOf('list').firstChild)) return;
  listing = true;
  try {
    const told = JSON.parse(await server.open_source({ list: true }));
    leaveList();
    paneOf('list').innerHTML = told.html;
    if (listed !== snapshot && !document.querySelector('#chat .chip')) greet().catch(() => {});
    listed = snapshot;
    if (!paneOf('list').hidden) { showPane('list'); comeToList(); }
    if (added && element.querySelector('#adding')) element.querySelector('#adding').textContent = added;
  } catch { /* the server does not answer: the next change of the state asks again */ }
  listing = false;
};
const greet = async () => {   // now there is something to ask: an empty chat offers it, unless it is empty no longer
  const told = JSON.parse(await server.greet({}));
  const welcome = document.querySelector('#chat .welcome');
  if (welcome) { welcome.outerHTML = told.html; listChats(); }
};
const rows = () => [...element.querySelectorAll('.docs li:not([hidden]) .docrow')];
const filterList = text => {
  const words = text.toLocaleLowerCase().split(/\s+/).filter(Boolean), all = [...element.querySelectorAll('.docs li')];
  for (const row of all) {
    const said = `${row.textContent} ${row.lastChild.dataset.open ?? ''}`.toLocaleLowerCase();
    row.hidden = !words.every(word => said.includes(word));
  }
  const left = rows();
  left.forEach((row, n) => { row.tabIndex = row.previousSibling.tabIndex = n ? -1 : 0; });
  element.querySelector('#listed').textContent = words.length ? `${left.length} of ${all.length}` : '';
};
document.addEventListener('input', event => { if (event.target.id === 'filter') { list.filter = event.target.value; filterList(list.filter); } });
new MutationObserver(loadList).observe(document.getElementById('status'), { childList: true, subtree: true, attributes: true });

// files: each is sent by itself, then the index is brought in line once

const canAdd = () => !!document.querySelector('.top[data-upload]');
const told = text => { const line = element.querySelector('#adding'); if (line) line.textContent = text; say(text); };
const add = async files => {
  actions.list();
  const refused = [];
  let taken = 0;
  for (const file of files) {
    told(`Adding ${file.name}…`);
    try {
      const reply = await fetch(`${location.pathname.replace(/\/?$/, '/')}documents?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
      const sent = reply.status === 413 ? { error: `${file.name} is too large to be added here: copy it into the folder.` } : await reply.json();
      if (sent.error) refused.push(sent.error); else taken++;
    } catch { refused.push(`${file.name} could not be sent. ${SLOW}`); }
  }
  added = [taken ? `${taken} added.` : '', ...refused].filter(Boolean).join(' ');
  told(added);
  setTimeout(() => { added = ''; }, 60000);
  if (taken) trigger('rebuild', {});
};
let added = '';   // the list is drawn again as the index comes in line: what was said of the files stays for a minute
const holdsFiles = event => canAdd() && event.dataTransfer?.types.includes('Files');
document.addEventListener('dragover', event => { if (holdsFiles(event)) { event.preventDefault(); event.stopPropagation(); document.body.classList.add('dropping'); } }, true);
document.addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dropping'); }, true);
document.addEventListener('drop', event => {
  document.body.classList.remove('dropping');
  if (!holdsFiles(event)) return;
  event.preventDefault();
  event.stopPropagation();
  add([...event.dataTransfer.files]);
}, true);
document.addEventListener('change', event => { if (event.target.id === 'add') add([...event.target.files]); });
addEventListener('beforeprint', () => document.querySelectorAll('#chat details.rest:not([open])').forEach(fold => { fold.open = true; fold.dataset.printed = ''; }));
addEventListener('afterprint', () => document.querySelectorAll('#chat details[data-printed]').forEach(fold => { fold.open = false; delete fold.dataset.printed; }));
loadList();
