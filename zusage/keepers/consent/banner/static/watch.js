// Watch mode: names what slipped past the inert markup – requests to hosts and cookies that wait for a consent which is
// not there, or that nobody declared. It reports and blocks nothing. Its configuration: o [service or '', hosts…], i
// items by purpose, q names of strictly necessary cookies, r where reports go, c cookie of the choice.
(C => {
  const Z = window.zusage, seen = new Set();
  const like = pattern => new RegExp('^' + pattern.split('*').map(p => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$');
  const report = (kind, name, why) => {
    if (seen.has(kind + name)) return;
    seen.add(kind + name);
    console.warn('zusage: ' + why + ' ' + kind + ' ' + name);
    document.dispatchEvent(new CustomEvent('zusage:slipped', { detail: { kind: kind, name: name, why: why } }));
    navigator.sendBeacon(C.r, JSON.stringify({ v: 1, kind: kind, name: name, why: why, page: location.pathname }));
  };
  const hostOf = url => {
    try { return new URL(url).hostname; } catch { return ''; }
  };
  const judgeHost = host => {
    if (!host || host === location.hostname) return;
    const owner = C.o.find(([, ...hosts]) => hosts.some(own => own === host || own.startsWith('*.') && host.endsWith(own.slice(1))));
    if (!owner) report('host', host, 'undeclared');
    else if (owner[0] && !Z.allowed(owner[0])) report('host', host, 'without consent');
  };
  const judgeCookies = () => {
    for (const pair of document.cookie.split('; ')) {
      const name = pair.split('=')[0];
      if (!name || name.startsWith(C.c) || C.q.some(own => like(own).test(name))) continue;
      const purpose = Object.keys(C.i).find(p => C.i[p].some(([kind, pattern]) => kind === 'cookie' && like(pattern).test(name)));
      if (!purpose) report('cookie', name, 'undeclared');
      else if (!Z.allowed(purpose)) report('cookie', name, 'without consent');
    }
  };
  new PerformanceObserver(entries => entries.getEntries().forEach(e => judgeHost(hostOf(e.name)))).observe({ type: 'resource', buffered: true });
  document.addEventListener('securitypolicyviolation', e => judgeHost(hostOf(e.blockedURI)));
  setInterval(judgeCookies, 2000);
  judgeCookies();
})(/*CONFIG*/);
