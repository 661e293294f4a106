// A stand-in for a calendar, as its own frame runs it: it tells the page around it what happens, books at its own host, and
// has a banner of its own, whose choice is its own, too. Its configuration is that of tag.js.
(c => {
  const said = name => parent.postMessage({ event: 'calendly.' + name }, '*');
  const button = (id, words, act) => {
    const made = document.createElement('button');
    made.id = id;
    made.textContent = words;
    made.addEventListener('click', act);
    document.body.append(made);
  };
  const end = item => {
    const made = new Date();
    made.setMonth(made.getMonth() + item[3]);
    return new Date(made.getTime() + item[4] * 1000).toUTCString();
  };
  const choose = text => c.items.forEach(item => {
    const value = item[2] === 'time' ? Date.now() : text;
    document.cookie = item[1] + '=' + value + ';path=/;domain=calendly.com;secure;samesite=none;expires=' + end(item);
  });
  button('slot', 'Dienstag, 10 Uhr', () => said('chose-slot'));
  button('book', 'Buchen', () => fetch('/booked.gif', { method: 'POST', body: 'slot=tuesday' }).then(() => {
    document.body.dataset.booked = 'yes';
    said('booked');
  }));
  button('refuse', 'Cookies ablehnen', () => choose('groups=C0001:1,C0002:0'));
  said('opened');
})(/*CONFIG*/);
