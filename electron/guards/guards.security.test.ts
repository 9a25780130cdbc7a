import type { App, Session, WebContents } from 'electron';
import { describe, expect, it, vi } from 'vitest';
import { guardContents } from './contents.ts';
import { PAGE_HEADERS } from './csp.ts';
import { externalUrl, openOutside, PAGE_HOSTS } from './external.ts';
import { cutNetwork, mayLoad } from './network.ts';
import { denyPermissions } from './permissions.ts';

const openExternal = vi.hoisted(() => vi.fn(async () => undefined));
vi.mock('electron', () => ({ shell: { openExternal } }));

describe('a URL that is not ours', () => {
  it.each([
    'https://example.com/',
    'http://127.0.0.1:4180/api/keys',
    'ws://127.0.0.1/',
    'file:///etc/passwd',
    'data:text/html,x',
    'blob:app://sallyport/1',
    'app://sallyport.evil/',
    'app://sallyport',
    'devtools://devtools/',
  ])('is not loaded: %s', (url) => expect(mayLoad(url)).toBe(false));

  it('while our own is', () => expect(mayLoad('app://sallyport/index.html')).toBe(true));
});

describe('a session', () => {
  type Handler = (...args: never[]) => unknown;
  const fake = () => {
    const set: Record<string, Handler> = {};
    const keep = (name: string) => (handler: Handler) => {
      set[name] = handler;
    };
    const session = new Proxy(
      { webRequest: { onBeforeRequest: keep('onBeforeRequest') } },
      {
        get: (target, name: string) => {
          if (name === 'webRequest') return target.webRequest;
          if (name === 'on') return (event: string, handler: Handler) => keep(event)(handler);
          if (name === 'setProxy') return async (config: unknown) => keep('proxy')(() => config);
          return keep(name);
        },
      },
    ) as unknown as Session;
    return { session, set };
  };
  const call = (handler: Handler | undefined, ...args: unknown[]) => {
    if (!handler) throw new Error('the guard was not installed');
    return (handler as (...given: unknown[]) => unknown)(...args);
  };

  it('cancels every foreign request and trusts no certificate', async () => {
    const { session, set } = fake();
    await cutNetwork(session);
    const answer = vi.fn();
    call(set.onBeforeRequest, { url: 'https://example.com/' }, answer);
    call(set.onBeforeRequest, { url: 'app://sallyport/a.js' }, answer);
    expect(answer.mock.calls).toEqual([[{ cancel: true }], [{ cancel: false }]]);
    call(set.setCertificateVerifyProc, {}, answer);
    expect(answer).toHaveBeenLastCalledWith(-2);
    expect(call(set.proxy)).toMatchObject({ mode: 'fixed_servers' });
  });

  it('grants no permission, no device and no download', () => {
    const { session, set } = fake();
    denyPermissions(session);
    const answer = vi.fn();
    call(set.setPermissionRequestHandler, {}, 'clipboard-read', answer);
    expect(answer).toHaveBeenLastCalledWith(false);
    expect(call(set.setPermissionCheckHandler)).toBe(false);
    expect(call(set.setDevicePermissionHandler)).toBe(false);
    for (const name of ['select-hid-device', 'select-serial-port', 'select-usb-device', 'will-download']) {
      const event = { preventDefault: vi.fn() };
      call(set[name], event, {}, answer);
      expect(event.preventDefault).toHaveBeenCalledOnce();
    }
  });
});

describe('a page', () => {
  type Listener = (event: unknown, ...rest: unknown[]) => void;
  const guarded = () => {
    const events: Record<string, Listener> = {};
    let open: ((details: { url: string }) => { action: string }) | undefined;
    const log = vi.fn();
    const contents = {
      on: (name: string, listener: Listener) => {
        events[name] = listener;
      },
      setWindowOpenHandler: (handler: typeof open) => {
        open = handler;
      },
      setWebRTCIPHandlingPolicy: vi.fn(),
    } as unknown as WebContents;
    const app = {
      on: (name: string, listener: Listener) => {
        if (name === 'web-contents-created') listener({}, contents);
        else events[name] = listener;
      },
    } as unknown as App;
    guardContents(app, log);
    return { events, open: (url: string) => open?.({ url }), log };
  };

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'cannot get past %s',
    (name) => {
      const { events } = guarded();
      const event = { url: 'https://evil.example/?secret=1', preventDefault: vi.fn() };
      events[name]?.(event);
      expect(event.preventDefault).toHaveBeenCalledOnce();
    },
  );

  it.each(['https://evil.example', 'https://github.com', 'https://www.rfc-editor.org', 'https://c2sp.org'])(
    'opens no window and nothing outside, so that no URL carries out what it read: %s',
    (origin) => {
      const { open, log } = guarded();
      expect(open(`${origin}/who/repo?secret=1`)).toEqual({ action: 'deny' });
      expect(openExternal).not.toHaveBeenCalled();
      expect(log).toHaveBeenCalledExactlyOnceWith({ guard: 'window-open', refused: origin });
    },
  );

  it('meets a refused certificate', () => {
    const { events } = guarded();
    const answer = vi.fn();
    events['certificate-error']?.({ preventDefault: vi.fn() }, {}, '', '', {}, answer);
    expect(answer).toHaveBeenCalledWith(false);
  });
});

describe('the external door', () => {
  const hosts = new Set(['github.com', 'www.rfc-editor.org', 'c2sp.org']);
  it.each([
    'http://www.rfc-editor.org/',
    'https://www.rfc-editor.org.evil.example/',
    'https://user@github.com/',
    'https://github.com:8443/',
    'javascript:alert(1)',
    'file:///etc/passwd',
    'smb://github.com/',
    '',
  ])('stays shut for %s', (url) => {
    const open = vi.fn(async () => undefined);
    expect(openOutside(url, hosts, open)).toBe(false);
    expect(open).not.toHaveBeenCalled();
  });

  it('opens for a listed host', () =>
    expect(externalUrl('https://c2sp.org/tlog', hosts)?.hostname).toBe('c2sp.org'));

  it('has no host on the list of pages', () => expect(PAGE_HOSTS.size).toBe(0));
});

describe('the content security policy', () => {
  it('has no inline, no eval, no network and no policy to create', () => {
    const policy = PAGE_HEADERS['content-security-policy'] ?? '';
    expect(policy).not.toMatch(/unsafe|https?:|\*|data:|blob:/);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("connect-src 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
  });
});
