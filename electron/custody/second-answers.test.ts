import { randomUUID } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { beforeEach, describe, expect, it } from 'vitest';
import { codeOf } from '../../tests/fixtures/custody-error.ts';
import { type Console, consoleOf, type Kept, walletOfTwo } from '../../tests/fixtures/two-consoles.ts';
import { testClock } from '../../tests/fixtures/vault.ts';
import { type Deed, factsOf } from './deed.ts';
import { readKey } from './key-formats.ts';
import { parseRequest, REQUEST_MS, writeRequest } from './second-files.ts';

const clock = testClock();
let mina: Console;
let omar: Console;
let kept: Kept;
let deed: Deed;

beforeEach(async () => {
  [mina, omar] = [consoleOf('Mina', clock), consoleOf('Omar', clock)];
  kept = await walletOfTwo(mina, omar);
  const recipient = await identityToRecipient(await generateX25519Identity());
  deed = { action: 'seal', rotation: randomUUID(), recipient };
});

const request = async () => (await mina.second.ask(kept.item, deed)).text;
const opens = (answer: string) =>
  mina.second.during(kept.item, deed, answer, () =>
    mina.second.holdings.use(kept.item, 'seal', (secret) => readKey(secret.toString('utf8'))),
  );

describe('an answer that was lost between two consoles', () => {
  it('is given the same answer again when the first one was lost, and that opens once', async () => {
    const lost = await omar.second.approve(await request());
    // The first console asks again and has the same request, as it was not answered.
    const text = await request();
    expect(await omar.second.inspect(text)).toMatchObject({ isAnswered: true });
    const again = await omar.second.approve(text);
    expect(again).toBe(lost);
    expect(await opens(again)).toEqual(kept.seed);
    await request();
    expect(await codeOf(opens(lost))).toBe('second-replayed');
    clock.advance(REQUEST_MS / 1000);
    expect(await codeOf(omar.second.approve(text))).toBe('second-expired');
  });

  it('forgets what it answered once the request has expired, and is read from a vault that kept no answers', async () => {
    await omar.second.approve(await request());
    const { answers, ...before } = JSON.parse(await omar.read('approvals'));
    await omar.replace('approvals', JSON.stringify(before));
    expect(answers).toHaveLength(1);
    expect(await codeOf(omar.second.approve(await request()))).toBe('second-replayed');
    await omar.replace('approvals', JSON.stringify({ ...before, answers }));
    clock.advance(REQUEST_MS / 1000 + 1);
    await omar.second.approve(await request());
    expect(JSON.parse(await omar.read('approvals')).answers).toHaveLength(1);
  });
});

describe('what a console writes down of an approval', () => {
  const revealed = (answer: string) =>
    mina.second.during(kept.item, { action: 'reveal' }, answer, () =>
      mina.second.holdings.use(kept.item, 'reveal', () => mina.approved.length),
    );

  it('names the deed, the wallet and the second operator before the key is open, also outside a rotation', async () => {
    const { text, asked } = await mina.second.ask(kept.item, { action: 'reveal' });
    const answer = await omar.second.approve(text);
    expect(mina.approved).toEqual([]);
    expect(await revealed(answer)).toBe(1);
    expect(mina.approved).toEqual([
      {
        ...{ wallet: asked.header.wallet.address, deed: { action: 'reveal' }, digest: asked.digest },
        ...{ nonce: asked.nonce, by: omar.custodian.keyId, name: 'Omar' },
      },
    ]);
  });

  it('is remembered by the vault, as far as it came, before the key is open', async () => {
    for (const lines of [1, 2]) {
      const { text } = await mina.second.ask(kept.item, { action: 'reveal' });
      await revealed(await omar.second.approve(text));
      expect(JSON.parse(await mina.read('approvals')).journal.lines).toBe(lines);
      expect((await mina.second.anchor()).lines).toBe(lines);
    }
    // What else is remembered loses nothing of it, and a vault of before begins with none.
    await mina.second.ask(kept.item, { action: 'reveal' });
    expect(JSON.parse(await mina.read('approvals')).journal.lines).toBe(2);
    const { journal: _, ...before } = JSON.parse(await mina.read('approvals'));
    await mina.replace('approvals', JSON.stringify(before));
    await mina.second.ask(kept.item, { action: 'reveal' });
    expect((await mina.second.anchor()).lines).toBe(0);
  });

  it('opens nothing and uses no answer up when it cannot be written', async () => {
    const { text } = await mina.second.ask(kept.item, { action: 'reveal' });
    const answer = await omar.second.approve(text);
    mina.approved.push = () => {
      throw new Error('disk');
    };
    await expect(revealed(answer)).rejects.toThrow('disk');
    expect(await codeOf(mina.second.holdings.use(kept.item, 'reveal', () => 0))).toBe('second-needed');
    mina.approved.push = Array.prototype.push;
    expect(await codeOf(revealed(answer))).toBe('accepted');
  });
});

describe('a recipient that is one of the two consoles itself', () => {
  const own = async (who: Console) => (await who.second.self(who.name)).recipient;

  it('is named on both cards of an export', async () => {
    for (const who of [mina, omar]) {
      const to: Deed = { action: 'export', recipient: await own(who), format: 'phantom' };
      const { asked } = await mina.second.ask(kept.item, to);
      expect(JSON.stringify(factsOf(asked.header, asked.deed))).toContain(`vault of “${who.name}” itself`);
    }
    const { asked } = await mina.second.ask(kept.item, { ...deed });
    expect(JSON.stringify(factsOf(asked.header, asked.deed))).not.toContain('itself');
  });

  it('is sealed to by neither, also where the first one asks for it all the same', async () => {
    for (const who of [mina, omar]) {
      const to = { ...deed, recipient: await own(who) } as Deed;
      expect(await codeOf(mina.second.ask(kept.item, to))).toBe('step-refused');
      const { nonce, header, part, reply } = parseRequest(await request());
      const forged = writeRequest({ nonce, header, part, reply, now: clock.now(), deed: to }, mina.custodian);
      expect(await codeOf(omar.second.inspect(forged))).toBe('step-refused');
      expect(await codeOf(omar.second.approve(forged))).toBe('step-refused');
    }
  });
});
