import { describe, expect, it } from 'vitest';
import { isDebuggable, refusedStart, refusedSwitch } from './switches.ts';

describe('a switch of a debugger', () => {
  it.each([
    '--remote-debugging-port=9222',
    '--remote-debugging-pipe',
    '-remote-debugging-port=0',
    '--REMOTE-DEBUGGING-PORT=1',
    '--inspect',
    '--inspect=0',
    '--inspect-brk=127.0.0.1:1',
    '--inspect-port=1',
    '--no-sandbox',
    '--ignore-certificate-errors',
  ])('is refused: %s', (argument) => expect(refusedSwitch(['sallyport', argument], false)).toBeDefined());

  it('is for development runtimes only, and none of them may drop a wall', () => {
    expect(refusedSwitch(['--inspect=0', '--remote-debugging-port=0'], true)).toBeUndefined();
    expect(refusedSwitch(['--inspect=0', '--no-sandbox'], true)).toBe('--no-sandbox');
  });

  it('finds no door in a package, whatever the environment says', () => {
    expect([isDebuggable(true), isDebuggable(false)]).toEqual([false, true]);
  });

  it('is named without its value', () =>
    expect(refusedSwitch(['--remote-debugging-port=9222'], false)).toBe('--remote-debugging-port'));

  it('is not seen where there is none', () =>
    expect(
      refusedSwitch(['sallyport', '--user-data-dir=/tmp/inspect', '--inspection'], false),
    ).toBeUndefined());
});

describe('a switch that takes a wall away or runs a program of somebody else', () => {
  it.each([
    '--disable-seccomp-filter-sandbox',
    '--disable-namespace-sandbox',
    '--disable-setuid-sandbox',
    '--disable-gpu-sandbox',
    '--no-zygote',
    '--no-zygote-sandbox',
    '--single-process',
    '--in-process-gpu',
    '--renderer-cmd-prefix=/tmp/evil',
    '--utility-cmd-prefix=/tmp/evil',
    '--zygote-cmd-prefix=/tmp/evil',
    '--gpu-launcher=/tmp/evil',
    '--ppapi-plugin-launcher=/tmp/evil',
    '--js-flags=--allow-natives-syntax',
    '--load-extension=/tmp/evil',
    '--disable-extensions-except=/tmp/evil',
    '--browser-subprocess-path=/tmp/evil',
    '--proxy-pac-url=http://evil.example',
    '--disable-features=IsolateOrigins',
    '--allow-running-insecure-content',
    '--log-net-log=/tmp/what-was-sent',
    '--RENDERER-CMD-PREFIX=/tmp/evil',
    '-no-zygote',
  ])('is refused in every build: %s', (argument) => {
    for (const debuggable of [false, true])
      expect(refusedSwitch(['sallyport', argument], debuggable)).toBe(argument.replace(/=.*/, ''));
  });

  it.each(['--gpu-launcher-notes', '--no-zygotes', '--lang=de', '--force-device-scale-factor=2'])(
    'is not seen in one that only begins like it, or is harmless: %s',
    (argument) => expect(refusedSwitch(['sallyport', argument], false)).toBeUndefined(),
  );
});

describe('a start that takes a wall away', () => {
  const start = (env: Record<string, string>, argv: string[] = []) =>
    refusedStart({ argv: ['sallyport', ...argv], env, debuggable: true });

  it.each(['1', '0', ''])('is refused with ELECTRON_DISABLE_SANDBOX=%s in the environment', (value) =>
    expect(start({ ELECTRON_DISABLE_SANDBOX: value })).toMatch(
      /does not run with ELECTRON_DISABLE_SANDBOX in/,
    ),
  );

  it('is refused with its switch by name, and goes on with neither', () => {
    expect(start({}, ['--no-sandbox'])).toMatch(/does not run with --no-sandbox\./);
    expect(start({ ELECTRON_ENABLE_LOGGING: '1', PATH: '/bin' })).toBeUndefined();
  });
});
