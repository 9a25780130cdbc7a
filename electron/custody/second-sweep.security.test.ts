import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import { groundOf } from '../../tests/fixtures/custody-ground.ts';
import { doNextStep } from '../../tests/fixtures/rotation.ts';
import { type Console, consoleOf, type Kept, walletOfTwo } from '../../tests/fixtures/two-consoles.ts';
import { disposableDirectory, testClock } from '../../tests/fixtures/vault.ts';
import { type Ceremony, nextStep, type Step } from './ceremony.ts';
import { SWEEP_MS } from './second-operator.ts';

const clock = testClock();
const rotation = randomUUID();
let mina: Console;
let omar: Console;
let kept: Kept;

beforeEach(async () => {
  [mina, omar] = [consoleOf('Mina', clock), consoleOf('Omar', clock)];
  kept = await walletOfTwo(mina, omar);
});
afterEach(() => void vi.useRealTimers());

const nextOf = (ceremonies: readonly Ceremony[]): Step | null => {
  const last = ceremonies.at(-1);
  return last ? nextStep(last) : null;
};

describe('attack: more with a sweep than was approved', () => {
  const [to, elsewhere] = ['N'.repeat(44), 'E'.repeat(44)];
  const sweep = (address: string) => ({ action: 'sweep', rotation: rotation, to: address }) as const;
  const admitted = async (note: () => Promise<void> = async () => undefined) => {
    const answer = await omar.second.approve((await mina.second.ask(kept.item, sweep(to))).text);
    await mina.second.admitSweep(kept.item, sweep(to), answer, note);
  };

  it('signs to that address only, for nothing else, and for half an hour', async () => {
    await admitted();
    const keys = mina.second.holdings;
    expect(await codeOf(keys.requireGranted(kept.item, sweep(to)))).toBe('accepted');
    expect(await codeOf(keys.requireGranted(kept.item, sweep(elsewhere)))).toBe('second-needed');
    expect(await codeOf(keys.requireGranted(kept.item, { ...sweep(to), rotation: randomUUID() }))).toBe(
      'second-needed',
    );
    for (let transaction = 0; transaction < 3; transaction += 1)
      expect(await codeOf(keys.use(kept.item, 'sign', () => 0))).toBe('accepted');
    expect(await codeOf(keys.use(kept.item, 'export', () => 0))).toBe('second-needed');
    clock.advance(SWEEP_MS / 1000);
    expect(await codeOf(keys.use(kept.item, 'sign', () => 0))).toBe('second-needed');
  });

  it('signs nothing when the journal could not be written', async () => {
    await expect(admitted(() => Promise.reject(new Error('disk')))).rejects.toThrow('disk');
    expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('second-needed');
  });

  it('closes by itself after half an hour, whether anybody signs or not', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await admitted();
    const part = vi.spyOn(mina.second.holdings, 'end');
    await vi.advanceTimersByTimeAsync(SWEEP_MS - 1);
    expect(part).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(part).toHaveBeenCalledOnce();
    // The clock of this test stands still: nothing but the timer has closed it.
    expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('second-needed');
  });

  it('goes on beside another deed: showing one wallet ends no sweep of another, nor of itself', async () => {
    await admitted();
    const reveal = { action: 'reveal' } as const;
    const { item: other } = await walletOfTwo(mina, omar);
    for (const item of [mina.second.holdings.list().at(-1)?.id ?? other, kept.item]) {
      const answer = await omar.second.approve((await mina.second.ask(item, reveal)).text);
      await mina.second.during(item, reveal, answer, () => mina.second.holdings.use(item, 'reveal', () => 0));
      expect(await codeOf(mina.second.holdings.use(item, 'reveal', () => 0))).toBe('second-needed');
      expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('accepted');
    }
    expect(await codeOf(mina.second.holdings.requireGranted(kept.item, sweep(to)))).toBe('accepted');
    mina.second.end();
    expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('second-needed');
  });

  it('keeps a later admission open when the time of an earlier one is over', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    await admitted();
    await vi.advanceTimersByTimeAsync(SWEEP_MS - 1);
    await admitted();
    await vi.advanceTimersByTimeAsync(SWEEP_MS - 1);
    expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('accepted');
  });

  it.each(['swept', 'sunset', 'abort'] as const)('closes with the end of it: %s', async (how) => {
    await using directory = await disposableDirectory();
    const { ground } = groundOf(mina, { folder: directory.path, now: clock.now });
    await ground.rotation.open('again', null);
    await admitted();
    expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('accepted');
    const { rotation: running } = ground;
    const upTo = { swept: 'swept', sunset: 'sunset', abort: 'sealed' } as const;
    while (nextOf(await running.ceremonies()) !== upTo[how]) {
      await doNextStep(running);
      if (nextOf(await running.ceremonies()) === 'sunset') await admitted();
    }
    if (how === 'abort') await running.abort('enough', null);
    else await doNextStep(running);
    expect(await codeOf(mina.second.holdings.use(kept.item, 'sign', () => 0))).toBe('second-needed');
  });
});
