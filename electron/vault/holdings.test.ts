import * as nodeFs from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { fakeKeychain } from '../../tests/fixtures/keychain.ts';
import {
  createVault,
  disposableDirectory,
  type Given,
  PASSPHRASE,
  rootOf,
  vaultAt,
} from '../../tests/fixtures/vault.ts';
import { PREVIOUS_FILE, VAULT_FILE } from './files.ts';
import { decodeVault, MAX_ITEMS } from './format.ts';
import type { NewSecret } from './items.ts';
import { rekey } from './rekey.ts';
import { SENT_FILE, USES_FILE } from './use-journal.ts';

// Argon2id at 64 MiB and fsync are real here; on a loaded machine they take their time.
vi.setConfig({ testTimeout: 60_000 });

const CURRENT_ONLY = { acceptOlder: false };
const NEW_PASSPHRASE = 'another long passphrase';
const note = (label: string, value = 'a value', canary = false): NewSecret => ({
  ...{ type: 'note', label, canary },
  secret: Buffer.from(value),
});
const text = (secret: Buffer): string => secret.toString('utf8');

async function opened(path: string, given: Given = {}, passphrase = PASSPHRASE) {
  return (await vaultAt(path, given).unlock(passphrase, CURRENT_ONLY)).holdings;
}

async function freshVault(path: string, given: Given = {}) {
  await createVault(path, given);
  return opened(path, given);
}

const idOf = (holdings: Awaited<ReturnType<typeof opened>>, label: string): string =>
  holdings.list().find((item) => item.label === label)?.id ?? 'none';

describe('items', () => {
  it('are added, listed without their values, renamed, used and removed, across restarts', async () => {
    await using directory = await disposableDirectory();
    const first = await freshVault(directory.path);
    await first.add([note('Größe “α”', 'hidden treasure'), note('two')]);
    await first.rename(idOf(first, 'two'), 'three');
    const second = await opened(directory.path);
    expect(second.list().map(({ label }) => label)).toEqual([null, null, 'Größe “α”', 'three']);
    expect(JSON.stringify(second.list())).not.toContain('treasure');
    expect(await second.use(idOf(second, 'Größe “α”'), 'reveal', text)).toBe('hidden treasure');
    await second.remove(idOf(second, 'three'));
    const third = await opened(directory.path);
    expect(third.list()).toHaveLength(3);
    for (const name of [VAULT_FILE, PREVIOUS_FILE])
      expect(decodeVault(await readFile(join(directory.path, name))).content.items).toHaveLength(3);
  });

  it('that are not there are refused, and the vault’s own two are nobody’s', async () => {
    await using directory = await disposableDirectory();
    const holdings = await freshVault(directory.path);
    const own = holdings.list()[0]?.id ?? '';
    for (const id of [own, '00000000-0000-4000-8000-000000000000']) {
      const refused = { code: 'no-such-item' };
      await expect(holdings.use(id, 'reveal', text)).rejects.toMatchObject(refused);
      await expect(holdings.rename(id, 'mine')).rejects.toMatchObject(refused);
      await expect(holdings.remove(id)).rejects.toMatchObject(refused);
    }
    expect(holdings.list()).toHaveLength(2);
  });

  it('are ten thousand at most, all of an import or none of it', async () => {
    await using directory = await disposableDirectory();
    const holdings = await freshVault(directory.path);
    await holdings.add(Array.from({ length: MAX_ITEMS - 2 }, (_, at) => note(`item ${at}`)));
    await expect(holdings.add([note('one too many')])).rejects.toMatchObject({ code: 'vault-full' });
    const again = await opened(directory.path);
    expect(again.list()).toHaveLength(MAX_ITEMS);
    expect(await again.use(idOf(again, 'item 9997'), 'reveal', text)).toBe('a value');
  });

  it('are whole after a write that failed, and the next write works', async () => {
    await using directory = await disposableDirectory();
    let full = false;
    const rename: typeof nodeFs.rename = async (from, to) => {
      if (full && String(to).endsWith(VAULT_FILE)) throw Object.assign(new Error('x'), { code: 'ENOSPC' });
      return nodeFs.rename(from, to);
    };
    const holdings = await freshVault(directory.path, { fs: { ...nodeFs, rename } });
    await holdings.add([note('before')]);
    full = true;
    await expect(holdings.add([note('lost')])).rejects.toMatchObject({ code: 'write-failed' });
    expect(holdings.list().map(({ label }) => label)).not.toContain('lost');
    full = false;
    await Promise.all([holdings.add([note('a')]), holdings.add([note('b')])]);
    expect((await opened(directory.path)).list().map(({ label }) => label)).toEqual([
      null,
      null,
      'before',
      'a',
      'b',
    ]);
  });
});

