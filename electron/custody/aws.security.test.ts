import { randomBytes, randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { accessKeyIn, awsRotation, begun, doNextAwsStep } from '../../tests/fixtures/aws-rotation.ts';
import { openRotation } from '../../tests/fixtures/rotation.ts';
import { type AwsPeer, SECRET_ARN, startAwsPeer } from '../../tests/fixtures/secret-versions.ts';
import {
  createVault,
  type Disposable,
  disposableDirectory,
  PASSPHRASE,
  vaultAt,
} from '../../tests/fixtures/vault.ts';
import type { OpenVault } from '../vault/opened.ts';
import { awsCredentials, awsSecret } from './aws-access.ts';
import { CustodyError } from './custody-error.ts';
import { PRIVATE_HALF, readKey, writeKey } from './key-formats.ts';
import type { Rotation } from './rotation.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

// Argon2id at 64 MiB and fsync are real here.
vi.setConfig({ testTimeout: 60_000 });

let directory: Disposable;
let vault: OpenVault;
let peer: AwsPeer;
let rotation: Rotation;

beforeEach(async () => {
  directory = await disposableDirectory();
  await createVault(directory.path);
  vault = await vaultAt(directory.path).unlock(PASSPHRASE, { acceptOlder: false });
  peer = await startAwsPeer();
  rotation = awsRotation(directory.path, vault, peer.wire);
});
afterEach(async () => {
  await peer.close();
  await directory[Symbol.asyncDispose]();
});

const codeOf = (given: Promise<unknown>): Promise<string> =>
  given.then(
    () => 'accepted',
    (error: unknown) => (error instanceof CustodyError ? error.code : String(error)),
  );
const fingerprintAt = (label: string): string | null => {
  const text = peer.versions.text(label);
  return text.includes(PRIVATE_HALF) ? identityOf(publicKeyOf(readKey(text))).fingerprint : null;
};
const current = async () => (await rotation.ceremonies()).at(-1);
const newFingerprint = async () => (await current())?.done.generated?.wallet.fingerprint;
const toTheEnd = async () => {
  while (await doNextAwsStep(rotation, vault));
};

describe('an import into AWS Secrets Manager', () => {
  it('waits under AWSPENDING, is in force when the service is to be restarted, and leaves the rest of the secret as it is', async () => {
    await begun(rotation, vault, 2);
    const base = peer.versions.with('AWSCURRENT');
    expect(fingerprintAt('AWSPENDING')).toBe(await newFingerprint());
    expect(fingerprintAt('AWSCURRENT')).toBeNull();
    await doNextAwsStep(rotation, vault);
    expect(fingerprintAt('AWSCURRENT')).toBe(await newFingerprint());
    expect(peer.versions.with('AWSPREVIOUS')).toBe(base);
    expect(peer.versions.with('AWSPENDING')).toBeNull();
    expect(JSON.parse(peer.versions.text('AWSCURRENT'))).toMatchObject({ OTHER: 'stays' });
    // The service of this console is not the one that reads it.
    expect(await rotation.suppliedSeed()).toBeNull();
    await toTheEnd();
    const first = fingerprintAt('AWSCURRENT');
    await openRotation(rotation);
    await toTheEnd();
    expect(fingerprintAt('AWSPREVIOUS')).toBe(first);
    expect(fingerprintAt('AWSCURRENT')).toBe((await rotation.holder())?.fingerprint);
    expect(await rotation.holder()).toMatchObject({ way: 'aws' });
  });

  it('believes nobody who has no certificate of AWS, and sends them nothing', async () => {
    const { dial } = peer.wire;
    const trusting = awsRotation(directory.path, vault, { dial });
    await openRotation(trusting);
    await doNextAwsStep(trusting, vault);
    await expect(trusting.importToAws()).rejects.toMatchObject({
      code: 'aws-refused',
      message: expect.stringContaining('Whoever answers is not AWS'),
    });
    expect(peer.asked).toEqual([]);
  });

  it.each(['DescribeSecret', 'GetSecretValue', 'PutSecretValue'])(
    'says when AWS denies %s, and goes on when it is granted',
    async (operation) => {
      peer.versions.denied.add(operation);
      await begun(rotation, vault, 1);
      expect(await codeOf(rotation.importToAws())).toBe('aws-refused');
      expect((await current())?.done.imported).toBeUndefined();
      expect(fingerprintAt('AWSCURRENT')).toBeNull();
      peer.versions.denied.clear();
      await toTheEnd();
      expect((await current())?.ended).toBe('recorded');
    },
  );

  it('says when AWS denies the promotion: the former version stays in force, and the step is done again', async () => {
    peer.versions.denied.add('UpdateSecretVersionStage');
    await begun(rotation, vault, 2);
    expect(await codeOf(rotation.beginHydration())).toBe('aws-refused');
    expect(fingerprintAt('AWSCURRENT')).toBeNull();
    peer.versions.denied.clear();
    await toTheEnd();
    expect(fingerprintAt('AWSCURRENT')).toBe(await newFingerprint());
  });

  it('finds no secret in another region or account, and takes no name for an ARN', async () => {
    await openRotation(rotation);
    const credentials = await accessKeyIn(vault);
    for (const text of ['payer', SECRET_ARN.slice(0, -7), 'arn:aws:s3:::bucket', `${SECRET_ARN}*`])
      expect(await codeOf(rotation.sealToAws(text, credentials))).toBe('aws-refused');
    await rotation.sealToAws(SECRET_ARN.replace('123456789012', '210987654321'), credentials);
    expect(await codeOf(rotation.importToAws())).toBe('aws-refused');
    expect(awsSecret(SECRET_ARN.replace('eu-test-1', 'us-west-2')).host).toBe(
      'secretsmanager.us-west-2.amazonaws.com',
    );
  });

  it('is refused in the name of another region than the one that answers', async () => {
    await openRotation(rotation);
    await rotation.sealToAws(SECRET_ARN.replace('eu-test-1', 'us-west-2'), await accessKeyIn(vault));
    // Its certificate is the other region's.
    expect(await codeOf(rotation.importToAws())).toBe('aws-refused');
    expect(peer.asked).toEqual([]);
  });

  it('reads back what it wrote, and goes no further when that is another value', async () => {
    await begun(rotation, vault, 1);
    peer.versions.garble = (text) => (text.includes(PRIVATE_HALF) ? text.replace('stays', 'other') : text);
    expect(await codeOf(rotation.importToAws())).toBe('aws-differs');
    expect((await current())?.done.imported).toBeUndefined();
    const stolen = writeKey(randomBytes(32), 'secrets-manager');
    peer.versions.garble = null;
    await rotation.importToAws();
    peer.versions.garble = (text) => (text.includes(PRIVATE_HALF) ? stolen : text);
    expect(await codeOf(rotation.beginHydration())).toBe('aws-differs');
    expect((await current())?.done.hydrated).toBeUndefined();
  });
});

describe('labels that others move', () => {
  it('are left alone while another rotation of the secret is under way', async () => {
    const foreign = randomUUID();
    peer.versions.put({
      ClientRequestToken: foreign,
      SecretString: '{}',
      VersionStages: ['AWSPENDING'] as never,
    });
    await begun(rotation, vault, 1);
    // Seen before a second operator's approval would be used up on it.
    expect(await codeOf(rotation.requireReady('imported'))).toBe('aws-moved');
    expect(await codeOf(rotation.importToAws())).toBe('aws-moved');
    expect(peer.versions.with('AWSPENDING')).toBe(foreign);
  });

  it('stop the promotion when another version came into force since the import', async () => {
    await begun(rotation, vault, 2);
    const other = peer.versions.create('{"OTHER":"changed"}');
    expect(await codeOf(rotation.beginHydration())).toBe('aws-moved');
    expect(peer.versions.with('AWSCURRENT')).toBe(other);
    await rotation.revert();
    expect(peer.versions.with('AWSCURRENT')).toBe(other);
    expect(peer.versions.with('AWSPENDING')).toBeNull();
  });

  it('lose the race to AWS itself, which compares before it moves', async () => {
    await begun(rotation, vault, 2);
    let other = '';
    peer.onAsk = (name, when) => {
      if (name === 'UpdateSecretVersionStage' && when === 'asked' && other === '')
        other = peer.versions.create('{}');
    };
    expect(await codeOf(rotation.beginHydration())).toBe('aws-moved');
    expect(peer.versions.with('AWSCURRENT')).toBe(other);
  });

  it('are not taken over a wallet that this vault does not know', async () => {
    peer.versions.create(writeKey(randomBytes(32), 'secrets-manager'));
    await begun(rotation, vault, 1);
    expect(await codeOf(rotation.importToAws())).toBe('aws-differs');
    expect(peer.versions.with('AWSPENDING')).toBeNull();
  });

  it('are never set on a secret without a value: its first version would be in force at once', async () => {
    peer.versions.all.clear();
    await begun(rotation, vault, 1);
    expect(await codeOf(rotation.importToAws())).toBe('aws-differs');
    expect(peer.versions.all.size).toBe(0);
  });
});

describe('an abort', () => {
  it('takes back what waits, and asks for nothing to be restored', async () => {
    await begun(rotation, vault, 2);
    await rotation.revert();
    expect(peer.versions.with('AWSPENDING')).toBeNull();
    await rotation.abort('second thoughts', null);
    expect((await current())?.ended).toBe('aborted');
  });

  it('puts the former version in force again before it counts', async () => {
    await begun(rotation, vault, 0);
    await toTheEnd();
    const former = await newFingerprint();
    await begun(rotation, vault, 3);
    expect(fingerprintAt('AWSCURRENT')).not.toBe(former);
    peer.versions.denied.add('UpdateSecretVersionStage');
    expect(await codeOf(rotation.revert())).toBe('aws-refused');
    peer.versions.denied.clear();
    await rotation.revert();
    expect(fingerprintAt('AWSCURRENT')).toBe(former);
    // Nor can the key that was taken back be had as what was in force before.
    expect(peer.versions.with('AWSPREVIOUS')).toBeNull();
    expect(await codeOf(rotation.abort('no', null))).toBe('step-refused');
    await rotation.abort('no', former ?? null);
    expect((await rotation.holder())?.fingerprint).toBe(former);
  });
});

describe('an abort whose version is no longer the one in force', () => {
  it('takes AWSPREVIOUS from it too, does not count until then, and leaves what others put in force', async () => {
    await begun(rotation, vault, 3);
    const ours = peer.versions.with('AWSCURRENT');
    const other = peer.versions.create('{"OTHER":"changed"}');
    expect(peer.versions.with('AWSPREVIOUS')).toBe(ours);
    peer.versions.denied.add('UpdateSecretVersionStage');
    expect(await codeOf(rotation.revert())).toBe('aws-refused');
    peer.versions.denied.clear();
    await rotation.revert();
    expect(peer.versions.with('AWSPREVIOUS')).toBeNull();
    expect(peer.versions.with('AWSCURRENT')).toBe(other);
  });
});

describe('an access key', () => {
  const [accessKeyId, secretAccessKey, sessionToken] = ['AKIA1', 'se/cret+', 'token='];
  it.each([
    `AWS_ACCESS_KEY_ID=${accessKeyId}\nAWS_SECRET_ACCESS_KEY="${secretAccessKey}"\nexport AWS_SESSION_TOKEN=${sessionToken}`,
    JSON.stringify({
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_SESSION_TOKEN: sessionToken,
    }),
    JSON.stringify({
      Credentials: { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken },
    }),
  ])('is read as people keep it', (text) => {
    expect(awsCredentials(text)).toEqual({ accessKeyId, secretAccessKey, sessionToken });
  });

  it.each(['', 'se/cret+', '{"AWS_ACCESS_KEY_ID":"A"}', '[]', 'AWS_ACCESS_KEY_ID=A'])(
    'is refused without being quoted: %s',
    (text) => {
      expect(() => awsCredentials(text)).toThrow(expect.objectContaining({ code: 'aws-refused' }));
    },
  );

  it('stays in the vault while a rotation needs it', async () => {
    await begun(rotation, vault, 1);
    expect(await rotation.heldBy(await accessKeyIn(vault))).toContain('access key');
  });
});
