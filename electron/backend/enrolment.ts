import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { enrolmentCode } from '../../shared/http/operator-parts.ts';
import type { CallAnswer } from '../../shared/http/table.ts';
import type { EnrolmentStatus } from '../../shared/ipc/app.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { AdminClient } from './admin-client.ts';

/** Left by the bundled service (0600) while no operator has enrolled. */
const CODE_FILE = 'enrolment-code';

export interface OwnKey {
  readonly keyId: string;
  readonly publicKey: string;
}

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly key: () => OwnKey | null;
  readonly serviceFolder: string;
  /** A person types it, where no file of this host can hold it; null for the bundled service. */
  readonly askCode: (() => Promise<string>) | null;
}

function readCode(folder: string): string {
  try {
    return enrolmentCode.parse(readFileSync(join(folder, CODE_FILE), 'utf8').trim());
  } catch (cause) {
    throw new Refusal(
      'not-available',
      'This service has no enrolment code for this console: its first operator has enrolled already, or the code has ' +
        'expired. Restart the service for a new code, or ask an administrator for an invitation.',
      { cause },
    );
  }
}

/** Whether this console's key may sign at the service, and how it comes to. */
export function createEnrolment({ client, key, serviceFolder, askCode }: Deps) {
  const ownKey = (): OwnKey => {
    const own = key();
    if (!own)
      throw new Refusal('locked', 'The vault is locked. Unlock it and try again.', { retryable: true });
    return own;
  };
  const status = async (): Promise<EnrolmentStatus> => {
    const { keyId } = ownKey();
    const answer = await client.call({ route: 'operators.list' }).catch((error: unknown) => {
      if (error instanceof Refusal && error.code === 'service-down') return null;
      throw error;
    });
    if (!answer) return { state: 'unknown', keyId, operator: null };
    const { operators } = answer.body as CallAnswer<'operators.list'>;
    const own = operators.find((operator) => operator.keyId === keyId && operator.state === 'active');
    if (!own) return { state: 'not-enrolled', keyId, operator: null };
    return { state: 'enrolled', keyId, operator: { id: own.id, name: own.name, role: own.role } };
  };
  return {
    status,
    /** The person sees a card first; the code never reaches the page. */
    async enrol(name: string): Promise<EnrolmentStatus> {
      const { publicKey } = ownKey();
      const code = askCode ? await askCode() : readCode(serviceFolder);
      await client.call({ route: 'operators.enrol', body: { code, name, publicKey } });
      return status();
    },
  };
}
export type Enrolment = ReturnType<typeof createEnrolment>;
