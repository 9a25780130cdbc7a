import { createHash, type X509Certificate } from 'node:crypto';
import { connect, type TLSSocket } from 'node:tls';
import type { buildConnector } from 'undici';

/** What a dead host may take of the time that an answer has. */
const CONNECT_MS = 5_000;

export class PinError extends Error {
  override readonly name = 'PinError';
  readonly code: 'pin-mismatch' | 'wrong-name' | 'not-valid-now' | 'other-host';

  constructor(code: PinError['code'], message: string) {
    super(message);
    this.code = code;
  }
}

/** SHA-256 of the SubjectPublicKeyInfo, base64 (RFC 7469, section 2.4). */
export const pinOf = (certificate: X509Certificate): string =>
  createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');

/** Attacker-controlled until the pin fits. @returns why this is not the server of the profile */
function objection(certificate: X509Certificate | undefined, host: string, pin: string, now: Date) {
  if (!certificate || pinOf(certificate) !== pin)
    return new PinError(
      'pin-mismatch',
      'Another certificate answers than the one that was pinned. Nothing was sent. Ask whoever runs the service, another ' +
        'way than over this network, whether its key was changed; if it was, add the service anew with the new pin.',
    );
  const named = /^[\d.]+$|:/.test(host) ? certificate.checkIP(host) : certificate.checkHost(host);
  if (!named)
    return new PinError(
      'wrong-name',
      `The certificate of this service is not for ${host}. Nothing was sent. Have it issued for that name.`,
    );
  if (now < new Date(certificate.validFrom) || now > new Date(certificate.validTo))
    return new PinError(
      'not-valid-now',
      'The certificate of this service is not valid at this time. Nothing was sent. Renew it with the same key, or correct the clock.',
    );
  return null;
}

interface Pinned {
  readonly origin: string;
  readonly pin: string;
  readonly now?: () => Date;
}

/**
 * Connects to one origin and hands the connection on after its certificate was compared with the pin, so that no byte of a request
 * goes to anybody else. The pin takes the place of the certificate authorities: what one of them signed does not help another key.
 */
export function pinnedConnector({ origin, pin, now = () => new Date() }: Pinned): buildConnector.connector {
  const { hostname, port } = new URL(origin);
  const host = hostname.replace(/^\[|\]$/g, '');
  return (asked, callback) => {
    const same = asked.protocol === 'https:' && asked.hostname === hostname && (asked.port || '') === port;
    if (!same) return callback(new PinError('other-host', 'This is not the service of the profile.'), null);
    const socket: TLSSocket = connect({
      ...{ host, port: Number(port || 443), timeout: CONNECT_MS, minVersion: 'TLSv1.2' },
      ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
      ALPNProtocols: ['http/1.1'],
      // Who answers is decided below, by the pin, before anybody can write to the socket.
      rejectUnauthorized: false,
    });
    let settle = (error: Error | null): void => {
      settle = () => undefined;
      if (error) {
        socket.on('error', () => undefined).destroy();
        callback(error, null);
      } else callback(null, socket.setTimeout(0));
    };
    socket.on('error', (error) => settle(error));
    socket.once('close', () => settle(new Error('the connection was closed before it was secured')));
    socket.once('timeout', () => settle(new Error('the host does not answer')));
    socket.once('secureConnect', () => settle(objection(socket.getPeerX509Certificate(), host, pin, now())));
  };
}

/** What the pin objected to, however deep a client has wrapped it. */
export function pinErrorIn(error: unknown): PinError | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) if (at instanceof PinError) return at;
  return null;
}
