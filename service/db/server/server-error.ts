import type { DatabaseEndpoint, FailureCode } from '../../../shared/service/launch.ts';
import { codeOf } from '../cluster/session.ts';

type ServerErrorCode = Extract<
  FailureCode,
  'data-dir-foreign-key' | 'database-unreachable' | 'settings-invalid'
>;

/** Why a server that somebody else runs is not used. The message is a sentence for a person and says what to do. */
export class ServerError extends Error {
  override readonly name = 'ServerError';
  readonly code: ServerErrorCode;

  constructor(code: ServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export const nameOf = ({ host, port }: DatabaseEndpoint): string => `PostgreSQL at ${host} (port ${port})`;

export const refused = (endpoint: DatabaseEndpoint, what: string, cause?: unknown): ServerError =>
  new ServerError('settings-invalid', `${nameOf(endpoint)} ${what} Nothing that was there was changed.`, {
    cause,
  });

export const anotherRoot = (endpoint: DatabaseEndpoint, role: string, cause: unknown): ServerError =>
  new ServerError(
    'data-dir-foreign-key',
    `${nameOf(endpoint)} belongs to another root key: its role ${role} refuses the password that this one gives. Give every instance the same SALLYPORT_ROOT_KEY, or use another server. Nothing that was there was changed.`,
    { cause },
  );

/** Node and OpenSSL name what is wrong with a certificate in many ways; what is wrong with a network has none of these words. */
const OF_TLS = /CERT|SSL|TLS|SELF_SIGNED|ISSUER|SIGNATURE/;

const WRONG_TLS =
  'cannot be trusted: its certificate is not for this host, or nobody vouches for it who is trusted here, or it offers no TLS. Correct the host in DATABASE_URL, or name its authority in SALLYPORT_DATABASE_CA.';

/** How Node and the driver name what a connection failed of. Errors of ours, and defects, have other names. */
const OF_A_CONNECTION = new Set(['Error', 'AggregateError']);

/** Gives what a connection as this role failed of its name; anything that is no failure of a connection stays what it is. */
export function connectionFailure(endpoint: DatabaseEndpoint, role: string, error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (!('severity' in error || OF_A_CONNECTION.has(error.name))) return error;
  const state = codeOf(error);
  if (!('severity' in error)) {
    const reason = state || error.message;
    if (endpoint.tls !== undefined && OF_TLS.test(reason)) return refused(endpoint, WRONG_TLS, error);
    return new ServerError('database-unreachable', `${nameOf(endpoint)} does not answer.`, { cause: error });
  }
  if (['28P01', '28000'].includes(state))
    return refused(
      endpoint,
      `does not let the role ${role} in: correct its password, or pg_hba.conf of the server.`,
      error,
    );
  if (state === '3D000')
    return refused(endpoint, 'has no database postgres, which ours is made from.', error);
  if (state === '42501') return refused(endpoint, `does not let the role ${role} do what is needed.`, error);
  // Connection, resources, lock not available, operator intervention: all of them may be over soon.
  if (/^(08|53|55|57)/.test(state))
    return new ServerError('database-unreachable', `${nameOf(endpoint)} cannot do this now (${state}).`, {
      cause: error,
    });
  return error;
}
