import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { SecretUse } from '../../shared/http/secret-use.ts';
import { forgedUse, signedUse } from '../fixtures/secret-uses.ts';
import type { TestOperator } from '../fixtures/signing.ts';
import { operatorsRoom } from '../fixtures/two-operators.ts';

const room = await operatorsRoom('responder');

const send = (uses: readonly SecretUse[], by: TestOperator) =>
  room.api.signed({ route: 'vault.journal', path: '/api/vault/journal', body: { uses } }, by);
const bait = { id: randomUUID(), type: 'note', label: 'bait', canary: true };

describe('the journal of an operator’s vault', () => {
  it('enters each use once, however often and however broken up it is sent', async () => {
    const uses = await Promise.all([
      signedUse(room.ada, { action: 'reveal', item: bait }),
      signedUse(room.ada),
      signedUse(room.ada, { action: 'copy', item: bait }),
    ]);
    expect(await send(uses.slice(0, 2), room.ada)).toMatchObject({ status: 200, body: { entered: 2 } });
    expect(await send(uses, room.ada)).toMatchObject({ status: 200, body: { entered: 1 } });
    const raced = await Promise.all([signedUse(room.ada), signedUse(room.ada)]);
    const answers = await Promise.all([send(raced, room.ada), send(raced.toReversed(), room.ada)]);
    const entered = answers.map(({ body }) => (body as { entered?: number }).entered ?? 0);
    expect(entered.reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('takes no use of another key, none without its signature, none of the future, none twice in one', async () => {
    const own = await signedUse(room.ada);
    const attacks = [
      [await signedUse(room.bob)],
      [forgedUse()],
      [{ ...own, action: 'reveal' as const }],
      [{ ...own, at: '2026-01-01T00:00:01.000Z' }],
      [{ ...own, signer: room.bob.keyId }],
      [await signedUse(room.ada, { at: '2040-01-01T00:00:00.000Z' })],
      [own, own],
    ];
    for (const uses of attacks) expect((await send(uses, room.ada)).status).toBe(409);
    // Two consoles may draw the same id; neither keeps the other's use out of the ledger.
    const { id } = own;
    expect(await send([await signedUse(room.bob, { id })], room.bob)).toMatchObject({ body: { entered: 1 } });
    expect(await send([own], room.ada)).toMatchObject({ body: { entered: 1 } });
  });
});
