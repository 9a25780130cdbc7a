import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { operatorFile } from '../../shared/http/operator-file.ts';
import { thumbprint } from '../../shared/http/sign.ts';
import { Refusal } from '../ipc/refusal.ts';
import { createEnrolment } from './enrolment.ts';
import { createLocalOperators } from './local-operators.ts';

const CODE = '7ZK4M-0QX2C-7ZK4M-0QX2C-7ZK4M-0';
const KEY_ID = 'k'.repeat(43);
const own = { keyId: KEY_ID, publicKey: 'p'.repeat(43) };
const listed = {
  id: 'opr_0123456789abcdefghjkmnpqrs',
  name: 'Ada',
  role: 'administrator',
  keyId: KEY_ID,
  state: 'active',
  enrolledAt: '2026-01-01T00:00:00.000Z',
  lastSignedAt: null,
};
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-operators-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('enrolment', () => {
  const enrolment = (operators: unknown[], key: typeof own | null = own) => {
    const call = vi.fn(async () => ({ status: 200, body: { operators } }));
    return {
      call,
      enrolment: createEnrolment({ client: { call }, key: () => key, serviceFolder: folder, askCode: null }),
    };
  };

  it('knows this console by its key, active ones only', async () => {
    expect(await enrolment([listed]).enrolment.status()).toMatchObject({
      state: 'enrolled',
      operator: { name: 'Ada' },
    });
    for (const other of [
      { ...listed, state: 'revoked' },
      { ...listed, keyId: 'x'.repeat(43) },
    ])
      expect(await enrolment([other]).enrolment.status()).toMatchObject({
        state: 'not-enrolled',
        operator: null,
      });
  });

  it('is unknown while the service is down, and locked without a key', async () => {
    const call = () => Promise.reject(new Refusal('service-down', 'Down.'));
    const unreachable = createEnrolment({
      client: { call },
      key: () => own,
      serviceFolder: folder,
      askCode: null,
    });
    expect(await unreachable.status()).toMatchObject({ state: 'unknown' });
    await expect(enrolment([], null).enrolment.status()).rejects.toMatchObject({ code: 'locked' });
  });

  it('enrols this console’s own key with the code of this host', async () => {
    writeFileSync(join(folder, 'enrolment-code'), `${CODE}\n`);
    const t = enrolment([listed]);
    expect((await t.enrolment.enrol('Ada')).state).toBe('enrolled');
    expect(t.call).toHaveBeenNthCalledWith(1, {
      route: 'operators.enrol',
      body: { code: CODE, name: 'Ada', publicKey: own.publicKey },
    });
  });

  it('says what to do when there is no code, and never quotes what it found', async () => {
    const t = enrolment([]);
    await expect(t.enrolment.enrol('Ada')).rejects.toMatchObject({ code: 'not-available' });
    writeFileSync(join(folder, 'enrolment-code'), 'not a code');
    await expect(t.enrolment.enrol('Ada')).rejects.not.toMatchObject({
      message: expect.stringContaining('not a code'),
    });
    expect(t.call).not.toHaveBeenCalled();
  });
});

describe('local operators', () => {
  const invitation = {
    code: CODE,
    expiresAt: '2026-01-01T00:15:00.000Z',
    eventId: 'evt_0123456789abcdefghjkmnpqrs',
  };
  const local = (token: string | null = 't'.repeat(43)) =>
    createLocalOperators({
      client: { call: async () => ({ status: 201, body: invitation }) },
      endpoint: () => ({ origin: 'http://admin.sallyport.internal', socket: '/run/admin.sock' }),
      issueToken: () => token,
      folder,
    });

  it('get a file of the agreed form, for this user only, that goes at lock', async () => {
    const made = local();
    const { path, expiresAt } = await made.invite('Simulator 1', 'responder');
    expect(operatorFile.parse(JSON.parse(readFileSync(path, 'utf8')))).toMatchObject({
      enrolmentCode: CODE,
      key: null,
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(expiresAt).toBe(invitation.expiresAt);
    made.removeAll();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('stand while the service lists their key as active, and not when it was revoked or is unknown', async () => {
    const publicKey = 'A'.repeat(43);
    const keyId = thumbprint(publicKey, (bytes) => createHash('sha256').update(bytes).digest());
    const stands = (operators: object[]) =>
      createLocalOperators({
        client: { call: async () => ({ status: 200, body: { operators } }) },
        ...{ endpoint: () => null, issueToken: () => null, folder },
      }).stands(publicKey);
    expect(await stands([{ keyId, state: 'active' }])).toBe(true);
    expect(await stands([{ keyId, state: 'revoked' }])).toBe(false);
    expect(await stands([{ keyId: 'another', state: 'active' }])).toBe(false);
    await expect(stands(undefined as unknown as object[])).rejects.toThrow();
  });

  it('need no folder to be removed from', () => {
    rmSync(folder, { recursive: true });
    expect(() => local().removeAll()).not.toThrow();
  });

  it('cannot write outside their folder by their name', async () => {
    for (const name of ['../../evil', '/etc/passwd', '..', '\u0000', 'a'.repeat(64)]) {
      const { path } = await local().invite(name, 'responder');
      expect(path.startsWith(`${folder}/`)).toBe(true);
      expect(path.slice(folder.length + 1)).toMatch(/^[a-z0-9-]{1,47}\.json$/);
    }
  });

  it('get nothing when the vault locks in between', async () => {
    await expect(local(null).invite('Simulator', 'responder')).rejects.toMatchObject({ code: 'locked' });
    expect(readdirSync(folder)).toEqual([]);
  });
});
