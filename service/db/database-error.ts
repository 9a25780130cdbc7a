/**
 * - `unavailable`: it cannot be reached, is overloaded, out of space or too slow; worth another try (503 with Retry-After)
 * - `constraint`: a named constraint refused the row
 * - `forbidden`: the role has no such right
 * - `rejected`: the statement itself is wrong; a defect of ours
 */
export type DatabaseErrorCode = 'unavailable' | 'constraint' | 'forbidden' | 'rejected';

export interface DatabaseErrorDetails {
  readonly state?: string;
  readonly constraint?: string | null;
  readonly cause?: unknown;
}

/** A statement that failed. The message holds no value of any row; PostgreSQL's own error is the cause. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError';
  readonly code: DatabaseErrorCode;
  /** SQLSTATE, or the code of a system error, or empty. */
  readonly state: string;
  /** Name of the constraint, when one refused. */
  readonly constraint: string | null;

  constructor(code: DatabaseErrorCode, message: string, details: DatabaseErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.code = code;
    this.state = details.state ?? '';
    this.constraint = details.constraint ?? null;
  }
}

/** SQLSTATE classes that say "not now": connection, resources, operator intervention, system error. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '57', '58']);
/** Lock not available; the two conflicts that `transact` repeats; a transaction ended by its idle limit. */
const UNAVAILABLE_STATES = new Set(['55P03', '40001', '40P01', '25P03', '25P04']);

/** Gives any failure of the driver its name. What carries no SQLSTATE never reached a statement: the connection failed. */
export function namedFailure(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code, constraint, severity } = (error ?? {}) as Readonly<Record<string, unknown>>;
  const state = typeof code === 'string' ? code : '';
  // Only the server's errors have a severity; `EPIPE` would pass for a SQLSTATE.
  if (typeof severity !== 'string') {
    return new DatabaseError('unavailable', 'the database does not answer', { state, cause: error });
  }
  if (UNAVAILABLE_CLASSES.has(state.slice(0, 2)) || UNAVAILABLE_STATES.has(state)) {
    return new DatabaseError('unavailable', `the database cannot do this now (${state})`, {
      state,
      cause: error,
    });
  }
  if (state.startsWith('23')) {
    const name = typeof constraint === 'string' ? constraint : null;
    return new DatabaseError('constraint', `constraint ${name ?? 'unnamed'} refused the row`, {
      state,
      constraint: name,
      cause: error,
    });
  }
  if (state === '42501')
    return new DatabaseError('forbidden', 'the role has no such right', { state, cause: error });
  return new DatabaseError('rejected', `the statement was rejected (${state})`, { state, cause: error });
}

/** Whether repeating the whole transaction can help: serialization failure or deadlock. */
export const isConflict = (error: unknown): boolean =>
  error instanceof DatabaseError && (error.state === '40001' || error.state === '40P01');

/** Whether this constraint refused the row: `isRefusedBy(error, 'admin_nonces_once')`. */
export const isRefusedBy = (error: unknown, constraint: string): boolean =>
  error instanceof DatabaseError && error.code === 'constraint' && error.constraint === constraint;
