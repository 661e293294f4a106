// The settings dialog, the answers to embeds, and the removal of what a withdrawn purpose left.
// Its configuration: i what is stored, by purpose or service: [kind, name pattern, domains…]; j the dialog by language;
// x style sheets.
(C => {
  const D = document, Z = window.zusage;
  let dialog;

  const styled = href => D.querySelector('[href="' + href + '"],[data-href="' + href + '"]') ? 0 : new Promise(ok => {
    const sheet = D.createElement('link');
    sheet.rel = 'stylesheet';
    sheet.href = href;
    sheet.onload = sheet.onerror = ok;
    D.head.append(sheet);
  });
  const ready = async () => {
    await Promise.all(C.x.map(styled));
    if (dialog) return;
    const text = await (await fetch(C.j[Z.lang])).text();
    const page = new DOMParser().parseFromString(Z.trust().createHTML(text), 'text/html').body;
    dialog = page.querySelector('dialog');
    obey(dialog);
    D.body.append(...page.children);
  };
  const status = async (key, names) => {
    await ready();
    const line = D.querySelector('#zs-v');
    line.textContent = dialog.dataset[key].replace('{names}', names);
    if (key === 'saved') setTimeout(() => { line.textContent = ''; }, 6e3);
  };
  const boxes = (root, kind) => [...root.querySelectorAll('[name=' + kind + ']')];
  const ticked = (root, kind) => Object.fromEntries(boxes(root, kind).map(box => [box.value, box.checked]));
  // the form in the dialog, and the same form on the settings page
  const obey = root => root.addEventListener('submit', e => {
    const act = e.submitter.value;
    e.preventDefault();
    if (root === dialog) dialog.close();
    if (act === 'accept') Z.choose(Z.config.p, {}, 'accept-all');
    else if (act === 'reject') Z.choose({}, {}, 'reject-all');
    else if (act !== 'dismiss') Z.choose(ticked(root, 'purpose'), ticked(root, 'service'), 'selection');
    if (act !== 'dismiss') status('saved');
  });
  const form = D.querySelector('.zs-p');
  if (form) obey(form);

  // embeds: once (this one, now) or always (this provider); both are recorded before anything loads
  // taken now: one that was woken meanwhile is gone, but stands in its place again on the page loaded anew
  const figures = [...D.querySelectorAll('figure[data-zusage]')];
  // what was loaded once is taken back by the link behind it: that is recorded, and the placeholder stands again
  const again = () => location.reload();
  const wakeOnce = (figure, id) => {
    const first = Z.wake(figure, '');
    // false: the link leads nowhere
    first.nextSibling.onclick = () => !answer(figure, id, false, again);
    first.focus();
  };
  const answer = (figure, id, yes, then) => {
    Z.acks[Z.record('once', {}, { [id]: yes }, '', '', figure.dataset.content)] = then;
    return Z.send();
  };
  const embed = b => {
    const figure = b.closest('figure'), id = figure.dataset.zusage, was = Z.now || {}, act = b.dataset.zs, P = Z.config.p, S = Z.config.s;
    // without the words nobody could agree to anything
    if (!figure.querySelector('p')) return;
    if (act === 'always') {
      // earlier answers stand where their words still do
      const still = (had, digest) => Object.fromEntries(Object.keys(had || {}).map(one => [one, had[one] === digest(one)]));
      return Z.choose(still(was.on, one => P[one]), Object.assign(still(was.services, one => (S[one] || [])[1]), { [id]: true }), act);
    }
    return answer(figure, id, true, () => {
      if (!Z.me.matches('[data-wall]')) return wakeOnce(figure, id);
      Z.put(Z.config.c + '-once', id + '.' + figures.indexOf(figure), 60);
      again();
    });
  };
  // a walled page was loaded anew for the one embed that was asked for
  const shownOnce = Z.cookie(Z.config.c + '-once').split('.'), waits = figures[shownOnce[1]];
  if (waits && waits.dataset.zusage === shownOnce[0]) wakeOnce(waits, shownOnce[0]);
  // only where something was: a page that merely sweeps has not loaded what takes choices
  if (shownOnce[1]) Z.put(Z.config.c + '-once', '', 0);

  Z.show = async opener => {
    if (opener === Z.me) return;
    if (opener.dataset.zs === 'withdraw') {
      Z.choose({}, {}, 'reject-all');
      return status('saved');
    }
    if (opener.closest('figure')) return embed(opener);
    await ready();
    const now = Z.now, said = dialog.dataset, day = now?.day;
    boxes(dialog, 'purpose').forEach(box => { box.checked = now?.on[box.value] === Z.config.p[box.value]; });
    boxes(dialog, 'service').forEach(box => { box.checked = now?.services[box.value]; });
    dialog.querySelector('.zs-n').textContent = now
      ? said.since.replace('{day}', new Date(day.slice(0, 4), day.slice(4, 6) - 1, day.slice(6)).toLocaleDateString(Z.lang))
      : said[Z.signal || 'none'];
    dialog.onclose = () => opener.focus();
    dialog.showModal();
  };

  // removal: this page's own cookies and storage; what it cannot reach is named
  const like = pattern => new RegExp('^' + pattern.split('*').map(p => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$');
  // a browser takes nothing back for a domain that is none: no harm in asking
  const domains = declared => ['', ...declared, ...location.hostname.split('.').map((_, n, parts) => parts.slice(n).join('.'))];
  const paths = () => location.pathname.split('/').map((_, n, parts) => parts.slice(0, n + 1).join('/') || '/');
  const dropCookie = (name, declared) => {
    for (const domain of domains(declared)) for (const path of paths())
      D.cookie = name + '=;max-age=0;path=' + path + (domain && ';domain=' + domain);
  };
  const names = () => D.cookie.split('; ').map(p => p.split('=')[0]);
  const sweep = items => {
    for (const [kind, pattern, ...declared] of items) {
      const match = like(pattern);
      if (kind === 'cookie') names().filter(name => match.test(name)).forEach(name => dropCookie(name, declared));
      try {
        const store = { 'local-storage': localStorage, 'session-storage': sessionStorage }[kind] || {};
        Object.keys(store).filter(key => match.test(key)).forEach(key => store.removeItem(key));
      } catch { /* blocked storage holds nothing */ }
    }
  };
  const databases = async items => {
    const found = await window.indexedDB?.databases?.() || [];
    const boxes = await window.caches?.keys().catch(() => []) || [];
    for (const [kind, pattern] of items) {
      const match = like(pattern);
      if (kind === 'indexed-db') found.filter(d => match.test(d.name)).forEach(d => indexedDB.deleteDatabase(d.name));
      if (kind === 'other') await Promise.all(boxes.filter(b => match.test(b)).map(b => caches.delete(b)));
    }
  };
  Z.remove = async ids => {
    const items = ids.flatMap(id => C.i[id] || []);
    sweep(items);
    addEventListener('pagehide', () => sweep(items));
    await databases(items).catch(() => {});
    const left = items.filter(([kind, pattern]) => kind === 'cookie' && names().some(name => like(pattern).test(name))).map(i => i[1]);
    if (Z.revoked()[0]) again();
    else if (left[0]) status('left', left.join(', '));
  };
  Z.pending = () => status('pending');
})(/*CONFIG*/);
