// A stand-in that compares variants of pages, as the site's own page runs it. Its configuration is that of tag.js. Everything
// it knows lies in the items of its configuration; whoever takes them away takes the experiment away.
(c => {
  const random = () => [...crypto.getRandomValues(new Uint8Array(8))].map(b => (b + 256).toString(16).slice(1)).join('');
  const keys = Object.fromEntries(c.items.map(item => [item[1].replace('optimizely_data$$', ''), item]));
  const read = key => { try { return JSON.parse(localStorage.getItem('optimizely_data$$' + key)); } catch { return null; } };
  const write = (key, value) => { if (keys[key]) localStorage.setItem('optimizely_data$$' + key, JSON.stringify(value)); };
  const end = item => {
    const made = new Date();
    made.setMonth(made.getMonth() + item[3]);
    return new Date(made.getTime() + item[4] * 1000);
  };
  const mine = () => (document.cookie.match(/optimizelyEndUserId=([^;]*)/) || [])[1] || '';
  const tell = event => c.talks.forEach(url => fetch(url + '?e=' + encodeURIComponent(event) + '&id=' + mine(), {
    mode: 'no-cors', credentials: 'include', keepalive: true,
  }).catch(() => {}));

  const user = keys.optimizelyEndUserId;
  if (user && !mine()) document.cookie = user[1] + '=' + (user[2] === 'id' ? random() : user[2]) + ';path=/;secure;samesite=lax;expires=' + end(user).toUTCString();
  const asked = new URLSearchParams(location.search), referrer = document.referrer && new URL(document.referrer).host;
  if (!read('visitor_profile')) {
    write('visitor_profile', { campaign: asked.get('utm_campaign') || '', source: asked.get('utm_source') || 'direct', referrer: referrer });
  }
  if (!read('session_state')) write('session_state', { id: random(), at: Date.now() });
  if (!read('variation_map')) write('variation_map', { slogan: 'B' });
  if (!read('layer_states')) write('layer_states', { slogan: (read('variation_map') || {}).slogan });
  for (const key of ['event_queue', 'events', 'tracker_optimizely', 'pending_events']) if (!read(key)) write(key, []);

  const slogan = document.getElementById('slogan'), variant = (read('variation_map') || {}).slogan;
  if (slogan && variant === 'B') {
    slogan.textContent = slogan.dataset.variantB;
    slogan.dataset.variant = 'B';
  }
  // what was not sent before the page changed is sent now
  (read('pending_events') || []).forEach(tell);
  write('pending_events', []);
  const bundle = event => write('tracker_optimizely', (read('tracker_optimizely') || []).concat([event]));
  const flush = () => {
    (read('tracker_optimizely') || []).forEach(tell);
    if (read('tracker_optimizely')) write('tracker_optimizely', []);
  };
  setInterval(flush, 60000);
  window.standins = Object.assign(window.standins || {}, {
    [c.id]: { send: bundle, flush: flush, id: mine, wait: event => write('pending_events', (read('pending_events') || []).concat([event])) },
  });
  tell('page');
})(/*CONFIG*/);
