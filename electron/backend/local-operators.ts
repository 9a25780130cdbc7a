import { createHash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatorFile } from '../../shared/http/operator-file.ts';
import type { OperatorRole } from '../../shared/http/route.ts';
import { thumbprint } from '../../shared/http/sign.ts';
import type { CallAnswer } from '../../shared/http/table.ts';
import { Refusal } from '../ipc/refusal.ts';
import type { AdminClient, AdminEndpoint } from './admin-client.ts';

interface Deps {
  readonly client: Pick<AdminClient, 'call'>;
  readonly endpoint: () => AdminEndpoint | null;
  /** A token that dies at the next lock; null while locked. */
  readonly issueToken: () => string | null;
  readonly folder: string;
}

/** A file name that a person recognises and that cannot leave its folder, whatever the operator is called. */
const fileName = (name: string, invitation: string): string =>
  `${
    name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40) || 'operator'
  }-${invitation}.json`;

/** Replaces the file as a whole, readable by this user alone. */
export function writeOperatorFile(path: string, file: OperatorFile): void {
  const draft = `${path}.draft`;
  rmSync(draft, { force: true });
  writeFileSync(draft, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  renameSync(draft, path);
}

/** Invites operators for tools on this host: a signed invitation and a file (0600) that dies with the next lock. */
export function createLocalOperators({ client, endpoint, issueToken, folder }: Deps) {
  const way = (): Pick<OperatorFile, 'adminOrigin' | 'adminSocket' | 'adminToken'> => {
    const [to, adminToken] = [endpoint(), issueToken()];
    if (!to || !('socket' in to) || !adminToken)
      throw new Refusal('locked', 'The vault was locked before the file was written. Invite again.', {
        retryable: true,
      });
    return { adminOrigin: to.origin, adminSocket: to.socket, adminToken };
  };
  return {
    /** The way to the admin plane of now, with a token of its own. @throws Refusal `locked` */
    way,
    /** Whether the service takes what this key signs. @throws when it does not say */
    async stands(publicKey: string): Promise<boolean> {
      const { body } = await client.call({ route: 'operators.list' });
      const { operators } = body as CallAnswer<'operators.list'>;
      const keyId = thumbprint(publicKey, (bytes) => createHash('sha256').update(bytes).digest());
      return operators.some((one) => one.keyId === keyId && one.state === 'active');
    },
    async invite(name: string, role: OperatorRole): Promise<{ path: string; expiresAt: string }> {
      const at = endpoint();
      if (at && !('socket' in at))
        throw new Refusal(
          'not-available',
          'A tool is invited by file at the bundled service only. Invite an operator, and hand over the code yourself.',
        );
      const answer = await client.call({ route: 'operators.invite', body: { name, role } });
      const { code, expiresAt, eventId } = answer.body as CallAnswer<'operators.invite'>;
      const path = join(folder, fileName(name, eventId.slice(-6)));
      writeOperatorFile(path, { version: 1, ...way(), name, enrolmentCode: code, key: null });
      return { path, expiresAt };
    },
    /** At lock, at quit and at start: the tokens in these files are dead, the keys that tools added live elsewhere. */
    removeAll(): void {
      // Somebody removed the folder, and with it every file that had to go.
      if (!existsSync(folder)) return;
      for (const name of readdirSync(folder))
        if (/\.json(\.draft)?$/.test(name)) rmSync(join(folder, name), { force: true });
    },
  };
}
export type LocalOperators = ReturnType<typeof createLocalOperators>;
