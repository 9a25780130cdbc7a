import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type SecretsManagerPeer, startSecretsManager } from '../../tests/fixtures/secrets-manager.ts';
import { provenanceOf, resolveEnvironment } from './resolve.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sallyport-env-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const file = (name: string, text: string) => writeFile(join(folder, name), text);
const PAIR = { PHANTOM_SESSION_PRIVATE_KEY: 'private', PHANTOM_WALLET_PUBLIC_KEY: 'public' };
const lines = (values: object) =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

describe('SECRETS_PROVIDER=env', () => {
  it('is the environment as it was injected, and nothing is asked of anybody', async () => {
    const given = { ADMIN_API_KEY: 'injected' };
    const { env, provider, originOf } = await resolveEnvironment(given, folder);
    expect({ provider, ...env }).toEqual({ provider: 'env', ...given });
    expect(originOf('ADMIN_API_KEY')).toEqual({ source: 'environment', detail: null });
  });

  it('fills what is undefined from .env.local and then .env, and leaves what is defined', async () => {
    await file('.env', 'A=file\nB=file\nC="with space"\n# comment\n');
    await file('.env.local', 'B=local\n');
    const { env, originOf } = await resolveEnvironment({ A: 'given' }, folder);
    expect({ ...env }).toEqual({ A: 'given', B: 'local', C: 'with space' });
    expect(originOf('B')).toEqual({ source: 'file', detail: '.env.local' });
  });

  it('leaves a variable cleared that somebody cleared', async () => {
    await file('.env', 'A=file\n');
    const { env, originOf } = await resolveEnvironment({ A: '' }, folder);
    expect([env.A, originOf('A')]).toEqual(['', undefined]);
  });

  it('refuses a file that it cannot read', async () => {
    await mkdir(join(folder, '.env'));
    await expect(resolveEnvironment({}, folder)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  it('refuses a file that wants another provider, instead of ignoring it', async () => {
    await file('.env', 'SECRETS_PROVIDER=aws\n');
    await expect(resolveEnvironment({}, folder)).rejects.toMatchObject({ code: 'settings-missing' });
  });

  it('does not write to the environment of the process', async () => {
    await file('.env', 'SALLYPORT_TEST_ONLY=x\n');
    await resolveEnvironment(process.env, folder);
    expect(process.env.SALLYPORT_TEST_ONLY).toBeUndefined();
  });
});

describe('SECRETS_PROVIDER=aws', () => {
  let peer: SecretsManagerPeer;
  let aws: Record<string, string>;
  beforeEach(async () => {
    peer = await startSecretsManager();
    aws = { ...peer.env, SECRETS_PROVIDER: 'aws', AWS_SECRETS_MANAGER_SECRET_ID: 'prod/x' };
    for (const [name, value] of Object.entries(peer.env)) vi.stubEnv(name, value);
  });
  afterEach(() => peer.close());
  const hold = (values: object) => peer.secrets.set('prod/x', { SecretString: JSON.stringify(values) });

  it('fills what is undefined, defined ones win, and .env files are not read', async () => {
    hold({ A: 'aws', B: 'aws' });
    await file('.env', 'C=file\n');
    const { env, provider, originOf } = await resolveEnvironment({ ...aws, A: 'given' }, folder);
    expect([provider, env.A, env.B, env.C]).toEqual(['aws', 'given', 'aws', undefined]);
    expect([originOf('A')?.source, originOf('B')]).toEqual([
      'environment',
      { source: 'aws', detail: 'prod/x' },
    ]);
  });

  it.each(['AWS_REGION', 'AWS_SECRETS_MANAGER_SECRET_ID'])('needs %s', async (name) => {
    await expect(resolveEnvironment({ ...aws, [name]: '' }, folder)).rejects.toMatchObject({
      code: 'settings-missing',
    });
    expect(peer.calls).toBe(0);
  });

  it('takes a whole key pair from the secret', async () => {
    hold(PAIR);
    expect((await resolveEnvironment(aws, folder)).env.PHANTOM_WALLET_PUBLIC_KEY).toBe('public');
  });

  it.each(Object.entries(PAIR))('refuses a pair whose %s is overridden', async (name, value) => {
    hold(PAIR);
    await expect(resolveEnvironment({ ...aws, [name]: value }, folder)).rejects.toMatchObject({
      code: 'pair-split',
    });
  });
});

describe('a key pair', () => {
  it('is refused when its halves come from two files', async () => {
    await file('.env.local', lines({ PHANTOM_SESSION_PRIVATE_KEY: 'private' }));
    await file('.env', lines(PAIR));
    await expect(resolveEnvironment({}, folder)).rejects.toMatchObject({ code: 'pair-split' });
  });

  it.each(Object.entries(PAIR))('is refused as %s alone, and no value is quoted', async (name, value) => {
    const refused = resolveEnvironment({ [name]: `${value}-canary` }, folder);
    await expect(refused).rejects.toMatchObject({ code: 'pair-split' });
    await expect(refused).rejects.not.toThrow('canary');
  });

  it('is accepted from one place', async () => {
    await expect(resolveEnvironment(PAIR, folder)).resolves.toMatchObject({ env: PAIR });
  });
});

describe('provenance', () => {
  it('names each variable and its source, and holds no value', async () => {
    await file('.env', 'B=canary-b\n');
    const resolved = await resolveEnvironment({ A: 'canary-a', D: '' }, folder);
    const told = provenanceOf(resolved, ['A', 'B', 'C', 'D'], new Set(['C']));
    expect(told).toEqual({
      provider: 'env',
      values: [
        { name: 'A', source: 'environment', detail: null },
        { name: 'B', source: 'file', detail: '.env' },
        { name: 'C', source: 'generated', detail: null },
        { name: 'D', source: 'default', detail: null },
      ],
    });
    expect(JSON.stringify(told)).not.toContain('canary');
  });
});
