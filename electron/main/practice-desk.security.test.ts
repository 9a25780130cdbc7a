import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dataFolders } from './data-folder.ts';
import type { Ground } from './ground.ts';
import { builtPaths } from './paths.ts';

const system = vi.hoisted(() => ({ forked: [] as string[], boxes: [] as string[] }));

vi.mock('electron', () => ({
  app: { isPackaged: false },
  dialog: { showMessageBox: async ({ message }: { message: string }) => system.boxes.push(message) },
  utilityProcess: {
    fork: (entry: string) => {
      system.forked.push(entry);
      return {
        pid: 1,
        on: () => undefined,
        once: () => undefined,
        postMessage: () => undefined,
        kill: () => true,
      };
    },
  },
}));
const { closedOf, practiceDesk } = await import('./practice-desk.ts');

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallyport-desk-'));
  mkdirSync(join(root, 'logs'));
  Object.assign(system, { forked: [], boxes: [] });
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(root, { recursive: true, force: true });
});

const serving = { state: 'running', processes: [], api: 'http://127.0.0.1:5001', resolver: null } as const;

function desk(given: Partial<Ground> = {}) {
  const ground = {
    ...{ folders: dataFolders(root), paths: builtPaths('/app/out/main'), airGap: 'off', isPractice: false },
    ...given,
  } as Ground;
  const backend = () => ({
    service: { status: () => serving },
    enrolment: { status: async () => ({ state: 'not-enrolled' }) },
    localOperators: {},
  });
  return practiceDesk(ground, backend as unknown as Parameters<typeof practiceDesk>[1]);
}

describe('a console for real data', () => {
  it('has no simulator, and nothing that a page asks for starts one', async () => {
    const real = desk();
    expect(real.asked.status()).toEqual({ folder: join(root, 'practice'), simulator: null });
    const refused = expect.objectContaining({ code: 'not-available' });
    await expect(real.asked.start()).rejects.toEqual(refused);
    expect(() => real.asked.stop()).toThrow(/practice console only/);
    real.endSimulator();
    real.serviceChanged();
    expect(system.forked).toEqual([]);
    expect(existsSync(join(root, 'logs', 'simulator.log'))).toBe(false);
  });

  it('says in a box why the first run’s wish was refused', async () => {
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    desk({ airGap: 'enforced' }).openOrSay();
    await vi.waitFor(() => expect(system.boxes).toEqual([expect.stringContaining('air gap is on')]));
    expect(stderr).toHaveBeenCalledOnce();
  });
});

describe('a practice console', () => {
  it('starts the simulator that was built beside its service, and opens no second console', async () => {
    const practice = desk({ isPractice: true });
    expect(await practice.asked.start()).toMatchObject({
      folder: root,
      simulator: { state: 'running', hasOperator: false },
    });
    expect(system.forked).toEqual([join('/app/out/service/simulator.js')]);
    await expect(practice.asked.open()).rejects.toMatchObject({ code: 'not-available' });
    practice.endSimulator();
    expect(practice.asked.status().simulator).toMatchObject({ state: 'stopped' });
  });

  it('lets nothing leave this machine, air gap or not; a real one does', () => {
    expect(closedOf({ airGap: 'off', isPractice: true })).toMatch(/practice console/);
    expect(closedOf({ airGap: 'enforced', isPractice: true })).toMatch(/air gap/);
    expect(closedOf({ airGap: 'off', isPractice: false })).toBeNull();
  });
});
