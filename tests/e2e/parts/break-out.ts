/** Runs in the page: tries every way to reach a host. */
export async function breakOut(host: string) {
  const settle = (start: (done: (how: string) => void) => void) =>
    new Promise<string>((resolve) => {
      const timer = setTimeout(() => resolve('refused'), 1500);
      const done = (how: string) => {
        clearTimeout(timer);
        resolve(how);
      };
      try {
        start(done);
      } catch {
        done('refused');
      }
    });
  const element = (tag: 'img' | 'link', url: string) =>
    settle((done) => {
      const made = document.createElement(tag);
      made.onload = () => done('loaded');
      made.onerror = () => done('refused');
      if (made instanceof HTMLImageElement) made.src = url;
      else Object.assign(made, { rel: 'stylesheet', href: url });
      document.body.append(made);
    });
  const candidates = async () => {
    const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:${host}` }] });
    peer.createDataChannel('x');
    let found = 0;
    peer.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) found += 1;
    };
    await peer.setLocalDescription(await peer.createOffer());
    await settle((done) => {
      peer.onicegatheringstatechange = () => peer.iceGatheringState === 'complete' && done('complete');
    });
    peer.close();
    return found;
  };
  // It is only queued and says nothing more: the server counts what arrives.
  navigator.sendBeacon(`http://${host}/beacon`);
  return {
    fetch: await fetch(`http://${host}/`, { mode: 'no-cors' }).then(
      () => 'answered',
      () => 'refused',
    ),
    xhr: await settle((done) => {
      const request = new XMLHttpRequest();
      request.onload = () => done('loaded');
      request.onerror = () => done('refused');
      request.open('GET', `http://${host}/`);
      request.send();
    }),
    webSocket: await settle((done) => {
      const socket = new WebSocket(`ws://${host}/`);
      socket.onopen = () => done('opened');
      socket.onerror = () => done('refused');
    }),
    eventSource: await settle((done) => {
      const source = new EventSource(`http://${host}/`);
      source.onopen = () => done('opened');
      source.onerror = () => {
        source.close();
        done('refused');
      };
    }),
    image: await element('img', `http://${host}/a.png`),
    stylesheet: await element('link', `http://${host}/a.css`),
    worker: await settle((done) => {
      const worker = new Worker(`http://${host}/w.js`);
      worker.onmessage = () => done('ran');
      worker.onerror = () => done('refused');
    }),
    webTransport: await settle((done) => {
      const transport = new WebTransport(`https://${host}/`);
      transport.ready.then(
        () => done('opened'),
        () => done('refused'),
      );
    }),
    candidates: await candidates(),
  };
}
