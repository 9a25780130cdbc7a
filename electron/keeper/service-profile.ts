import { z } from 'zod';
import { isLabel, MAX_LABEL_CHARACTERS } from '../../shared/http/vault-items.ts';
import type { ServiceProfile } from '../../shared/ipc/services.ts';
import type { ItemFacts } from '../vault/items.ts';

export const PROFILE_TYPE = 'service-profile';

const MAX_NAME = 30;
const SIMULATED = ' (simulated)';

/** The admin plane's origin and nothing more: a path, a user or plain HTTP is refused, not repaired. */
const originOf = (text: string): string | null => {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  const isBare = url.href === `${url.origin}/` && !text.includes('#') && !text.includes('?');
  return url.protocol === 'https:' && isBare ? url.origin : null;
};

const origin = z
  .string()
  .trim()
  .max(300)
  .transform((text, context) => {
    const found = originOf(text);
    if (found === null) context.addIssue({ code: 'custom', message: 'not an https origin' });
    return found ?? '';
  });
/** As curl spells it, too: `sha256//…`. */
const pin = z
  .string()
  .trim()
  .transform((text) => text.replace(/^sha256\/\//, ''))
  .pipe(z.string().regex(/^[A-Za-z0-9+/]{43}=$/));
const token = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{16,512}$/);
const kind = z.enum(['remote', 'simulated']);
const name = z
  .string()
  .trim()
  .refine((text) => isLabel(text) && text.length <= MAX_NAME && !text.includes('@'));

/** What a window said is attacker-controlled until it has this shape. */
const typed = z.strictObject({
  name,
  address: origin,
  pin,
  token,
  simulated: z
    .string()
    .trim()
    .toLowerCase()
    .refine((word) => word === '' || word === 'yes')
    .optional(),
});

const PROBLEMS: Readonly<Record<string, string>> = {
  name: `Give the service a name of 1 to ${MAX_NAME} characters, without an @.`,
  address: 'The address begins with https:// and ends after host and port. Plain http is refused.',
  pin: 'The pin is the SHA-256 of the certificate’s public key in base64: 44 characters that end with =.',
  token: 'Type the admin token of the service: 16 characters or more, no spaces.',
  simulated: 'Type yes for a service that only a simulator uses, or leave this empty.',
};

/** Sealed as one: whoever could change the address or the pin beside the token could send the token elsewhere. */
export const sealedProfile = z.strictObject({
  name: z.string(),
  kind,
  origin: z.string().refine((text) => originOf(text) === text),
  pin: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
  token,
  /** Ed25519 seed of the operator's key at this service, base64url. */
  seed: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
});
export type SealedProfile = z.infer<typeof sealedProfile>;

/** @returns the profile without its key, or the sentence that says what to mend */
export function readTyped(values: Readonly<Record<string, string>>): Omit<SealedProfile, 'seed'> | string {
  const given = { name: '', address: '', pin: '', token: '', ...values };
  const parsed = typed.safeParse(given);
  if (!parsed.success)
    return PROBLEMS[String(parsed.error.issues[0]?.path[0])] ?? 'Fill in the fields of this window.';
  const { simulated, address, ...rest } = parsed.data;
  return { ...rest, origin: address, kind: simulated === 'yes' ? 'simulated' : 'remote' };
}

/** What the vault lists it as: enough to tell services apart without opening an item. A long host is cut from its left. */
export function labelOf(profile: Pick<SealedProfile, 'name' | 'kind' | 'origin'>): string {
  const end = profile.kind === 'simulated' ? SIMULATED : '';
  const { host } = new URL(profile.origin);
  const room = MAX_LABEL_CHARACTERS - profile.name.length - ' @ '.length - end.length;
  return `${profile.name} @ ${host.length > room ? `…${host.slice(1 - room)}` : host}${end}`;
}

/** The label read back; one that a person changed by hand is the name as a whole. */
export function factsOf({ id, label }: Pick<ItemFacts, 'id' | 'label'>): ServiceProfile {
  const isSimulated = label?.endsWith(SIMULATED) === true;
  const plain = isSimulated ? label.slice(0, -SIMULATED.length) : (label ?? '');
  const at = plain.lastIndexOf(' @ ');
  const [name, host] = at < 0 ? [plain, null] : [plain.slice(0, at), plain.slice(at + 3)];
  return { id, kind: isSimulated ? 'simulated' : 'remote', name, host };
}
