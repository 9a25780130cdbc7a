import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { readIntroduction } from './persons.ts';
import { type DrillOf, REHEARSING, tried } from './rehearsal-stage.ts';
import { DRILLS_OF_TWO, StageForTwo } from './rehearsal-two.ts';
import { SecondOperator } from './second-operator.ts';

// Journals with fsync; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

/** Takes anybody for the second operator. */
class Trusting extends StageForTwo {
  override meets: StageForTwo['meets'] = async (from) => ({
    first: await this.own.second().self(REHEARSING),
    second: readIntroduction(await from.second().introduction(from.name), from.custodian.publicKey),
  });
}

/** Its second console forgets what it answered. */
class Forgetful extends StageForTwo {
  override readonly second = forgetful(this);
}
function forgetful(stage: StageForTwo): StageForTwo['second'] {
  const { holdings, custodian, receiving } = stage.second;
  const kept = { ...holdings, putOnly: async () => undefined };
  const deps = { holdings: () => kept, custodian, receiving, now: stage.now, random: randomBytes };
  return {
    ...stage.second,
    second: () => new SecondOperator({ ...deps, record: async (_deed, anchor) => anchor }),
  };
}

/** Its clock stands still. */
class Timeless extends StageForTwo {
  override pass(): void {}
}

const outcomes = async (
  Kind: new (folder: string, now: () => Date) => StageForTwo,
  drills: readonly DrillOf<StageForTwo>[],
) => {
  await using directory = await disposableDirectory();
  const stage = new Kind(join(directory.path, 'stage'), () => new Date());
  const tries = await tried(stage, drills);
  stage.destroy();
  return tries.map(({ passed }) => passed);
};

describe('a drill of a wallet of two persons', () => {
  it('goes as it must with the consoles as they are', async () => {
    expect(await outcomes(StageForTwo, DRILLS_OF_TWO.slice(0, 5))).toEqual([true, true, true, true, true]);
  });

  it.each([
    ['takes the same key for a second operator', Trusting, [false]],
    ['answers one request anew', Forgetful, [true, true, true, false]],
    ['takes an approval for ever', Timeless, [true, true, true, true, false]],
  ])('fails by itself where a console %s', async (_name, Kind, expected) => {
    expect(await outcomes(Kind, DRILLS_OF_TWO.slice(0, expected.length))).toEqual(expected);
  });
});
