// Google Consent Mode v2: the four signals follow the purposes that the declaration ties them to; one that is tied to none is
// nobody's yes, and a tag that is not told "denied" takes it for one. Loaded before anything
// that was agreed to wakes; without consent no tag runs, so nobody needs to be told "denied" earlier. Its configuration:
// purpose → signals.
(signals => {
  const Z = window.zusage, layer = window.dataLayer = window.dataLayer || [], tell = function () { layer.push(arguments); };
  const state = yes => {
    const out = { ad_storage: 'denied', ad_user_data: 'denied', ad_personalization: 'denied', analytics_storage: 'denied' };
    for (const p in signals) for (const s of signals[p]) out[s] = yes && Z.allowed(p) || out[s] === 'granted' ? 'granted' : 'denied';
    return out;
  };
  let last = '';
  tell('consent', 'default', state());
  Z.signals = () => {
    const next = state(1), text = JSON.stringify(next);
    if (text !== last) tell('consent', 'update', next);
    last = text;
  };
})(/*CONFIG*/);
