import { FAILURE_CODES, type FailureCode } from '../../shared/service/launch.ts';

export interface Failure {
  readonly code: FailureCode;
  /** A sentence for a person that says what to do. */
  readonly message: string;
}

const isFailureCode = (code: unknown): code is FailureCode => FAILURE_CODES.some((known) => known === code);

/** Names a failure for the supervisor. Errors of the rooms bring their own code and sentence; anything else is a defect. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: 'internal', message: 'It failed without a reason.' };
  const code = 'code' in error ? error.code : undefined;
  if (error.name === 'MigrationError') return { code: 'migration-failed', message: error.message };
  if (error.name === 'DatabaseError' && code === 'unavailable') {
    return { code: 'database-unreachable', message: 'The database does not answer.' };
  }
  if (error.name === 'SecretsError') return { code: 'settings-invalid', message: error.message };
  if (isFailureCode(code)) return { code, message: error.message };
  return { code: 'internal', message: `It failed unexpectedly (${error.name}). Its log has the details.` };
}