describe('the journal of uses', () => {
  it('has each use on disk before the value is out, signed and without the value', async () => {
    await using directory = await disposableDirectory();
    const holdings = await freshVault(directory.path);
    await holdings.add([note('bait', 'the value itself', true)]);
    const seen = await holdings.use(idOf(holdings, 'bait'), 'reveal', () =>
      readFile(join(directory.path, USES_FILE), 'utf8'),
    );
    expect(JSON.parse(seen)).toMatchObject({ action: 'reveal', item: { label: 'bait', canary: true } });
    expect(seen).not.toContain('value itself');
  });

  it('that cannot be written keeps the secret shut', async () => {
    await using directory = await disposableDirectory();
    let full = false;
    const open: typeof nodeFs.open = async (path, ...rest) => {
      if (full && String(path).endsWith(USES_FILE)) throw Object.assign(new Error('x'), { code: 'ENOSPC' });
      return nodeFs.open(path, ...rest);
    };
    const holdings = await freshVault(directory.path, { fs: { ...nodeFs, open } });
    await holdings.add([note('kept')]);
    full = true;
    const read = vi.fn();
    await expect(holdings.use(idOf(holdings, 'kept'), 'reveal', read)).rejects.toMatchObject({
      code: 'write-failed',
    });
    expect(read).not.toHaveBeenCalled();
  });

  it('gives out what the ledger lacks, in order, and keeps it across restarts until it was sent', async () => {
    await using directory = await disposableDirectory();
    const { journal } = await freshVault(directory.path);
    for (let at = 0; at < 60; at += 1) await journal.record('unlock');
    const later = (await opened(directory.path)).journal;
    const batch = await later.unsent();
    expect(batch).toHaveLength(50);
    await later.markSent(batch.at(-1)?.id ?? '');
    const last = (await opened(directory.path)).journal;
    expect(await last.unsent()).toHaveLength(10);
    expect(await last.recent(100)).toMatchObject({ unsent: 10 });
    // A record of what was sent that is lost sends all of it again; the ledger takes each once.
    await nodeFs.rm(join(directory.path, SENT_FILE));
    expect(await (await opened(directory.path)).journal.recent(100)).toMatchObject({ unsent: 60 });
  });

  it('forgets half a line of a crash, and says so when any other byte was changed', async () => {
    await using directory = await disposableDirectory();
    const path = join(directory.path, USES_FILE);
    const { journal } = await freshVault(directory.path);
    for (let at = 0; at < 3; at += 1) await journal.record('unlock');
    const whole = await readFile(path);
    await nodeFs.writeFile(path, Buffer.concat([whole, Buffer.from('{"id":"half')]));
    const torn = (await opened(directory.path)).journal;
    await torn.record('rekey');
    expect((await torn.recent(10)).uses.map(({ action }) => action)).toEqual([
      'rekey',
      'unlock',
      'unlock',
      'unlock',
    ]);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const attacks = [
      lines.with(1, (lines[1] ?? '').replace('unlock', 'reveal')),
      lines.toSpliced(1, 1),
      [lines[1], lines[0], ...lines.slice(2)],
    ];
    for (const attack of attacks) {
      await nodeFs.writeFile(path, `${attack.join('\n')}\n`);
      const { uses } = await (await opened(directory.path)).journal.recent(10);
      expect(uses.map(({ action }) => action)).toEqual(['journal-restarted']);
    }
  });
});

