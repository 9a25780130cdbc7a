import { describe, expect, it } from 'vitest';
import {
  inOrder,
  MINUTE,
  normal,
  SCENES,
  START,
  type Told,
  TWELVE,
  WEEK,
} from '../../../tests/fixtures/week.ts';
import { rankOf } from '../incidents/rules.ts';
import { ALERT_RULES, ruleOf } from './catalogue.ts';
import { Replay } from './replay.ts';

/** Everything that any rule raises, in the words of its rule and subject. */
async function raisedBy(told: readonly Told[]): Promise<string[]> {
  const entries = inOrder(told);
  const raised: string[] = [];
  for (const rule of ALERT_RULES) {
    const replay = new Replay(rule);
    for (const entry of entries) await replay.entry(entry);
    await replay.moment(START + WEEK * MINUTE);
    raised.push(...replay.alerts().map(({ subject }) => `${rule.id} ${subject}`));
  }
  return raised.sort();
}

describe('a week', () => {
  it('of normal traffic raises nothing', async () => {
    expect(await raisedBy(normal(WEEK))).toEqual([]);
  });

  it('with nineteen attacks in it raises those nineteen alerts and no other', async () => {
    expect(SCENES).toHaveLength(19);
    expect(SCENES.map(({ attack }) => attack)).toEqual(expect.arrayContaining([...TWELVE]));
    const silentFrom = SCENES.flatMap((scene) => scene.silentFrom ?? [])[0];
    const told = [...normal(WEEK, silentFrom), ...SCENES.flatMap((scene) => scene.told)];
    expect(await raisedBy(told)).toEqual(SCENES.map(({ rule, subject }) => `${rule} ${subject}`).sort());
  });

  it.each(SCENES)('$attack alone raises $rule, about whom it is, and nothing else', async (scene) => {
    const told = [...normal(WEEK, scene.silentFrom), ...scene.told];
    expect(await raisedBy(told)).toEqual([`${scene.rule} ${scene.subject}`]);
    const rule = ruleOf(scene.rule);
    expect([rule?.asset, rule?.goal, rule?.severity]).toEqual(scene.gravity);
  });

  it('ranks control before money, money before what belongs to others, and an outage last', () => {
    const rank = (attack: string): number => {
      const rule = ruleOf(SCENES.find((scene) => scene.attack === attack)?.rule ?? '');
      if (!rule) throw new RangeError(attack);
      return rankOf(rule);
    };
    const order = ['stolen refresh token', 'ledger edit', 'cost drain', 'export link leak', 'limiter outage'];
    expect(order.map(rank)).toEqual(order.map(rank).sort((a, b) => a - b));
  });
});
