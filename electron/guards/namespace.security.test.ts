import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFixture } from '../../tests/fixtures/bundle.ts';
import { wayIntoAirGap } from './air-gap.ts';
import { isEmpty } from './network-probe.ts';

const run = promisify(execFile);

const system = {
  platform: process.platform,
  execPath: process.execPath,
  run: (program: string, args: readonly string[]) => spawnSync(program, args, { stdio: 'ignore' }).status,
};

describe.runIf(process.platform === 'linux')('the air gap that the system enforces', () => {
  let probe = '';
  beforeAll(async () => {
    probe = await bundleFixture('network-probe');
  }, 60_000);

  it('has no interface but a loopback that is down, and no way to anywhere', async () => {
    const way = wayIntoAirGap([process.execPath, probe, '--air-gap'], system);
    expect(way).not.toBeNull();
    const inside = JSON.parse((await run(way?.execPath ?? '', way?.args ?? [])).stdout);
    expect(inside).toEqual({ interfaces: ['lo'], up: [], outside: 'ENETUNREACH' });
    expect(isEmpty(inside)).toBe(true);
  });

  it('is not taken for one by the same probe outside of it', async () => {
    const outside = JSON.parse((await run(process.execPath, [probe])).stdout);
    expect(outside.up).toContain('lo');
    expect(isEmpty(outside)).toBe(false);
  });

  it('keeps the user who asked for it, so that nothing runs as root inside', async () => {
    const [entry, ...kept] = ['/usr/bin/id', '-u', '--air-gap'];
    const way = wayIntoAirGap([entry, ...kept], { ...system, execPath: entry });
    const args = (way?.args ?? []).filter((one) => !one.startsWith('--air-gap'));
    expect((await run(way?.execPath ?? '', args)).stdout.trim()).toBe(String(process.getuid?.()));
  });
});
