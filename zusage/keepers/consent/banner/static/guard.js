// The guard: stands before every other script and lets scripts of this page store only what is declared, agreed to and
// not longer than declared; anything else is held back and reported. Its configuration: i [kind, name pattern, months,
// seconds, purpose, services] for each item (months and seconds null: no end; both 0: the session), p purpose → digest,
// s service → digest, c cookie of the choice, r where reports go.
(C => {
  const D = document, W = window, told = new Set(), ends = C.c + '-ends';
  const like = pattern => new RegExp('^' + pattern.split('*').map(p => p.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*') + '$');
  const rules = C.i.map(item => [like(item[1])].concat(item));
  const jar = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');

  const report = (kind, name, why) => {
    if (told.has(kind + name + why)) return;
    told.add(kind + name + why);
    D.dispatchEvent(new CustomEvent('zusage:slipped', { detail: { kind: kind, name: name, why: why } }));
    navigator.sendBeacon(C.r, JSON.stringify({ v: 1, kind: kind, name: name, why: why, page: location.pathname }));
  };
  // the choice is read anew each time: it may have been taken back a moment ago, in another tab, too
  const agreed = () => {
    const found = jar.get.call(D).match('(?:^|; )' + C.c + '=1[.]k[.][0-9]*[.]([^.;]*)[.][^.;]*[.]([^.;]*)[.]');
    return found ? (found[1] + '_' + found[2]).split('_') : [];
  };
  const allowed = rule => {
    const said = agreed();
    return !rule[5] || said.includes(rule[5] + '~' + C.p[rule[5]]) || rule[6].some(id => said.includes(id + '~' + C.s[id]));
  };
  const ruled = (kind, name) => {
    const found = rules.filter(one => one[1] === kind && one[0].test(name));
    return found.find(one => one[2] === name) || found[0];
  };
  // the rule under which something may be written; nothing where it may not
  const judge = (kind, name) => {
    if (name.startsWith(C.c) && (kind === 'cookie' || kind === 'local-storage')) return [];
    const rule = ruled(kind, name);
    if (!rule) return report(kind, name, 'undeclared');
    return allowed(rule) ? rule : report(kind, name, 'without consent');
  };
  // the last instant something written now may exist; nothing for what has no end, 0 for the session
  const limit = rule => {
    if (rule[3] === undefined || rule[3] === null) return undefined;
    if (!rule[3] && !rule[4]) return 0;
    const end = new Date(), day = end.getDate();
    end.setMonth(end.getMonth() + rule[3]);
    if (end.getDate() !== day) end.setDate(0);
    return end.getTime() + rule[4] * 1000;
  };

  const bake = text => {
    const parts = String(text).split(';'), name = parts[0].split('=')[0].trim();
    const said = key => {
      const part = parts.slice(1).find(one => one.trim().toLowerCase().startsWith(key + '='));
      return part && part.slice(part.indexOf('=') + 1).trim();
    };
    const age = said('max-age'), end = age ? Date.now() + age * 1000 : Date.parse(said('expires'));
    if (end <= Date.now()) return text;
    const rule = judge('cookie', name), most = rule && limit(rule);
    if (!rule || most === undefined || !end || end <= most + 1000) return rule ? text : '';
    report('cookie', name, 'longer than declared');
    const others = parts.filter((one, place) => !place || !/^(max-age|expires)=/i.test(one.trim()));
    return others.join(';') + (most ? ';expires=' + new Date(most).toUTCString() : '');
  };
  Object.defineProperty(D, 'cookie', {
    configurable: true, get: () => jar.get.call(D),
    set: text => {
      const baked = bake(text);
      if (baked) jar.set.call(D, baked);
    },
  });
  if (W.CookieStore) {
    const set = CookieStore.prototype.set;
    CookieStore.prototype.set = function (name, text) {
      const one = typeof name === 'object' ? Object.assign({}, name) : { name: name, value: text };
      const rule = judge('cookie', String(one.name)), most = rule && limit(rule);
      if (!rule) return Promise.resolve();
      if (most !== undefined && one.expires > most + 1000) {
        report('cookie', one.name, 'longer than declared');
        one.expires = most || null;
      }
      return set.call(this, one);
    };
  }

  // what lies in local storage knows no end of its own: it is written down beside it
  const dates = store => {
    try { return JSON.parse(store.getItem(ends)) || {}; } catch { return {}; }
  };
  const put = (kind, store, name, text) => {
    const rule = judge(kind, name), most = rule && limit(rule);
    if (!rule) return;
    store.setItem(name, text);
    if (most && kind === 'local-storage') store.setItem(ends, JSON.stringify(Object.assign(dates(store), { [name]: most })));
  };
  const sweep = (kind, store) => {
    const due = dates(store);
    for (const name of Object.keys(store)) {
      const rule = ruled(kind, name);
      if (rule && (!allowed(rule) || due[name] < Date.now())) store.removeItem(name);
    }
  };
  for (const pair of [['local-storage', 'localStorage'], ['session-storage', 'sessionStorage']]) {
    try {
      const store = W[pair[1]], guarded = new Proxy(store, {
        get: (_, key) => key === 'setItem' ? (name, text) => put(pair[0], store, String(name), text)
          : typeof store[key] === 'function' ? store[key].bind(store) : store[key],
        set: (_, key, text) => {
          put(pair[0], store, key, text);
          return true;
        },
      });
      Object.defineProperty(W, pair[1], { configurable: true, get: () => guarded });
      sweep(pair[0], store);
    } catch { /* blocked storage holds nothing */ }
  }
  if (W.IDBFactory) {
    const open = IDBFactory.prototype.open;
    IDBFactory.prototype.open = function (name) {
      if (!judge('indexed-db', String(name))) throw new DOMException('held back: ' + name, 'SecurityError');
      return open.apply(this, arguments);
    };
  }
  if (W.CacheStorage) {
    const open = CacheStorage.prototype.open;
    CacheStorage.prototype.open = function (name) {
      if (!judge('other', String(name))) return Promise.reject(new DOMException('held back: ' + name, 'SecurityError'));
      return open.apply(this, arguments);
    };
  }
})(/*CONFIG*/);
