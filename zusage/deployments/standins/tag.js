// A stand-in's script, as a page of the site (or a frame of its own) runs it. Its configuration: id of the service, talks
// addresses it reports to, items [kind, name, content, months, seconds] (both 0: for the session). What it offers lies in window.standins[id].
(c => {
  const random = () => [...crypto.getRandomValues(new Uint8Array(8))].map(b => (b + 256).toString(16).slice(1)).join('');
  const hash = text => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) >>> 0, 7).toString(16);
  const contents = {
    id: random,
    flag: () => '1',
    time: () => String(Date.now()),
    language: () => 'de-de',
    queue: () => '[]',
    navigation: () => 's=' + Math.round(performance.timeOrigin) + '&r=' + hash(location.pathname),
    end: item => until(item).toISOString(),
  };
  const until = item => {
    const end = new Date(), day = end.getDate();
    end.setMonth(end.getMonth() + item[3]);
    if (end.getDate() !== day) end.setDate(0);
    return new Date(end.getTime() + item[4] * 1000);
  };
  const make = item => (contents[item[2]] || (() => item[2]))(item);
  const cookie = name => (document.cookie.split('; ').find(pair => pair.startsWith(name + '=')) || '').slice(name.length + 1);
  const set = item => {
    const text = make(item);
    if (item[0] === 'cookie') {
      document.cookie = item[1] + '=' + text + ';path=/;secure;samesite=lax' + (item[3] || item[4] ? ';expires=' + until(item).toUTCString() : '');
    } else if (item[0] === 'indexed-db') indexedDB.open(item[1]);
    else (item[0] === 'session-storage' ? sessionStorage : localStorage).setItem(item[1], text);
  };
  const there = item => item[0] === 'cookie' ? cookie(item[1])
    : item[0] === 'indexed-db' ? '' : (item[0] === 'session-storage' ? sessionStorage : localStorage).getItem(item[1]);

  const tell = (event, more) => c.talks.forEach(url => fetch(url + '?e=' + encodeURIComponent(event) + '&id=' + mine() + (more || ''), {
    mode: 'no-cors', credentials: 'include', keepalive: true,
  }).catch(() => {}));
  const first = c.items.find(item => item[2] === 'id' && item[0] === 'cookie');
  const mine = () => first ? cookie(first[1]) : '';

  // events wait in the browser's storage until they could be sent
  const waiting = c.items.find(item => item[1].endsWith('unsent')), answers = c.items.find(item => item[1].endsWith('unsent_identify'));
  const flush = () => [waiting, answers].filter(item => item).forEach(item => {
    const events = JSON.parse(localStorage.getItem(item[1]) || '[]');
    if (!navigator.onLine || !events[0]) return;
    localStorage.setItem(item[1], '[]');
    events.forEach(event => tell(event));
  });
  const wait = (item, event) => {
    localStorage.setItem(item[1], JSON.stringify(JSON.parse(localStorage.getItem(item[1]) || '[]').concat([event])));
    setTimeout(flush, 100);
  };
  addEventListener('online', flush);

  // a flag that lives a minute holds back what would be sent more often
  const brake = c.items.find(item => item[2] === 'flag' && item[4] === 60);
  const send = event => {
    if (brake && cookie(brake[1])) return;
    if (brake) set(brake);
    if (waiting) wait(waiting, event);
    else tell(event);
  };

  // consent taken back: the provider is told, once, and nothing else any more
  let stopped = false;
  const obey = said => {
    if (!said || said[0] !== 'consent' || said[1] !== 'update' || said[2].ad_storage !== 'denied' || c.id !== 'google-ads') return;
    if (!stopped) c.talks.forEach(url => navigator.sendBeacon(url.replace('/collect', '/opt-out') + '?id=' + known));
    stopped = true;
  };
  const layer = window.dataLayer = window.dataLayer || [], push = layer.push.bind(layer);
  layer.push = (...said) => { const length = push(...said); said.forEach(obey); return length; };

  c.items.filter(item => item !== brake && !there(item)).forEach(set);
  const known = mine();
  window.standins = Object.assign(window.standins || {}, {
    [c.id]: {
      send: event => { if (!stopped) send(event); },
      answer: text => answers && wait(answers, text),
      id: mine,
    },
  });
  send('page');
  const interest = document.body && document.body.dataset.interest;
  if (interest && c.id === 'google-ads') tell('interest', '&about=' + interest);
  const conversion = document.body && document.body.dataset.conversion;
  if (conversion && (c.id === 'google-ads' || c.id === 'bing')) tell('conversion', '&campaign=' + conversion);
})(/*CONFIG*/);
