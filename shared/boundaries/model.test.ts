import { describe, expect, it } from 'vitest';
import { CONTROL_IDS, CONTROLS, controlOf, PROBE_IDS, type ProbeId, probesOf } from './controls.ts';
import { controlHealth, type Outcome, STALE_AFTER_MS, type Tried, tileHealth } from './health.ts';
import { THREATS } from './threats.ts';
import { ASSETS, BOUNDARIES, GOALS, TILES } from './tiles.ts';

const NOW = 1_000_000_000_000;
const tried = (change: Partial<Record<ProbeId, Outcome>> = {}, atMs = NOW) =>
  new Map<ProbeId, Tried>(
    PROBE_IDS.map((probe) => [probe, { probe, outcome: change[probe] ?? 'held', atMs }] as const),
  );
const tilesAre = (state: string, last: ReadonlyMap<ProbeId, Tried>, now = NOW) =>
  tileHealth(controlHealth(last, now))
    .filter((tile) => tile.state === state)
    .map(({ tile }) => tile);

describe('the threat model', () => {
  it('binds every control to a probe, and every probe to one control', () => {
    for (const id of CONTROL_IDS) expect(probesOf(id).length, id).toBeGreaterThan(0);
    expect(new Set(PROBE_IDS).size).toBe(PROBE_IDS.length);
    for (const probe of PROBE_IDS) expect(probesOf(controlOf(probe))).toContain(probe);
  });

  it('lets every control turn its own boundary red and an asset with it, and names what of ASVS it serves', () => {
    for (const id of CONTROL_IDS) {
      const { tiles, boundary, asvs } = CONTROLS[id];
      expect(tiles, id).toContain(boundary);
      expect(
        tiles.filter((tile) => (BOUNDARIES as readonly string[]).includes(tile)),
        id,
      ).toEqual([boundary]);
      expect(
        tiles.some((tile) => (ASSETS as readonly string[]).includes(tile)),
        id,
      ).toBe(true);
      expect(asvs.length, id).toBeGreaterThan(0);
    }
  });

  it('has an abuse path for every control, at its own boundary, and every goal is somebody’s', () => {
    for (const boundary of BOUNDARIES) {
      const stopping = new Set(THREATS[boundary].abuse.flatMap(({ stoppedBy }) => stoppedBy));
      const own = CONTROL_IDS.filter((id) => CONTROLS[id].boundary === boundary);
      expect([...stopping].sort(), boundary).toEqual([...own].sort());
    }
    const goals = BOUNDARIES.flatMap((id) => THREATS[id].abuse.map(({ goal }) => goal));
    expect(new Set(goals)).toEqual(new Set(GOALS));
  });
});

describe('health', () => {
  it('turns exactly the declared tiles red, for every probe', () => {
    for (const probe of PROBE_IDS)
      expect(tilesAre('broken', tried({ [probe]: 'broken' })), probe).toEqual(
        TILES.filter((tile) => CONTROLS[controlOf(probe)].tiles.includes(tile)),
      );
    expect(tilesAre('held', tried())).toEqual([...TILES]);
  });

  it('turns grey what nobody tried for two intervals, and what nobody ever tried', () => {
    expect(tilesAre('held', tried(), NOW + STALE_AFTER_MS)).toEqual([...TILES]);
    expect(tilesAre('stale', tried(), NOW + STALE_AFTER_MS + 1)).toEqual([...TILES]);
    expect(tilesAre('untried', new Map())).toEqual([...TILES]);
    expect(tilesAre('stale', new Map())).toEqual([]);
  });

  it('says why, the worst first', () => {
    const [tile] = tileHealth(
      controlHealth(tried({ 'unknown-key': 'broken', 'mint-by-resolver': 'unavailable' }), NOW),
    );
    expect(tile?.reasons).toEqual([
      expect.stringContaining('does not hold'),
      expect.stringMatching(/controls held when last attacked/),
      '1 control cannot be tried here.',
    ]);
  });

  it('lets a probe that could not be tried neither redden nor green anything', () => {
    expect(tilesAre('broken', tried({ 'open-files': 'unavailable' }))).toEqual([]);
    const all = Object.fromEntries(PROBE_IDS.map((probe) => [probe, 'unavailable']));
    expect(tilesAre('unavailable', tried(all))).toEqual([...TILES]);
  });
});
