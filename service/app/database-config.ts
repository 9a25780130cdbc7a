import { isIP } from 'node:net';
import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { DATABASE_ROLES } from '../../shared/service/keys.ts';
import type { DatabaseSettings } from '../../shared/service/launch.ts';
import { caFile } from './config-values.ts';

export const DATABASE_USAGE = `  DATABASE_URL             postgres://USER:PASSWORD@HOST:PORT/DATABASE of a PostgreSQL server that somebody else runs, instead of
                           one in the data directory; USER is a role that may make roles and databases; HOST may be the
                           folder of a Unix socket (%2Fvar%2Frun%2Fpostgresql); the database is made when it is missing
  SALLYPORT_DATABASE_CA    certificates (PEM) that alone may vouch for that server, instead of the public ones`;

type Tls = 'verify-full' | 'disable';

interface DatabaseUrl {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  /** As it was asked for; absent: as the host wants it. */
  readonly tls: Tls | undefined;
}

const DEFAULT_PORT = 5432;

/** What PostgreSQL cuts names at (`NAMEDATALEN`), and letters that need no thought in a command of its DBA. */
const DATABASE = /^[a-z_][a-z0-9_-]{0,62}$/;
/** The server's own: ours is made through the first, from the last. */
const SYSTEM_DATABASES = ['postgres', 'template0', 'template1'];

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** Attacker-free but typed by people: a text that is no URL says nothing of where the password in it begins, so none of it is quoted. */
function parsed(text: string): URL | undefined {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

/** @returns what is wrong with the parameters, or undefined */
function wrongParameters(parameters: URLSearchParams): string | undefined {
  const names = [...new Set(parameters.keys())];
  if (names.some((name) => name !== 'sslmode'))
    return 'has a parameter that is not known: sslmode is the only one';
  const modes = parameters.getAll('sslmode');
  if (modes.length > 1 || modes.some((mode) => mode !== 'verify-full' && mode !== 'disable'))
    return 'has an sslmode that is neither verify-full nor disable: any other takes a stranger for the server';
  return undefined;
}

interface Parts extends Omit<DatabaseUrl, 'tls'> {
  readonly parameters: URLSearchParams;
}

/** @returns what is wrong, or undefined */
function wrongParts({ host, user, password, database, parameters }: Parts): string | undefined {
  if (!isAbsolute(host) && isIP(host) === 0 && !HOST.test(host))
    return 'must name one host, or the folder of a socket with %2F for each slash';
  if (user === '' || password === '') return 'must have a user and a password';
  if (DATABASE_ROLES.some((role) => role === user && role !== 'owner'))
    return 'must name a role of the server’s DBA, and none of those that this service makes for itself';
  if (!DATABASE.test(database) || SYSTEM_DATABASES.includes(database))
    return 'must name a database of its own after the host: small letters, digits, - and _, such as sallyport';
  return wrongParameters(parameters);
}

function partsOf(url: URL): Parts | undefined {
  try {
    return {
      host: decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1')),
      port: url.port === '' ? DEFAULT_PORT : Number(url.port),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
      parameters: url.searchParams,
    };
  } catch {
    // A percent sign that encodes nothing.
    return undefined;
  }
}

const NO_URL =
  'must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with signs like @ : / ? # % in the password percent-encoded';

const databaseUrl = z.string().transform((text, context): DatabaseUrl => {
  const url = parsed(text);
  const parts = url && partsOf(url);
  const wrong = parts === undefined || url?.hash !== '' ? NO_URL : wrongParts(parts);
  if (parts === undefined || wrong !== undefined) {
    context.addIssue({ code: 'custom', message: wrong ?? NO_URL });
    return z.NEVER;
  }
  const { parameters, ...rest } = parts;
  return { ...rest, tls: (parameters.get('sslmode') as Tls | null) ?? undefined };
});

export const databaseVariables = {
  DATABASE_URL: databaseUrl.optional(),
  SALLYPORT_DATABASE_CA: caFile.optional(),
};

interface DatabaseVariables {
  readonly DATABASE_URL?: DatabaseUrl | undefined;
  readonly SALLYPORT_DATABASE_CA?: string | undefined;
}

const isSocket = ({ host }: DatabaseUrl): boolean => isAbsolute(host);

const isLoopback = ({ host }: DatabaseUrl): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Whoever names an authority, or a host that others stand between, wants TLS. */
const isEncrypted = (url: DatabaseUrl, ca: string | undefined): boolean =>
  url.tls === undefined ? ca !== undefined || !(isSocket(url) || isLoopback(url)) : url.tls === 'verify-full';

/** What values that are good by themselves are not together: whole sentences, and no value. */
export function databaseComplaints(
  { DATABASE_URL: url, SALLYPORT_DATABASE_CA: ca }: DatabaseVariables,
  environment: 'development' | 'production',
): string[] {
  if (url === undefined)
    return ca === undefined ? [] : ['SALLYPORT_DATABASE_CA is of no use without DATABASE_URL.'];
  const encrypted = isEncrypted(url, ca);
  if (isSocket(url))
    return encrypted ? ['DATABASE_URL names a socket, on which there is no TLS: leave it out.'] : [];
  if (encrypted) return [];
  if (ca !== undefined) return ['SALLYPORT_DATABASE_CA is of no use with sslmode=disable.'];
  if (!isLoopback(url))
    return [
      'DATABASE_URL must not say sslmode=disable: only a host of this machine is spoken to without TLS.',
    ];
  // Any user of this machine may listen on a port; a socket lies in a folder that has an owner.
  return environment === 'production'
    ? [
        'In production DATABASE_URL must name a socket, or say sslmode=verify-full: any user may open a port here.',
      ]
    : [];
}

/** Settings, which are logged, and the password, which is not. */
export function databaseFrom({ DATABASE_URL: url, SALLYPORT_DATABASE_CA: ca }: DatabaseVariables):
  | {
      readonly settings: NonNullable<DatabaseSettings['server']>;
      readonly password: string;
    }
  | undefined {
  if (url === undefined) return undefined;
  const { host, port, database, user, password } = url;
  const tls = isEncrypted(url, ca) ? { tls: { ca: ca ?? null } } : {};
  return { settings: { endpoint: { host, port, database, ...tls }, user }, password };
}