describe('slots', () => {
  it('change the passphrase: the old one opens neither the file nor its spare, code and items stay', async () => {
    await using directory = await disposableDirectory();
    const keychain = fakeKeychain();
    const code = await createVault(directory.path, { keychain });
    const holdings = await opened(directory.path, { keychain });
    await holdings.add([note('kept')]);
    await expect(holdings.changePassphrase('wrong wrong wrong', NEW_PASSPHRASE)).rejects.toMatchObject({
      code: 'wrong-passphrase',
    });
    await holdings.changePassphrase(PASSPHRASE, NEW_PASSPHRASE);
    await expect(opened(directory.path, { keychain })).rejects.toMatchObject({ code: 'wrong-passphrase' });
    expect(await opened(directory.path, { keychain }, NEW_PASSPHRASE)).toBeTruthy();
    await nodeFs.rename(join(directory.path, PREVIOUS_FILE), join(directory.path, VAULT_FILE));
    await expect(
      vaultAt(directory.path, { keychain }).unlock(PASSPHRASE, { acceptOlder: true }),
    ).rejects.toMatchObject({ code: 'wrong-passphrase' });
    const recovered = await vaultAt(directory.path, { keychain }).recover({ code }, PASSPHRASE, {
      acceptOlder: true,
    });
    expect((await recovered.commit()).holdings.list()).toHaveLength(3);
  });

  it('re-key: the old code, passphrase slot and shares open nothing, and nothing changes unconfirmed', async () => {
    await using directory = await disposableDirectory();
    const code = await createVault(directory.path);
    const holdings = await opened(directory.path);
    await holdings.add([note('kept')]);
    await (await holdings.makeShares(PASSPHRASE, { threshold: 2, count: 2 })).commit();
    (await rekey(holdings, PASSPHRASE)).discard();
    expect((await opened(directory.path)).sharesSlot()).not.toBeNull();
    const fresh = await (await rekey(holdings, PASSPHRASE)).commit();
    expect(fresh.holdings.sharesSlot()).toBeNull();
    expect(await fresh.holdings.use(idOf(fresh.holdings, 'kept'), 'reveal', text)).toBe('a value');
    await expect(vaultAt(directory.path).recover({ code }, PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
      code: 'wrong-recovery-code',
    });
  });

  it('re-key: the former root is wiped, and what held it opens and writes nothing more', async () => {
    await using directory = await disposableDirectory();
    const former = await rootOf(directory.path, await createVault(directory.path));
    const copying = vi.spyOn(Buffer, 'from');
    const holdings = await opened(directory.path);
    const copies = copying.mock.results.map(({ value }) => value as Buffer);
    copying.mockRestore();
    const kept = copies.filter((made) => made.equals(former));
    expect(kept).toHaveLength(1);
    await holdings.add([note('kept')]);
    const isWiped = () => kept.every((copy) => copy.every((byte) => byte === 0));
    const unconfirmed = await rekey(holdings, PASSPHRASE);
    unconfirmed.discard();
    expect(isWiped()).toBe(false);
    await (await rekey(holdings, PASSPHRASE)).commit();
    expect(isWiped()).toBe(true);
    const refused = { code: 'vault-replaced' };
    await expect(holdings.use(idOf(holdings, 'kept'), 'reveal', text)).rejects.toMatchObject(refused);
    await expect(holdings.add([note('late')])).rejects.toMatchObject(refused);
    await expect(holdings.remove(idOf(holdings, 'kept'))).rejects.toMatchObject(refused);
    const again = await opened(directory.path);
    expect(await again.use(idOf(again, 'kept'), 'reveal', text)).toBe('a value');
  });

  it('take recovery shares: a drill proves them, any quorum recovers, and recovery ends them', async () => {
    await using directory = await disposableDirectory();
    const holdings = await freshVault(directory.path);
    await holdings.add([note('kept')]);
    const made = await holdings.makeShares(PASSPHRASE, { threshold: 2, count: 3 });
    expect((await opened(directory.path)).sharesSlot()).toBeNull();
    await made.commit();
    const [a = '', b = '', c = ''] = made.words;
    await holdings.drill([a, c]);
    await expect(holdings.drill([a])).rejects.toMatchObject({ code: 'too-few-shares' });
    await expect(holdings.makeShares(PASSPHRASE, { threshold: 2, count: 2 })).rejects.toMatchObject({
      code: 'share-scheme',
    });
    const vault = vaultAt(directory.path);
    expect(await vault.checkShare(b, CURRENT_ONLY)).toEqual({ index: 2, threshold: 2 });
    const foreign = await otherShare();
    for (const shares of [
      [a, foreign],
      [foreign, a],
    ])
      await expect(vault.recover({ shares }, NEW_PASSPHRASE, CURRENT_ONLY)).rejects.toMatchObject({
        code: 'wrong-share',
      });
    expect(await vault.waitSeconds()).toBe(0);
    const recovered = await (await vault.recover({ shares: [c, b] }, NEW_PASSPHRASE, CURRENT_ONLY)).commit();
    expect(await recovered.holdings.use(idOf(recovered.holdings, 'kept'), 'reveal', text)).toBe('a value');
    expect(recovered.holdings.sharesSlot()).toBeNull();
    await expect(
      vaultAt(directory.path).recover({ shares: [a, b] }, PASSPHRASE, CURRENT_ONLY),
    ).rejects.toMatchObject({
      code: 'wrong-share',
    });
  });
});

async function otherShare(): Promise<string> {
  await using directory = await disposableDirectory();
  const holdings = await freshVault(directory.path);
  return (await holdings.makeShares(PASSPHRASE, { threshold: 2, count: 3 })).words[1] ?? '';
}
