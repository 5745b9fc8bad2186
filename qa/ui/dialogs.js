// Dialogs of the page, after chat.js in the same function. Each is made when it is opened for the first time: `fields` is HTML of ours,
// `closed(value, box)` is called with the value of the button that closed it, "" for none.
const openDialog = (name, head, fields, closed = () => {}) => {
  let box = document.getElementById(name);
  if (!box) {
    box = Object.assign(document.createElement('dialog'), { id: name, className: 'asks' });
    box.setAttribute('aria-labelledby', `${name}-head`);
    box.innerHTML = `<form method="dialog"><h2 id="${name}-head">${head}</h2>${fields}</form>`;
    box.addEventListener('close', () => closed(box.returnValue, box));
    box.addEventListener('keydown', event => {   // as in the question box
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches('textarea')) return;
      event.preventDefault();
      box.querySelector('[type=submit]').click();
    });
    document.querySelector('.gradio-container').append(box);
  }
  box.returnValue = '';
  box.showModal();
  return box;
};
const CANCEL = '<button type="submit" class="act" value="" formnovalidate>Cancel</button>';

// Check a quote: a sentence is pasted, what is found is a card of the chat.
actions.check = () => openDialog('checker', 'Check a quote', `
    <label>A sentence, as you have it<textarea id="checked" rows="5" maxlength="2000" required></textarea></label>
    <p><button type="submit" value="check" class="act">Check</button> ${CANCEL}</p>`, (value, box) => {
  const field = box.querySelector('#checked'), question = field.value.trim();
  if (value !== 'check' || !question) return;
  field.value = '';
  ask({ question, check: true });
}).querySelector('#checked').focus();

// Export of a chat: the server asks again what was asked, the browser keeps the file.
const KINDS = [['html', 'Questions and quotes, to read (HTML)', 'text/html'], ['md', 'Questions and quotes (Markdown)', 'text/markdown'],
  ['json', 'Documents quoted (CSL-JSON)', 'application/json'], ['bib', 'Documents quoted (BibTeX)', 'text/plain']];
const exportChat = async kind => {
  const asked = cards().map(askedOf).filter(one => !one.check).map(one => [one.question, one.earlier, one.typed, one.within]);
  say('Exporting…');
  let reply;
  try { reply = JSON.parse(await server.export_chat({ asked, kind })); } catch { reply = { error: SLOW }; }
  if (reply.error) { panelSays(reply.error); return; }
  const type = KINDS.find(([name]) => name === kind)[2];
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([reply.text], { type })), download: `quoted.${kind}` });
  link.click();
  URL.revokeObjectURL(link.href);
  say('Exported');
};
actions.export = () => openDialog('exporter', 'Export this chat', `
    ${KINDS.map(([kind, name]) => `<p><button type="submit" class="act" value="${kind}">${name}</button></p>`).join('')}<p>${CANCEL}</p>`,
  value => { if (value) exportChat(value); });

// Chats of this browser: opened, found, named, forgotten.
const chatRow = ([id, chat]) => {
  const row = document.createElement('li'), make = (act, text, label) => {
    const button = Object.assign(document.createElement('button'), { type: 'button', className: act === 'chat' ? 'chatname' : 'quiet', textContent: text });
    Object.assign(button.dataset, { act, chat: id });
    if (label) button.setAttribute('aria-label', label);
    return button;
  };
  const open = make('chat', chat.name), said = Object.assign(document.createElement('span'), { className: 'dm' });
  said.textContent = `${new Date(chat.at).toLocaleDateString()} · ${chat.turns.length} ${chat.turns.length === 1 ? 'question' : 'questions'}${id === chatId ? ' · open here' : ''}`;
  open.append(said);
  row.append(open, make('name', 'Rename', `Rename ${chat.name}`), make('forget', 'Delete', `Delete ${chat.name}`));
  return row;
};
const showChats = () => {
  const box = document.getElementById('chatlist'), words = box.querySelector('#chatfind').value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  const said = ([, chat]) => `${chat.name} ${chat.turns.map(turn => turn.question).join(' ')}`.toLocaleLowerCase();
  const rows = chatsOf().filter(entry => words.every(word => said(entry).includes(word))).map(chatRow);
  box.querySelector('ul').replaceChildren(...rows);
  box.querySelector('output').textContent = rows.length ? '' : 'No such chat.';
};
actions.chats = () => {
  const box = openDialog('chatlist', 'Chats in this browser', `
    <label class="sr" for="chatfind">Find a chat</label><input type="search" id="chatfind" placeholder="Find by name or question" autocomplete="off">
    <ul></ul><output></output><p>${CANCEL.replace('Cancel', 'Close')}</p>`);
  box.querySelector('#chatfind').value = '';
  showChats();
};
const changeChat = (id, change) => {
  const chats = read(localStorage, CHATS, {});
  if (!chats[id]) return;
  change(chats);
  keep(localStorage, CHATS, chats);
  showChats();
};
actions.forget = button => changeChat(button.dataset.chat, chats => { delete chats[button.dataset.chat]; });
actions.name = button => {   // its name becomes a field: Enter keeps what is written, Escape does not
  const id = button.dataset.chat, row = button.closest('li'), field = Object.assign(document.createElement('input'), { value: row.firstChild.firstChild.data, maxLength: 200 });
  field.setAttribute('aria-label', 'Name of the chat');
  row.firstChild.replaceWith(field);
  field.addEventListener('keydown', event => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault(); event.stopPropagation();
    if (event.key === 'Enter' && field.value.trim()) changeChat(id, chats => { chats[id].name = field.value.trim(); }); else showChats();
  });
  field.select();
};
document.addEventListener('input', event => { if (event.target.id === 'chatfind') showChats(); });
document.addEventListener('keydown', event => { if (event.target.id === 'chatfind' && event.key === 'Enter') event.preventDefault(); });
