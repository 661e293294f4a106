// The first layer for pages that no server rendered it into: the same elements, built from the same words. Its
// configuration: w words by language, x style sheet, l links.
(more => {
  const D = document, said = more.w[window.zusage.lang];
  const make = (tag, attributes, ...children) => {
    const el = D.createElement(tag);
    for (const name in attributes) el.setAttribute(name, attributes[name]);
    el.append(...children);
    return el;
  };
  const act = (does, text) => make('button', { type: 'button', class: 'zs-b', 'data-zs': does }, text);
  const links = Object.keys(more.l).map(name => make('a', { href: more.l[name] }, said[name]));
  const sheet = make('link', { rel: 'stylesheet', href: more.x });
  sheet.onload = () => D.getElementById('zs') || D.body.prepend(
    make('section', { id: 'zs', class: 'zs', 'aria-labelledby': 'zs-t', lang: window.zusage.lang },
      make('div', { class: 'zs-m', tabindex: 0, role: 'group', 'aria-labelledby': 'zs-t' },
        make('h2', { id: 'zs-t' }, said.title), make('p', {}, said.intro),
        make('ul', {}, ...said.purposes.map(title => make('li', {}, title))), make('p', {}, said.rest)),
      make('p', { class: 'zs-l' }, ...links),
      make('div', { class: 'zs-a' }, act('accept', said.accept), act('reject', said.reject), act('settings', said.settings)),
      make('button', { type: 'button', class: 'zs-x', 'data-zs': 'close', 'aria-label': said.close }, '×')));
  D.head.append(sheet);
})(/*CONFIG*/);
