import type { OperatorFile } from '../../shared/http/operator-file.ts';
import type { Signer } from '../../shared/http/sign.ts';
import { type AdminClient, AdminRefusal, createAdminClient } from './admin.ts';
import { SimulateError } from './errors.ts';
import { newKeyPair, signerOf } from './operator-key.ts';
import { readOperatorFile, writeOperatorFile } from './operator-store.ts';

export interface IssuedKey {
  readonly id: string;
  readonly displayPrefix: string;
  readonly secret: string;
}

/** An enrolled operator: what it does, it signs. Every method throws `AdminRefusal` when the service refuses. */
export interface Operator {
  readonly name: string;
  createKey(label: string, requestsPerMinute: number): Promise<IssuedKey>;
  revokeKey(key: Pick<IssuedKey, 'id' | 'displayPrefix'>, reason: string): Promise<void>;
  /** Issues credits to a wallet; only a custodian or an administrator may. */
  grant(to: string, amount: string, reason: string): Promise<void>;
  /** Stores the platform's key of a provider, in the place of a former one. */
  keepProviderKey(provider: string, material: string): Promise<void>;
  /** What a model costs from now on, in credits a token. */
  setPrice(model: string, input: string, output: string): Promise<void>;
  close(): Promise<void>;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** A file that leads elsewhere than the API that was named would carry an admin token to a stranger. */
function requireSameHost(file: OperatorFile, api: string): void {
  const [origin, named] = [new URL(file.adminOrigin), new URL(api)];
  if (file.adminSocket !== null || LOOPBACK.test(origin.hostname) || origin.hostname === named.hostname)
    return;
  throw new SimulateError(
    'operator-elsewhere',
    `The operator file belongs to ${origin.host}, not to ${named.host}: use the file of the service you name.`,
  );
}

/**
 * Enrols with the one-time code. The key is on disk before the service knows it: a crash in between leaves a file with
 * both, and the next run asks whether the key has enrolled already.
 */
async function enrol(path: string, file: OperatorFile, client: AdminClient): Promise<Signer> {
  if (file.key && file.enrolmentCode === null) return signerOf(file.key);
  if (file.enrolmentCode === null)
    throw new SimulateError(
      'operator-file',
      'The operator file has neither a code nor a key; take a new one from the console or the service.',
    );
  const key = file.key ?? newKeyPair();
  const signer = signerOf(key);
  await writeOperatorFile(path, { ...file, key });
  const known = file.key ? (await client.call('operators.list', {}, signer)).operators : [];
  if (!known.some(({ keyId }) => keyId === signer.keyId)) {
    const body = { code: file.enrolmentCode, name: file.name, publicKey: key.publicKey };
    const answer = await client.call('operators.enrol', { body }, signer);
    // Beside two operators, an enrolment is a proposal.
    if ('proposal' in answer)
      throw new SimulateError(
        'waits',
        'The enrolment waits for another operator to approve it in the console. Run this again once it is approved.',
      );
  }
  await writeOperatorFile(path, { ...file, enrolmentCode: null, key });
  return signer;
}

/**
 * Opens the operator of a file, enrolling it at the first use.
 * @throws SimulateError with a sentence that says what to do
 */
export async function openOperator(path: string, api: string): Promise<Operator> {
  const file = await readOperatorFile(path);
  requireSameHost(file, api);
  const client = createAdminClient(file);
  const signer = await enrol(path, file, client).catch(async (cause: unknown) => {
    await client.close();
    if (cause instanceof SimulateError) throw cause;
    if (cause instanceof AdminRefusal)
      throw new SimulateError('refused', `The operator could not enrol: ${cause.message}`, { cause });
    throw new SimulateError('unreachable', 'The admin plane that the operator file names does not answer.', {
      cause,
    });
  });
  return {
    name: file.name,
    async createKey(label, requestsPerMinute) {
      const { key, secret } = await client.call(
        'keys.create',
        { body: { label, requestsPerMinute } },
        signer,
      );
      return { id: key.id, displayPrefix: key.displayPrefix, secret };
    },
    async revokeKey({ id, displayPrefix }, reason) {
      await client.call('keys.revoke', { params: { id }, body: { displayPrefix, reason } }, signer);
    },
    async grant(to, amount, reason) {
      await client.call('treasury.grant', { body: { to, amount, reason } }, signer);
    },
    async keepProviderKey(provider, material) {
      await client.call('provider-secrets.set-platform', { body: { provider, material } }, signer);
    },
    async setPrice(model, input, output) {
      await client.call('prices.set', { body: { model, input, output, mediaTokens: null } }, signer);
    },
    close: () => client.close(),
  };
}
