import pino, { type Logger } from 'pino';
import type { ProcessName } from '../../shared/service/launch.ts';
import { REDACTED_PATHS } from '../gate/log.ts';

/**
 * JSON lines on stderr, written at once: the last line before a crash is the one that matters. What drivers hang on
 * their errors may be values of rows, so only type, code, message and stack are written.
 */
export const processLog = (name: ProcessName | 'launcher'): Logger =>
  pino(
    {
      base: { process: name, pid: process.pid },
      redact: [...REDACTED_PATHS, 'keys', 'passwords', '*.keys', '*.passwords'],
      serializers: { err: describeError },
    },
    pino.destination({ fd: 2, sync: true }),
  );

/** Causes are told to this depth. */
const CAUSES = 3;

function describeError(error: unknown, depth = 0): Record<string, unknown> {
  if (!(error instanceof Error)) return { type: typeof error };
  const { name, message, stack, cause } = error;
  const code = 'code' in error ? error.code : undefined;
  return {
    type: name,
    code,
    message,
    stack,
    ...(cause !== undefined && depth < CAUSES ? { cause: describeError(cause, depth + 1) } : {}),
  };
}
