// What every page loads: reads the choice and obeys it. assets.py sets one of two parts into it: waking.js on a page whose
// visitor has answered, choice.js where the banner stands; the other is loaded when it is needed.
// C, its configuration: c cookie, k key of the waiting events, p purpose → digest, s service → [purpose, digest], v script
// that wakes, h script that takes choices (each only where it is a file of its own), f script with the settings, b script
// that builds the first layer where no server rendered it, m script for Consent Mode, w watch script.
// No shorthand properties in these files: the names of variables are shortened when they are served.
(C => {
  const D = document, me = D.currentScript, same = x => x;
  // only what already stands inert in the page, or another part of this script, passes here
  const rules = { createScriptURL: same, createScript: same, createHTML: same };
  let now, shown = 'undefined', policy;

  // made when it is first needed: most pages load nothing more
  const trust = () => policy ||= window.trustedTypes?.createPolicy('zusage', rules) || rules;

  const cookie = name => (D.cookie.match('(?:^|; )' + name + '=([^;]*)') || [])[1] || '';
  const list = text => Object.fromEntries(text.split('_').filter(same).map(part => part.split('~')));
  const waiting = () => {
    try { return localStorage.getItem(C.k); } catch { return 0; }
  };
  const value = () => cookie(C.c) || Z.memory;
  // a choice that is neither on record (k) nor on its way there is none
  const read = () => {
    const f = value().split('.');
    Z.now = now = f[6] !== undefined && (f[1] === 'k' || Z.held || waiting())
      ? { kept: f[1] === 'k', day: f[2], on: list(f[3]), off: list(f[4]), services: list(f[5]), id: f[6] } : null;
  };
  const allowed = id => {
    const s = C.s[id] || [id || '?'];
    return !s[0] || !!now && now.kept && (!!C.p[s[0]] && now.on[s[0]] === C.p[s[0]] || !!s[1] && now.services[id] === s[1]);
  };
  const asks = () => now ? Object.keys(C.p).some(p => (now.on[p] || now.off[p]) !== C.p[p]) : !Z.signal;
  const load = src => Z[src] = Z[src] || new Promise((ok, no) => {
    if (!src) return ok();
    const s = D.createElement('script');
    s.src = trust().createScriptURL(src);
    s.nonce = me.nonce;
    s.async = false;
    s.onload = ok;
    s.onerror = no;
    D.head.append(s);
  });
  const apply = () => {
    const state = value() + now?.kept, bar = D.getElementById('zs');
    if (bar && !asks()) bar.remove();
    if (now?.kept && !Z.going) Promise.all([load(C.m), load(C.v)]).then(() => Z.activate());
    if (shown !== state) D.dispatchEvent(new CustomEvent('zusage:change', { detail: Object.keys(C.p).filter(allowed) }));
    shown = state;
    return bar;
  };
  const refresh = () => {
    read();
    const lost = Z.revoked?.();
    if (lost?.[0]) load(C.f).then(() => Z.remove(lost));
    else apply();
  };

  // now: the choice; everything else but config, allowed, load and open is for our own files, and gets a short name
  const Z = window.zusage = { config: C, allowed: allowed, load: load };
  Z.open = b => Promise.all([C.h, C.v, C.f].map(load)).then(() => Z.show(b || me));
  Z.signal = navigator.globalPrivacyControl ? 'gpc' : navigator.doNotTrack > 0 ? 'dnt' : '';
  Z.memory = '';
  Z.me = me;
  Z.trust = trust;
  Z.cookie = cookie;
  Z.value = value;
  Z.read = read;
  Z.apply = apply;
  D.addEventListener('click', e => {
    const b = e.target.closest?.('[data-zs]');
    if (!b) return;
    e.preventDefault();
    load(C.h).then(() => Z.act(b)).catch(() => { if (b.href) location = b.href; });
  });
  addEventListener('storage', e => e.key === C.k && refresh());
  addEventListener('pageshow', e => e.persisted && refresh());
  const start = () => {
    read();
    const bar = apply();
    if (cookie(C.c + '-once') || D.querySelector('.zs-p')) Z.open();
    else if (!asks()) waiting() && load(C.h).then(() => Z.send());
    else if (!bar) load(C.b);
  };
  // asking the browser for cookies and storage takes time: a banner that already stands is painted first
  const soon = () => D.getElementById('zs') ? requestAnimationFrame(() => setTimeout(start)) : start();
  load(C.w);
  /*PART*/
  if (D.readyState === 'loading') D.addEventListener('DOMContentLoaded', soon);
  else soon();
})(/*CONFIG*/);
