import { base64 } from '@scure/base';
import { SIGNATURE_LABEL, SIGNATURE_PARAMETERS } from '../../../shared/http/signature.ts';
import { HttpError } from '../../gate/http-error.ts';

/** The two signature headers, taken apart. Everything in it is attacker-controlled until the signature is verified. */
export interface ParsedSignature {
  readonly components: readonly string[];
  readonly created: number;
  readonly expires: number;
  readonly nonce: string;
  readonly keyId: string;
  readonly alg: string;
  readonly tag: string;
  /** `@signature-params` exactly as it was sent: it is part of what is signed. */
  readonly params: string;
  readonly signature: Uint8Array;
}

/**
 * One inner list of plain strings and its parameters (RFC 9421 section 4.1), in the serialisation of RFC 8941 and nothing
 * beyond it: no second label, no component parameters such as `;req`, no whitespace to disagree about.
 */
const INPUT = new RegExp(
  String.raw`^${SIGNATURE_LABEL}=(\(((?:"[a-z@-]{1,40}"(?: (?!\)))?){0,20})\)((?:;[a-z]{1,16}=(?:\d{1,15}|"[A-Za-z0-9_-]{1,128}"))*))$`,
);
const PARAMETER = /;([a-z]+)=(?:(\d+)|"([A-Za-z0-9_-]+)")/g;
const SIGNATURE = new RegExp(`^${SIGNATURE_LABEL}=:([A-Za-z0-9+/]{86}==):$`);

const malformed = (what: string) => new HttpError('signature_invalid', `the signature is malformed: ${what}`);

function parametersOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = '', number, string] of text.matchAll(PARAMETER)) {
    if (found.has(name)) throw malformed(`${name} twice`);
    const isNumber = number !== undefined;
    if (isNumber !== (name === 'created' || name === 'expires')) throw malformed(name);
    found.set(name, number ?? string ?? '');
  }
  if (found.size !== SIGNATURE_PARAMETERS.length || !SIGNATURE_PARAMETERS.every((name) => found.has(name)))
    throw malformed(`its parameters are exactly ${SIGNATURE_PARAMETERS.join(', ')}`);
  return found;
}

function signatureBytes(header: string): Uint8Array {
  const text = SIGNATURE.exec(header)?.[1];
  if (!text) throw malformed('one Ed25519 signature under one label');
  try {
    return base64.decode(text);
  } catch (cause) {
    throw new HttpError('signature_invalid', 'the signature is malformed: base64', { cause });
  }
}

/** @throws HttpError `signature_missing` | `signature_invalid` */
export function parseSignature(input: string | null, signature: string | null): ParsedSignature {
  if (input === null || signature === null)
    throw new HttpError('signature_missing', 'Signature-Input and Signature belong together');
  const [, params, components, rest] = INPUT.exec(input) ?? [];
  if (params === undefined) throw malformed('one label, plain components, known parameters');
  const found = parametersOf(rest ?? '');
  return {
    components: [...(components ?? '').matchAll(/"([^"]+)"/g)].map(([, name = '']) => name),
    created: Number(found.get('created')),
    expires: Number(found.get('expires')),
    nonce: found.get('nonce') ?? '',
    keyId: found.get('keyid') ?? '',
    alg: found.get('alg') ?? '',
    tag: found.get('tag') ?? '',
    params,
    signature: signatureBytes(signature),
  };
}
