import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Holdings } from '../vault/holdings.ts';
import { awsCredentials, awsSecret } from './aws-access.ts';
import type { SecretStore, Wire } from './aws-store.ts';
import type { Ceremony, Evidence } from './ceremony.ts';
import { CustodyError } from './custody-error.ts';
import type { Journal } from './journal.ts';
import { PRIVATE_HALF, PUBLIC_HALF, readKey, writeKey } from './key-formats.ts';
import { identityOf, publicKeyOf } from './wallet-key.ts';

interface Deps {
  readonly holdings: () => Pick<Holdings, 'use'>;
  readonly wire: Wire;
}

type Running = { readonly journal: Journal; readonly ceremony: Ceremony };
type Stages = Readonly<Record<string, readonly string[]>>;

const moved = (message: string): CustodyError => new CustodyError('aws-moved', message);
const differs = (message: string): CustodyError => new CustodyError('aws-differs', message);

/** Names and values, as the service reads them at its start. */
const content = z.record(z.string(), z.string());

function contentOf(text: string): Record<string, string> {
  try {
    return content.parse(JSON.parse(text));
  } catch {
    throw differs(
      'The secret does not hold a JSON object of texts. Put one there first, {} for an empty one.',
    );
  }
}

/** Whose key a value holds; null for none. @throws CustodyError `key-malformed`, `key-mismatched` */
function fingerprintIn(values: Readonly<Record<string, string>>): string | null {
  if (values[PRIVATE_HALF] === undefined && values[PUBLIC_HALF] === undefined) return null;
  const seed = readKey(JSON.stringify(values));
  try {
    return identityOf(publicKeyOf(seed)).fingerprint;
  } finally {
    seed.fill(0);
  }
}

const versionWith = (stages: Stages, label: string): string | null =>
  Object.entries(stages).find(([, labels]) => labels.includes(label))?.[0] ?? null;

