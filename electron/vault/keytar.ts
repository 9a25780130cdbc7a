import type { RawKeychain } from './keychain.ts';

/** `null` where the native library cannot be loaded: no libsecret, an unknown platform. */
export async function loadKeytar(): Promise<RawKeychain | null> {
  try {
    const keytar = await import('keytar');
    return keytar.default ?? keytar;
  } catch {
    return null;
  }
}
