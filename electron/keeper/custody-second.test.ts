import { mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { groundOf } from '../../tests/fixtures/custody-ground.ts';
import { consoleOf, introduced } from '../../tests/fixtures/two-consoles.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import { prepareAct } from './custody-acts.ts';
import type { KeeperToMain } from './protocol.ts';

const now = () => new Date();
const lastFile = (told: readonly KeeperToMain[]): string =>
  told.findLast((message) => message.type === 'save-file')?.text ?? '';

/** A rotation of two that waits for the answer to its request to seal. */
async function asked(folder: string) {
  const [mina, omar] = [consoleOf('Mina', { now }), consoleOf('Omar', { now })];
  const { ground, told } = groundOf(mina, { folder, now });
  await ground.rotation.open('two', null, await introduced(mina, omar));
  const [ceremony] = await ground.rotation.ceremonies();
  const recipient = await identityToRecipient(await generateX25519Identity());
  const { next } = await (await prepareAct({ act: 'seal' }, ground)).perform({ recipient });
  const answered = async () => ({ answer: await omar.second.approve(lastFile(told)) });
  return { mina, omar, ground, told, next, answered, path: join(folder, `${ceremony?.id}.sealed`) };
}

describe('a key of 43 characters on a card', () => {
  it('is called a public key or a thumbprint, and the name of who asks is called unchecked', async () => {
    await using directory = await disposableDirectory();
    const { mina, omar, told, next, ground } = await asked(directory.path);
    const { ground: theirs } = groundOf(omar, { folder: directory.path, now });
    const approving = await (await prepareAct({ act: 'approve' }, theirs)).perform({
      request: lastFile(told),
    });
    const introducing = await prepareAct({ act: 'introduce' }, ground);
    for (const [card, of] of [
      [introducing.card, mina],
      [next?.card, omar],
      [approving.next?.card, mina],
    ] as const) {
      const { publicKey, keyId } = of.custodian;
      expect(card?.facts).toContainEqual({ label: 'Public key', value: publicKey });
      expect(card?.facts).toContainEqual({ label: 'Its thumbprint', value: keyId });
    }
    const by = approving.next?.card.facts.find(({ label }) => label === 'Asked by');
    expect(by?.value).toMatch(/^Mina, .*checked/);
  });
});

describe('an approval of the second operator', () => {
  it('is not used up on a step whose turn is over', async () => {
    await using directory = await disposableDirectory();
    const { mina, ground, next, answered } = await asked(directory.path);
    const values = await answered();
    await ground.rotation.abort('found it', null);
    await expect(next?.perform(values)).rejects.toThrow('No rotation is open');
    expect(mina.approved).toEqual([]);
    expect(JSON.parse(await mina.read('approvals')).used).toEqual([]);
  });

  it('that was used up by work that failed is asked for again in the same window', async () => {
    await using directory = await disposableDirectory();
    const { mina, told, next, answered, path } = await asked(directory.path);
    const request = lastFile(told);
    // Nothing can be written where the package goes.
    await mkdir(path);
    const again = await next?.perform(await answered());
    expect(again?.next?.card.title).toContain('again');
    expect(again?.next?.card.warning).toContain('used up');
    expect(lastFile(told)).not.toBe(request);
    await rmdir(path);
    const done = await again?.next?.perform(await answered());
    expect(done?.say).toContain('encrypted and signed');
    expect(mina.approved).toHaveLength(2);
  });

  it('that is wrong is refused in the window that waits, and the right one is good after it', async () => {
    await using directory = await disposableDirectory();
    const { told, next, answered } = await asked(directory.path);
    const files = told.length;
    await expect(next?.perform({ answer: '{}' })).rejects.toThrow('not an answer');
    expect(told).toHaveLength(files);
    expect((await next?.perform(await answered()))?.say).toContain('encrypted and signed');
  });
});
