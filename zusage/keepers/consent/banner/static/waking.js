// Wakes inert markup that was agreed to, also what a single-page application adds later. A fragment, see core.js.
const ran = new Set();
let watching;

// a script starts when its source is set after its type; other markup waits in a template or in data attributes
const wake = Z.wake = (el, id) => {
  const data = el.dataset, inert = el.content ? el : el.querySelector('template'), made = inert && D.importNode(inert.content, true);
  const first = made && made.firstElementChild;
  if (id) ran.add(id);
  el.removeAttribute('data-zusage');
  if (made) el.replaceWith(made);
  else if (el.localName === 'script') {
    el.type = data.type || '';
    el.nonce = Z.me.nonce;
    if (data.src) el.src = Z.trust().createScriptURL(data.src);
    else el.text = Z.trust().createScript(el.text);
  } else for (const name of ['srcset', 'src', 'href']) if (data[name]) el[name] = data[name];
  return first;
};
const activate = Z.activate = () => {
  if (Z.signals) Z.signals();
  for (const el of D.querySelectorAll('[data-zs=withdraw]')) el.hidden = !Z.now.id;
  for (const el of D.querySelectorAll('[data-zusage]')) if (Z.allowed(el.dataset.zusage)) wake(el, el.dataset.zusage);
  if (!watching) {
    watching = new MutationObserver(activate);
    watching.observe(D, { childList: true, subtree: true });
    // a tab that was elsewhere during the withdrawal still has its session storage
    const off = Object.keys(Z.now.off);
    try { if (off[0] && sessionStorage.length) Z.load(Z.config.f).then(() => Z.remove(off)); } catch { /* blocked: nothing there */ }
  }
};
Z.revoked = () => [...ran].filter(id => !Z.allowed(id));