/** The same for one ceremony over one version: what was sent before a crash is found again, never sent twice. */
function versionFor(ceremony: string, base: string): string {
  const hex = createHash('sha256').update(`sallyport/aws-version/v1 ${ceremony} ${base}`).digest('hex');
  // A UUID of version 8 (RFC 9562): its bits are our own.
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function accessOf({ done: { sealed } }: Ceremony): Extract<Evidence<'sealed'>, { way: 'aws' }> {
  if (sealed?.way !== 'aws')
    throw new CustodyError('step-refused', 'The key of this rotation does not go to AWS.');
  return sealed;
}

function stagedOf({ done: { imported } }: Ceremony): NonNullable<Evidence<'imported'>['staged']> {
  if (!imported?.staged) throw new CustodyError('step-refused', 'Nothing was imported into AWS yet.');
  return imported.staged;
}

/**
 * The steps of a rotation whose key lives in AWS Secrets Manager: staged under AWSPENDING and read back; promoted to AWSCURRENT when
 * the service is about to be restarted; taken back by an abort. What else the secret holds stays as it is. Each step looks before it
 * acts and can be done again after a crash at any instant.
 */
export class AwsSteps {
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** The item must be an access key before anything is decided on it. */
  async check(credentials: string): Promise<void> {
    await this.#deps
      .holdings()
      .use(credentials, 'check', (text) => void awsCredentials(text.toString('utf8')));
  }

  async #at<T>(ceremony: Ceremony, work: (store: SecretStore) => Promise<T>): Promise<T> {
    const { secret, credentials } = accessOf(ceremony);
    // The SDK is large, and most unlocks never need it.
    const { secretStore } = await import('./aws-store.ts');
    const store = await this.#deps
      .holdings()
      .use(credentials, 'sign', (text) =>
        secretStore(awsSecret(secret), awsCredentials(text.toString('utf8')), this.#deps.wire),
      );
    try {
      return await work(store);
    } finally {
      store.close();
    }
  }

  /** What can be seen without the key: that nothing there is in the way of it. @throws CustodyError `aws-moved`, `aws-differs` */
  async look(ceremony: Ceremony): Promise<void> {
    await this.#at(ceremony, (store) => this.#lookAt(store, ceremony));
  }

  async #lookAt(store: SecretStore, ceremony: Ceremony) {
    const stages = await store.stages();
    const base = versionWith(stages, 'AWSCURRENT');
    if (!base)
      throw differs(
        'The secret has no value yet. Put {} there first, so that nothing is in force before its time.',
      );
    const version = versionFor(ceremony.id, base);
    const pending = versionWith(stages, 'AWSPENDING');
    if (pending !== null && pending !== base && ![...ceremony.versions, version].includes(pending))
      throw moved(
        'Another rotation of this secret is under way: AWSPENDING is on a version that is not ours. Let it end first.',
      );
    const now = contentOf(await store.read(base));
    requireFormer(ceremony, fingerprintIn(now));
    return { base, version, now };
  }

  /** Writes the pair beside what the secret holds, under AWSPENDING, and reads it back. */
  async stage({ journal, ceremony }: Running): Promise<void> {
    const evidence = await this.#at(ceremony, (store) => this.#stageAt(store, { journal, ceremony }));
    await journal.append({ type: 'done', step: 'imported', evidence });
  }

  async #stageAt(store: SecretStore, { journal, ceremony }: Running): Promise<Evidence<'imported'>> {
    const { base, version, now } = await this.#lookAt(store, ceremony);
    await journal.append({ type: 'began', step: 'imported', version });
    const { item, wallet } = ceremony.done.generated as Evidence<'generated'>;
    const next = await this.#deps.holdings().use(item, 'import', (secret) => withKey(now, secret));
    await store.put(version, next);
    if ((await store.read(version)) !== next)
      throw differs(
        'AWS gives back another value than it was given. Nothing reads it yet: abort this rotation and look at the secret.',
      );
    if (versionWith(await store.stages(), 'AWSCURRENT') !== base)
      throw moved('Somebody changed the secret meanwhile. Ours is pending only; do this step again.');
    return { fingerprint: fingerprintIn(contentOf(next)) ?? wallet.fingerprint, staged: { version, base } };
  }

  /** Makes the staged version the one that the service reads. The journal has said before that the service is to be restarted. */
  async promote({ journal, ceremony }: Running): Promise<void> {
    const { version, base } = stagedOf(ceremony);
    await this.#at(ceremony, async (store) => {
      const stages = await store.stages();
      const current = versionWith(stages, 'AWSCURRENT');
      if (current !== version && current !== base)
        throw moved(
          'Somebody put another version in force since the import. Abort this rotation, and rotate again.',
        );
      if (current === base) await store.move('AWSCURRENT', base, version);
      const after = await store.stages();
      if (versionWith(after, 'AWSCURRENT') !== version)
        throw moved('AWSCURRENT is not at the new version. Do this step again.');
      if (after[version]?.includes('AWSPENDING')) await store.move('AWSPENDING', version, null);
      const found = fingerprintIn(contentOf(await store.read(version)));
      if (found !== ceremony.done.generated?.wallet.fingerprint)
        throw differs('What is in force at AWS is not the new wallet. Abort this rotation at once.');
    });
    if (!ceremony.promoted) await journal.append({ type: 'promoted' });
  }

  /** Takes every label back that this rotation set; what others set meanwhile stays. */
  async withdraw({ ceremony }: Pick<Running, 'ceremony'>): Promise<void> {
    if (ceremony.versions.length === 0) return;
    await this.#at(ceremony, async (store) => {
      const stages = await store.stages();
      const base = ceremony.done.imported?.staged?.base ?? null;
      for (const version of ceremony.versions) {
        if (stages[version]?.includes('AWSCURRENT') && base !== null)
          await store.move('AWSCURRENT', version, base);
        if (stages[version]?.includes('AWSPENDING')) await store.move('AWSPENDING', version, null);
      }
      // AWS itself keeps what was in force until now as AWSPREVIOUS, and whoever asks for that would get the new key.
      const between = await store.stages();
      for (const version of ceremony.versions)
        if (between[version]?.includes('AWSPREVIOUS')) await store.move('AWSPREVIOUS', version, null);
      const after = await store.stages();
      const left = ceremony.versions.flatMap((version) => after[version] ?? []);
      if (left.length > 0)
        throw moved(
          `${left.join(', ')} is still at the new version. Take it off at AWS, or do this step again.`,
        );
    });
  }
}

/** A wallet that nobody here knows must not be pushed out: what it holds would be stranded. */
function requireFormer({ done: { generated } }: Ceremony, found: string | null): void {
  const former = generated?.former?.fingerprint ?? null;
  if (found === null || found === former) return;
  throw differs(
    former === null
      ? 'The secret holds a wallet already. Abort, put that wallet’s key into the vault, and open a rotation that replaces it.'
      : 'The secret holds another wallet than the one that this rotation replaces. Compare the ARN.',
  );
}

/** Both halves change together, everything else stays, in its order. */
function withKey(now: Readonly<Record<string, string>>, secret: Buffer): string {
  const seed = readKey(secret.toString('utf8'));
  try {
    return JSON.stringify({ ...now, ...contentOf(writeKey(seed, 'secrets-manager')) });
  } finally {
    seed.fill(0);
  }
}
