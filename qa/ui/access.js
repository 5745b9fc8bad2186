// For everybody, in the same function: what Gradio draws is named, an answer is announced once, and what belongs together is one
// stop of the Tab key with arrow keys inside.
const prepare = () => {
  // The log would read each answer out whole, with its buttons; #live says its first words.
  document.querySelectorAll('#chat [role=log]').forEach(log => { log.setAttribute('aria-live', 'off'); log.setAttribute('aria-label', 'Conversation'); });
  document.querySelectorAll('#chat .message[aria-label], #chat .message [aria-label*="message"]').forEach(part => part.removeAttribute('aria-label'));
  chatBox()?.setAttribute('aria-label', 'Your question');
};
prepare();
new MutationObserver(prepare).observe(document.getElementById('chatcol'), { childList: true, subtree: true });

const GROUPS = [['.foot', 'button, summary', 'ArrowLeft', 'ArrowRight'], ['.folders', '.tick', 'ArrowUp', 'ArrowDown'],
  ['.ans', '.around', 'ArrowLeft', 'ArrowRight'], ['.docs', 'li:not([hidden]) .docrow', 'ArrowUp', 'ArrowDown'], ['.docs', 'li:not([hidden]) .tick', 'ArrowUp', 'ArrowDown']];
document.addEventListener('keydown', event => {
  for (const [group, parts, back, on] of GROUPS) {
    const by = { [back]: -1, [on]: 1 }[event.key], box = by && event.target.closest?.(group);
    if (!box || !event.target.matches(parts)) continue;
    const all = [...box.querySelectorAll(parts)].filter(part => part.checkVisibility()), next = all[all.indexOf(event.target) + by];
    event.preventDefault();
    next?.focus();
  }
});
document.addEventListener('focusin', event => {   // where the focus is, Tab comes back to
  for (const [group, parts] of [...GROUPS, ['.ans', '.cite']]) {
    const box = event.target.matches?.(parts) && event.target.closest(group);
    if (!box) continue;
    box.querySelectorAll(`${parts}:is([tabindex="0"], :not([tabindex]))`).forEach(part => { part.tabIndex = -1; });
    event.target.tabIndex = 0;
  }
});
