import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groundOf } from '../../tests/fixtures/custody-ground.ts';
import { consoleOf } from '../../tests/fixtures/two-consoles.ts';
import { disposableDirectory } from '../../tests/fixtures/vault.ts';
import type { ApprovedDeed } from '../custody/approved-deeds.ts';
import { type Anchor, NO_LINES } from '../custody/journal.ts';
import { prepareAct } from './custody-acts.ts';
import { approvalsView } from './custody-approved.ts';

const now = () => new Date('2030-01-01T00:00:00.000Z');
const BY = { by: 'b'.repeat(43), name: 'Omar', digest: 'a'.repeat(64), wallet: '4'.repeat(44) };
const DEEDS: readonly ApprovedDeed['deed'][] = [
  { action: 'sweep', rotation: crypto.randomUUID(), to: 'N'.repeat(44) },
  { action: 'reveal' },
];

/** A console that took two approvals, and remembers so much of them. */
async function stage(folder: string) {
  const { ground, told } = groundOf(consoleOf('Mina', { now }), { folder, now });
  let kept: Anchor = NO_LINES;
  for (const [at, deed] of DEEDS.entries())
    kept = await ground.approved.append({ ...BY, deed, nonce: String(at).repeat(22) }, kept);
  Object.defineProperty(ground.second, 'anchor', { value: async () => kept });
  return { ground, told, view: () => approvalsView(ground), path: join(folder, 'approved-deeds.jsonl') };
}

it('is told newest first, with what was done and where it went, and damaged once it lost its end', async () => {
  await using directory = await disposableDirectory();
  const { view, path } = await stage(directory.path);
  const both = { at: now().toISOString(), wallet: BY.wallet, second: 'Omar', thumbprint: BY.by };
  expect(await view()).toEqual({
    ...{ state: 'whole', trouble: null, lines: 2 },
    deeds: [
      { ...both, line: 2, what: expect.stringContaining('in the clear'), to: null },
      { ...both, line: 1, what: expect.stringContaining('everything'), to: 'N'.repeat(44) },
    ],
  });
  await rm(path);
  expect(await view()).toMatchObject({ state: 'damaged', lines: 0, deeds: [] });
});

it('is saved as it is, for the copy that a damaged one is restored from', async () => {
  await using directory = await disposableDirectory();
  const { ground, told, view, path } = await stage(directory.path);
  const saving = await prepareAct({ act: 'approved-deeds' }, ground);
  expect(saving.card).toMatchObject({ facts: [{ value: '2' }, { value: 'whole' }], warning: null });
  await saving.perform({});
  const saved = told.at(-1);
  if (saved?.type !== 'save-file') throw new Error('nothing was saved');
  await rm(path);
  expect((await prepareAct({ act: 'approved-deeds' }, ground)).card.warning).toContain('0 of 2 lines');
  await writeFile(path, saved.text);
  expect(await view()).toMatchObject({ state: 'whole', lines: 2 });
});
