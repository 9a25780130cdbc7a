import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { groundOf } from '../../tests/fixtures/custody-ground.ts';
import { consoleOf, introduced } from '../../tests/fixtures/two-consoles.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { keyIdOf } from '../custody/persons.ts';
import { prepareAct } from './custody-acts.ts';

const now = () => new Date();
/** What the page sends for the next step, whatever the rotation is of. */
const RESUME = { act: 'open', reason: 'as the page has it', former: null } as const;

/** A console that is killed whenever it draws a key, until it is not. */
async function killedAt(folder: string, ofTwo: boolean) {
  const [mina, omar] = [consoleOf('Mina', { now }), consoleOf('Omar', { now })];
  let isKilled = true;
  const random = (bytes: number): Buffer => {
    if (isKilled) throw new Error('killed');
    return randomBytes(bytes);
  };
  const { ground } = groundOf(mina, { folder, now, random });
  const persons = ofTwo ? await introduced(mina, omar) : null;
  await expect(ground.rotation.open('theft', null, persons)).rejects.toThrow('killed');
  isKilled = false;
  return { ground, omar };
}

describe('a rotation that was killed before its key was there', () => {
  it('goes on with the card of its two persons, whatever the page asks for', async () => {
    await using directory = await disposableDirectory();
    const { ground, omar } = await killedAt(directory.path, true);
    const { card, perform } = await prepareAct(RESUME, ground);
    const facts = JSON.stringify(card.facts);
    for (const word of ['theft', 'Mina', 'Omar', keyIdOf(omar.custodian.publicKey)])
      expect(facts).toContain(word);
    expect(facts).not.toContain('as the page has it');
    expect(card.fields).toEqual([]);
    expect((await perform({})).say).toContain('opens with both keys');
    await expect(prepareAct(RESUME, ground)).rejects.toThrow('has its wallet');
  });

  it('goes on with the card of one person, also where the page asks for two', async () => {
    await using directory = await disposableDirectory();
    const { ground } = await killedAt(directory.path, false);
    const { card, perform } = await prepareAct({ ...RESUME, twoPersons: true }, ground);
    expect(card.warning).toContain('alone');
    expect((await perform({})).say).not.toContain('both keys');
  });
});
