import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS } from '../../shared/service/launch.ts';
import { openSettings } from './settings-file.ts';

const DEFAULTS = { apiPort: 4180, idleMinutes: 10, bounds: null, limits: DEFAULT_LIMITS, mirror: null };
let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-settings-'));
  path = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  it('are remembered, for this user only', () => {
    openSettings(path).set({ idleMinutes: 3 });
    expect(openSettings(path).get().idleMinutes).toBe(3);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('fall back one by one when the file is damaged or out of bounds', () => {
    writeFileSync(path, '{"apiPort": 70000, "idleMinutes": 5');
    expect(openSettings(path).get()).toEqual(DEFAULTS);
    writeFileSync(path, '{"apiPort": 70000, "idleMinutes": 5, "bounds": {"x": 1}}');
    expect(openSettings(path).get()).toEqual({ ...DEFAULTS, idleMinutes: 5 });
  });

  it('hold until the end when the disk does not take them', () => {
    const settings = openSettings(path);
    rmSync(folder, { recursive: true });
    expect(() => settings.set({ idleMinutes: 3 })).toThrow(/ENOENT/);
    expect(settings.get().idleMinutes).toBe(3);
  });

  it('carry the limits of the service, and the defaults when they are not limits', () => {
    writeFileSync(path, '{"limits": {"ip": {"limit": 5, "windowSeconds": 1}}}');
    const ip = { limit: 5, windowSeconds: 1 };
    expect(openSettings(path).get().limits).toEqual({ ...DEFAULT_LIMITS, ip });
    for (const bad of ['{"ip": {"limit": 0, "windowSeconds": 1}}', '{"operator": null}', '7', '"off"']) {
      writeFileSync(path, `{"limits": ${bad}}`);
      expect(openSettings(path).get().limits).toEqual(DEFAULT_LIMITS);
    }
  });

  it('never let the file stretch the lock beyond its bounds', () => {
    writeFileSync(path, '{"idleMinutes": 100000}');
    expect(openSettings(path).get().idleMinutes).toBe(10);
    openSettings(path).set({ idleMinutes: 0 });
    expect(JSON.parse(readFileSync(path, 'utf8')).idleMinutes).toBe(10);
  });
});
