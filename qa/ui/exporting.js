// Export of a chat, in the same function: the server asks again what was asked, the browser keeps the file.
const exporter = () => {
  const made = document.getElementById('exporter');
  if (made) return made;
  const box = Object.assign(document.createElement('dialog'), { id: 'exporter' });
  box.setAttribute('aria-labelledby', 'exporthead');
  box.innerHTML = `<form method="dialog"><h2 id="exporthead">Export this chat</h2>
    <p><button type="submit" class="act" value="md">Questions and quotes (Markdown)</button></p>
    <p><button type="submit" class="act" value="json">Documents quoted (CSL-JSON)</button></p>
    <p><button type="submit" class="act" value="bib">Documents quoted (BibTeX)</button></p><p><button type="submit" class="act" value="">Cancel</button></p></form>`;
  box.addEventListener('close', async () => {
    const kind = box.returnValue, asked = cards().map(askedOf).filter(one => !one.check).map(one => [one.question, one.earlier, one.typed, one.within]);
    if (!kind) return;
    say('Exporting…');
    let reply;
    try { reply = JSON.parse(await server.export_chat({ asked, kind })); } catch { reply = { error: SLOW }; }
    if (reply.error) { say(reply.error); panelSays(reply.error); return; }
    const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(new Blob([reply.text], { type: 'text/plain' })), download: `quoted.${kind}` });
    link.click();
    URL.revokeObjectURL(link.href);
    say('Exported');
  });
  document.querySelector('.gradio-container').append(box);
  return box;
};
actions.export = () => { const box = exporter(); box.returnValue = ''; box.showModal(); };
