// Takes a choice: writes it down at once, sends it until the service has it on record, and only then wakes anything.
// A fragment, see core.js.
// Of the configuration: a seconds the choice is kept, e end of hosts that share it, t template hash by language, u where events go.
const page = D.documentElement.lang.slice(0, 2), lang = Z.lang = C.t[page] ? page : Object.keys(C.t)[0], acks = Z.acks = {};
const host = ('.' + location.hostname).match(C.e);
let busy, pause = 2000;

// protocol[5]: of "https:" its colon, of "http:" nothing
const put = Z.put = (name, text, age) => {
  D.cookie = name + '=' + text + ';path=/;samesite=lax;max-age=' + age + (host ? ';domain=' + host : '') + (location.protocol[5] ? ';secure' : '');
};
const write = text => {
  Z.memory = text;
  put(C.c, text, text ? C.a : 0);
  Z.read();
};
const random = () => [...crypto.getRandomValues(new Uint8Array(16))].map(b => (b + 256).toString(16).slice(1)).join('');

// what the service has not acknowledged yet survives the page; where storage is full or blocked, memory has to do
const queue = () => {
  try { return Z.held || JSON.parse(localStorage.getItem(C.k)) || []; } catch { return []; }
};
const keep = items => {
  Z.held = 0;
  try {
    if (items[0]) localStorage.setItem(C.k, JSON.stringify(items));
    else localStorage.removeItem(C.k);
  } catch { Z.held = items[0] && items; }
};
const post = async () => {
  for (let e; (e = queue()[0]);) {
    let answer = {};
    try {
      answer = await fetch(C.u, {
        method: 'POST', keepalive: true, headers: { 'content-type': 'application/json' }, body: JSON.stringify(e[0]),
      });
    } catch { /* unreachable: tried again */ }
    if (!(answer.status < 500) || answer.status === 429) {
      setTimeout(send, pause = Math.min(pause * 2, 6e4));
      return Z.pending?.();
    }
    if (e[1] && e[1] === Z.value()) {
      if (answer.ok) write(e[1].replace('.p.', '.k.'));
      else if (e[1][2] === 'p') write('');
    }
    keep(queue().filter(other => other[0].id !== e[0].id));
    if (answer.ok) acks[e[0].id]?.();
  }
};
const send = Z.send = () => busy = busy || post().finally(() => {
  busy = 0;
  Z.read();
  Z.apply();
});
const record = Z.record = (method, purposes, services, browser, text, content) => {
  const id = random();
  keep(queue().concat([[{
    v: 1, id: id, template: C.t[lang], language: lang, method: method, purposes: purposes, services: services,
    signal: Z.signal, browser: browser, content: content,
  }, text]]));
  return id;
};
const choose = Z.choose = (answers, services, method) => {
  Z.read();
  const was = Z.now || { on: {}, services: {}, id: '' }, all = {}, said = {}, parts = [[], [], []], lost = [];
  let state = 'k';
  const answer = (id, digest, yes, had, part) => {
    parts[part].push(id + '~' + digest);
    if (yes && (had !== digest || !was.kept)) state = 'p';
    if (!yes && had) lost.push(id);
    return !!yes;
  };
  for (const p in C.p) all[p] = answer(p, C.p[p], answers[p], was.on[p], answers[p] ? 0 : 1);
  for (const s in C.s) {
    if (services[s]) said[s] = answer(s, C.s[s][1], 1, was.services[s], 2);
    else if (was.services[s]) said[s] = !lost.push(s);
  }
  const browser = parts[0][0] || parts[2][0] ? was.id || random() : '';
  const day = new Date().toJSON().slice(0, 10).replace(/-/g, '');
  const text = [1, state, day, ...parts.map(part => part.join('_')), browser].join('.');
  record(method, all, said, browser || was.id, text);
  write(text);
  // a walled page is loaded anew once this is on record: what it woke before would run without its hosts
  Z.going = !lost[0] && state === 'p' && 'wall' in Z.me.dataset;
  const sent = send();
  Z.apply();
  if (lost[0]) Z.load(C.f).then(() => Z.remove(lost));
  else if (Z.going) sent.then(() => Z.now?.kept && location.reload());
};
Z.act = b => {
  const act = b.dataset.zs;
  if (act === 'accept') choose(C.p, {}, 'accept-all');
  else if (act === 'reject') choose({}, {}, 'reject-all');
  else if (act === 'close') choose({}, {}, act);
  else return Z.open(b);
};
addEventListener('online', send);
