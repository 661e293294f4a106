// Hands the choice over to the controller's other domains: who follows a link there brings it along in the body of the
// request; nothing of it stands in an address. Its configuration: d the domains, o where the choice is taken.
(C => {
  const D = document, Z = window.zusage;
  const own = host => C.d.find(one => host === one || (host || '').endsWith('.' + one));
  D.addEventListener('click', e => {
    const a = e.target.closest && e.target.closest('a[href]');
    if (!a || e.defaultPrevented || e.button || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey || a.download) return;
    const there = own(a.hostname);
    if (!there || there === own(location.hostname) || a.protocol !== location.protocol) return;
    Z.read();
    if (!Z.now || !Z.now.kept) return;
    e.preventDefault();
    const form = D.createElement('form');
    const field = (name, value) => {
      const input = D.createElement('input');
      input.type = 'hidden';
      input.name = name;
      input.value = value;
      form.append(input);
    };
    form.method = 'post';
    form.action = a.origin + C.o;
    form.target = a.target;
    form.rel = a.rel;
    field('choice', Z.value());
    field('to', a.pathname + a.search + a.hash);
    D.body.append(form);
    form.submit();
    form.remove();
  });
})(/*CONFIG*/);
