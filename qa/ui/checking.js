// Check a quote, after chat.js in the same function: a sentence is pasted into a dialog, what is found is a card of the chat.
const checker = () => {
  const made = document.getElementById('checker');
  if (made) return made;
  const box = Object.assign(document.createElement('dialog'), { id: 'checker' });
  box.setAttribute('aria-labelledby', 'checkhead');
  box.innerHTML = `<form method="dialog"><h2 id="checkhead">Check a quote</h2>
    <label>A sentence, as you have it<textarea id="checked" rows="5" maxlength="2000" required></textarea></label>
    <p><button type="submit" value="check" class="act">Check</button> <button type="submit" class="act" formnovalidate>Cancel</button></p></form>`;
  box.addEventListener('close', () => {
    const field = box.querySelector('#checked'), question = field.value.trim();
    if (box.returnValue !== 'check' || !question) return;
    field.value = '';
    ask({ question, check: true });
  });
  document.querySelector('.gradio-container').append(box);
  return box;
};
actions.check = () => { const box = checker(); box.returnValue = ''; box.showModal(); box.querySelector('#checked').focus(); };
