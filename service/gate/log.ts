import type { FastifyBaseLogger } from 'fastify';

/** Attacker-controlled and possibly a credential: a URL is logged without the values of its query. */
export const redactUrl = (url: string): string => {
  const at = url.indexOf('?');
  if (at < 0) return url;
  const names = [...new URLSearchParams(url.slice(at + 1)).keys()].map((name) => encodeURIComponent(name));
  return `${url.slice(0, at)}?${names.map((name) => `${name}=*`).join('&')}`;
};

/** Paths under which a credential could come into a log line by accident. */
export const REDACTED_PATHS = [
  'authorization',
  'token',
  'secret',
  'password',
  'code',
  'ticket',
  '*.authorization',
  '*.token',
  '*.secret',
  '*.password',
  '*.ticket',
  'headers.cookie',
  'req.headers',
  'res.headers',
] as const;

interface Requestish {
  readonly method?: string;
  readonly url?: string;
  readonly id?: unknown;
}

interface Errorish {
  readonly name?: string;
  readonly code?: unknown;
  readonly message?: string;
  readonly stack?: string;
  readonly cause?: unknown;
}

/** Name, code and stack of an error and of what caused it; never the fields that drivers hang on it (they hold row values). */
const errorLine = (error: Errorish, depth = 0): Record<string, unknown> => ({
  type: error.name,
  code: error.code,
  message: error.message,
  stack: error.stack,
  ...(error.cause && depth < 3 ? { cause: errorLine(error.cause as Errorish, depth + 1) } : {}),
});

/** A child of the process's log that cannot write a credential, whatever it is handed. */
export const gateLog = (log: FastifyBaseLogger): FastifyBaseLogger =>
  log.child(
    { room: 'gate' },
    {
      redact: [...REDACTED_PATHS],
      serializers: {
        req: (request: Requestish) => ({
          id: request.id,
          method: request.method,
          url: redactUrl(request.url ?? ''),
        }),
        res: (reply: { statusCode?: number }) => ({ status: reply.statusCode }),
        err: (error: Errorish) => errorLine(error),
      },
    },
  );
