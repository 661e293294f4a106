// Notes, in every frame, who writes to the device and who asks what can recognise it. Values are never noted.
(report => {
  delete window.__zusage_report__;
  const here = () => {
    const line = (new Error().stack || '').split('\n').slice(3).find(l => /https?:/.test(l)) || '';
    return (line.match(/https?:[^\s)]+?(?=:\d+(:\d+)?\)?$|$)/) || [location.href])[0].split('?')[0];
  };
  const note = (what, name) => {
    try { report(JSON.stringify({ what: what, name: String(name).slice(0, 200), by: here(), page: location.origin + location.pathname })); } catch { /* gone */ }
  };
  const wrap = (owner, name, what, nameOf) => {
    const original = owner && owner[name];
    if (typeof original !== 'function') return;
    owner[name] = new Proxy(original, {
      apply(target, self, values) {
        note(what, nameOf ? nameOf(values, self) : name);
        return Reflect.apply(target, self, values);
      },
    });
  };
  const get = (owner, name, what) => {
    const found = owner && Object.getOwnPropertyDescriptor(owner, name);
    if (!found || !found.get) return;
    Object.defineProperty(owner, name, { ...found, get() { note(what, name); return found.get.call(this); } });
  };
  const cookie = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');
  Object.defineProperty(Document.prototype, 'cookie', {
    ...cookie,
    set(text) { note('cookie', String(text).split('=')[0].trim()); cookie.set.call(this, text); },
  });
  wrap(window.CookieStore && CookieStore.prototype, 'set', 'cookie', values => values[0] && values[0].name || values[0]);
  wrap(Storage.prototype, 'setItem', 'storage', values => values[0]);
  wrap(IDBFactory.prototype, 'open', 'indexed-db', values => values[0]);
  wrap(window.CacheStorage && CacheStorage.prototype, 'open', 'cache', values => values[0]);
  wrap(Navigator.prototype, 'sendBeacon', 'beacon', values => values[0]);
  wrap(HTMLCanvasElement.prototype, 'toDataURL', 'call', () => 'canvas');
  wrap(HTMLCanvasElement.prototype, 'toBlob', 'call', () => 'canvas');
  wrap(CanvasRenderingContext2D.prototype, 'getImageData', 'call', () => 'canvas');
  wrap(CanvasRenderingContext2D.prototype, 'measureText', 'fonts', () => 'fonts');
  for (const kind of [window.WebGLRenderingContext, window.WebGL2RenderingContext]) {
    wrap(kind && kind.prototype, 'getParameter', 'hardware', values => values[0]);
    wrap(kind && kind.prototype, 'readPixels', 'call', () => 'webgl');
  }
  wrap(window.OfflineAudioContext && OfflineAudioContext.prototype, 'startRendering', 'call', () => 'audio');
  wrap(window.MediaDevices && MediaDevices.prototype, 'enumerateDevices', 'call', () => 'media-devices');
  wrap(window.RTCPeerConnection && RTCPeerConnection.prototype, 'createOffer', 'call', () => 'webrtc');
  wrap(Navigator.prototype, 'getBattery', 'call', () => 'battery');
  if (window.NavigatorUAData) wrap(NavigatorUAData.prototype, 'getHighEntropyValues', 'call', () => 'client-hints');
  get(Navigator.prototype, 'plugins', 'plugins');
})(window.__zusage_report__);
