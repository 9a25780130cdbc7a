import type { KeysPort } from './port.ts';

/** The keys did not come. Whoever started the process starts it anew as soon as somebody can give them. */
export class KeysError extends Error {
  override readonly name = 'KeysError';
  readonly code = 'internal';
}

/**
 * Takes the keys from the keeper's port. A lock closes the port instead; the process then has to end, because no second
 * port follows and a process that waits on would look as if it were starting.
 * @param take answers whether these were the keys of this process
 */
export function awaitKeys(
  port: KeysPort,
  take: (data: unknown) => boolean,
  fail: (error: KeysError) => void,
): void {
  let settled = false;
  const settle = (taken: boolean): void => {
    if (settled) return;
    settled = true;
    if (!taken)
      fail(
        new KeysError('The vault was locked before this process had its keys. It starts again by itself.'),
      );
  };
  port.on('message', ({ data }) => {
    settle(take(data));
    port.close();
  });
  port.on('close', () => settle(false));
  port.start();
}
