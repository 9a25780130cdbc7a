import { armor, Encrypter } from 'age-encryption';
import { CustodyError } from './custody-error.ts';

/** Who may open an export: whoever knows a passphrase, or whoever holds the key of a recipient (`age1…`). */
export type AgeTarget = { readonly passphrase: string } | { readonly recipient: string };

function encrypterFor(to: AgeTarget): Encrypter {
  const encrypter = new Encrypter();
  if ('passphrase' in to) encrypter.setPassphrase(to.passphrase);
  else {
    try {
      encrypter.addRecipient(to.recipient.trim());
    } catch (cause) {
      throw new CustodyError('recipient-malformed', 'This is not an age recipient: it begins with age1.', {
        cause,
      });
    }
  }
  return encrypter;
}

/** An age file (age-encryption.org/v1) in ASCII armour. @throws CustodyError `recipient-malformed` */
export async function ageFile(content: Uint8Array, to: AgeTarget): Promise<string> {
  return armor.encode(await encrypterFor(to).encrypt(content));
}
